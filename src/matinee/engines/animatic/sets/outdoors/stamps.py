"""Pictures stamped onto strips: far trees on hills, walls of trees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.paint import Floats

LEVELS = 4
"""Far trees are painted in the haze of so many distances."""


def stamp(pixels: Image, image: Image, x: float, y: float) -> None:
    """Blend premultiplied `image` over `pixels`, its foot's middle at (x, y), seamless sideways."""
    height, width = image.shape[:2]
    left, top = round(x - width / 2), round(y - height)
    for shift in (-pixels.shape[1], 0, pixels.shape[1]):
        _blend(pixels, image, left + shift, top)


def _blend(pixels: Image, image: Image, left: int, top: int) -> None:
    x0, y0 = max(0, left), max(0, top)
    x1 = min(pixels.shape[1], left + image.shape[1])
    y1 = min(pixels.shape[0], top + image.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    part = image[y0 - top : y1 - top, x0 - left : x1 - left]
    target = pixels[y0:y1, x0:x1]
    rest = cv2.cvtColor(255 - part[..., 3], cv2.COLOR_GRAY2BGRA)
    rest[..., 3] = 255 - part[..., 3]
    target[:] = cv2.add(cv2.multiply(target, rest, scale=1 / 255.0), part)


def resized(image: Image, height: float, *, mirrored: bool = False) -> Image:
    """`image` at another height in pixels."""
    tall = max(2, round(height))
    wide = max(2, round(image.shape[1] * tall / image.shape[0]))
    smaller = cv2.resize(image, (wide, tall), interpolation=cv2.INTER_AREA)
    return cast(Image, smaller[:, ::-1] if mirrored else smaller)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """Far trees on a terrain, each where it stands and only where its foot is seen."""

    random: np.random.Generator
    """Of their places."""

    paint: Callable[[int, float], Image]
    """Paints the tree of a number, 0 to `kinds`, as it looks at a depth."""

    kinds: int
    count: int
    height: float
    """World height of an average one."""

    where: Floats | None = None
    """How likely trees are, 0..1, (slices, columns)."""

    def plant(
        self, pixels: Image, z: Floats, seen: NDArray[np.bool_], foot: Floats, unit_px: int
    ) -> None:
        """Stamp them into a strip's `pixels`.

        `z` is the depth of every slice; `seen` (slices, columns) tells where the ground shows, and
        `foot` in which row of `pixels`.
        """
        slices, columns = seen.shape
        depths = np.geomspace(float(z[0]), float(z[-1]), LEVELS + 1)
        middles = np.sqrt(depths[1:] * depths[:-1])
        pictures = [[self.paint(kind, float(at)) for kind in range(self.kinds)] for at in middles]
        spots = self.random.random((self.count, 6))
        rows = (spots[:, 0] * (slices - 1)).astype(int)
        for k in np.argsort(-rows, kind="stable").tolist():
            i, j = int(rows[k]), int(spots[k, 1] * (columns - 1))
            if not seen[i, j] or (self.where is not None and self.where[i, j] < spots[k, 2]):
                continue
            depth = float(z[i])
            level = int(np.argmin(np.abs(np.log(middles / depth))))
            tall = self.height * (0.65 + 0.7 * float(spots[k, 3])) / depth * unit_px
            image = pictures[level][int(spots[k, 4] * self.kinds)]
            small = resized(image, tall, mirrored=bool(spots[k, 5] < 0.5))
            stamp(pixels, small, j, float(foot[i, j]) + 0.03 * tall)
