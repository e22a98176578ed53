"""Deserts: dunes, table mountains with cacti, an oasis."""

from __future__ import annotations

from dataclasses import replace

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.paint import hex_code, mix
from matinee.engines.animatic.sets.outdoors.air import mist, motes
from matinee.engines.animatic.sets.outdoors.brush import Botany
from matinee.engines.animatic.sets.outdoors.greens import Painter, Planting, grove, tuft_rows
from matinee.engines.animatic.sets.outdoors.grounds import sands, stony
from matinee.engines.animatic.sets.outdoors.plants import bush, saguaro
from matinee.engines.animatic.sets.outdoors.ranges import dunes, mesas
from matinee.engines.animatic.sets.outdoors.rocks import boulder
from matinee.engines.animatic.sets.outdoors.site import Site, site_of
from matinee.engines.animatic.sets.outdoors.stagings import Staging, staged
from matinee.engines.animatic.sets.outdoors.trees import palm
from matinee.engines.animatic.sets.outdoors.water import Shore, water
from matinee.engines.animatic.shots import Weather
from matinee.engines.animatic.staging import Draft, Layer, Set

SAND = ("#c08a50", "#dfae6e", "#f2cf94")
SHADE, BODY, LIGHT = "#b07a4a", "#dca868", "#f2cd92"
POOL = ("#17606a", "#4fb0ac")
RED = ("#a05a38", "#bf7a4c", "#d69a66")


def desert(draft: Draft) -> Set:
    """In dry country."""
    site = site_of(draft)
    if draft.shot.weather is Weather.CLEAR:
        # Dry air: few clouds, and sand in the haze.
        sandy = hex_code(mix(site.hour.haze, "#f0c890", 0.0 if site.hour.night else 0.6))
        site = replace(site, hour=replace(site.hour, cover=0.14, haze=sandy))
    return staged(site, STAGINGS)


def _dunes(site: Site) -> Set:
    """Dunes to the horizon."""
    codes = (SHADE, BODY, LIGHT)
    return site.stage(
        [
            *site.sky(),
            dunes(site, "far", (10, 36), 4.6, codes),
            dunes(site, "near", (3.2, 10), 1.5, codes),
            sands(site.draft, site.hour, site.level, SAND),
            *tuft_rows(site, (2.4, 1.3), ("#a8904a", "#c2a860"), (), 0.08),
            *_air(site),
        ]
    )


def _oasis(site: Site) -> Set:
    """Palms around a pool among dunes."""
    palms = Planting(
        name="palms",
        paint=_palm,
        kinds=3,
        count=7,
        period=6.4,
        near=1.3,
        far=1.6,
        height=(0.8, 1.15),
        sway=0.025,
        sharp=0.8,
    )
    codes = (SHADE, BODY, LIGHT)
    return site.stage(
        [
            *site.sky(),
            dunes(site, "far", (10, 36), 4.6, codes),
            dunes(site, "near", (6.0, 14), 1.7, codes),
            sands(site.draft, site.hour, site.level, SAND),
            water(site, POOL, 0.25, Shore(depth=1.7, reach=0.04, surf=0.1), 5.0),
            grove(site, palms),
            *tuft_rows(site, (1.5, 1.28, 1.06), ("#6f9a48", "#93a850", "#5d8a44"), (), 0.1),
            *_air(site),
        ]
    )


def _mesas(site: Site) -> Set:
    """Red rock and cacti."""
    return site.stage(
        [
            *site.sky(),
            mesas(site, "mesas", (12, 40), 0.26),
            mist(site, 10.0, 0.06, 0.35),
            stony(site.draft, site.hour, site.level, RED, ("#b0704a", "#8a5238", "#c98a60")),
            grove(site, _strewn("cacti", _cactus, 7, (1.8, 4.0), (0.55, 0.95))),
            grove(site, _strewn("scrub", _scrub, 11, (1.5, 4.5), (0.07, 0.14))),
            grove(site, _strewn("boulders", _boulder, 6, (1.35, 2.8), (0.08, 0.22))),
            *tuft_rows(site, (1.5, 1.06, 0.86), ("#a8904a", "#8f8a48"), (), 0.07),
            *_air(site),
        ]
    )


def _strewn(
    name: str, paint: Painter, count: int, depths: tuple[float, float], height: tuple[float, float]
) -> Planting:
    return Planting(
        name=name,
        paint=paint,
        kinds=3,
        count=count,
        period=7.5,
        near=depths[0],
        far=depths[1],
        height=height,
        sway=0.0,
    )


def _air(site: Site) -> list[Layer]:
    """Dust in the sun."""
    return [] if site.hour.night else [motes(site, site.hour.sun, 24, 0.25)]


def _cactus(made: Botany, number: int) -> Image:
    return saguaro(made, ("#6c9158", "#5f8650", "#7a9a5e", "#648c5c")[number])


def _boulder(made: Botany, number: int) -> Image:
    return boulder(made, ("#b0704a", "#a0603f", "#c08058")[number])


def _palm(made: Botany, number: int) -> Image:
    return palm(made)


def _scrub(made: Botany, number: int) -> Image:
    return bush(made, ("#8a8f52", "#9a9a5c", "#7d8a50")[number])


STAGINGS = (
    Staging(
        build=_dunes,
        words=frozenset({"dune", "dunes", "sand", "sahara", "sandy"}),
    ),
    Staging(
        build=_mesas,
        words=frozenset(
            {"canyon", "mesa", "mesas", "cactus", "cacti", "western", "arizona", "rocks"}
        ),
        shows=frozenset({"cactus", "rock"}),
    ),
    Staging(
        build=_oasis,
        words=frozenset({"oasis", "palm", "palms", "pool", "water"}),
        shows=frozenset({"palm-tree"}),
    ),
)
