"""Boulders, painted as a heap of facets."""

from __future__ import annotations

import numpy as np

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.paint import colour, noise, smoothstep, to_pixels
from matinee.engines.animatic.sets.outdoors.fields import blend
from matinee.engines.animatic.sets.outdoors.plants import Botany


def boulder(made: Botany, code: str = "#8a8682", cover: str | None = None) -> Image:
    """A boulder, 1.6 times as wide as high; `cover` lies on its top: snow, moss."""
    height = made.height_px
    width = round(height * 1.6)
    random = made.random
    x = np.linspace(-1, 1, width, dtype=np.float32)[None]
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    seed = int(random.integers(1 << 30))
    lumps = noise((height, width), seed, (2.2, 3.4), 3)
    grain = noise((height, width), seed + 1, (14, 22), 4, 0.6)
    skew = random.uniform(-0.3, 0.3)
    across = np.abs(x - skew * (1 - y)) ** 2.4
    bulk = 1 - across - (1 - y) ** 2.6 * 0.98 + (lumps - 0.5) * 0.32 * (1.2 - y)
    alpha = np.clip(bulk * height * 0.35 + 0.5, 0, 1)
    alpha = alpha * np.clip((1 - y) * height * 0.25 + 0.1, 0, 1)
    # Facets: the relief of the lumps in steps.
    relief = np.sqrt(np.clip(bulk, 0, 1)) * 0.9 + np.round(lumps * 5) / 5 * 0.42 + grain * 0.1
    slope_x = np.gradient(relief, axis=1) * width * 0.25
    slope_y = np.gradient(relief, axis=0) * height * 0.25
    lit = 0.42 - 0.4 * slope_x * made.side + 0.36 * slope_y + 0.28 * (0.5 - y) + 0.3 * (grain - 0.5)
    lit = np.clip(lit, 0.03, 1).astype(np.float32)
    albedo = np.broadcast_to(colour(code), (height, width, 3)) * (0.8 + 0.4 * lumps[..., None])
    if cover is not None:
        top = smoothstep(0.5, 0.2, y + (lumps - 0.5) * 0.5) * smoothstep(-0.6, 0.5, slope_y)
        albedo = blend(albedo.astype(np.float32), cover, top)
    bgr = made.hour.hazed(made.hour.shine(albedo.astype(np.float32), lit), made.depth)
    return to_pixels(np.clip(bgr, 0, 1), alpha.astype(np.float32))
