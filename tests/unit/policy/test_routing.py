"""Which route a model's name leads to."""

from __future__ import annotations

import pytest

from matinee.core.errors import ModelNotFound
from tests.houses import routes_of

ROUTES = routes_of("sora-2", "sora-2-pro", "animatic")


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("sora-2", "sora-2"),
        ("animatic", "animatic"),
        ("sora_video2-landscape-15s", "sora-2"),
        ("sora-2-pro-all", "sora-2-pro"),
    ],
)
def test_a_name_leads_to_its_own_route_or_to_the_one_it_means(name: str, model: str) -> None:
    assert ROUTES.find(name).model == model


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ModelNotFound, match="'sora-2', 'sora-2-pro', 'animatic'"):
        ROUTES.find("veo-3")


def test_a_later_route_replaces_an_earlier_one_of_the_same_model() -> None:
    assert list(routes_of("sora-2", "sora-2").by_model) == ["sora-2"]
