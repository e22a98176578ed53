"""From the operator's price list to what a film costs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matinee.core.errors import SettingsInvalid
from matinee.core.size import Size
from matinee.policy.prices import check_models, cost_micros, prices_of
from tests.houses import routes_of

ROUTE = routes_of("sora-2").find("sora-2")


def price(size: str, **prices: float) -> int | None:
    """Micros of a second in that size; keywords are sizes, with an underscore before digits."""
    listed = {name.lstrip("_"): usd for name, usd in prices.items()}
    wanted = Size.parse(size)
    assert wanted is not None
    found = replace(ROUTE, prices=prices_of(ROUTE, {"sora-2": listed})).price_of(wanted)
    return found.micros_per_second if found else None


def test_a_class_prices_both_of_its_shapes() -> None:
    assert price("1280x720", _720p=0.1) == price("720x1280", _720p=0.1) == 100_000


def test_an_exact_size_wins_over_its_class() -> None:
    assert price("1280x720", _720p=0.1, _1280x720=0.25) == 250_000
    assert price("720x1280", _720p=0.1, _1280x720=0.25) == 100_000


def test_what_is_not_priced_is_free() -> None:
    assert price("1920x1080", _720p=0.1) is None
    assert prices_of(ROUTE, {"animatic": {"720p": 0.1}}) == ()


@pytest.mark.parametrize(
    ("name", "usd", "said"),
    [
        ("480p", 0.1, "'720p', '1024p', '1080p', '720x1280'"),
        ("640x480", 0.1, "'720p'"),
        ("720p", -0.1, "US dollars"),
        ("720p", float("nan"), "US dollars"),
        ("720p", float("inf"), "US dollars"),
        ("720p", 1001, "US dollars"),
        ("720p", 0.0000001, "at most six decimals"),
    ],
)
def test_a_bad_price_is_refused_with_what_would_be_right(name: str, usd: float, said: str) -> None:
    with pytest.raises(SettingsInvalid, match=said) as caught:
        prices_of(ROUTE, {"sora-2": {name: usd}})
    assert caught.value.param == "prices"


def test_a_price_of_an_unknown_model_is_refused() -> None:
    check_models(["sora-2"], {"sora-2": {}})
    with pytest.raises(
        SettingsInvalid, match=r"'sora-3', which is not here. Models here: 'sora-2'"
    ):
        check_models(["sora-2"], {"sora-3": {}})


def test_a_film_costs_its_seconds_and_nothing_without_a_price() -> None:
    route = replace(ROUTE, prices=prices_of(ROUTE, {"sora-2": {"720p": 0.1}}))
    assert cost_micros(route, Size(1280, 720), 8) == 800_000
    assert cost_micros(route, Size(1920, 1080), 8) == 0
