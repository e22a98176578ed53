"""The sea: a beach, open water, a rocky coast."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matinee.engines.animatic.canvas import Image, Texture
from matinee.engines.animatic.layers import Sprite, Strip
from matinee.engines.animatic.paint import colour, glow, profile, smoothstep, to_texture
from matinee.engines.animatic.sets.outdoors.brush import Botany
from matinee.engines.animatic.sets.outdoors.clouds import Heap, cloud_strip
from matinee.engines.animatic.sets.outdoors.greens import Planting, grove, tuft_rows
from matinee.engines.animatic.sets.outdoors.grounds import sands, stony
from matinee.engines.animatic.sets.outdoors.ranges import hills
from matinee.engines.animatic.sets.outdoors.ribbons import Ribbon, ribbon
from matinee.engines.animatic.sets.outdoors.rocks import boulder
from matinee.engines.animatic.sets.outdoors.site import Site, site_of
from matinee.engines.animatic.sets.outdoors.stagings import Staging, staged
from matinee.engines.animatic.sets.outdoors.trees import palm
from matinee.engines.animatic.sets.outdoors.water import Shore, water, water_colours
from matinee.engines.animatic.shading import relight, tinted
from matinee.engines.animatic.shots import Action, Subject
from matinee.engines.animatic.staging import Draft, Layer, Mark, Set

BEACH = ("#c9a878", "#e2c797", "#f2deb6")
TROPICAL = ("#0f6f8a", "#38b8b4")
OCEAN = ("#0d4668", "#2c86a8")
BOATS = frozenset(
    {
        "canoe",
        "person-rowing-boat",
        "person-surfing",
        "pirate-ship",
        "sailboat",
        "ship",
        "speedboat",
        "submarine",
        "woman-surfing",
    }
)
AIRY = frozenset({"balloon", "feather", "hot-air-balloon", "kite", "parachute", "sparkles"})
"""What floats in the air, not on water."""

SUNK = {Action.SWIM: 0.2, Action.FLOAT: 0.3}
"""Height of a figure's middle over the water, as a share of its own; boats ride higher."""


def sea(draft: Draft) -> Set:
    """By the sea, or on it where a subject swims or sails."""
    site = site_of(draft)
    subjects = draft.shot.subjects
    if any(_is_afloat(subject) for subject in subjects):
        return staged(site, (OPEN,))
    on_land = any(not _is_aloft(subject) for subject in subjects)
    return staged(site, (BEACH_STAGING, COAST) if on_land else (BEACH_STAGING, OPEN, COAST))


def _is_afloat(subject: Subject) -> bool:
    if subject.glyph in BOATS or subject.action is Action.SWIM:
        return True
    return subject.action is Action.FLOAT and subject.glyph not in AIRY


def _is_aloft(subject: Subject) -> bool:
    return subject.action is Action.FLY or subject.glyph in AIRY


def _beach(site: Site) -> Set:
    """Sand, palms, and waves that run out."""
    palms = Planting(
        name="palms",
        paint=_palm,
        kinds=3,
        count=5,
        period=6.4,
        near=1.3,
        far=1.6,
        height=(1.0, 1.3),
        sway=0.025,
        sharp=0.8,
    )
    return site.stage(
        [
            *site.sky(),
            *_horizon(site),
            sands(site.draft, site.hour, site.level, BEACH, 24),
            water(site, TROPICAL, 0.8, Shore(depth=1.85), 5.0),
            grove(site, palms),
            grove(site, _rocks(4, (0.08, 0.18))),
        ]
    )


def _open(site: Site) -> Set:
    """Nothing but water; figures lie in it."""
    layers = [
        *site.sky(),
        *_horizon(site),
        water(site, OCEAN, 1.0, None, 5.0),
        *(_swell(site, depth) for depth in (1.5, 0.93, 0.74)),
    ]
    stage = site.stage(layers)
    return replace(stage, floor_y=None, marks=_moorings(site), sway=2.4)


def _coast(site: Site) -> Set:
    """Rocks above the surf, and a lighthouse."""
    grass = ("#4f6f3a", "#6f8f48", "#93a45c")
    return site.stage(
        [
            *site.sky(),
            *_horizon(site),
            *_lighthouse(site),
            stony(site.draft, site.hour, site.level, grass, ("#8f8b86", "#a39c92", "#77757a")),
            water(site, OCEAN, 0.9, Shore(depth=1.9, reach=0.08), 5.0),
            grove(site, _rocks(14, (0.14, 0.42), 1.7, 2.4)),
            *tuft_rows(site, (1.5, 1.28, 1.06, 0.86), grass, ("#e77fb0", "#ffffff"), 0.09),
        ]
    )


def _horizon(site: Site) -> list[Layer]:
    heap = Heap(name="horizon", wide=3.4, tall=0.26, towers=6)
    return [
        cloud_strip(site, heap, (0.0, 60), 0.2, 0.003),
        hills(site, "islands", (26, 40), 3.2, ("#3f6a4a", "#5f8a58", "#8fa070")),
    ]


def _palm(made: Botany, number: int) -> Image:
    return palm(made)


def _rocks(
    count: int, height: tuple[float, float], near: float = 1.3, far: float = 2.0
) -> Planting:
    return Planting(
        name="rocks",
        paint=_rock,
        kinds=4,
        count=count,
        period=6.0,
        near=near,
        far=far,
        height=height,
        sway=0.0,
    )


def _rock(made: Botany, number: int) -> Image:
    return boulder(made, ("#7d7872", "#8a847a", "#6f6c70", "#8f857a")[number])


def _lighthouse(site: Site) -> list[Layer]:
    depth, height = 7.0, 2.0
    picture = relight(site.draft.artwork.glyph("lighthouse"), site.hour.light(site.side))
    share = float(site.hour.thickness(depth)) * 0.6
    x, foot = -0.3 * site.side * depth, site.level - 0.1
    tower = Sprite(
        texture=Texture(tinted(picture, site.hour.haze, share)),
        x=x,
        y=foot,
        depth=depth,
        height=height,
        anchor=(0.5, 0.98),
    )
    lamp = Sprite(
        texture=glow(site.draft.px(0.12), "#ffe6a8", 2.6, 0.1),
        x=x,
        y=foot - 0.8 * height,
        depth=depth - 0.1,
        height=0.24 * depth,
        alpha=0.9 if site.hour.night else 0.45,
        pulse=0.8,
        pace=1.6,
    )
    return [tower, lamp]


def _swell(site: Site, depth: float) -> Ribbon:
    """One long wave across the frame that heaves and passes."""
    tall = 0.2
    height, width = site.draft.px(tall / depth), site.draft.px(2.4 / max(1.0, depth))
    crest = 0.06 + 0.22 * profile(width, site.draft.seed(f"swell{depth}"), 4, 3, 0.5, wraps=True)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    below = y - crest[None]
    body, lit = water_colours(site, OCEAN)
    bright = np.exp(-np.clip(below, 0, 1) * 9)
    bgr = body + (lit - body) * bright[..., None]
    foam = np.exp(-((below / 0.03) ** 2)) * 0.5
    bgr = bgr + (site.hour.shine(colour("#f2f8fa"), 0.8) - bgr) * foam[..., None]
    alpha = smoothstep(0.0, 0.03, below) * (0.35 + 0.5 * smoothstep(0, 0.35, below))
    alpha = alpha * smoothstep(1.0, 0.62, np.broadcast_to(y, alpha.shape))
    strip = Strip(
        texture=to_texture(bgr.astype(np.float32), alpha.astype(np.float32)),
        y=site.level - 0.035,
        depth=depth,
        height=tall,
        drift=0.05 if depth > 1 else -0.04,
        offset=depth,
    )
    return ribbon(site.draft.frame, strip, 0.02)


def _moorings(site: Site) -> tuple[Mark, ...]:
    """Marks at the waterline: boats ride on it, swimmers lie in it, birds are above."""
    figures = [one for one in site.draft.shot.subjects for _ in range(one.count)]
    wide = min(site.draft.frame.half_width - 0.22, 0.62)
    half = (0.0, 0.0, 0.55 * wide)[len(figures)] if len(figures) < 3 else wide
    places = sorted(np.linspace(-half, half, max(1, len(figures))).tolist(), key=abs)
    marks = []
    for index, (x, figure) in enumerate(zip(places, figures, strict=False)):
        height = 0.5 * figure.size * SUNK.get(figure.action, 0.42)
        y = -0.22 if _is_aloft(figure) else site.level - height
        marks.append(Mark(x, 1.0 + 0.05 * index, y))
    return tuple(marks) or (Mark(0.0, 1.0, site.level - 0.2),)


BEACH_STAGING = Staging(
    build=_beach,
    words=frozenset({"beach", "sand", "tropical", "shore", "island", "surf", "palm", "palms"}),
    shows=frozenset({"palm-tree", "water-wave"}),
)
OPEN = Staging(
    build=_open,
    words=frozenset({"ocean", "open", "sailing", "waves", "sail", "boat", "ship", "swimming"}),
    shows=frozenset({"water-wave"}),
)
COAST = Staging(
    build=_coast,
    words=frozenset({"coast", "cliff", "cliffs", "rocky", "lighthouse", "coastal", "harbor"}),
    shows=frozenset({"lighthouse", "rock"}),
)
