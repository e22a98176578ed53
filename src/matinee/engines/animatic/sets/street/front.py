"""A house front while it is painted: its surfaces, its windows, its light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.paint import Floats, colour, mix, noise, to_pixels
from matinee.engines.animatic.sets.outdoors.hours import Hour

SHOP = 0.56
STOREY = 0.4
ROOF = 0.26
"""World heights."""

ROOM_LIGHTS = ("#ffd08a", "#ffe6c0", "#ffbe70", "#a8dcff", "#ffa8d0")
Rectangle = tuple[float, float, float, float]
"""Left, top, right, bottom in world units; y counts up from the pavement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What one house looks like. Sizes are in world units."""

    width: float
    storeys: int
    wall: str
    trim: str
    accent: str
    """The colour of its shop sign, awning and neon."""

    roof: str | None
    modern: bool
    awning: bool
    name: str
    seed: int

    @property
    def eaves(self) -> float:
        """Height of its wall."""
        return SHOP + STOREY * self.storeys + 0.08

    @property
    def height(self) -> float:
        """Height over all."""
        return self.eaves + (ROOF if self.roof else 0.05)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shine:
    """The light that a house front stands in."""

    hour: Hour
    facing: float
    """Share of the sun's light that falls on it."""

    lamps: float
    """How much the city's own lights count, 0 to 1."""

    glow: str
    """The light of the street's signs and lamps, from below."""

    snow: bool = False


class Front:
    """A house front while it is painted: the colour of its surfaces, and the light it sends out."""

    def __init__(self, house: House, shine: Shine, px_per_unit: float) -> None:
        self.house = house
        self.shine = shine
        self.px = px_per_unit
        self.height_px = max(8, round(house.height * px_per_unit))
        self.width_px = max(8, round(house.width * px_per_unit))
        self.random = np.random.default_rng(house.seed)
        shape = (self.height_px, self.width_px)
        self.wall: Floats = np.empty((*shape, 3), np.float32)
        self.light: Floats = np.zeros((*shape, 3), np.float32)
        grain = noise(shape, house.seed, (14 * house.height, 14 * house.width), 3)
        stains = noise((32, 32), house.seed + 1, 2.5, 3)
        level = 0.92 + 0.16 * grain + 0.16 * (cv2.resize(stains, shape[::-1]) - 0.5)
        self.wall[:] = colour(house.wall) * level[..., None]

    def box(self, at: Rectangle) -> tuple[slice, slice]:
        """The pixels of a rectangle."""
        left, top, right, bottom = at
        rows = slice(self._row(top), max(self._row(top) + 1, self._row(bottom)))
        x0, x1 = round(left * self.px), round(right * self.px)
        return rows, slice(max(0, x0), min(self.width_px, max(x0 + 1, x1)))

    def _row(self, y: float) -> int:
        return min(self.height_px, max(0, self.height_px - round(y * self.px)))

    def fill(self, at: Rectangle, bgr: Floats) -> None:
        """A surface of one colour, which sends no light."""
        box = self.box(at)
        self.wall[box] = bgr
        self.light[box] = 0

    def shade(self, at: Rectangle, factor: float) -> None:
        """Make a surface darker or brighter."""
        self.wall[self.box(at)] *= np.float32(factor)

    def finished(self, haze: float) -> Image:
        """The lit front as premultiplied pixels, `haze` (0 to 1) of it lost in the air."""
        shine, hour = self.shine, self.shine.hour
        y = np.linspace(self.house.height, 0, self.height_px, dtype=np.float32)[:, None, None]
        incoming = hour.ambient_light + hour.key_light * np.float32(shine.facing)
        # Streets are darker at the bottom by day, and lit from there by night.
        incoming = incoming * np.float32(1.3 - 0.3 * shine.lamps)
        sky = np.float32(0.95) + np.float32(0.2) * np.clip(y / 1.4, 0, 1)
        lamps = colour(shine.glow) * np.float32(shine.lamps) * np.exp(-y * np.float32(1.5))
        picture = self.wall * (incoming * sky + lamps * np.float32(0.85))
        if shine.lamps > 0:
            picture += self.light * np.float32(0.3 + 0.7 * shine.lamps)
            picture += self._halo() * np.float32(shine.lamps)
        else:
            picture += self.light * np.float32(0.16)
        np.clip(picture, 0, 0.97, out=picture)
        picture += (colour(hour.haze) - picture) * np.float32(haze)
        return to_pixels(picture)

    def _halo(self) -> Floats:
        small = cv2.resize(self.light, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
        near = cv2.GaussianBlur(small, (0, 0), 0.02 * self.px / 4 + 0.3)
        wide = cv2.GaussianBlur(small, (0, 0), 0.075 * self.px / 4 + 0.5)
        halo = near * np.float32(0.4) + wide * np.float32(0.6)
        return cast(Floats, cv2.resize(halo, (self.width_px, self.height_px)))


def pane(front: Front, at: Rectangle, *, lit: bool = True) -> None:
    """Glass: the sky in it by day, a room behind it by night."""
    box = front.box(at)
    height, width = front.wall[box].shape[:2]
    if not height or not width:
        return
    shine, random = front.shine, front.random
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    across = np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
    mirrored = np.where((across + down * 0.7 + float(random.random())) % 1.1 < 0.35, 1.25, 1.0)
    glass = mix("#2c4052", "#8fb4d0", 0.45) * (1.15 - 0.5 * down) * mirrored
    front.wall[box] = glass * np.float32(0.8)
    if not lit or random.random() > 0.25 + 0.75 * shine.lamps:
        return
    room = colour(ROOM_LIGHTS[int(random.choice(5, p=(0.38, 0.28, 0.18, 0.1, 0.06)))])
    bright = np.float32(random.uniform(0.35, 0.85))
    light = room * bright * (1.05 - 0.45 * down) * np.ones_like(across)
    part = random.random()
    if part < 0.3:
        light[:, : width // 4] *= np.float32(0.45)
        light[:, width - width // 4 :] *= np.float32(0.45)
    elif part < 0.5:
        light[: round(height * float(random.uniform(0.2, 0.6)))] *= np.float32(0.5)
    elif part < 0.62 and width > 8:
        # Somebody at the window.
        x = int(width * float(random.uniform(0.3, 0.7)))
        cv2.ellipse(light, (x, height), (width // 5, height // 3), 0, 0, 360, (0.05,) * 3, -1)
        cv2.circle(light, (x, round(height * 0.58)), max(1, width // 9), (0.05,) * 3, -1)
    front.light[box] = light
