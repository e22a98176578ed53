"""Snow: firs in a snowy valley, an arctic plain, a hut in the woods."""

from __future__ import annotations

from functools import partial

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.layers import Strip
from matinee.engines.animatic.sets.outdoors.air import mist, motes
from matinee.engines.animatic.sets.outdoors.brush import Botany
from matinee.engines.animatic.sets.outdoors.greens import Planting, grove, wall
from matinee.engines.animatic.sets.outdoors.grounds import snowfield
from matinee.engines.animatic.sets.outdoors.heavens import aurora
from matinee.engines.animatic.sets.outdoors.ranges import alps, snowy
from matinee.engines.animatic.sets.outdoors.rocks import boulder
from matinee.engines.animatic.sets.outdoors.site import Site, site_of
from matinee.engines.animatic.sets.outdoors.stagings import Staging, staged
from matinee.engines.animatic.sets.outdoors.stamps import Trees
from matinee.engines.animatic.sets.outdoors.trees import conifer
from matinee.engines.animatic.shots import Weather
from matinee.engines.animatic.staging import Draft, Grade, Layer, Set

FIRS = ("#3f6656", "#3a5f5a", "#466b50", "#3d6258")
BRIGHT = Grade(bloom=0.34, bloom_from=205, vignette=0.3)


def snow(draft: Draft) -> Set:
    """Deep in winter."""
    return staged(site_of(draft), STAGINGS)


def _valley(site: Site) -> Set:
    """Snowy firs before white hills."""
    rows = Planting(
        name="row",
        paint=partial(_fir, 0.7),
        kinds=5,
        count=20,
        period=0,
        near=4.4,
        far=5.8,
        height=(1.1, 1.9),
    )
    near = Planting(
        name="near",
        paint=partial(_fir, 0.9),
        kinds=5,
        count=8,
        period=9.0,
        near=2.0,
        far=3.3,
        height=(1.0, 1.6),
        sharp=0.8,
    )
    return site.stage(
        [
            *_heavens(site),
            alps(site, "range", (16, 44), 0.26, 0.1),
            _slopes(site),
            mist(site, 5.6, 0.1, 0.4),
            wall(site, rows, 2.6, 0.35),
            snowfield(site.draft, site.hour, site.level),
            grove(site, near),
            grove(site, _boulders()),
            *_air(site),
        ],
        BRIGHT,
    )


def _plain(site: Site) -> Set:
    """An arctic plain with blocks of ice before a white range."""
    blocks = Planting(
        name="blocks",
        paint=_ice,
        kinds=4,
        count=7,
        period=8.0,
        near=1.7,
        far=4.0,
        height=(0.14, 0.5),
        sway=0.0,
    )
    return site.stage(
        [
            *_heavens(site),
            alps(site, "range", (18, 50), 0.24, 0.0),
            mist(site, 14.0, 0.08, 0.5),
            snowy(site, "drifts", (5, 16), 0.7),
            snowfield(site.draft, site.hour, site.level),
            grove(site, blocks),
            *_air(site),
        ],
        BRIGHT,
    )


def _heavens(site: Site) -> list[Layer]:
    """The sky, with polar light on a clear night."""
    layers = site.sky()
    if site.hour.night and site.draft.shot.weather is Weather.CLEAR:
        layers.append(aurora(site.draft))
    return layers


def _air(site: Site) -> list[Layer]:
    if site.draft.shot.weather is not Weather.CLEAR:
        return []
    return [motes(site, "#ffffff", 40, 0.5, 0.9)]


def _slopes(site: Site) -> Strip:
    trees = Trees(
        random=site.draft.layout("slope-trees"),
        paint=partial(_far_fir, site),
        kinds=3,
        count=320,
        height=0.7,
    )
    return snowy(site, "slopes", (5.0, 15), 1.6, trees)


def _far_fir(site: Site, number: int, depth: float) -> Image:
    return conifer(site.botany(f"far-fir{number}", 0.13 * depth, depth), FIRS[number], 0.8)


def _fir(laden: float, made: Botany, number: int) -> Image:
    return conifer(made, FIRS[number % len(FIRS)], laden)


def _boulders() -> Planting:
    return Planting(
        name="boulders",
        paint=_boulder,
        kinds=3,
        count=5,
        period=6.5,
        near=1.35,
        far=2.6,
        height=(0.1, 0.24),
        sway=0.0,
    )


def _boulder(made: Botany, number: int) -> Image:
    return boulder(made, ("#7f8796", "#737a8a", "#8a8f9a")[number], "#f2f6fc")


def _ice(made: Botany, number: int) -> Image:
    return boulder(made, ("#a9d3ea", "#b8dcf0", "#9cc8e6", "#c4e2f2")[number], "#f6fafe")


STAGINGS = (
    Staging(
        build=_valley,
        words=frozenset({"forest", "woods", "trees", "valley", "pines", "winter"}),
        shows=frozenset({"evergreen-tree"}),
    ),
    Staging(
        build=_plain,
        words=frozenset(
            {"arctic", "antarctic", "antarctica", "ice", "glacier", "iceberg", "tundra"}
        ),
        shows=frozenset({"ice", "snow-capped-mountain"}),
    ),
)
