"""Inside a space station, weightless: a ribbed corridor that ends at a great round window.

Four stagings: an octagonal module in violet and cyan, a white round hall with a cupola above a blue
world, a long green-lit corridor with a hatch, and a dim bridge above a planet's night side.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from matinee.engines.animatic.camera import Frame
from matinee.engines.animatic.canvas import Image, Texture
from matinee.engines.animatic.layers import Motes, Sprite
from matinee.engines.animatic.paint import glow, to_light, to_texture
from matinee.engines.animatic.sets.heavens import limb, night_sky, planet
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
from matinee.engines.animatic.sets.station.windows import Window, end_wall, rays
from matinee.engines.animatic.staging import Draft, Grade, Layer, Mark, Set

ASIDE = (0.36, 0.18)
"""How far the camera may be from the middle, across and down, in world units."""

INWARD = 0.24
"""How far it may go into the corridor."""

SKY_DEPTH, WORLD_DEPTH = 9.0, 6.5


def station(draft: Draft) -> Set:
    """The inside of a station in one of four stagings."""
    staging = STAGINGS[draft.variant(len(STAGINGS))]
    frame = draft.frame
    outline = _outline(staging, frame)
    layers: list[Layer] = [
        *_outside(draft, staging),
        *draft.together(
            [
                partial(_wall, draft, staging, outline),
                *(partial(_ring, draft, staging, outline, ring) for ring in _rings(staging)),
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
        reach=0.1,
    )


def _outline(staging: Staging, frame: Frame) -> Outline:
    """The hull's cross-section: wide in landscape, high in portrait."""
    long, short = staging.half_sides
    if frame.portrait:
        return Outline(short, long, staging.roundness)
    return Outline(long, short, staging.roundness)


def _rings(staging: Staging) -> list[Ring]:
    depths = staging.depths
    return [
        Ring(
            depth=depth,
            next_depth=following,
            before=0.42 if index == 0 else depth - 0.85 * (depth - depths[index - 1]),
            index=index,
            fineness=0.6 if index == 0 else 0.9,
            rows_per_unit=400 if index == 0 else 600,
        )
        for index, (depth, following) in enumerate(pairwise(depths))
    ]


def _ring(draft: Draft, staging: Staging, outline: Outline, ring: Ring) -> Layer:
    """The layer of one ring; the nearest fills the frame's corners wherever the camera goes."""
    frame = draft.frame
    seed = draft.seed(f"ring{ring.index}")
    strip = wall_strip(ring, outline, staging.paint, seed, _emblem(draft, ring))
    before = staging.depths[ring.index - 1] if ring.index else None
    half_width, half_height = _needed(frame, outline, ring.depth, before)
    px = frame.unit_px / ring.depth * ring.fineness
    image = bend(ring, outline, strip, (half_width, half_height), px)
    return _standing(Texture(image), ring.depth, image.shape[0] / px)


def _needed(
    frame: Frame, outline: Outline, depth: float, before: float | None
) -> tuple[float, float]:
    """Half the width and height that can be seen of the plane at `depth`, in world units.

    It is seen through the opening of the ring at depth `before`, if there is one.
    """
    sides = []
    for half_frame, half_hull, aside in (
        (frame.half_width, outline.half_width, ASIDE[0]),
        (frame.half_height, outline.half_height, ASIDE[1]),
    ):
        most = half_frame * depth + aside
        if before is not None:
            opening = half_hull * before / depth
            through = (opening + aside) * (depth - INWARD) / (before - INWARD) - aside
            most = min(most, through + 0.02 + 3 * depth / frame.unit_px)
        sides.append(most)
    return sides[0], sides[1]


def _standing(texture: Texture, depth: float, height: float) -> Sprite:
    return Sprite(texture=texture, x=0.0, y=0.0, depth=depth, height=height)


def _wall(draft: Draft, staging: Staging, outline: Outline) -> Layer:
    """The end wall with its window."""
    depth = staging.depths[-1]
    px = draft.frame.unit_px / depth
    half_width, half_height = _needed(draft.frame, outline, depth, staging.depths[-2])
    size = round(2 * half_width * px), round(2 * half_height * px)
    window = _window(staging, outline)
    image = end_wall(outline, size, px, window, staging.paint, draft.seed("wall"))
    return _standing(Texture(image), depth, image.shape[0] / px)


def _window(staging: Staging, outline: Outline) -> Window:
    opening = staging.opening
    radius = opening.reach * min(outline.half_width, outline.half_height)
    long = radius * opening.stretch
    upright = outline.half_height > outline.half_width
    return Window(
        half_width=radius if upright else long,
        half_height=long if upright else radius,
        # In a high frame the figure hides the middle: the window moves up.
        y=-0.16 if upright else -0.02,
        frame=opening.frame,
        bars=opening.bars,
        inner=opening.inner,
        glow=opening.glow,
    )


def _outside(draft: Draft, staging: Staging) -> list[Layer]:
    """The sky and a world, as large as can be seen through the window from anywhere."""
    window = _window(staging, _outline(staging, draft.frame))
    end = staging.depths[-1]
    # The camera may be 0.3 aside and so look out at a slant.
    width = 2 * (window.half_width + 0.4) / end
    height = 2 * (window.half_height + 0.36) / end
    shape = (draft.px(height), draft.px(width))
    sky = night_sky(shape, draft.seed("sky"), staging.nebula, stars=700, brilliants=6)
    layers: list[Layer] = [
        Sprite(
            texture=to_texture(sky),
            x=0.0,
            y=window.y / end * SKY_DEPTH,
            depth=SKY_DEPTH,
            height=height * SKY_DEPTH,
        )
    ]
    x, y, radius = staging.world_at
    unit = min(window.half_width, window.half_height) / end
    at = (x * unit * WORLD_DEPTH, (y * unit + window.y / end) * WORLD_DEPTH)
    return [*layers, _world(draft, staging, at, radius * unit, width)]


def _world(
    draft: Draft, staging: Staging, at: tuple[float, float], radius: float, width: float
) -> Sprite:
    """A planet of `radius` as it appears; of a large one only the part that shows."""
    globe = staging.world
    seed = draft.seed("world")
    if radius < 0.3:
        texture = planet(draft.px(radius), seed, globe)
        size = 2 * (1 + globe.halo) * radius * WORLD_DEPTH
        return Sprite(texture=texture, x=at[0], y=at[1], depth=WORLD_DEPTH, height=size, spin=0.012)
    top = radius * globe.halo + 0.01
    height = min(radius, width) * 0.8 + top
    texture = limb(
        (draft.px(width), draft.px(height)), draft.px(radius), draft.px(top), seed, globe
    )
    return Sprite(
        texture=texture,
        x=at[0],
        y=at[1] - (radius + top) * WORLD_DEPTH,
        depth=WORLD_DEPTH,
        height=height * WORLD_DEPTH,
        anchor=(0.5, 0.0),
        rotation=-0.06,
    )


def _fittings(draft: Draft, staging: Staging, outline: Outline) -> list[Layer]:
    layers: list[Layer] = [_shafts(draft, staging), *_wall_lamps(draft, staging, outline)]
    if staging.consoles:
        depth = staging.depths[3] - 0.02
        for side in (-1, 1):
            at = (side * 0.56 * outline.half_width, outline.half_height * 0.97, depth)
            layers.append(console(draft, staging.light, at, 0.46, mirrored=side > 0))
    hang = -outline.half_height
    loops = (
        (-0.62, ((0.04, 0.0), (0.2, 0.7), (0.55, 0.95), (0.8, 0.6), (0.66, 0.32), (0.4, 0.5))),
        (0.66, ((0.96, 0.0), (0.7, 0.5), (0.3, 0.62), (0.1, 0.9))),
    )
    for index, (x, points) in enumerate(loops):
        piece = Cable(
            x=x * outline.half_width,
            y=hang * 0.93,
            depth=staging.depths[1] + 0.02 + 0.3 * index,
            size=(0.3, 0.34),
            points=points,
            code=staging.cables[index % len(staging.cables)],
        )
        layers.append(cable(draft, piece, 0.3 * index))
    return layers


def _shafts(draft: Draft, staging: Staging) -> Sprite:
    """Light that falls in through the window."""
    light = rays((320, 240), staging.rays, draft.seed("rays"))
    return Sprite(
        texture=to_light(light),
        x=0.0,
        y=-0.02,
        depth=1.08,
        height=1.0,
        pulse=0.35,
        pace=0.9,
        rock=0.02,
    )


def _wall_lamps(draft: Draft, staging: Staging, outline: Outline) -> list[Layer]:
    """Rows of small lamps left and right of the window."""
    window = _window(staging, outline)
    edge = (window.half_width + window.frame + outline.half_width) / 2
    places = [
        (side * (edge + 0.05 * column), -0.24 + 0.075 * row + window.y)
        for side in (-1, 1)
        for column in (-1, 0, 1)
        for row in range(6)
        if (row + column) % 3
    ]
    if outline.half_width - window.half_width - window.frame < 0.15:
        places = [(0.4 * x, 0.8 * outline.half_height + 0.2 * y) for x, y in places[::2]]
    return [blinkers(draft, "wall", places, staging.depths[-1])]


def _dust(draft: Draft) -> Motes:
    return Motes(
        texture=glow(draft.px(0.009) + 2, "#ffe9cf", 1.5, 0.3),
        spots=draft.layout("dust").random((56, 5)),
        near=0.45,
        far=1.6,
        height=0.016,
        drift=(0.012, -0.006),
        alpha=0.42,
    )


def _emblem(draft: Draft, ring: Ring) -> Image | None:
    """What is painted on a ring's wall: paws and bones in turn, if that is the theme."""
    if draft.shot.theme != "paw":
        return None
    names = {1: "emblem-paw", 2: "emblem-bone", 3: "emblem-paw"}
    return draft.artwork.part(names[ring.index]) if ring.index in names else None


def _marks(frame: Frame) -> tuple[Mark, ...]:
    half = min(0.46, frame.half_width - 0.24)
    return (
        Mark(0.0, 1.0, 0.06),
        Mark(-half, 1.05, -0.06),
        Mark(half, 1.05, 0.1),
        Mark(-0.5 * half, 1.3, 0.24),
        Mark(0.55 * half, 1.3, -0.2),
    )


def _drift(draft: Draft) -> Drift:
    frame = draft.frame
    return Drift(
        middle=(0.0, 0.06 if not frame.portrait else 0.2),
        reach=(min(0.27, 0.3 * frame.half_width), 0.06),
        start=float(draft.layout("drift").uniform(0, 6)),
    )
