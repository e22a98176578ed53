"""Inside a space station, weightless: a ribbed corridor that ends at a great round window.

Four stagings: an octagonal module in violet and cyan, a white round hall with a cupola above a blue
world, a long green-lit corridor with a hatch, and a dim bridge above a planet's night side.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from matinee.engines.animatic.camera import Frame
from matinee.engines.animatic.canvas import Image, Texture
from matinee.engines.animatic.layers import Motes, Sprite
from matinee.engines.animatic.paint import colour, floats, glow, to_light, to_texture
from matinee.engines.animatic.sets.heavens import HALO, Globe, Nebula, limb, night_sky, planet
from matinee.engines.animatic.sets.station.fittings import (
    Cable,
    Drift,
    blinkers,
    cable,
    console,
)
from matinee.engines.animatic.sets.station.hull import Outline, Ring, bend
from matinee.engines.animatic.sets.station.stagings import STAGINGS, Staging
from matinee.engines.animatic.sets.station.walls import wall_strip
from matinee.engines.animatic.sets.station.windows import end_wall, rays
from matinee.engines.animatic.staging import Draft, Grade, Layer, Mark, Set

MARGIN = 0.1
"""How much of a layer is painted beyond what a camera at rest sees, in frame units."""

SKY_DEPTH, WORLD_DEPTH = 9.0, 6.5


def station(draft: Draft) -> Set:
    """The inside of a station in one of four stagings."""
    staging = STAGINGS[draft.variant(len(STAGINGS))]
    frame = draft.frame
    outline = _outline(staging, frame)
    emblem = _emblem(draft)
    layers: list[Layer] = [
        *_outside(draft, staging),
        *draft.together(
            [
                partial(_wall, draft, staging, outline),
                *(partial(_ring, draft, staging, outline, ring, emblem) for ring in _rings(staging)),
            ]
        ),
        *_fittings(draft, staging, outline),
        _dust(draft),
    ]
    alone = sum(subject.count for subject in draft.shot.subjects) == 1
    return Set(
        layers=tuple(layers),
        light=staging.light,
        marks=_marks(frame),
        grade=Grade(bloom=staging.bloom, bloom_from=172, vignette=0.5),
        sway=3.0,
        figure_height=0.62,
        path=_drift(draft) if alone else None,
    )
