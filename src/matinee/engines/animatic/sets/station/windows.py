"""The end wall of a station with its window, and what is to be seen outside."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.paint import (
    Floats,
    colour,
    floats,
    grid,
    noise,
    smoothstep,
    to_pixels,
)
from matinee.engines.animatic.sets.station.hull import Outline
from matinee.engines.animatic.sets.station.walls import Paint


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A window in the end wall. Lengths are world units on that wall."""

    half_width: float
    half_height: float
    """Both alike make it round; otherwise it is a long one with round ends."""

    y: float = 0.0
    frame: float = 0.1
    """How wide the metal around it is."""

    bars: tuple[float, ...] = ()
    """Angles of bars from the middle to the rim, in turns."""

    inner: float = 0.0
    """Share of the radius at which a ring parts the panes; bars end there."""

    glow: str = "#6fe0ff"
    """The lamp around it."""

    def distance(self, x: Floats, y: Floats) -> Floats:
        """How far points lie outside the rim; negative inside."""
        radius = min(self.half_width, self.half_height)
        across = np.maximum(np.abs(x) - (self.half_width - radius), 0)
        down = np.maximum(np.abs(y - np.float32(self.y)) - (self.half_height - radius), 0)
        return floats(np.hypot(across, down) - radius)


def end_wall(
    outline: Outline, size: tuple[int, int], px: float, window: Window, paint: Paint, seed: int
) -> Image:
    """The wall at the corridor's end, `size` pixels wide and high, `px` per world unit."""
    width, height = size
    x = ((np.arange(width, dtype=np.float32) + 0.5 - width / 2) / np.float32(px))[None]
    y = ((np.arange(height, dtype=np.float32) + 0.5 - height / 2) / np.float32(px))[:, None]
    out = window.distance(x, y)
    share, around = outline.bent(x, y)
    bgr = _plates(x, y, out, paint, seed)
    light = colour(paint.above) * (1 - around)[..., None] + colour(paint.below) * around[..., None]
    glow = np.exp(-np.maximum(out - window.frame, 0) / 0.14)[..., None] * colour(window.glow) * 0.5
    bgr *= light * 0.95 + glow + 0.1
    bgr *= (1 - 0.5 * smoothstep(0.72, 1.0, share))[..., None]
    _put_frame(bgr, (x, y), out, window, paint)
    pane = smoothstep(0.5 / px, -0.5 / px, out)
    bars = _bars((x, y), out, window)
    cover = 1 - pane * (1 - smoothstep(0.4 / px, -0.4 / px, bars))
    bgr = _with_bars(bgr, bars, pane, paint)
    ring = np.exp(-(((out - window.frame * 0.82) / 0.009) ** 2))[..., None]
    haze = np.exp(-(((out - window.frame * 0.82) / 0.04) ** 2))[..., None]
    bgr += (ring * (0.4 * colour(window.glow) + 0.3) + 0.2 * haze * colour(window.glow)) * (
        cover[..., None]
    )
    return _glazed(to_pixels(np.clip(bgr, 0, 0.95), floats(cover)), x, y, out)


def _plates(x: Floats, y: Floats, out: Floats, paint: Paint, seed: int) -> Floats:
    """The plates that the wall is made of, BGR."""
    shape = out.shape
    tile = np.float32(0.235)
    column, row = np.floor(np.abs(x) / tile + 0.5), np.floor(y / tile + 0.5)
    across, down = np.abs(x) / tile + 0.5 - column, y / tile + 0.5 - row
    edge = np.minimum(np.minimum(across, 1 - across), np.minimum(down, 1 - down)) * tile
    tones = np.random.default_rng(seed).uniform(0.8, 1.06, (32, 32)).astype(np.float32)
    tone = tones[row.astype(int) % 32, column.astype(int) % 32]
    bgr = colour(paint.panel) * (tone * (0.92 + 0.14 * noise(shape, seed + 1, 3, 3)))[..., None]
    bgr *= (1 - 0.5 * smoothstep(0.009, 0.003, edge))[..., None]
    lip = smoothstep(0.016, 0.011, edge) * smoothstep(0.006, 0.011, edge)
    return floats(bgr + (lip * np.where(down < 0.5, 0.14, -0.08))[..., None])


def _put_frame(
    bgr: Floats, at: tuple[Floats, Floats], out: Floats, window: Window, paint: Paint
) -> None:
    """Paint the window's metal frame with its bolts, and the shadow it throws."""
    x, y = at
    width = window.frame
    shadow = smoothstep(width * 1.5, width, out)[..., None]
    bgr *= 1 - 0.45 * shadow
    share = out / np.float32(width)
    # Lit from above: the frame's upper half faces down, its lower half faces up.
    facing = -(y - np.float32(window.y)) / np.maximum(np.abs(x) + np.abs(y - window.y), 1e-3)
    slope = np.exp(-(((share - 0.97) / 0.1) ** 2)) - np.exp(-(((share - 0.1) / 0.12) ** 2))
    level = 0.62 + 0.4 * slope * facing + 0.34 * np.exp(-(((share - 0.55) / 0.3) ** 2))
    level -= 0.4 * np.exp(-(((share - 0.3) / 0.05) ** 2))
    metal = floats(level)[..., None] * colour(paint.trim)
    angle = np.arctan2(y - np.float32(window.y), x) / np.float32(math.tau)
    count = max(12, round(2 * math.pi * (window.half_width + window.half_height) / 2 / 0.11))
    place = angle * count
    aside = (place - np.round(place)) * np.float32(0.11)
    away = np.hypot(aside, out - np.float32(0.52 * width))
    bolt = smoothstep(0.016, 0.012, floats(away))[..., None]
    metal = metal * (1 - 0.5 * bolt)
    metal += smoothstep(0.011, 0.007, floats(away))[..., None] * colour(paint.trim) * 0.55
    where = (smoothstep(width + 0.004, width - 0.004, out))[..., None]
    bgr *= 1 - where
    bgr += metal * where


def _bars(at: tuple[Floats, Floats], out: Floats, window: Window) -> Floats:
    """How far points lie from the bars in front of the pane; negative on a bar."""
    x, y = at[0], at[1] - np.float32(window.y)
    far = np.hypot(x, y)
    nearest = np.full(out.shape, 9, np.float32)
    first = window.inner * window.half_height
    for turn in window.bars:
        sine, cosine = math.sin(turn * math.tau), math.cos(turn * math.tau)
        ahead = x * np.float32(sine) - y * np.float32(cosine)
        aside = np.abs(x * np.float32(cosine) + y * np.float32(sine)) - np.float32(0.016)
        nearest = np.minimum(nearest, np.where((ahead > 0) & (far > first), aside, 9))
    if window.inner:
        nearest = np.minimum(nearest, np.abs(far - np.float32(first)) - np.float32(0.028))
    return floats(nearest)


def _with_bars(bgr: Floats, bars: Floats, pane: Floats, paint: Paint) -> Floats:
    metal = colour(paint.trim) * (0.3 + 0.75 * smoothstep(-0.004, -0.016, bars))[..., None]
    where = (pane * smoothstep(0.004, -0.002, bars))[..., None]
    return floats(bgr * (1 - where) + metal * where)


def _glazed(image: Image, x: Floats, y: Floats, out: Floats) -> Image:
    """`image` with the shine of glass where it is open: light without cover."""
    streak = smoothstep(0.1, 0.0, np.abs(x + y * 0.8 + 0.16)) * 0.09
    streak = streak + smoothstep(0.03, 0.0, np.abs(x + y * 0.8 - 0.02)) * 0.06
    rim = np.exp(-((out / 0.045) ** 2)) * 0.22
    open_there = (1 - image[..., 3] / np.float32(255)) * (out < 0)
    shine = (streak + rim) * open_there * 255
    result = image.copy()
    for channel, share in enumerate((1.0, 0.9, 0.8)):
        plane = result[..., channel] + shine * share
        result[..., channel] = np.clip(plane, 0, 255)
    return result


def rays(size: tuple[int, int], code: str, seed: int) -> Floats:
    """Shafts of light that fan out downwards from the upper middle, BGR light."""
    width, height = size
    x, y = grid((height, width))
    random = np.random.default_rng(seed)
    total = np.zeros((height, width), np.float32)
    for index in range(5):
        lean = -0.5 + 0.25 * index + float(random.uniform(-0.08, 0.08))
        away = (x - 0.5) - (y - 0.1) * lean
        breadth = 0.02 + 0.14 * y
        fade = smoothstep(0.05, 0.3, y) * smoothstep(1.0, 0.4, y)
        total += np.exp(-((away / breadth) ** 2)) * fade * float(random.uniform(0.5, 1))
    edge = smoothstep(0.0, 0.15, x) * smoothstep(1.0, 0.85, x)
    return floats((total * edge * 0.17)[..., None] * colour(code))
