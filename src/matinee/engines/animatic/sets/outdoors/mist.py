"""Mist: soft banks of one colour that drift, without a seam however large they are drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.camera import Camera
from matinee.engines.animatic.canvas import Canvas, Image
from matinee.engines.animatic.paint import Floats, colour, noise, smoothstep

SHAPE = (48, 384)
"""Mist has no detail: a small picture is drawn large."""

COARSE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """A bank of mist between two heights, repeated sideways without end. A layer."""

    cover: Floats
    """Alpha, 0..1, of SHAPE; its left and right edges meet."""

    code: str
    y: float
    """World y of its upper edge."""

    height: float
    depth: float
    wide: float = 4.0
    """Frame units after which it repeats."""

    offset: float = 0.0
    drift: float = 0.0
    """World units a second it moves to the right."""

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Blend it over what is there."""
        if self.depth - camera.z < 0.1:
            return
        left, top, scaling = camera.project(self.offset + self.drift * t, self.y, self.depth)
        first = max(0, math.floor(top))
        last = min(canvas.height_px, math.ceil(top + self.height * scaling))
        if last <= first:
            return
        rows, columns = SHAPE
        cell_x = self.wide * self.depth * scaling / columns
        cell_y = self.height * scaling / rows
        half = np.float32(COARSE / 2)
        across = np.arange(0, canvas.width_px, COARSE, dtype=np.float32) + half - np.float32(left)
        down = np.arange(first, last, COARSE, dtype=np.float32) + half - np.float32(top)
        u = np.repeat(np.mod(across / np.float32(cell_x), columns)[None], down.size, 0)
        v = np.clip(down / np.float32(cell_y), 0, rows - 1)
        v = np.repeat(v[:, None], across.size, 1)
        alpha = cv2.remap(self.cover, u, v, cv2.INTER_LINEAR, None, cv2.BORDER_WRAP)
        self._blend(canvas.finish()[first:last], np.asarray(alpha, np.float32))

    def _blend(self, target: Image, alpha: Floats) -> None:
        """Blend the colour over `target`; `alpha` holds the middles of blocks of COARSE pixels."""
        tint = np.array((*colour(self.code), 0.0), np.float32)
        mist = (alpha[..., None] * (tint * 255) + np.float32(0.5)).astype(np.uint8)
        rest = np.repeat((255.5 - alpha[..., None] * 255).astype(np.uint8), 4, 2)
        # Separate rounding of the two must not make the frame's own alpha leak.
        rest[..., 3] = 255
        cv2.multiply(target, _enlarged(rest, target), target, 1 / 255)
        cv2.add(target, _enlarged(mist, target), target)


def _enlarged(small: Image, like: Image) -> Image:
    size = (small.shape[1] * COARSE, small.shape[0] * COARSE)
    large = cv2.resize(small, size, interpolation=cv2.INTER_LINEAR)
    return cast(Image, large)[: like.shape[0], : like.shape[1]]


def bank(seed: int, code: str, alpha: float, box: tuple[float, float, float]) -> Bank:
    """A bank of the colour `code`, at most `alpha` thick.

    `box` is the world y of its upper edge, its world height, and its depth.
    """
    y, height, depth = box
    billows = noise(SHAPE, seed, (1.5, 6), 4, wraps=True)
    down = np.linspace(-1, 1, SHAPE[0], dtype=np.float32)[:, None]
    shade = smoothstep(1.0, 0.1, np.abs(down - np.float32(0.15)) / np.float32(1.0 + 0.15))
    shade = shade * smoothstep(1.0, 0.8, np.abs(down))
    cover = (0.45 + 0.55 * billows) * shade * np.float32(alpha)
    return Bank(
        cover=cover.astype(np.float32),
        code=code,
        y=y,
        height=height,
        depth=depth,
        offset=float(np.random.default_rng(seed).random()) * 4 * depth,
        drift=0.02 * depth**0.5,
    )
