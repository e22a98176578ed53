"""Curtains of a theatre: the back drop in folds, the gathered sides, the scalloped valance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.canvas import Texture
from matinee.engines.animatic.paint import (
    Floats,
    colour,
    floats,
    gradient,
    grid,
    noise,
    smoothstep,
    tau_wave,
    to_texture,
)

COARSE = 2
"""Cloth is soft: it is painted at half the resolution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloth:
    """The colours of a curtain, from the depth of a fold to its ridge."""

    codes: tuple[str, str, str, str]
    trim: str = "#ffcf6a"
    sheen: str = "#ffb36b"
    """The light on its edge."""

    def shaded(self, fold: Floats) -> Floats:
        """The colours of folds, 0 deep to 1 high."""
        dark, low, high, bright = self.codes
        ladder = ((0.0, dark), (0.38, low), (0.74, high), (1.0, bright))
        return gradient(np.clip(fold, 0, 1), ladder)


def back_curtain(size: tuple[int, int], folds: float, cloth: Cloth, seed: int) -> Texture:
    """An opaque curtain, lit from the middle below, (width, height)."""
    width, height = max(2, size[0] // COARSE), max(2, size[1] // COARSE)
    x, y = grid((height, width))
    drape = noise((height, width), seed, 2, 3)
    bend = x + (0.016 * drape + 0.006 * tau_wave(x * 1.5 + y * 0.4, 1.0))
    fold = 0.74 * tau_wave(floats(bend), folds) ** 1.3
    fold = floats(fold + 0.26 * tau_wave(floats(bend), folds * 2.7, 1))
    light = np.exp(-(((x - 0.5) / 0.34) ** 2) - ((y - 0.62) / 0.6) ** 2)
    level = (0.26 + 1.15 * light) * (0.8 + 0.25 * y)
    bgr = cloth.shaded(floats(0.08 + 0.84 * fold)) * level[..., None]
    hem = smoothstep(0.955, 0.965, y) * smoothstep(0.99, 0.98, y) * (0.3 + 0.6 * fold) * light
    bgr = bgr * (1 - hem[..., None]) + hem[..., None] * colour(cloth.trim)
    return to_texture(np.clip(_enlarged(floats(bgr), size), 0, 0.9))


def side_curtain(size: tuple[int, int], cloth: Cloth, seed: int, *, mirrored: bool) -> Texture:
    """A curtain that is tied back below its middle; its free edge is on the right."""
    width, height = max(2, size[0] // COARSE), max(2, size[1] // COARSE)
    x, y = grid((height, width))
    tie = np.float32(0.64)
    waist = np.exp(-(((y - tie) / np.where(y < tie, 0.17, 0.24)) ** 2))
    edge = floats(0.93 - 0.31 * waist + 0.02 * np.sin(y * 5))
    across = x / edge
    drape = noise((height, width), seed, 2, 3)
    fold = tau_wave(floats(across + 0.05 * drape), 6.5) ** 1.2 * 0.85
    fold += 0.15 * tau_wave(floats(across), 17, 2)
    bgr = cloth.shaded(floats(0.06 + 0.8 * fold)) * (0.3 + 0.55 * across**1.5)[..., None]
    sheen = np.exp(-(((across - 0.97) / 0.035) ** 2)) * smoothstep(0.08, 0.5, y)
    bgr += (sheen * 0.4)[..., None] * colour(cloth.sheen)
    rope = np.exp(-(((y - tie - 0.012 * np.sin(across * 9)) / 0.011) ** 2)) * (across < 1)
    strands = 0.55 + 0.45 * tau_wave(floats(across * 22 + y * 40), 1.0)
    bgr = bgr * (1 - rope[..., None]) + (rope * strands)[..., None] * colour(cloth.trim) * 0.8
    alpha = smoothstep(1.0, 0.985, across)
    picture = np.concatenate((bgr, alpha[..., None]), -1)
    picture = _enlarged(floats(picture), size)
    if mirrored:
        picture = picture[:, ::-1]
    return to_texture(np.clip(picture[..., :3], 0, 0.85), np.clip(picture[..., 3], 0, 1))


def valance(size: tuple[int, int], scallops: int, cloth: Cloth) -> Texture:
    """A row of hanging arcs with a golden fringe; it continues from its right edge to its left."""
    width, height = size
    x, y = grid((height, width))
    share = floats((x * scallops) % 1)
    hang = np.sqrt(np.clip(1 - (2 * share - 1) ** 2, 0, 1))
    bottom = floats(0.72 + 0.2 * hang)
    down = y / bottom
    fold = tau_wave(floats(down * 3.0 + np.abs(share - 0.5) * 1.6), 1.0)
    bgr = cloth.shaded(floats(0.1 + 0.72 * fold)) * (0.5 + 0.35 * y)[..., None]
    fringe = smoothstep(-0.075, -0.06, y - bottom)
    threads = 0.6 + 0.4 * tau_wave(floats(x), scallops * 26.0)
    bgr = bgr * (1 - fringe[..., None]) + (fringe * threads)[..., None] * colour(cloth.trim) * 0.82
    braid = np.exp(-(((y - bottom + 0.075) / 0.012) ** 2))[..., None]
    bgr = bgr * (1 - braid) + braid * colour(cloth.trim)
    knot = np.minimum(share, 1 - share) * np.float32(width / scallops / height)
    tassel = smoothstep(0.045, 0.03, floats(np.hypot(knot, 0.45 * (y - 0.78))))
    bgr = bgr * (1 - tassel[..., None]) + tassel[..., None] * colour(cloth.trim) * 0.75
    alpha = np.maximum(smoothstep(0.0, -0.012, y - bottom), tassel)
    return to_texture(np.clip(floats(bgr), 0, 0.9), floats(alpha))


def _enlarged(picture: Floats, size: tuple[int, int]) -> Floats:
    return cast(Floats, cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR))
