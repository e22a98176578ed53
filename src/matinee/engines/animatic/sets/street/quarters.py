"""The quarters of a city: what houses, lights and colours a street is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from matinee.engines.animatic.paint import hex_code, mix
from matinee.engines.animatic.sets.outdoors.hours import Hour, hour_of
from matinee.engines.animatic.shots import Action, Shot, TimeOfDay, Weather

Codes = tuple[str, ...]


class View(Enum):
    """Where the camera stands."""

    ALONG = "along"
    """In the middle of the street, looking down it."""

    ACROSS = "across"
    """On one pavement, looking over to the other."""

    WATERSIDE = "waterside"
    """On a promenade, looking over a river to the city."""


class Overhead(Enum):
    """What hangs across a street."""

    CABLES = "cables"
    BULBS = "bulbs"
    BUNTING = "bunting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """One kind of street. Colours are `#rrggbb`."""

    view: View
    walls: Codes
    trims: Codes
    storeys: tuple[int, int]
    """Fewest and most storeys of a house, above the shops."""

    roofs: Codes = ()
    """Colours of pitched roofs; empty for flat ones."""

    awnings: float = 0.3
    """Share of shops with an awning."""

    glass: float = 0.3
    """Share of houses with large modern windows."""

    neon: Codes
    """Colours of signs and shop lights."""

    signs: int = 8
    """How many signs stick out over each pavement."""

    trees: bool = False
    overhead: Overhead | None = None
    cobbled: bool = False
    night_sky: Codes
    """From the top of the frame to the horizon."""

    night_air: str
    """What distance looks like at night."""

    street_glow: tuple[str, str]
    """The light that the lamps and signs of the left and the right side throw, at night."""


NEON_ALLEY = Quarter(
    view=View.ALONG,
    walls=("#5b6478", "#6d5f78", "#4f6a74", "#7a6a66", "#58607e", "#8a7f7a"),
    trims=("#9aa4ba", "#b89a8a", "#8890a8"),
    storeys=(3, 6),
    awnings=0.15,
    glass=0.35,
    neon=("#ff2f92", "#22e6ff", "#ffb020", "#9a5cff", "#39ff9a", "#ff4a4a"),
    signs=8,
    overhead=Overhead.CABLES,
    night_sky=("#0a0820", "#1c1140", "#54206a", "#a03a86", "#e0609a"),
    night_air="#472a80",
    street_glow=("#28b8ff", "#ff4aa8"),
)
BOULEVARD = Quarter(
    view=View.ACROSS,
    walls=("#d8c4a4", "#c9a58a", "#b8b4b0", "#d2b4a0", "#a8b0a4", "#c0886c"),
    trims=("#f2e8d8", "#e8dcd0", "#fff4e4"),
    storeys=(2, 4),
    awnings=0.75,
    glass=0.2,
    neon=("#ffb45a", "#ff6a5a", "#5ad0ff", "#ffd890", "#8affc0"),
    signs=6,
    trees=True,
    night_sky=("#0a1030", "#182458", "#3c3a7c", "#7a4a80", "#c87a78"),
    night_air="#3c4478",
    street_glow=("#ffb060", "#ffa050"),
)
OLD_TOWN = Quarter(
    view=View.ALONG,
    walls=("#e0b070", "#d08a68", "#d8c8a0", "#a8b890", "#c8a0a0", "#88a8b8", "#e4d4b8"),
    trims=("#fff2dc", "#f4e6d0", "#e8dcc8"),
    storeys=(1, 3),
    roofs=("#a8553c", "#8f4a3a", "#70586a"),
    awnings=0.8,
    glass=0.0,
    neon=("#ffc060", "#ff9a50", "#ffe0a0", "#ff7a6a"),
    signs=4,
    overhead=Overhead.BUNTING,
    cobbled=True,
    night_sky=("#081234", "#14285c", "#2c4a86", "#5a5a94", "#b07a80"),
    night_air="#35487c",
    street_glow=("#ffb460", "#ffa24c"),
)
RIVERSIDE = Quarter(
    view=View.WATERSIDE,
    walls=("#8fa2b8", "#a0a8b4", "#7890ac", "#b4a8a0", "#98a0b0"),
    trims=("#c8d4e0", "#d8d0c8"),
    storeys=(5, 12),
    glass=0.6,
    neon=("#ff5aa8", "#4ae0ff", "#ffc050", "#b07aff"),
    signs=5,
    trees=True,
    night_sky=("#060a26", "#101c50", "#2a2f80", "#6a3f96", "#d06a90"),
    night_air="#3a3f86",
    street_glow=("#ffc890", "#ffc890"),
)
QUARTERS = (NEON_ALLEY, BOULEVARD, OLD_TOWN, RIVERSIDE)

NAMED = (
    (("neon", "cyberpunk", "alley", "shibuya", "shinjuku", "times square", "霓虹"), NEON_ALLEY),
    (("highway", "boulevard", "traffic", "freeway", "avenue", "bus stop", "race"), BOULEVARD),
    (("market", "old town", "cobble", "bazaar", "plaza", "town square", "village"), OLD_TOWN),
    (("river", "bridge", "skyline", "waterfront", "rooftop", "promenade", "canal"), RIVERSIDE),
)
"""Words of the prompt that name a quarter, whatever the variant."""

FAST = frozenset({Action.DRIVE, Action.RUN})


def quarter_of(shot: Shot) -> Quarter:
    """The quarter where `shot` plays."""
    text = shot.text.lower()
    for words, quarter in NAMED:
        if any(word in text for word in words):
            return quarter
    quarter = QUARTERS[shot.variant % len(QUARTERS)]
    # Who drives or runs needs a street without end.
    if quarter.view is View.ALONG and any(one.action in FAST for one in shot.subjects):
        return BOULEVARD if quarter is NEON_ALLEY else RIVERSIDE
    return quarter


def hour_in(quarter: Quarter, shot: Shot) -> Hour:
    """The light of `shot` in a city, which has a sky of its own at night."""
    hour = hour_of(shot)
    if not hour.night:
        return replace(hour, haze_per_depth=hour.haze_per_depth * 0.9)
    wet = shot.weather is not Weather.CLEAR
    sky = quarter.night_sky
    return replace(
        hour,
        sky=tuple((index / (len(sky) - 1), code) for index, code in enumerate(sky)),
        haze=quarter.night_air,
        haze_per_depth=max(hour.haze_per_depth, 0.11 if wet else 0.085),
        ambient=hex_code(mix(quarter.night_air, "#6a78b8", 0.4)),
        ambient_strength=0.72,
        key_strength=0.3,
        cloud_shade=sky[1],
        cloud_lit=sky[-2],
        cover=max(hour.cover, 0.3),
    )


def lamplight(shot: Shot) -> float:
    """How much the city's own lights count: 0 at noon, 1 at night."""
    at_hour = {TimeOfDay.DAWN: 0.45, TimeOfDay.DAY: 0.0, TimeOfDay.DUSK: 0.7, TimeOfDay.NIGHT: 1.0}
    gloomy = 0.0 if shot.weather is Weather.CLEAR else 0.3
    return min(1.0, at_hour[shot.time_of_day] + gloomy)


def shop_names(shot: Shot, quarter: Quarter) -> tuple[str, ...]:
    """What is written on the signs of a street: the prompt's words first."""
    usual = (
        ("HOTEL", "RAMEN", "BAR", "CINEMA", "24H", "JAZZ", "ARCADE", "SUSHI", "KARAOKE", "TEA")
        if quarter is NEON_ALLEY
        else (
            "CAFÉ",
            "BOOKS",
            "BAKERY",
            "FLOWERS",
            "CINEMA",
            "DELI",
            "HOTEL",
            "MUSIC",
            "ART",
            "TEA",
        )
    )
    return tuple(dict.fromkeys((*_short(shot.signs), *usual)))


def _short(words: Iterable[str]) -> Iterable[str]:
    return (word.upper() for word in words if 2 <= len(word) <= 12)
