"""The four venues: what hangs above a stage and stands behind and beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matinee.engines.animatic.canvas import Texture
from matinee.engines.animatic.layers import OVERSCAN, Backdrop, Motes, Sprite, Strip
from matinee.engines.animatic.paint import glow
from matinee.engines.animatic.sets.heavens import Globe, planet
from matinee.engines.animatic.sets.stage.backs import (
    brick_wall,
    hazy_hall,
    neon,
    night_over_fields,
    woods,
)
from matinee.engines.animatic.sets.stage.boards import BACK, Wood
from matinee.engines.animatic.sets.stage.cloth import Cloth, back_curtain, side_curtain, valance
from matinee.engines.animatic.sets.stage.lamps import Bulbs, Ray, bar_wall, beams, bokeh
from matinee.engines.animatic.shading import relight
from matinee.engines.animatic.staging import Draft, Layer, Light

VELVET = Cloth(codes=("#17020a", "#5d0716", "#b3162c", "#f0606e"))
DEEP_VELVET = Cloth(codes=("#0d0106", "#4d0514", "#93102a", "#dd3f55"))
MOON = Globe(
    ground=((0, "#6c6458"), (0.4, "#b0a490"), (0.7, "#e0d4bc"), (1, "#fff6e0")),
    atmosphere="#ffe8c0",
    clouds=0,
    craters=True,
    sun=(-0.3, -0.3, 0.9),
)
WINGS, HEADING = 0.97, 0.95
"""Depths of the side curtains and of the valance."""

RIG = 1.3
"""Depth of the lamps above the stage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """A place with a stage."""

    layers: tuple[Layer, ...]
    light: Light
    wood: Wood
    front: tuple[str, str]
    """Colours of the stage's front board and its trim."""

    rim: str
    """The light on the audience's heads."""

    footlight: str | None = None
    raised: float = 0.0
    """Share of the audience with a paw in the air."""

    sticks: tuple[str, ...] = ()
    dust: str = "#ffe9c0"
    bloom: float = 0.45


def theatre(draft: Draft, level: float) -> Venue:
    """Red velvet with gold, warm light."""
    frame = draft.frame
    half_width, half_height = frame.half_width, frame.half_height
    top = -half_height * RIG - 0.05
    reach = level - top
    rays = (
        Ray(
            x=0.0,
            y=top,
            code="#ffe2b0",
            length=1.08 * reach,
            spread=0.62,
            strength=0.46,
            swing=0.03,
        ),
        Ray(
            x=-0.8 * half_width,
            y=top,
            code="#a884ff",
            lean=-0.5,
            length=1.1 * reach,
            spread=0.34,
            strength=0.5,
            swing=0.09,
            depth=1.5,
        ),
        Ray(
            x=0.8 * half_width,
            y=top,
            code="#ff88b0",
            lean=0.5,
            length=1.1 * reach,
            spread=0.34,
            strength=0.5,
            swing=0.09,
            depth=1.5,
            pace=0.7,
        ),
    )
    box = (-1.3 * half_width, -half_height, 1.3 * half_width, 0.05)
    layers: list[Layer] = [
        _back(
            draft,
            level,
            lambda size: back_curtain(size, 15 * size[0] / size[1], VELVET, draft.seed("drop")),
        ),
        bokeh(draft, ("#ffcf80", "#ff8fa0", "#b090ff"), box),
        *beams(draft, rays),
        *_wings(draft),
        _heading(draft),
    ]
    return Venue(
        layers=tuple(layers),
        light=Light(key="#fff2dc", ambient="#8a7688", rim="#ffd9a0", direction=(-0.25, -0.8, 0.5)),
        wood=Wood(
            pools=(
                (0.0, 1.05, 0.66, "#ffdfae"),
                (-0.8, 1.2, 0.4, "#5c3c90"),
                (0.8, 1.2, 0.4, "#90405c"),
            )
        ),
        front=("#7a3a22", "#e8b450"),
        rim="#ffb070",
        footlight="#ffd890",
    )


def concert(draft: Draft, level: float) -> Venue:
    """Haze, coloured beams, a wall of bars, glow sticks."""
    frame = draft.frame
    half_width, half_height = frame.half_width, frame.half_height
    rig = -half_height * RIG * 0.86
    codes = ("#30d8ff", "#ff40b0", "#8c60ff", "#ff40b0", "#30d8ff")
    leans = (-0.42, -0.2, 0.0, 0.2, 0.42)
    reach = 1.1 * (level - rig)
    rays = tuple(
        Ray(
            x=place * half_width,
            y=rig + 0.07,
            code=code,
            lean=lean,
            length=reach,
            spread=0.3,
            strength=0.52,
            swing=0.26,
            pace=1.5,
            beats=index % 2 == 1,
            depth=RIG - 0.01 * index,
        )
        for index, (code, lean, place) in enumerate(
            zip(codes, leans, (-1, -0.5, 0, 0.5, 1), strict=True)
        )
    )
    foot = (BACK - 0.0005, level)
    wall_height = min(1.3, 0.9 * (level + half_height * BACK))
    layers: list[Layer] = [
        _back(
            draft,
            level,
            lambda size: hazy_hall(size, ("#0c0824", "#4a2cff", "#e0289a"), draft.seed("hall")),
        ),
        bar_wall(draft, foot, 2.2 * half_width * BACK, wall_height),
        *beams(draft, rays),
        *_rig(draft, rig, [ray.x for ray in rays]),
        *_speakers(draft, level),
    ]
    return Venue(
        layers=tuple(layers),
        light=Light(key="#ffe8f8", ambient="#7a68a8", rim="#50d8ff", direction=(0.3, -0.75, 0.5)),
        wood=Wood(
            codes=("#0c0a16", "#241c38", "#3c3058", "#64508a"),
            pools=(
                (0.0, 1.0, 0.5, "#e8d0ff"),
                (-0.7, 1.1, 0.42, "#28a0d0"),
                (0.7, 1.1, 0.42, "#d03090"),
            ),
            gloss=0.5,
            dim=0.3,
        ),
        front=("#2a2440", "#5a4c8c"),
        rim="#b070ff",
        raised=0.3,
        sticks=("#40ffe0", "#ff50c0", "#ffe060"),
        dust="#d0c0ff",
    )


def club(draft: Draft, level: float) -> Venue:
    """Bricks, a neon sign, hanging bulbs, one warm spotlight."""
    frame = draft.frame
    half_width, half_height = frame.half_width, frame.half_height
    top = -half_height * RIG - 0.05
    reach = level - top
    rays = (
        Ray(
            x=0.0, y=top, code="#ffd8a0", length=1.06 * reach, spread=0.5, strength=0.42, swing=0.02
        ),
        Ray(
            x=0.95 * half_width,
            y=top,
            code="#9a60ff",
            lean=0.45,
            length=1.1 * reach,
            spread=0.32,
            strength=0.4,
            swing=0.05,
            depth=1.5,
        ),
    )
    layers: list[Layer] = [
        _back(
            draft, level, lambda size: brick_wall(size, frame.unit_px / BACK, draft.seed("bricks"))
        ),
        *_sign(draft),
        *beams(draft, rays),
        *_hanging_bulbs(draft),
        *_amplifiers(draft, level),
    ]
    return Venue(
        layers=tuple(layers),
        light=Light(key="#ffe8c8", ambient="#80688c", rim="#d890ff", direction=(-0.2, -0.8, 0.5)),
        wood=Wood(
            codes=("#1c1010", "#4a2a1c", "#7a482c", "#b07448"),
            pools=(
                (0.0, 1.0, 0.52, "#ffd8a0"),
                (0.8, 1.2, 0.4, "#50308c"),
                (-0.8, 1.2, 0.4, "#401c50"),
            ),
        ),
        front=("#3a2420", "#8a5a34"),
        rim="#ff9a60",
        bloom=0.5,
    )


def open_air(draft: Draft, level: float) -> Venue:
    """A summer night: moon, woods, strings of bulbs, beams into the sky, fireflies."""
    frame = draft.frame
    half_width, half_height = frame.half_width, frame.half_height
    shape = (round(frame.height_px * OVERSCAN), round(frame.width_px * OVERSCAN))
    rig = -half_height * RIG * 0.88
    moon = (-0.56 * half_width, -0.52 * half_height)
    at = (0.5 + 0.5 * moon[0] / half_width / OVERSCAN, 0.5 + 0.5 * moon[1] / half_height / OVERSCAN)
    reach = 1.1 * (level - rig)
    rays = (
        Ray(
            x=0.0,
            y=rig + 0.06,
            code="#ffe8c0",
            length=reach,
            spread=0.55,
            strength=0.36,
            swing=0.03,
        ),
        Ray(
            x=-0.7 * half_width,
            y=rig + 0.06,
            code="#60b0ff",
            lean=-0.4,
            length=reach,
            spread=0.3,
            strength=0.42,
            swing=0.12,
        ),
        Ray(
            x=0.7 * half_width,
            y=rig + 0.06,
            code="#ff8a60",
            lean=0.4,
            length=reach,
            spread=0.3,
            strength=0.42,
            swing=0.12,
            pace=0.7,
        ),
    )
    moon_px = draft.px(0.075)
    layers: list[Layer] = [
        Backdrop(texture=night_over_fields(shape, draft.seed("sky"), at)),
        Sprite(
            texture=planet(moon_px, draft.seed("moon"), MOON),
            x=moon[0] * 8,
            y=moon[1] * 8,
            depth=8.0,
            height=0.075 * 2.36 * 8,
        ),
        *_wood_rows(draft),
        *beams(draft, rays),
        *_rig(draft, rig, [ray.x for ray in rays]),
        *_festoons(draft, rig),
        _fireflies(draft),
    ]
    return Venue(
        layers=tuple(layers),
        light=Light(key="#fff0dc", ambient="#66689c", rim="#90b8ff", direction=(-0.35, -0.75, 0.5)),
        wood=Wood(
            codes=("#20140e", "#54341e", "#86562e", "#c08a50"),
            pools=(
                (0.0, 1.0, 0.6, "#ffe4b8"),
                (-0.8, 1.1, 0.5, "#3c6498"),
                (0.8, 1.1, 0.5, "#a0583c"),
            ),
            dim=0.26,
        ),
        front=("#4a3222", "#a8743c"),
        rim="#8ab0ff",
        raised=0.16,
        footlight="#ffe0a0",
    )


def _back(draft: Draft, level: float, paint: Callable[[tuple[int, int]], Texture]) -> Sprite:
    """The wall behind the stage, from below the floor's back edge to above every camera's view."""
    frame = draft.frame
    depth = BACK + 0.02
    height = level + 0.06 + frame.half_height * depth + 0.24
    width = 2 * (frame.half_width * depth + 0.5)
    texture = paint((draft.px(width / depth), draft.px(height / depth)))
    return Sprite(
        texture=texture, x=0.0, y=level + 0.06, depth=depth, height=height, anchor=(0.5, 1.0)
    )


def _wings(draft: Draft) -> list[Layer]:
    """The gathered curtains at both sides, in front of the stage."""
    frame = draft.frame
    outer = frame.half_width * WINGS + 0.36
    width = outer - 0.56 * frame.half_width * WINGS
    top = -(frame.half_height * WINGS + 0.2)
    height = 2 * frame.half_height * WINGS + 0.36
    size = (draft.px(width / WINGS), draft.px(height / WINGS))
    layers: list[Layer] = []
    for side in (-1, 1):
        cloth = side_curtain(size, DEEP_VELVET, draft.seed(f"wing{side}"), mirrored=side > 0)
        anchor = (0.0 if side < 0 else 1.0, 0.0)
        layers.append(
            Sprite(
                texture=cloth,
                x=side * outer,
                y=top,
                depth=WINGS,
                height=height,
                anchor=anchor,
                rock=0.004,
                pace=0.6,
                phase=0.5 + 0.3 * side,
            )
        )
    return layers


def _heading(draft: Draft) -> Strip:
    """The valance along the top."""
    frame = draft.frame
    top = -(frame.half_height * HEADING + 0.2)
    height = 0.2 + 0.3 * frame.half_height
    width = 2 * frame.half_width * HEADING
    scallops = max(3, round(width / 0.34))
    size = (draft.px(width / HEADING), draft.px(height / HEADING))
    texture = valance(size, scallops, DEEP_VELVET)
    return Strip(texture=texture, y=top, depth=HEADING, height=height, offset=-width / 2)


def _rig(draft: Draft, y: float, lamps: list[float]) -> list[Layer]:
    """A truss across the stage with lamps."""
    light = Light(key="#ffffff", ambient="#686c90", rim="#a0b0ff", strength=0.5)
    truss = Texture(relight(draft.artwork.part("stage-truss"), light, 0.03))
    can = Texture(relight(draft.artwork.part("stage-lamp"), light, 0.05))
    spots = [
        Sprite(
            texture=can,
            x=x,
            y=y + 0.02,
            depth=RIG + 0.015,
            height=0.13,
            anchor=(0.5, 0.1),
            rock=0.18,
            pace=1.2,
            phase=0.2 * index,
        )
        for index, x in enumerate(lamps)
    ]
    return [Strip(texture=truss, y=y - 0.07, depth=RIG + 0.02, height=0.1, offset=-0.4), *spots]


def _speakers(draft: Draft, level: float) -> list[Layer]:
    light = Light(key="#d8c8ff", ambient="#4a4474", rim="#ff60c0", direction=(0.2, -0.7, 0.5))
    texture = Texture(relight(draft.artwork.part("stage-speaker"), light, 0.04))
    depth = 1.5
    aside = draft.frame.half_width * depth * 0.84
    return [
        Sprite(
            texture=texture, x=side * aside, y=level, depth=depth, height=0.78, anchor=(0.5, 0.99)
        )
        for side in (-1, 1)
    ]


def _sign(draft: Draft) -> list[Layer]:
    """A neon sign and two small ones, all flickering a little."""
    words = draft.shot.signs[0] if draft.shot.signs else None
    themed = draft.shot.theme == "paw"
    sign, high = neon(
        draft, words, "flat-paw-prints" if themed else "flat-musical-notes", "#ff4fa0"
    )
    side, side_high = neon(draft, None, "flat-guitar", "#38c8ff")
    half_width, half_height = draft.frame.half_width, draft.frame.half_height
    depth = BACK + 0.005
    widest = 0.86 * half_width * 2 * depth
    height = min(1.15 * high * depth, widest * sign.height / sign.width)
    pulse = {"depth": depth, "pulse": 0.16, "pace": 5.0}
    return [
        Sprite(texture=sign, x=0.0, y=-0.62 * half_height * depth + 0.04, height=height, **pulse),
        Sprite(
            texture=side,
            x=-0.72 * half_width * depth,
            y=-0.1 * depth,
            height=side_high * depth,
            phase=0.4,
            **pulse,
        ),
    ]


def _hanging_bulbs(draft: Draft) -> list[Layer]:
    """Bare bulbs on long cords, with their glow."""
    half_width, half_height = draft.frame.half_width, draft.frame.half_height
    cord = draft.artwork.part("stage-bulb")
    texture, shine = Texture(cord.copy()), glow(draft.px(0.1), "#ffb050", 2.2, 0.1)
    lengths = draft.layout("cords").uniform(-0.06, 0.1, 6).tolist()
    depth, long = 1.22, 0.8
    layers: list[Layer] = []
    for index, (place, length) in enumerate(
        zip((-0.86, -0.55, -0.3, 0.3, 0.58, 0.88), lengths, strict=True)
    ):
        foot = -half_height * depth + 0.34 * half_height + length + 0.22 * abs(place)
        x = place * half_width * depth
        # Cord and glow swing about the same far point, so that they stay together.
        common = {"x": x, "y": foot - long, "depth": depth, "rock": 0.02, "phase": 0.17 * index}
        layers.append(Sprite(texture=texture, height=long, anchor=(0.5, 0.0), **common))
        lamp_at = (0.5, 0.5 - (long * 310 / 360) / 0.3)
        layers.append(
            Sprite(texture=shine, height=0.3, anchor=lamp_at, pulse=0.15, pace=1.0, **common)
        )
    return layers


def _amplifiers(draft: Draft, level: float) -> list[Layer]:
    light = Light(key="#ffdcb0", ambient="#5c4470", rim="#c880ff", direction=(0.4, -0.6, 0.5))
    texture = Texture(relight(draft.artwork.part("stage-amplifier"), light, 0.05))
    half_width = draft.frame.half_width
    return [
        Sprite(
            texture=texture,
            x=x * half_width * 1.45,
            y=level,
            depth=1.45,
            height=high,
            anchor=(0.5, 0.97),
        )
        for x, high in ((-0.78, 0.27), (0.84, 0.32))
    ]


def _wood_rows(draft: Draft) -> list[Layer]:
    """Two rows of dark trees behind the stage."""
    rows = ((6.0, ("#2c2450", "#1a1838"), 0.2), (3.0, ("#141430", "#0a0a1c"), 0.27))
    return [
        Strip(
            texture=woods(draft, f"woods{index}", (1.9, 0.5), codes),
            y=(0.06 + 0.06 * index - high) * depth,
            depth=depth,
            height=0.5 * depth,
            offset=0.7 * index,
        )
        for index, (depth, codes, high) in enumerate(rows)
    ]


def _festoons(draft: Draft, rig: float) -> list[Layer]:
    """Strings of warm bulbs that sag from the truss's middle to both sides."""
    half_width = draft.frame.half_width
    spots = []
    for number, (start, end, depth) in enumerate(
        ((-1.3, -0.05, 1.12), (0.05, 1.3, 1.12), (-1.3, 1.3, 1.5))
    ):
        count = 13 if number < 2 else 20
        share = np.linspace(0, 1, count)
        x = (start + (end - start) * share) * half_width * depth
        sag = 4 * share * (1 - share) * (0.13 if number < 2 else 0.2)
        y = np.full(count, rig * depth / RIG + 0.02) + sag
        phases = draft.layout(f"festoon{number}").random(count)
        spots.append(np.stack((x, y, np.full(count, depth), phases), 1))
    lamps = tuple(
        glow(draft.px(0.045), code, 2.0, 0.22) for code in ("#ffc060", "#ffd890", "#ff9a50")
    )
    return [
        Bulbs(textures=lamps, spots=np.concatenate(spots[:2]), height=0.085, depth=1.12),
        Bulbs(textures=lamps, spots=spots[2], height=0.085, depth=1.5),
    ]


def _fireflies(draft: Draft) -> Motes:
    return Motes(
        texture=glow(draft.px(0.012) + 2, "#d8ff80", 1.8, 0.3),
        spots=draft.layout("fireflies").random((34, 5)),
        near=0.9,
        far=2.2,
        height=0.035,
        drift=(0.02, -0.01),
        flutter=0.06,
        alpha=0.9,
        twinkle=1.0,
        depth=0.9,
    )
