"""Weather: what falls or hangs in the air, laid over any set under an open sky."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.camera import Camera, Frame
from matinee.engines.animatic.canvas import Canvas, Image
from matinee.engines.animatic.paint import (
    Floats,
    colour,
    hex_code,
    mix,
    seed_of,
    stream,
)
from matinee.engines.animatic.sets.outdoors.mist import Bank, bank
from matinee.engines.animatic.sets.outdoors.strokes import draw_lines
from matinee.engines.animatic.shots import Setting, Shot, Weather
from matinee.engines.animatic.staging import Layer, Light

Places = NDArray[np.float32]

SHELTERED = {Setting.SPACE, Setting.STATION, Setting.ROOM, Setting.STAGE, Setting.UNDERWATER}
"""Where nothing falls from the sky."""

AIRLESS = {Setting.SPACE, Setting.UNDERWATER}
"""Where no fog hangs either."""

GOLDEN = 0.61803
"""Things that fall come back this share of the box further on, so that no pattern shows."""

SOFT = 4
"""Flakes out of focus are drawn at a quarter of the resolution."""


def weather_layers(shot: Shot, frame: Frame, light: Light) -> tuple[Layer, ...]:
    """The layers of `shot`'s weather, empty where the sky is clear or there is none."""
    match shot.weather:
        case Weather.RAIN if shot.setting not in SHELTERED:
            return _rain(shot, frame, light)
        case Weather.SNOW if shot.setting not in SHELTERED:
            return _snow(shot, light)
        case Weather.FOG if shot.setting not in AIRLESS:
            return _fog(shot, frame, light)
        case _:
            return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Curtain:
    """Things that fall between two depths: one group of equal size and brightness."""

    spots: Places
    """(count, 4), uniform in 0..1: place x, y, depth, speed."""

    near: float
    far: float
    fall: float
    """World units a second at depth 1."""

    wind: float
    """Share of the fall that goes sideways."""

    code: Floats
    """BGR light, 0..1, that each adds."""

    thickness: float
    """World units at its nearest."""

    def places(self, camera: Camera, t: float) -> tuple[Floats, Floats]:
        """Where each is on the canvas, (count, 2), and pixels per world unit there, (count, 1)."""
        x, y, share, speed = (self.spots[:, k] for k in range(4))
        z = self.near + (self.far - self.near) * share
        away = np.maximum(z - np.float32(camera.z), 0.25)
        tall = np.float32(2.3 * camera.frame.half_height) * away
        wide = np.float32(2.3 * camera.frame.half_width) * away
        way = y * tall + np.float32(self.fall * t) * (0.8 + 0.4 * speed)
        rounds = np.floor(way / tall)
        down = way - rounds * tall - tall / 2
        aside = x * wide + np.float32(GOLDEN) * rounds * wide + down * np.float32(self.wind)
        across = np.mod(aside - np.float32(camera.x), wide) - wide / 2
        scaling = np.float32(camera.frame.unit_px * camera.zoom) / away
        frame = camera.frame
        px = across * scaling + np.float32(frame.width_px / 2)
        py = (down - np.float32(camera.y)) * scaling + np.float32(frame.height_px / 2)
        return np.stack((px, py), 1), scaling[:, None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rainfall:
    """Streaks of rain. A layer; figures stand between a far one and a near one."""

    curtains: tuple[Curtain, ...]
    depth: float
    streak: float = 0.085
    """World length."""

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Add every streak, one call for each group."""
        pixels = canvas.finish()
        light = np.zeros_like(pixels)
        for curtain in self.curtains:
            heads, scaling = curtain.places(camera, t)
            way = np.array((curtain.wind, 1.0), np.float32) * np.float32(self.streak)
            lines = np.stack((heads - way * scaling, heads), 1)
            middle = 2 / (curtain.near + curtain.far)
            _draw(light, lines, curtain, curtain.thickness * camera.frame.unit_px * middle)
        cv2.add(pixels, light, pixels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Splashes:
    """Rings where drops meet level ground. A layer."""

    spots: Places
    """(count, 4), uniform in 0..1: place x, depth, phase, size."""

    level: float
    code: Floats
    depth: float = 1.02

    def depth_at(self, t: float) -> float:
        """Its depth, just behind the leading figures."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Add all rings, in three ages."""
        top = canvas.height_px // 2
        lower = canvas.finish()[top:]
        light = np.zeros_like(lower)
        x, share, phase, size = (self.spots[:, k] for k in range(4))
        life = phase + np.float32(1.7 * t)
        rounds, age = np.floor(life), np.mod(life, 1)
        s = 0.28 + 1.25 * np.mod(share + np.float32(GOLDEN) * rounds, 1)
        z = 1 / s
        wide = np.float32(2.4 * camera.frame.half_width) * z
        aside = np.mod(x + np.float32(0.38197) * rounds, 1) * wide
        across = np.mod(aside - np.float32(camera.x), wide) - wide / 2
        away = np.maximum(z - np.float32(camera.z), 0.2)
        scaling = np.float32(camera.frame.unit_px) / away
        px = across * scaling + np.float32(camera.frame.width_px / 2)
        py = np.float32(self.level - camera.y) * scaling + np.float32(canvas.height_px / 2 - top)
        radius = (0.006 + 0.018 * age * (0.5 + size)) * scaling
        angle = np.linspace(0, math.tau, 13, dtype=np.float32)
        flat = np.minimum(np.float32(self.level) / away, 0.4)[:, None]
        ring_x = px[:, None] + np.cos(angle)[None] * radius[:, None]
        ring_y = py[:, None] + np.sin(angle)[None] * radius[:, None] * flat
        rings = np.stack((ring_x, ring_y), -1)
        for low in range(3):
            chosen = rings[(age * 3).astype(int) == low]
            if chosen.size:
                draw_lines(light, chosen, self.code * np.float32(1 - low / 3), 1, alpha=0.0)
        cv2.add(lower, light, lower)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snowfall:
    """Flakes, those nearest to the lens soft. A layer."""

    curtains: tuple[Curtain, ...]
    depth: float
    soft: bool = False

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Add every flake, one call for each group."""
        pixels = canvas.finish()
        shrink = SOFT if self.soft else 1
        size = (canvas.height_px // shrink, canvas.width_px // shrink, 4)
        light = np.zeros(size, np.uint8)
        for number, curtain in enumerate(self.curtains):
            places, scaling = curtain.places(camera, t)
            flutter = np.sin(np.float32(1.3 * t) + curtain.spots[:, 1:2] * 40) * 0.02 * scaling
            places = (places + flutter * np.array((1.0, 0.3), np.float32)) / shrink
            flakes = np.stack((places, places + np.float32(0.13)), 1)
            middle = 2 / (curtain.near + curtain.far)
            width = curtain.thickness * camera.frame.unit_px * middle / shrink
            _draw(light, flakes, curtain, width + 0.001 * number)
        if self.soft:
            full = (canvas.width_px, canvas.height_px)
            light = cast(Image, cv2.resize(light, full, interpolation=cv2.INTER_LINEAR))
        cv2.add(pixels, light, pixels)


def _draw(light: Image, lines: Floats, curtain: Curtain, thickness: float) -> None:
    draw_lines(light, lines, curtain.code, thickness, alpha=0.0)


def _rain(shot: Shot, frame: Frame, light: Light) -> tuple[Layer, ...]:
    tint = colour(hex_code(mix(light.ambient, "#e6eef8", 0.6)))

    def curtain(name: str, count: int, box: tuple[float, float], bright: float) -> Curtain:
        return Curtain(
            spots=_spots(shot, name, count),
            near=box[0],
            far=box[1],
            fall=2.6,
            wind=-0.16,
            code=tint * np.float32(bright),
            thickness=0.0022,
        )

    layers: list[Layer] = [
        _bank(shot, light, "rain-veil", (3.4, 0.28, 0.42)),
        Rainfall(
            curtains=(curtain("far", 420, (2.6, 6.0), 0.2), curtain("mid", 240, (1.3, 2.6), 0.26)),
            depth=1.25,
        ),
        Rainfall(curtains=(curtain("near", 90, (0.45, 1.0), 0.3),), depth=0.5),
    ]
    if shot.setting is not Setting.SKY:
        level = 0.42 if frame.portrait else 0.3
        spots = _spots(shot, "splashes", 110)
        layers.append(Splashes(spots=spots, level=level, code=tint * np.float32(0.42)))
    return tuple(layers)


def _snow(shot: Shot, light: Light) -> tuple[Layer, ...]:
    tint = colour(hex_code(mix(light.ambient, "#ffffff", 0.72)))

    def curtain(
        name: str, count: int, box: tuple[float, float], size: float, bright: float
    ) -> Curtain:
        return Curtain(
            spots=_spots(shot, name, count),
            near=box[0],
            far=box[1],
            fall=0.22,
            wind=0.35,
            code=tint * np.float32(bright),
            thickness=size,
        )

    return (
        _bank(shot, light, "snow-veil", (3.4, 0.3, 0.34)),
        Snowfall(
            curtains=(
                curtain("far", 460, (2.4, 6.0), 0.008, 0.5),
                curtain("mid", 240, (1.2, 2.4), 0.0085, 0.75),
            ),
            depth=1.25,
        ),
        Snowfall(curtains=(curtain("near", 80, (0.7, 1.1), 0.0085, 0.85),), depth=0.6),
        Snowfall(curtains=(curtain("close", 22, (0.36, 0.6), 0.016, 0.42),), depth=0.4, soft=True),
    )


def _fog(shot: Shot, frame: Frame, light: Light) -> tuple[Layer, ...]:
    high = 0.62 if frame.portrait else 0.46
    return (
        _bank(shot, light, "fog-far", (3.6, high, 0.85)),
        _bank(shot, light, "fog-back", (1.5, high * 0.75, 0.5)),
        _bank(shot, light, "fog-front", (0.8, high * 0.55, 0.4)),
    )


def _bank(shot: Shot, light: Light, name: str, shape: tuple[float, float, float]) -> Bank:
    """A drifting bank of mist: `shape` is its depth, half its height in frame units, its alpha."""
    depth, high, thick = shape
    level = mix(light.ambient, light.key, 0.35)
    code = hex_code(level * np.float32(0.45) + np.float32(0.55) * level.mean())
    box = (0.1 * depth - high * depth, 2 * high * depth, depth)
    return bank(seed_of(shot.seed, name), code, thick, box)


def _spots(shot: Shot, name: str, count: int) -> Places:
    return stream(shot.seed, f"weather/{name}").random((count, 4), dtype=np.float32)
