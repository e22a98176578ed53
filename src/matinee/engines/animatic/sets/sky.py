"""The sky, from above: a sea of clouds, towers of cloud, the land far below."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matinee.engines.animatic.sets.outdoors.clouds import Heap, cloud_strip
from matinee.engines.animatic.sets.outdoors.patchwork import cloud_floor, fields
from matinee.engines.animatic.sets.outdoors.ribbons import Ribbon
from matinee.engines.animatic.sets.outdoors.site import Site, site_of
from matinee.engines.animatic.sets.outdoors.stagings import Staging, staged
from matinee.engines.animatic.shots import Action
from matinee.engines.animatic.staging import Draft, Grade, Layer, Mark, Set

WIND = -0.1
"""World units a second that all clouds pass by, so that whatever is aloft seems to move."""


def sky(draft: Draft) -> Set:
    """High up in the air."""
    return staged(site_of(draft), STAGINGS)


def _aloft(site: Site, layers: list[Layer]) -> Set:
    stage = site.stage(layers, Grade(bloom=0.34, bloom_from=212, vignette=0.28))
    return replace(stage, floor_y=None, marks=_marks(site), sway=2.2)


def _cloud_sea(site: Site) -> Set:
    """Above a closed layer of cloud with single heads rising from it."""
    level = 0.5
    banks = ((22.0, 0.16), (9.0, 0.2), (4.2, 0.24), (2.1, 0.26))
    return _aloft(
        site,
        [
            *site.sky(),
            cloud_floor(site, level, _speed(site)),
            *(_bank(site, level, depth, tall) for depth, tall in banks),
            _wisps(site, 0.62),
        ],
    )


def _towers(site: Site) -> Set:
    """Between towers of cloud, with haze below."""
    banks = ((24.0, 0.5, 5), (9.0, 0.62, 4), (4.4, 0.6, 3), (2.3, 0.42, 3))
    return _aloft(
        site,
        [
            *site.sky(),
            cloud_floor(site, 1.1, _speed(site)),
            *(_tower(site, depth, tall, count) for depth, tall, count in banks),
            _wisps(site, 0.62),
        ],
    )


def _over_land(site: Site) -> Set:
    """Fields and lakes far below, fair-weather clouds between."""
    return _aloft(
        site,
        [
            *site.sky(),
            fields(site, 1.2, _speed(site)),
            *(
                _fair(site, depth, low)
                for depth, low in ((16.0, -0.03), (7.0, -0.1), (3.4, -0.26), (1.9, -0.44))
            ),
            _fair(site, 11.0, 0.1),
        ],
    )


def _speed(site: Site) -> float:
    """How fast the air passes: faster past those who fly on their own."""
    flies = any(subject.action is Action.FLY for subject in site.draft.shot.subjects)
    return WIND * (2.2 if flies else 1.0)


def _bank(site: Site, level: float, depth: float, tall: float) -> Ribbon:
    heap = Heap(name=f"bank{depth}", wide=2.6, tall=tall, towers=4)
    foot = -level / depth - 0.2 * tall
    return cloud_strip(site, heap, (foot, depth), _haze(depth), _speed(site) / depth)


def _tower(site: Site, depth: float, tall: float, count: int) -> Ribbon:
    heap = Heap(name=f"tower{depth}", wide=3.2, tall=tall, towers=count)
    return cloud_strip(site, heap, (-0.16 - 0.5 / depth, depth), _haze(depth), _speed(site) / depth)


def _fair(site: Site, depth: float, low: float) -> Ribbon:
    heap = Heap(name=f"fair{depth}", wide=3.0, tall=0.13 + 0.14 / depth, towers=4)
    return cloud_strip(site, heap, (low, depth), _haze(depth), _speed(site) / depth)


def _wisps(site: Site, depth: float) -> Ribbon:
    """Clouds that we pass closely, along the lower edge of the frame."""
    heap = Heap(name="wisps", wide=3.0, tall=0.24, towers=3)
    foot = -site.draft.frame.half_height - 0.12
    return cloud_strip(site, heap, (foot, depth), 0.0, _speed(site) / depth)


def _haze(depth: float) -> float:
    return float(1 - np.exp(-0.035 * depth))


def _marks(site: Site) -> tuple[Mark, ...]:
    frame = site.draft.frame
    half = min(frame.half_width - 0.24, 0.56)
    return (
        Mark(0.0, 1.0, -0.02),
        Mark(-half, 1.18, -0.16),
        Mark(half, 1.1, 0.1),
        Mark(-0.5 * half, 1.5, 0.16),
        Mark(0.6 * half, 1.6, -0.26),
    )


STAGINGS = (
    Staging(build=_cloud_sea, words=frozenset({"above", "sea"}), shows=frozenset({"cloud"})),
    Staging(
        build=_towers,
        words=frozenset({"through", "towering", "between", "among", "storm"}),
        shows=frozenset({"cloud"}),
    ),
    Staging(
        build=_over_land,
        words=frozenset({"over", "land", "countryside", "fields", "landscape", "below", "valley"}),
        shows=frozenset({"cloud"}),
    ),
)
