"""Boulders, painted as a heap of facets."""

from __future__ import annotations

import math

import numpy as np

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.paint import Floats, colour, noise, smoothstep, to_pixels
from matinee.engines.animatic.sets.outdoors.brush import Botany
from matinee.engines.animatic.sets.outdoors.fields import blend


def boulder(made: Botany, code: str = "#8a8682", cover: str | None = None) -> Image:
    """A boulder, 1.6 times as wide as high; `cover` lies on its top: snow, moss."""
    height = made.height_px
    width = round(height * 1.6)
    random = made.random
    x = np.linspace(-1.6, 1.6, width, dtype=np.float32)[None]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    seed = int(random.integers(1 << 30))
    grain = noise((height, width), seed, (15, 24), 5, 0.65)
    rough = (grain - np.float32(0.5)) * np.float32(0.1)
    relief, across, upward = _facets(random, (x + rough, y + rough))
    ragged = (
        0.97 - 0.1 * np.abs(x) ** 2 + 0.16 * (noise((4, width), seed + 1, (1, 7), 3)[1:2] - 0.5)
    )
    alpha = np.clip(relief * height * 0.9 + 0.5, 0, 1)
    alpha = alpha * np.clip((ragged - y) * height * 0.3, 0, 1)
    lit = 0.42 + 0.34 * across * made.side + 0.34 * upward + 0.2 * (grain - 0.5)
    # Ground light and dirt at the foot, a bright edge where two facets meet.
    lit = np.clip(lit - 0.16 * smoothstep(0.2, 1.0, y), 0.04, 1).astype(np.float32)
    albedo = np.broadcast_to(colour(code), (height, width, 3)) * (0.92 + 0.16 * grain[..., None])
    if cover is not None:
        lies = smoothstep(0.1, 0.5, upward + (grain - 0.5) * 0.8 - 0.3 * (y + 0.4))
        albedo = blend(albedo.astype(np.float32), cover, lies)
    bgr = made.hour.hazed(made.hour.shine(albedo.astype(np.float32), lit), made.depth)
    return to_pixels(np.clip(bgr, 0, 1), alpha.astype(np.float32))


def _facets(
    random: np.random.Generator, at: tuple[Floats, Floats]
) -> tuple[Floats, Floats, Floats]:
    """A body cut by planes: its height over the picture, and each facet's turn right and up."""
    x, y = at
    count = 15
    angle = np.linspace(0, math.tau, count, endpoint=False) + random.uniform(-0.2, 0.2, count)
    steep = np.where(
        np.arange(count) % 3 == 0, random.uniform(1.6, 2.6, count), random.uniform(0.35, 1.0, count)
    )
    reach = np.where(np.cos(angle) ** 2 > 0.4, 1.35, 0.84) * random.uniform(0.84, 1.06, count)
    lowest = np.full(np.broadcast_shapes(x.shape, y.shape), 9.0, np.float32)
    across, upward = np.zeros_like(lowest), np.zeros_like(lowest)
    for k in range(count):
        right, down = math.cos(float(angle[k])), math.sin(float(angle[k]))
        # Below the middle a boulder goes straight into the ground.
        edge = float(reach[k]) * (1.6 if down > 0.3 else 1.0)
        plane = (np.float32(edge) - x * np.float32(right) - y * np.float32(down)) * np.float32(
            steep[k]
        )
        nearer = plane < lowest
        lowest = np.where(nearer, plane, lowest)
        flat = 1 / math.hypot(1, float(steep[k]))
        across = np.where(nearer, np.float32(right * steep[k] * flat), across)
        upward = np.where(nearer, np.float32(-down * steep[k] * flat), upward)
    return lowest, across, upward
