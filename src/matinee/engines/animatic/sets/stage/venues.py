"""The four venues: what hangs above a stage and stands behind and beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matinee.engines.animatic.camera import Frame
from matinee.engines.animatic.canvas import Texture
from matinee.engines.animatic.layers import OVERSCAN, Backdrop, Sprite
from matinee.engines.animatic.sets.heavens import Globe, planet
from matinee.engines.animatic.sets.stage.backs import (
    brick_wall,
    hazy_hall,
    night_over_fields,
)
from matinee.engines.animatic.sets.stage.boards import BACK, Wood
from matinee.engines.animatic.sets.stage.cloth import Cloth, back_curtain
from matinee.engines.animatic.sets.stage.lamps import Ray, bar_wall, beams, bokeh
from matinee.engines.animatic.sets.stage.rigging import (
    RIG,
    amplifiers,
    festoons,
    fireflies,
    hanging_bulbs,
    heading,
    sign,
    speakers,
    trusses,
    wings,
    wood_rows,
)
from matinee.engines.animatic.staging import Draft, Layer, Light

VELVET = Cloth(codes=("#17020a", "#5d0716", "#b3162c", "#f0606e"))
MOON = Globe(
    ground=((0, "#b8ac98"), (0.4, "#e4dac4"), (0.7, "#fff4dc"), (1, "#fffaf0")),
    atmosphere="#ffe8c0",
    clouds=0,
    sun=(-0.2, -0.2, 1.0),
)


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
    rays = _theatre_rays(frame, top, level)
    box = (-1.3 * half_width, -half_height, 1.3 * half_width, 0.05)
    layers: list[Layer] = [
        _back(
            draft,
            level,
            lambda size: back_curtain(size, 15 * size[0] / size[1], VELVET, draft.seed("drop")),
        ),
        bokeh(draft, ("#ffcf80", "#ff8fa0", "#b090ff"), box),
        *beams(draft, rays),
        *wings(draft),
        *heading(draft),
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
    rays = _concert_rays(frame, rig, level)
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
        *trusses(draft, rig, [ray.x for ray in rays]),
        *speakers(draft, level),
    ]
    return Venue(
        layers=tuple(layers),
        light=Light(key="#fff2ec", ambient="#8478a8", rim="#50d8ff", direction=(0.3, -0.75, 0.5)),
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
    top = -frame.half_height * RIG - 0.05
    rays = _club_rays(frame, top, level)
    layers: list[Layer] = [
        _back(
            draft, level, lambda size: brick_wall(size, frame.unit_px / BACK, draft.seed("bricks"))
        ),
        *sign(draft),
        *beams(draft, rays),
        *hanging_bulbs(draft),
        *amplifiers(draft, level),
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
    rays = _open_air_rays(frame, rig, level)
    layers: list[Layer] = [
        Backdrop(texture=night_over_fields(shape, draft.seed("sky"), at)),
        Sprite(
            texture=planet(draft.px(0.075), draft.seed("moon"), MOON),
            x=moon[0] * 8,
            y=moon[1] * 8,
            depth=8.0,
            height=0.075 * 2.36 * 8,
        ),
        *wood_rows(draft),
        *beams(draft, rays),
        *trusses(draft, rig, [ray.x for ray in rays]),
        *festoons(draft, rig),
        fireflies(draft),
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


def _theatre_rays(frame: Frame, top: float, level: float) -> tuple[Ray, ...]:
    half_width, aim = frame.half_width, _aim(frame)
    reach = level - top
    return (
        Ray(
            x=0.0,
            y=top,
            code="#ffe2b0",
            length=1.08 * reach,
            spread=0.72,
            strength=0.55,
            swing=0.03,
        ),
        Ray(
            x=-0.8 * half_width,
            y=top,
            code="#a884ff",
            lean=-0.5 * aim,
            length=1.1 * reach,
            spread=0.34,
            strength=0.62,
            swing=0.09,
            depth=1.5,
        ),
        Ray(
            x=0.8 * half_width,
            y=top,
            code="#ff88b0",
            lean=0.5 * aim,
            length=1.1 * reach,
            spread=0.34,
            strength=0.62,
            swing=0.09,
            depth=1.5,
            pace=0.7,
        ),
    )


def _club_rays(frame: Frame, top: float, level: float) -> tuple[Ray, ...]:
    half_width, aim = frame.half_width, _aim(frame)
    reach = level - top
    return (
        Ray(
            x=0.0, y=top, code="#ffd8a0", length=1.06 * reach, spread=0.5, strength=0.65, swing=0.02
        ),
        Ray(
            x=0.95 * half_width,
            y=top,
            code="#9a60ff",
            lean=0.45 * aim,
            length=1.1 * reach,
            spread=0.32,
            strength=0.65,
            swing=0.05,
            depth=1.5,
        ),
    )


def _concert_rays(frame: Frame, rig: float, level: float) -> tuple[Ray, ...]:
    half_width, aim = frame.half_width, _aim(frame)
    reach = 1.1 * (level - rig)
    codes = ("#30d8ff", "#ff40b0", "#8c60ff", "#ff40b0", "#30d8ff")
    leans = (-0.42 * aim, -0.2 * aim, 0.0, 0.2 * aim, 0.42 * aim)
    return tuple(
        Ray(
            x=place * half_width,
            y=rig + 0.07,
            code=code,
            lean=lean,
            length=reach,
            spread=0.3,
            strength=0.9,
            swing=0.26,
            pace=1.5,
            beats=index % 2 == 1,
            depth=RIG - 0.01 * index,
        )
        for index, (code, lean, place) in enumerate(
            zip(codes, leans, (-1, -0.5, 0, 0.5, 1), strict=True)
        )
    )


def _open_air_rays(frame: Frame, rig: float, level: float) -> tuple[Ray, ...]:
    half_width, aim = frame.half_width, _aim(frame)
    reach = 1.1 * (level - rig)
    return (
        Ray(
            x=0.0,
            y=rig + 0.06,
            code="#ffe8c0",
            length=reach,
            spread=0.55,
            strength=0.6,
            swing=0.03,
        ),
        Ray(
            x=-0.7 * half_width,
            y=rig + 0.06,
            code="#60b0ff",
            lean=-0.4 * aim,
            length=reach,
            spread=0.3,
            strength=0.65,
            swing=0.12,
        ),
        Ray(
            x=0.7 * half_width,
            y=rig + 0.06,
            code="#ff8a60",
            lean=0.4 * aim,
            length=reach,
            spread=0.3,
            strength=0.65,
            swing=0.12,
            pace=0.7,
        ),
    )


def _aim(frame: Frame) -> float:
    """How far lamps at the sides lean to the middle, which lies lower in a high frame."""
    return 0.68 if frame.portrait else 1.0


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
