"""Under water: a coral reef, the open blue, a forest of kelp."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.paint import (
    hex_code,
    mix,
)
from matinee.engines.animatic.sets.outdoors.air import shafts
from matinee.engines.animatic.sets.outdoors.brush import Botany
from matinee.engines.animatic.sets.outdoors.greens import Planting, grove
from matinee.engines.animatic.sets.outdoors.grounds import sands
from matinee.engines.animatic.sets.outdoors.hours import HOURS, Hour
from matinee.engines.animatic.sets.outdoors.ranges import hills
from matinee.engines.animatic.sets.outdoors.rocks import boulder
from matinee.engines.animatic.sets.outdoors.site import Site
from matinee.engines.animatic.sets.outdoors.stagings import Staging, staged
from matinee.engines.animatic.sets.underwater.corals import coral
from matinee.engines.animatic.sets.underwater.life import school, stalks, weed
from matinee.engines.animatic.sets.underwater.light import (
    WATERS,
    bubbles,
    caustics,
    depths,
    plankton,
    surface,
)
from matinee.engines.animatic.shots import Action
from matinee.engines.animatic.staging import Draft, Grade, Layer, Light, Mark, Set

SWIMMING = {Action.SWIM, Action.FLOAT, Action.FLY, Action.DRIVE}


def underwater(draft: Draft) -> Set:
    """Below the surface."""
    return staged(_site(draft), STAGINGS)


def _site(draft: Draft) -> Site:
    codes = WATERS[draft.shot.time_of_day]
    above: Hour = HOURS[draft.shot.time_of_day]
    hour = replace(
        above,
        sun=codes[0],
        key=hex_code(mix(codes[0], "#ffffff", 0.3)),
        key_strength=0.66 if not above.night else 0.44,
        ambient=codes[1],
        ambient_strength=0.72 if not above.night else 0.8,
        rim=codes[0],
        haze=hex_code(mix(codes[1], codes[2], 0.55)),
        haze_per_depth=0.26,
        glow=0.6,
    )
    return Site(draft=draft, hour=hour, level=0.44 if draft.frame.portrait else 0.34, side=0.4)


def _reef(site: Site) -> Set:
    """Corals on white sand."""
    corals = Planting(
        name="corals",
        paint=coral,
        kinds=7,
        count=17,
        period=6.0,
        near=1.25,
        far=2.6,
        height=(0.18, 0.46),
        sway=0.03,
    )
    rocks = Planting(
        name="rocks",
        paint=_rock,
        kinds=4,
        count=9,
        period=7.0,
        near=1.6,
        far=4.0,
        height=(0.16, 0.55),
        sway=0.0,
    )
    return _dive(
        site,
        [
            hills(site, "reef", (3.6, 9), 2.1, ("#3f6a78", "#5f8a8a", "#8aa890")),
            sands(site.draft, site.hour, site.level, ("#9fa890", "#d0cfae", "#f0ecd0"), 40),
            caustics(site),
            grove(site, rocks),
            grove(site, corals),
            weed(site, 1.3, 0.2),
            weed(site, site.front + 0.06, 0.16),
        ],
        floor=True,
    )


def _blue(site: Site) -> Set:
    """Deep water without a floor."""
    return _dive(site, [], floor=False)


def _kelp(site: Site) -> Set:
    """Tall weeds that reach for the light."""
    rocks = Planting(
        name="rocks",
        paint=_rock,
        kinds=4,
        count=9,
        period=7.0,
        near=1.4,
        far=4.0,
        height=(0.1, 0.34),
        sway=0.0,
    )
    return _dive(
        site,
        [
            hills(site, "bank", (4, 9), 0.9, ("#3f6a68", "#5f8a7a", "#8aa880")),
            sands(site.draft, site.hour, site.level, ("#8f9a7c", "#b5b890", "#d8d8b0"), 40),
            caustics(site),
            *site.draft.together(
                [
                    partial(stalks, site, depth, count)
                    for depth, count in ((4.6, 9), (2.9, 6), (1.7, 4))
                ]
            ),
            grove(site, rocks),
            weed(site, 1.25, 0.18),
            weed(site, site.front + 0.06, 0.16),
        ],
        floor=True,
    )


def _dive(site: Site, layers: list[Layer], *, floor: bool) -> Set:
    """The set with water, light from above, fish and bubbles around `layers`."""
    night = site.hour.night
    swims = all(subject.action in SWIMMING for subject in site.draft.shot.subjects)
    stage = site.stage(
        [
            depths(site),
            surface(site),
            shafts(site, 6.0, 7, 0.34 if not night else 0.22),
            *layers,
            school(site, "far", 3.4, 16),
            school(site, "near", 2.2, 9),
            shafts(site, 1.5, 4, 0.22 if not night else 0.14),
            bubbles(site),
            plankton(site),
        ],
        Grade(bloom=0.5, bloom_from=165, vignette=0.4),
    )
    light = Light(
        key=site.hour.key,
        ambient=hex_code(mix(site.hour.ambient, "#ffffff", 0.25)),
        rim=site.hour.rim,
        direction=(0.2, -0.8, 0.5),
        strength=0.6 if not night else 0.45,
    )
    stands = floor and not swims
    return replace(
        stage, light=light, floor_y=site.level if stands else None, marks=_marks(site), sway=2.6
    )


def _marks(site: Site) -> tuple[Mark, ...]:
    half = min(site.draft.frame.half_width - 0.22, 0.56)
    return (
        Mark(0.0, 1.0, -0.02),
        Mark(-half, 1.14, -0.14),
        Mark(half, 1.08, 0.08),
        Mark(-0.5 * half, 1.4, 0.12),
        Mark(0.55 * half, 1.5, -0.22),
    )


def _rock(made: Botany, number: int) -> Image:
    return boulder(made, ("#7a8a90", "#6a7a86", "#8a9490", "#748088")[number], "#9ab87a")


STAGINGS = (
    Staging(
        build=_reef,
        words=frozenset({"reef", "coral", "corals", "seabed", "tropical"}),
        shows=frozenset({"coral", "bubbles"}),
    ),
    Staging(
        build=_blue,
        words=frozenset({"deep", "blue", "abyss", "whale", "whales", "open"}),
        shows=frozenset({"bubbles"}),
    ),
    Staging(
        build=_kelp,
        words=frozenset({"kelp", "seaweed", "algae", "forest"}),
        shows=frozenset({"bubbles"}),
    ),
)
