"""The audience: rows of dark heads, many with ears, that bob to the music; raised glow sticks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.camera import Camera
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.layers import Strip
from matinee.engines.animatic.paint import Floats, colour, floats, to_light, to_pixels
from matinee.engines.animatic.staging import Draft, wander

BEATS_A_SECOND = 2.0
HEAD = 0.118
"""World units from head to head, half of that being a head's radius."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the audience. A layer."""

    strip: Strip
    bob: float
    """World units it moves up and down with the music."""

    phase: float

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.strip.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw it, up on every beat."""
        beat = abs(math.sin(math.pi * BEATS_A_SECOND / 2 * t + self.phase))
        aside = 0.3 * self.bob * math.sin(math.pi * BEATS_A_SECOND / 4 * t + self.phase)
        self.strip.draw(canvas, camera.moved(x=aside, y=self.bob * beat), t)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sticks:
    """Glow sticks waved by the audience. A layer."""

    textures: tuple[Texture, ...]
    spots: NDArray[np.float64]
    """Shape (count, 4): world x, y and depth of the hand, and phase 0..1."""

    depth: float

    def depth_at(self, t: float) -> float:
        """Just behind the row that waves them."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw each at its angle."""
        for x, y, z, phase in self.spots.tolist():
            if z - camera.z < 0.1:
                continue
            texture = self.textures[int(phase * len(self.textures)) % len(self.textures)]
            swing = math.sin(math.pi * BEATS_A_SECOND / 2 * t + 0.7 * x + phase)
            at = (x + 0.02 * swing, y - 0.012 * abs(swing), z)
            turn = 0.45 * swing + 0.15 * wander(phase, t)
            canvas.draw(texture, camera.place(texture, at, 0.15, turn, (0.5, 0.95)))


def audience(draft: Draft, top: float, rim: str, *, raised: float = 0.0) -> list[Row]:
    """Three rows of heads whose tops reach up to `top`, in frame units from the middle.

    `rim` is the light on their outlines; `raised` the share of them with a paw in the air.
    """
    rows = []
    # A high frame leaves room for many rows, a wide one only for their heads.
    step = 0.022 + 0.11 * (draft.frame.half_height - 0.5)
    for index, depth in enumerate((0.78, 0.70, 0.62)):
        texture = _heads(draft, index, rim, raised)
        height = texture.height / draft.frame.unit_px * depth
        y = (top - 0.09 + step * index) * depth
        strip = Strip(texture=texture, y=y, depth=depth, height=height, offset=0.37 * index)
        rows.append(Row(strip=strip, bob=0.008, phase=1.3 * index))
    return rows


def _heads(draft: Draft, index: int, rim: str, raised: float) -> Texture:
    """A row of heads and shoulders that repeats; as high as the frame could need."""
    unit = draft.frame.unit_px
    head = HEAD * (1 + 0.16 * index) * unit
    count = 13
    width = round(count * head)
    height = round(0.25 * unit + (draft.frame.half_height - 0.3) * unit)
    random = draft.layout(f"heads{index}")
    mask = np.zeros((height, width), np.uint8)
    for number, (aside, large, low, ears, hand) in enumerate(random.random((count, 5)).tolist()):
        x = (number + 0.5 + 0.24 * (aside - 0.5)) * head
        radius = head * (0.34 + 0.09 * large)
        y = unit * (0.165 + 0.02 * low)
        for shift in (-width, 0, width):
            _put_head(mask, (x + shift, y), radius, ears)
            if hand < raised:
                _put_paw(mask, (x + shift + head * 0.5, y), radius)
    blur = 0.8 + 0.7 * index
    cover = cv2.GaussianBlur(mask, (0, 0), blur * unit / 720)
    return Texture(_lit(floats(np.asarray(cover, np.float32) / 255), unit, index, rim))


def _lit(cover: Floats, unit: int, index: int, rim: str) -> Image:
    """Almost black heads with a line of stage light on top."""
    soft = cv2.GaussianBlur(cover, (0, 0), 2.6 * unit / 720)
    rise = np.clip(np.gradient(np.asarray(soft, np.float32), axis=0), 0, 1) * (unit / 720)
    dark = colour("#2c1a2a") * np.float32(1 - 0.28 * index)
    down = np.linspace(1.0, 0.35, cover.shape[0], dtype=np.float32)[:, None, None]
    lit = np.clip(rise * 6.5, 0, 1)[..., None] * colour(rim) * np.float32(0.85 - 0.22 * index)
    return to_pixels(floats(dark * down + lit), cover)


def _put_head(mask: Image, at: tuple[float, float], radius: float, ears: float) -> None:
    x, y = at
    _ellipse(mask, (x, y), (radius, radius * 0.96))
    neck = y + radius * 2.35
    _ellipse(mask, (x, neck), (radius * 1.5, radius * 1.5))
    rows = np.array(((x - radius * 1.5, neck), (x + radius * 1.5, neck)))
    below = np.array(((x + radius * 1.5, mask.shape[0] + 9), (x - radius * 1.5, mask.shape[0] + 9)))
    _polygon(mask, np.concatenate((rows, below)))
    for side in (-1, 1):
        if ears < 0.42:
            corners = ((0.95, -1.4), (0.2, -0.86), (0.98, -0.2))
            points = [(x + side * across * radius, y + down * radius) for across, down in corners]
            _polygon(mask, np.array(points))
        elif ears < 0.6:
            _ellipse(mask, (x + side * radius * 0.78, y - radius * 0.82), (radius * 0.42,) * 2)
        elif ears < 0.7:
            _ellipse(
                mask, (x + side * radius * 0.4, y - radius * 1.5), (radius * 0.22, radius * 0.85)
            )


def _put_paw(mask: Image, at: tuple[float, float], radius: float) -> None:
    x, y = at
    arm = np.array(
        (
            (x - 0.24 * radius, y + 1.8 * radius),
            (x + 0.24 * radius, y + 1.8 * radius),
            (x + 0.2 * radius, y - 1.1 * radius),
            (x - 0.2 * radius, y - 1.1 * radius),
        )
    )
    _polygon(mask, arm)
    _ellipse(mask, (x, y - 1.2 * radius), (radius * 0.32, radius * 0.36))


def _ellipse(mask: Image, middle: tuple[float, float], radii: tuple[float, float]) -> None:
    fixed = (round(middle[0] * 16), round(middle[1] * 16))
    size = (max(16, round(radii[0] * 16)), max(16, round(radii[1] * 16)))
    cv2.ellipse(mask, fixed, size, 0, 0, 360, 255.0, -1, cv2.LINE_AA, 4)


def _polygon(mask: Image, points: NDArray[np.float64]) -> None:
    fixed = np.round(points * 16).astype(np.int32)
    cv2.fillConvexPoly(mask, fixed, 255.0, cv2.LINE_AA, 4)


def glow_sticks(draft: Draft, top: float, codes: tuple[str, ...]) -> Sticks:
    """Glow sticks all along the audience."""
    random = draft.layout("sticks").random((26, 4))
    half = draft.frame.half_width * 0.74 + 0.45
    depth = 0.66 + 0.16 * random[:, 2]
    x = (2 * random[:, 0] - 1) * half
    y = (top + 0.05 + 0.05 * random[:, 1]) * depth
    textures = tuple(_stick(draft, code) for code in codes)
    return Sticks(textures=textures, spots=np.stack((x, y, depth, random[:, 3]), 1), depth=0.785)


def _stick(draft: Draft, code: str) -> Texture:
    height, width = draft.px(0.2), draft.px(0.07)
    x = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None] * np.float32(0.07)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None] * np.float32(0.2)
    far = np.hypot(x, np.maximum(0, np.maximum(0.035 - y, y - 0.13)))
    haze = np.clip(1 - far / 0.033, 0, 1) ** 2 * 0.4
    core = np.clip((0.0065 - far) / 0.002, 0, 1)
    light = haze[..., None] * colour(code) + core[..., None] * (0.25 + 0.65 * colour(code))
    return to_light(floats(np.clip(light, 0, 1)))
