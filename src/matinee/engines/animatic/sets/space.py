"""Open space: a nebula, stars, planets in the light of a sun, comets, and a station in orbit.

Four stagings: a blue world below a station, a ringed giant, the night side of a planet at
sunrise, and two moons in golden gas.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matinee.engines.animatic.camera import Frame
from matinee.engines.animatic.canvas import Image, Texture
from matinee.engines.animatic.layers import OVERSCAN, Backdrop, Motes, Sprite
from matinee.engines.animatic.paint import Floats, colour, floats, glow, grid, to_texture
from matinee.engines.animatic.sets.celestial import comets, exhaust, sun_and_flare, twinkles
from matinee.engines.animatic.sets.heavens import (
    HALO,
    Globe,
    Nebula,
    limb,
    night_sky,
    planet,
    rings,
)
from matinee.engines.animatic.sets.orbital import Berth, Orbit, station
from matinee.engines.animatic.shots import Action, Body, Shot
from matinee.engines.animatic.staging import Draft, Grade, Layer, Light, Mark, Set

SHOWN = frozenset(
    {"comet", "star", "glowing-star", "ringed-planet", "full-moon", "globe-showing-americas"}
)
"""Heavenly bodies that the set paints: as glyphs among them they would look pasted on."""

LEFT_SUN = (-0.62, -0.55, 0.42)
EARTH = Globe(
    ground=(
        (0, "#0a2a50"),
        (0.35, "#1f6fa8"),
        (0.5, "#3fb0b8"),
        (0.58, "#d8b478"),
        (0.75, "#a8683c"),
        (1, "#fff0d8"),
    ),
    sea_level=0.52,
)
ROSE_MOON = Globe(
    ground=((0, "#3a2438"), (0.4, "#7d5468"), (0.7, "#c09898"), (1, "#f4dcd0")),
    atmosphere="#ff9fb0",
    clouds=0,
    craters=True,
)
GREY_MOON = Globe(
    ground=((0, "#2a2c34"), (0.4, "#6c6a70"), (0.7, "#aaa49c"), (1, "#ece4d4")),
    atmosphere="#c8b898",
    clouds=0,
    craters=True,
)
GIANT = Globe(
    ground=(
        (0, "#5a2c1c"),
        (0.25, "#b06a3c"),
        (0.45, "#e8b884"),
        (0.6, "#f6dfba"),
        (0.8, "#c8885a"),
        (1, "#fff2da"),
    ),
    atmosphere="#ffc890",
    clouds=0,
    banded=True,
    tilt=0.3,
)
NIGHT_WORLD = Globe(
    ground=((0, "#061a3c"), (0.45, "#14508a"), (0.52, "#2c7a6a"), (0.7, "#5c7040"), (1, "#e0d8c0")),
    atmosphere="#6fb8ff",
    sea_level=0.48,
    cities="#ffc060",
    night=0.05,
    halo=0.075,
    tilt=0.1,
    sun=(0.28, -0.42, -0.86),
)
VIOLET = Nebula()
TEAL = Nebula(
    dark=("#03070f", "#062033", "#0a3a4c", "#0d4a58"),
    clouds=("#1a7fb0", "#28c0a0", "#9058e0"),
    fibres="#b8ffd8",
    slope=-0.4,
    height=0.45,
)
DEEP = Nebula(
    dark=("#02030a", "#070c24", "#101a44", "#1a2458"),
    clouds=("#3048c8", "#8a4ae0", "#30b0ff"),
    fibres="#d8b8ff",
    height=0.35,
    slope=0.3,
    strength=0.6,
)
GOLD = Nebula(
    dark=("#0a0508", "#2a1016", "#4c1c1a", "#6a2e1e"),
    clouds=("#d8582a", "#ffa040", "#b03a8a"),
    fibres="#ffe0a0",
    slope=0.7,
    height=0.5,
    strength=0.7,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Staging:
    """What one of the four variants is made of. Places are shares of the frame's half sides."""

    nebula: Nebula
    sun: tuple[float, float]
    sun_code: str = "#ffd8a8"
    light: Light
    berth: tuple[float, float] = (0.16, -0.08)
    has_station: bool = True
    """Whether there is a station even if the prompt names none."""

    comets: int = 3


STAGINGS = (
    Staging(
        nebula=VIOLET,
        sun=(0.68, -0.56),
        light=Light(key="#fff0dc", ambient="#48569c", rim="#8fe0ff", direction=(0.62, -0.62, 0.5)),
    ),
    Staging(
        nebula=TEAL,
        sun=(-0.62, -0.6),
        sun_code="#d8f0ff",
        light=Light(key="#f4fbff", ambient="#3c6c88", rim="#a0ffe0", direction=(-0.62, -0.55, 0.5)),
        berth=(-0.3, -0.14),
        has_station=False,
        comets=2,
    ),
    Staging(
        nebula=DEEP,
        sun=(0.3, 0.2),
        sun_code="#ffe8c8",
        light=Light(key="#fff4e0", ambient="#3a4a90", rim="#a8d0ff", direction=(0.5, -0.3, 0.55)),
        berth=(-0.2, -0.24),
        comets=1,
    ),
    Staging(
        nebula=GOLD,
        sun=(0.55, -0.62),
        sun_code="#ffe0a0",
        light=Light(key="#ffe6c0", ambient="#7a4a58", rim="#ffd890", direction=(0.55, -0.62, 0.5)),
        berth=(0.2, -0.06),
        has_station=False,
        comets=3,
    ),
)


def space(draft: Draft) -> Set:
    """Open space in one of four stagings."""
    index = draft.variant(len(STAGINGS))
    staging = STAGINGS[index]
    frame = draft.frame
    sun = (staging.sun[0] * frame.half_width, staging.sun[1] * frame.half_height)
    worlds = (_blue_world, _ringed_giant, _night_side, _two_moons)[index]
    disc, flare = sun_and_flare(draft, sun, staging.sun_code)
    layers: list[Layer] = [
        Backdrop(texture=to_texture(_sky(draft, staging, sun))),
        twinkles(draft),
        disc,
        comets(draft, staging.comets),
        *worlds(draft),
        _dust(draft),
    ]
    path = _path(draft, staging)
    if _wants_station(draft.shot, staging):
        layers.extend(station(draft, staging.light, _berth(frame, staging)))
    if _has_jet(draft.shot):
        layers.append(exhaust(draft, path, 0.1))
    return Set(
        layers=tuple(layers),
        light=staging.light,
        marks=_marks(frame),
        grade=Grade(bloom=0.45, bloom_from=168, vignette=0.5),
        sway=3.0,
        figure_height=0.52,
        shows=SHOWN,
        path=path if _leads_alone(draft.shot) else None,
        overlays=(flare,),
    )


def _dust(draft: Draft) -> Motes:
    return Motes(
        texture=glow(draft.px(0.01) + 2, "#cfe4ff", 1.5, 0.3),
        spots=draft.layout("dust").random((60, 5)),
        near=0.35,
        far=0.85,
        height=0.016,
        drift=(-0.03, 0.0),
        alpha=0.4,
    )


def _sky(draft: Draft, staging: Staging, sun: tuple[float, float]) -> Floats:
    frame = draft.frame
    shape = (round(frame.height_px * OVERSCAN), round(frame.width_px * OVERSCAN))
    sky = night_sky(shape, draft.seed("sky"), staging.nebula)
    x, y = grid(shape)
    across = (2 * x - 1) * np.float32(frame.half_width * OVERSCAN) - np.float32(sun[0])
    down = (2 * y - 1) * np.float32(frame.half_height * OVERSCAN) - np.float32(sun[1])
    far = np.hypot(across, down)
    near = np.clip(1 - far / np.float32(0.42), 0, 1)[..., None] ** 3
    wide = np.clip(1 - far / np.float32(0.8), 0, 1)[..., None] ** 2
    halo = near * colour(staging.sun_code) * np.float32(0.62)
    return floats(sky + halo + wide * colour(staging.nebula.clouds[0]) * np.float32(0.28))


def _wants_station(shot: Shot, staging: Staging) -> bool:
    return staging.has_station or shot.theme is not None or "station" in shot.text.lower()


def _has_jet(shot: Shot) -> bool:
    if not _leads_alone(shot) or not shot.subjects:
        return False
    return shot.subjects[0].body is Body.ASTRONAUT and shot.subjects[0].action is Action.FLY


def _leads_alone(shot: Shot) -> bool:
    """Whether there is one hero with the sky for a stage, not a group that keeps together."""
    return sum(subject.count for subject in shot.subjects) == 1


def _berth(frame: Frame, staging: Staging) -> Berth:
    # In portrait the ring, not the tower, decides how large the station may be.
    height = min(1.06, 1.6 * frame.half_width)
    x, y = staging.berth
    higher = 0.5 * (frame.half_height - 0.5)
    x *= min(1.0, frame.half_width / 0.6)
    return Berth(x=x, y=y - higher, depth=1.5, height=height)


def _path(draft: Draft, staging: Staging) -> Orbit:
    frame = draft.frame
    flies = any(subject.action is Action.FLY for subject in draft.shot.subjects)
    start = float(draft.layout("path").uniform(2.3, 2.8))
    return Orbit(
        middle=(staging.berth[0] * 0.3, 0.2 * (frame.half_height - 0.5)),
        reach=(min(0.6, 0.62 * frame.half_width), 0.11),
        depth=1.4,
        swing=0.52,
        speed=0.5 if flies else 0.24,
        start=start,
    )


def _marks(frame: Frame) -> tuple[Mark, ...]:
    half = min(0.5, frame.half_width - 0.2)
    return (
        Mark(0.0, 1.0, 0.05),
        Mark(-half, 1.1, -0.12),
        Mark(half, 1.1, 0.14),
        Mark(-0.5 * half, 1.35, 0.26),
        Mark(0.6 * half, 1.4, -0.25),
    )


def _globe(texture: Texture, x: float, y: float, depth: float, radius: float) -> Sprite:
    """A planet of `radius` world units, as it appears at depth 1, in the frame at (x, y)."""
    return Sprite(
        texture=texture,
        x=x * depth,
        y=y * depth,
        depth=depth,
        height=2 * (1 + HALO) * radius * depth,
        spin=0.01,
    )


def _blue_world(draft: Draft) -> tuple[Layer, ...]:
    half_width, half_height = draft.frame.half_width, draft.frame.half_height
    globes = [
        (EARTH, "earth", -0.60 * half_width, 0.80 * half_height, 3.6, 0.42),
        (ROSE_MOON, "moon", 0.24 * half_width, -0.12 * half_height, 3.2, 0.1),
    ]
    return tuple(
        _globe(planet(draft.px(radius * 1.05), draft.seed(name), globe), x, y, depth, radius)
        for globe, name, x, y, depth, radius in globes
    )


def _ringed_giant(draft: Draft) -> tuple[Layer, ...]:
    half_width, half_height = draft.frame.half_width, draft.frame.half_height
    radius, depth = 0.27, 3.6
    x, y = 0.50 * half_width, 0.06 * half_height
    radius_px = draft.px(radius)
    giant = planet(radius_px, draft.seed("giant"), replace(GIANT, sun=LEFT_SUN))
    back, front = rings(radius_px, draft.seed("rings"), ("#7a5a48", "#ffe6c4"), sun_x=-1)
    moon = planet(draft.px(0.07), draft.seed("moon"), replace(GREY_MOON, sun=LEFT_SUN))

    def ring(image: Image, at: float) -> Sprite:
        height = radius * 4.8 * 0.34 * at
        return Sprite(
            texture=Texture(image), x=x * at, y=y * at, depth=at, height=height, rotation=-0.32
        )

    return (
        ring(back, depth + 0.02),
        _globe(giant, x, y, depth, radius),
        ring(front, depth - 0.02),
        _globe(moon, -0.62 * half_width, 0.5 * half_height, 2.8, 0.07),
    )


def _night_side(draft: Draft) -> tuple[Layer, ...]:
    frame = draft.frame
    depth = 3.4
    radius = 1.9
    top = radius * NIGHT_WORLD.halo + 0.01
    # As wide and deep as the farthest pan and roll of the camera can see.
    width, height = 2 * frame.half_width + 0.3, 0.7 * frame.half_height + top + 0.1
    size = (draft.px(width), draft.px(height))
    texture = limb(size, draft.px(radius), draft.px(top), draft.seed("world"), NIGHT_WORLD)
    horizon = Sprite(
        texture=texture,
        x=0.0,
        y=(frame.half_height * 0.3 - top) * depth,
        depth=depth,
        height=height * depth,
        anchor=(0.5, 0.0),
    )
    moon = planet(draft.px(0.08), draft.seed("moon"), GREY_MOON)
    return horizon, _globe(moon, 0.6 * frame.half_width, -0.55 * frame.half_height, 3.8, 0.075)


def _two_moons(draft: Draft) -> tuple[Layer, ...]:
    half_width, half_height = draft.frame.half_width, draft.frame.half_height
    globes = [
        (ROSE_MOON, "moon", -0.66 * half_width, -0.3 * half_height, 3.6, 0.2),
        (GREY_MOON, "grey", -0.28 * half_width, 0.62 * half_height, 2.9, 0.08),
    ]
    return tuple(
        _globe(planet(draft.px(radius * 1.05), draft.seed(name), globe), x, y, depth, radius)
        for globe, name, x, y, depth, radius in globes
    )
