"""The hull of a station: its cross-section, and rings of wall that make a corridor in perspective.

A ring is painted once as a strip (around the hull by into the depth) and then bent into the shape
that a camera at rest sees. Rings stand at their depths as flat layers, a rib in front of each hides
where the next begins, so the corridor keeps its depth when the camera moves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.paint import Floats, floats

STEPS = 4096
"""Directions from straight up to straight down in which an outline is known."""

STRIP_PX = 1536
"""Columns of a strip: half of the way around the hull, which is alike on both sides."""

RIB = 0.085
"""How far a rib stands out of the wall, as a share of the way to the middle."""

RIB_DEPTH = 0.09
"""World units that a rib is deep."""


@dataclass(frozen=True)
class Outline:
    """A cross-section of the hull, alike on the left and the right.

    `roundness` 2 is an ellipse, 6 a soft box; 0 an octagon.
    """

    half_width: float
    half_height: float
    roundness: float = 0.0

    @cached_property
    def angles(self) -> Floats:
        """The directions, from 0 (up) clockwise to pi (down)."""
        return np.linspace(0, math.pi, STEPS, dtype=np.float32)

    @cached_property
    def inverse_radius(self) -> Floats:
        """1 / (world units from the middle to the wall), for each direction."""
        across, down = np.abs(np.sin(self.angles)), np.abs(np.cos(self.angles))
        across, down = across / self.half_width, down / self.half_height
        if self.roundness:
            power = self.roundness
            return floats((across**power + down**power) ** (1 / power))
        # Corners of an octagon are cut where the sum of both shares is 1.5, and a little rounded.
        slanted = (across + down) / 1.5
        return floats((across**28 + down**28 + slanted**28) ** (1 / 28))

    @cached_property
    def _way(self) -> Floats:
        """World units along the wall from the top, for each direction."""
        x, y = np.sin(self.angles) / self.inverse_radius, -np.cos(self.angles) / self.inverse_radius
        steps = np.hypot(np.diff(x), np.diff(y))
        return floats(np.concatenate(((0.0,), np.cumsum(steps))))

    @property
    def length(self) -> float:
        """World units along the wall from the top to the bottom."""
        return float(self._way[-1])

    @cached_property
    def around(self) -> Floats:
        """How far along the wall each direction meets it: 0 at the top to 1 at the bottom."""
        return floats(self._way / self._way[-1])

    def bent(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """For points x (1, width), y (height, 1): share of the radius, place around the wall."""
        shape = (y.shape[0], x.shape[1])
        up = np.broadcast_to(-y, shape).astype(np.float32)
        aside = np.broadcast_to(np.abs(x), shape).astype(np.float32)
        far, angle = cv2.cartToPolar(up, aside)
        index = np.minimum(angle * np.float32((STEPS - 1) / math.pi), STEPS - 1).astype(np.int32)
        return cast(Floats, far * self.inverse_radius[index]), self.around[index]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """One ring of the corridor: a rib, and the wall behind it as far as the next rib."""

    depth: float
    next_depth: float
    before: float
    """The depth from which wall in front of the rib is painted too: it shows when the camera is
    aside, or in the corners of the frame."""

    index: int = 0
    """Its place among the rings, the nearest first."""

    fineness: float = 1.0
    """Pixels of its picture for each of the frame's; near rings are out of focus anyway."""

    rows_per_unit: int = 560

    @property
    def rows(self) -> int:
        """Height of its strip in pixels."""
        return max(8, round((self.next_depth - self.before) / self.depth * self.rows_per_unit))

    @property
    def reaches(self) -> Floats:
        """Depth over the rib's depth, for each row of the strip, (rows, 1)."""
        share = (np.arange(self.rows, dtype=np.float32) + 0.5) / self.rows_per_unit
        return cast(Floats, (share + np.float32(self.before / self.depth))[:, None])


def bend(ring: Ring, outline: Outline, strip: Image, size: tuple[float, float], px: float) -> Image:
    """The picture of `ring` from its `strip`, as seen by a camera at rest.

    `size` is half of its width and height in world units at the ring's depth, `px` the pixels of
    one such unit.
    """
    columns, rows = max(2, round(size[0] * px)), max(2, round(2 * size[1] * px))
    x = ((np.arange(columns, dtype=np.float32) + 0.5) / np.float32(px))[None]
    y = ((np.arange(rows, dtype=np.float32) + 0.5 - rows / 2) / np.float32(px))[:, None]
    share, around = outline.bent(x, y)
    row = (1 / np.maximum(share, 1e-3) - ring.before / ring.depth) * ring.rows_per_unit
    column = around * np.float32(STRIP_PX - 1)
    padded = np.concatenate((strip, np.zeros_like(strip[:1])))
    last = np.float32(strip.shape[0])
    # Beyond its last row the ring is open: the row of zeros follows there.
    row = np.clip(floats(row) - np.float32(0.5), 0, last)
    right = cv2.remap(padded, column, row, cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE)
    return cast(Image, np.concatenate((right[:, ::-1], right), 1))
