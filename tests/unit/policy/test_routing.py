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
        ("Animatic", "animatic"),
        ("sora-2-xyz", "sora-2"),
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


@pytest.mark.parametrize(
    ("name", "near"),
    [("sora-99", "'sora-2'"), ("animatc", "'animatic'"), ("sora-2-portrait-10", "-portrait-10s'")],
)
def test_an_unknown_name_is_answered_with_near_ones(name: str, near: str) -> None:
    with pytest.raises(ModelNotFound, match="Did you mean") as caught:
        ROUTES.find(name)
    assert near in str(caught.value).partition("Models here")[0]
    assert caught.value.param == "model"


def test_what_is_like_nothing_has_no_near_name() -> None:
    with pytest.raises(ModelNotFound) as caught:
        ROUTES.find("gpt-4o")
    assert "Did you mean" not in str(caught.value)


def test_words_that_were_passed_over_are_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    routes = routes_of("sora-2")
    for name in ("sora-2-xyz", "sora-2-xyz", "sora-2-10s"):
        routes.find(name)
    assert [record.__dict__["unknown"] for record in caplog.records] == ["xyz"]


def test_a_name_without_end_is_no_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    assert routes_of("sora-2").find("sora-2" + "-x" * 10_000).model == "sora-2"
    assert not caplog.records


def test_names_with_parts_are_offered_for_models_that_are_here() -> None:
    assert {route.model for route in routes_of("sora-2").variants().values()} == {"sora-2"}
    assert routes_of("animatic").variants() == {}


def test_an_engine_whose_model_is_gone_has_a_usual_pace() -> None:
    assert ROUTES.pace_of("gone") == 1.0
