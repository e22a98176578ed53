"""Downloads that are broken off on purpose."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matinee.core.asset import AssetVariant
from matinee.core.video import Video
from matinee.policy.routing import Routes
from matinee.web.cuts import Cuts
from tests.houses import routes_of
from tests.samples import a_video

FILM = AssetVariant.VIDEO


def a_film(number: int = 1, model: str = "test-drops") -> Video:
    video = a_video(number)
    return replace(video, spec=replace(video.spec, model=model))


@pytest.fixture
def cuts() -> Cuts:
    routes = dict(routes_of("sora-2", "test-drops").by_model)
    return Cuts(Routes(routes | {"test-drops": replace(routes["test-drops"], cuts_streams=True)}))


def test_each_film_s_first_download_is_broken_off(cuts: Cuts) -> None:
    taken = [cuts.take(a_film(number), FILM, "GET") for number in (1, 1, 2, 1, 2)]
    assert taken == [True, False, True, False, False]


def test_a_look_at_the_headers_or_a_picture_is_no_download_of_the_film(cuts: Cuts) -> None:
    assert not cuts.take(a_film(), FILM, "HEAD")
    assert not cuts.take(a_film(), AssetVariant.THUMBNAIL, "GET")
    assert cuts.take(a_film(), FILM, "GET")


@pytest.mark.parametrize("model", ["sora-2", "gone"])
def test_films_of_other_models_are_left_whole(cuts: Cuts, model: str) -> None:
    assert not cuts.take(a_film(model=model), FILM, "GET")
