"""Heaped clouds: round, lit, with flat feet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.canvas import Image, Texture
from matinee.engines.animatic.layers import Strip
from matinee.engines.animatic.paint import Floats, colour, smoothstep, to_pixels
from matinee.engines.animatic.sets.outdoors.fields import blend, seamless
from matinee.engines.animatic.sets.outdoors.ribbons import Ribbon, ribbon
from matinee.engines.animatic.sets.outdoors.site import Site

COARSE = 2
"""Clouds are painted at half resolution and drawn larger: they have no hard edges."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heap:
    """How a bank of clouds is built."""

    name: str
    wide: float
    """Frame units after which it repeats."""

    tall: float
    """Frame units."""

    towers: int
    filled: bool = False
    """Whether its foot is one closed bank, as seen from above, instead of single clouds."""


def heaped(site: Site, heap: Heap, haze: float) -> Image:
    """A seamless bank of clouds; `haze` is the share of the air's colour in it."""
    width = max(16, site.draft.px(heap.wide) // COARSE)
    height = max(8, site.draft.px(heap.tall) // COARSE)
    dome = _domes(site, heap, (height, width))
    unit = height * 0.1
    rough = _billows(site.draft.seed(heap.name), (height, width), unit)
    body = dome + (rough - np.float32(0.5)) * np.float32(unit * 1.2)
    alpha = smoothstep(0.0, unit * 0.5, body)
    soft = cv2.GaussianBlur(np.maximum(body, 0), (0, 0), unit * 0.22)
    lit = _lit(np.asarray(soft, np.float32), site.side)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    # Undersides lie in shade; thin edges let light through.
    shade = np.clip(lit * (1.2 - 0.62 * y) + 0.25 * (1 - alpha), 0, 1)
    dark, bright = colour(site.hour.cloud_shade), colour(site.hour.cloud_lit)
    bgr = dark + (bright - dark) * shade[..., None]
    share = np.broadcast_to(np.float32(haze) + np.float32(0.3) * y**2, shade.shape)
    bgr = blend(bgr, site.hour.haze, share.astype(np.float32))
    if heap.filled:
        alpha = np.maximum(alpha, smoothstep(0.5, 0.74, np.broadcast_to(y, alpha.shape)))
    alpha = alpha * smoothstep(1.0, 0.78, np.broadcast_to(y, alpha.shape))
    return to_pixels(np.clip(bgr, 0, 0.97), alpha.astype(np.float32))


def cloud_strip(
    site: Site, heap: Heap, place: tuple[float, float], haze: float, drift: float = 0.0
) -> Ribbon:
    """A bank at `place`, (height of its foot above the horizon in frame units, depth)."""
    foot, depth = place
    strip = Strip(
        texture=Texture(heaped(site, heap, haze)),
        y=-foot * depth,
        depth=depth,
        height=heap.tall * depth,
        anchor_y=1.0,
        offset=float(site.draft.layout(heap.name).random()) * heap.wide * depth,
        drift=drift * depth,
    )
    return ribbon(site.draft.frame, strip)


def _domes(site: Site, heap: Heap, shape: tuple[int, int]) -> Floats:
    """The heights of many round puffs, joined; towers of them stand on a common foot."""
    height, width = shape
    random = site.draft.layout(f"heap/{heap.name}")
    field = np.full(shape, -height * 0.2, np.float32)
    for tower in range(heap.towers):
        middle = (tower + random.uniform(0.15, 0.85)) / heap.towers * width
        tall = random.uniform(0.4, 1.0) * height * 0.9
        broad = width / heap.towers * random.uniform(0.3, 0.6)
        base = height * random.uniform(0.86, 0.98)
        # Fine puffs lie over broad ones; the crown of a tower is narrower than its foot.
        for number in range(34):
            share = random.random() ** 1.2
            aside = random.normal(0, 0.45) * (1 - 0.62 * share) * broad
            radius = height * (0.21 if number < 12 else 0.11) * random.uniform(0.75, 1.2)
            radius *= 1.15 - 0.45 * share
            y = base - radius * 0.55 - share * max(0.0, tall - 1.6 * radius)
            _puff(field, (middle + aside, y), radius)
    return np.asarray(field, np.float32)


def _puff(field: Floats, at: tuple[float, float], radius: float) -> None:
    height, width = field.shape
    x, y = at
    top, bottom = max(0, int(y - radius)), min(height, int(y + radius) + 2)
    columns = np.arange(int(x - radius), int(x + radius) + 2)
    if bottom <= top:
        return
    rows = np.arange(top, bottom, dtype=np.float32)[:, None]
    inside = radius**2 - (columns[None] - x) ** 2 - (rows - y) ** 2
    dome = np.sqrt(np.maximum(inside, 0)) - 0.25 * radius
    index = columns % width
    field[top:bottom, index] = np.maximum(field[top:bottom, index], dome)


def _billows(seed: int, shape: tuple[int, int], unit: float) -> Floats:
    height, width = shape
    size = 256
    tile = seamless(seed, size, 6.0, 1.35)
    repeats = max(1, round(width / (unit * 11)))
    scale = repeats * size / width
    x = np.mod(np.arange(width, dtype=np.float32) * np.float32(scale), size)
    y = np.mod(np.arange(height, dtype=np.float32) * np.float32(scale), size)
    u, v = np.meshgrid(x, y)
    return np.asarray(cv2.remap(tile, u, v, cv2.INTER_LINEAR, None, cv2.BORDER_WRAP), np.float32)


def _lit(body: Floats, side: float) -> Floats:
    slope_x = np.asarray(cv2.Sobel(body, cv2.CV_32F, 1, 0, ksize=3, scale=0.125))
    slope_y = np.asarray(cv2.Sobel(body, cv2.CV_32F, 0, 1, ksize=3, scale=0.125))
    flat = 1 / np.sqrt(slope_x**2 + slope_y**2 + 1)
    lit = (-slope_x * 0.6 * side + slope_y * 0.72 + 0.42) * flat
    return cast(Floats, np.clip(0.3 + 0.74 * lit, 0, 1))
