"""Mountains: a high pasture, a lake, a pass above the clouds."""

from __future__ import annotations

from functools import partial

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.layers import Strip
from matinee.engines.animatic.sets.outdoors.air import mist, motes
from matinee.engines.animatic.sets.outdoors.brush import Botany
from matinee.engines.animatic.sets.outdoors.clouds import Heap, cloud_strip
from matinee.engines.animatic.sets.outdoors.greens import Planting, front_grass, grove, tuft_rows
from matinee.engines.animatic.sets.outdoors.grounds import stony
from matinee.engines.animatic.sets.outdoors.ranges import alps, hills
from matinee.engines.animatic.sets.outdoors.ribbons import Ribbon
from matinee.engines.animatic.sets.outdoors.rocks import boulder
from matinee.engines.animatic.sets.outdoors.site import Site, site_of
from matinee.engines.animatic.sets.outdoors.stagings import Staging, staged
from matinee.engines.animatic.sets.outdoors.stamps import Trees
from matinee.engines.animatic.sets.outdoors.trees import conifer
from matinee.engines.animatic.sets.outdoors.water import Shore, water
from matinee.engines.animatic.staging import Draft, Layer, Set

FIRS = ("#3c7046", "#376648", "#466f42")
PASTURE = ("#4f7038", "#6f9048", "#93a85c")
LAKE = ("#174a5a", "#3f8f9a")
STONES = ("#8f8b86", "#a39c92", "#77757a")


def mountains(draft: Draft) -> Set:
    """Before high peaks."""
    return staged(site_of(draft), STAGINGS)


def _pasture(site: Site) -> Set:
    """A high pasture with firs and boulders before a snowy range."""
    return site.stage(
        [
            *site.sky(),
            alps(site, "range", (14, 44), 0.36),
            mist(site, 16.0, 0.1, 0.5),
            _slopes(site),
            mist(site, 4.6, 0.06, 0.3),
            stony(site.draft, site.hour, site.level, PASTURE, STONES),
            grove(site, _firs()),
            grove(site, _boulders(None)),
            *tuft_rows(site, (2.2, 1.5, 1.06, 0.86), PASTURE, ("#ffffff", "#7f6fe0", "#f2d04a")),
            front_grass(site, PASTURE, 0.09, 420),
            *_air(site),
        ]
    )


def _lake(site: Site) -> Set:
    """A still lake that mirrors the range."""
    pebbles = ("#7a766e", "#96908a", "#b4aca0")
    return site.stage(
        [
            *site.sky(),
            alps(site, "range", (14, 44), 0.36),
            mist(site, 16.0, 0.1, 0.4),
            _slopes(site, 7.0),
            stony(site.draft, site.hour, site.level, pebbles, STONES),
            water(site, LAKE, 0.22, Shore(depth=1.55, reach=0.03, surf=0.1), 5.0),
            grove(site, _boulders(None, 9)),
            *tuft_rows(site, (1.5, 1.06, 0.86), PASTURE, ("#ffffff", "#7f6fe0"), 0.08),
            *_air(site),
        ]
    )


def _pass(site: Site) -> Set:
    """Bare rock above a sea of clouds."""
    scree = ("#6a6460", "#8a827a", "#a89e90")
    return site.stage(
        [
            *site.sky(),
            alps(site, "range", (16, 44), 0.3, 0.3),
            _clouds(site, "far", 12.0, 0.1),
            alps(site, "near", (7, 13), 0.2, 0.5),
            _clouds(site, "middle", 6.4, 0.15),
            _clouds(site, "near", 4.2, 0.17),
            stony(site.draft, site.hour, site.level, scree, STONES),
            grove(site, _boulders(None, 9)),
            *tuft_rows(site, (1.4, 1.06, 0.86), ("#7f8a4e", "#a3a25e"), (), 0.07),
            *_air(site),
        ]
    )


def _clouds(site: Site, name: str, depth: float, tall: float) -> Ribbon:
    heap = Heap(name=f"sea-{name}", wide=2.8, tall=tall * 1.5, towers=7, filled=True)
    foot = -site.level / depth - 0.02
    return cloud_strip(site, heap, (foot, depth), 0.1, 0.006)


def _air(site: Site) -> list[Layer]:
    if site.hour.night or site.hour.glow < 0.3:
        return []
    return [motes(site, site.hour.sun, 26, 0.35)]


def _slopes(site: Site, near: float = 4.8) -> Strip:
    trees = Trees(
        random=site.draft.layout("slope-trees"),
        paint=partial(_far_fir, site),
        kinds=3,
        count=520,
        height=0.7,
    )
    codes = ("#4a6b3c", "#62844a", "#86995a")
    return hills(site, "slopes", (near, near + 10), 1.9, codes, trees)


def _far_fir(site: Site, number: int, depth: float) -> Image:
    return conifer(site.botany(f"far-fir{number}", 0.13 * depth, depth), FIRS[number])


def _firs() -> Planting:
    return Planting(
        name="firs",
        paint=_fir,
        kinds=4,
        count=7,
        period=9.0,
        near=2.2,
        far=3.8,
        height=(0.9, 1.5),
        sharp=0.8,
    )


def _fir(made: Botany, number: int) -> Image:
    return conifer(made, FIRS[number % len(FIRS)])


def _boulders(cover: str | None, count: int = 6) -> Planting:
    return Planting(
        name="boulders",
        paint=partial(_boulder, cover),
        kinds=4,
        count=count,
        period=6.0,
        near=1.3,
        far=2.6,
        height=(0.1, 0.3),
        sway=0.0,
    )


def _boulder(cover: str | None, made: Botany, number: int) -> Image:
    return boulder(made, ("#8a8682", "#7d7a80", "#988f84", "#86807a")[number], cover)


STAGINGS = (
    Staging(
        build=_pasture,
        words=frozenset({"alpine", "valley", "pasture", "alps"}),
        shows=frozenset({"mountain", "snow-capped-mountain", "evergreen-tree"}),
    ),
    Staging(
        build=_lake,
        words=frozenset({"lake", "pond", "reflection", "mirror", "shore", "fjord"}),
        shows=frozenset({"mountain", "snow-capped-mountain"}),
    ),
    Staging(
        build=_pass,
        words=frozenset({"peak", "peaks", "summit", "pass", "cliff", "clouds", "ridge", "top"}),
        shows=frozenset({"mountain", "snow-capped-mountain", "rock"}),
    ),
)
