"""Terrain: hills, mountains and dunes from a height field, seen in perspective and lit.

A height field of `slices` (far into the distance) by columns is looked at from above the ground:
in every column the nearest slice that reaches a row of the picture shows there. Slopes are lit by
the sun, so ranges hide each other and have faces, where a painted outline would be flat.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.canvas import Texture
from matinee.engines.animatic.layers import Strip
from matinee.engines.animatic.paint import Floats, to_pixels
from matinee.engines.animatic.sets.outdoors.fields import field, seamless
from matinee.engines.animatic.sets.outdoors.stamps import Trees
from matinee.engines.animatic.staging import Draft

SLICES = 220
EVEN = 2.5
"""Columns over which light is evened out."""

FOOT = 0.035
"""Height in frame units over which a terrain's lower edge fades into the ground."""


@dataclass(slots=True, kw_only=True)
class Terrain:
    """A height field between two depths while it is painted; columns repeat sideways."""

    draft: Draft
    level: float
    """World y of the plain that heights are measured from."""

    near: float
    far: float
    wide: float = 2.6
    """Frame units after which it repeats."""

    slices: int = SLICES
    z: Floats = dataclasses.field(init=False)
    """Depth of every slice, (slices, 1)."""

    columns: int = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        share = np.linspace(0, 1, self.slices, dtype=np.float32)[:, None]
        self.z = np.float32(self.near) * np.float32(self.far / self.near) ** share
        self.columns = self.draft.px(self.wide)

    @property
    def shape(self) -> tuple[int, int]:
        """Slices by columns."""
        return self.slices, self.columns

    @property
    def share(self) -> Floats:
        """0 at the nearest slice to 1 at the farthest, (slices, 1)."""
        return np.linspace(0, 1, self.slices, dtype=np.float32)[:, None]

    def noise(self, name: str, down: float, across: float, roughness: float = 1.9) -> Floats:
        """Noise over the field, 0..1, with so many bumps into the distance and sideways."""
        return field(self.shape, self.draft.seed(name), (down, across), roughness)

    def ridged(self, name: str, down: float, across: float, octaves: int = 5) -> Floats:
        """Noise with sharp crests, 0..1, the lower octaves the stronger."""
        total = np.zeros(self.shape, np.float32)
        strength = 1.0
        for octave in range(octaves):
            bumps = (down * 2.1**octave, across * 2.1**octave)
            raw = field(self.shape, self.draft.seed(f"{name}{octave}"), bumps, 3.0)
            crest = np.clip(1 - np.abs(raw - np.float32(0.5)) * np.float32(2.6), 0, 1)
            # Fine crests stand on high ground only; valleys stay smooth.
            total += np.float32(strength) * crest * (total if octave else np.float32(1))
            strength *= 0.42
        return cast(Floats, total / total.max())

    def facing(self, heights: Floats, side: float, climb: float = 0.5) -> Floats:
        """How much of the sun every point gets, 0..1, the sun on `side` (-1 left, 1 right)."""
        step_x = self.z * np.float32(self.wide / self.columns)
        slope_x = (np.roll(heights, -1, 1) - np.roll(heights, 1, 1)) / (2 * step_x)
        step_z = np.gradient(self.z[:, 0])[:, None].astype(np.float32)
        slope_z = np.gradient(heights, axis=0) / step_z
        towards = np.array((side * 0.8, climb, -0.35), np.float32)
        towards /= np.linalg.norm(towards)
        flat = 1 / np.sqrt(slope_x**2 + slope_z**2 + 1)
        lit = (-slope_x * towards[0] + towards[1] - slope_z * towards[2]) * flat
        # A steep face shows few slices over many rows: uneven columns would comb it.
        even = cv2.GaussianBlur(np.clip(lit, 0, 1), (0, 0), EVEN)
        return cast(Floats, even.astype(np.float32))

    def shadowed(self, heights: Floats, side: float, slope: float) -> Floats:
        """1 where the sun reaches, 0 in cast shadow; its rays sink by `slope` per unit."""
        step = self.z[:, 0] * np.float32(self.wide / self.columns * slope)
        order = range(self.columns) if side < 0 else range(self.columns - 1, -1, -1)
        columns = np.ascontiguousarray(heights.T)
        edge = np.full(self.slices, -1e3, np.float32)
        over = np.empty_like(columns)
        # The first round finds what throws its shadow across the seam.
        for _ in range(2):
            for index in order:
                edge = np.maximum(columns[index], edge - step)
                over[index] = edge
        depth = (over - columns).T / (self.z * np.float32(0.012))
        return cast(Floats, 1 - np.clip(depth, 0, 1))

    def tops(self, heights: Floats) -> Floats:
        """How high above the horizon every point is seen, in frame units, hidden ones included."""
        return cast(Floats, (heights - np.float32(self.level)) / self.z)

    def on_faces(self, name: str, heights: Floats, bumps: float, times: int = 3) -> Floats:
        """Noise as fine on steep faces as on flat ground: as the eye sees the field, 0..1.

        It repeats `times` times sideways, with `bumps` of the largest in each.
        """
        tile = seamless(self.draft.seed(name), 256, bumps, 1.25)
        per_unit = np.float32(256 * times / self.wide)
        x = np.arange(self.columns, dtype=np.float32)[None] * np.float32(256 * times / self.columns)
        v = np.mod(-self.tops(heights) * per_unit, 256).astype(np.float32)
        u = np.repeat(np.mod(x, 256), self.slices, 0)
        wrap = cv2.BORDER_WRAP
        return cast(Floats, cv2.remap(tile, u, v, cv2.INTER_LINEAR, None, wrap))

    def strip(
        self, heights: Floats, bgr: Floats, depth: float, trees: Trees | None = None
    ) -> Strip:
        """The terrain as a strip at `depth`; `bgr` (slices, columns, 3) is its lit colour."""
        unit = self.draft.frame.unit_px
        tops = self.tops(heights)
        skyline = np.maximum.accumulate(tops, 0)
        room = 0.0 if trees is None else 1.4 * trees.height / self.near
        high, low = float(skyline.max()) + 4 / unit + room, float(tops[0].min())
        rows = max(8, round((high - low) * unit))
        levels = (high - (np.arange(rows, dtype=np.float32) + 0.5) / unit).astype(np.float32)
        index = np.arange(self.slices, dtype=np.float32)
        # interp wants rising values; a hidden slice adds next to nothing.
        rising = np.ascontiguousarray(skyline.T) + index * np.float32(1e-7)
        shown = np.stack([np.interp(levels, line, index) for line in rising], 1)
        column = np.repeat(np.arange(self.columns, dtype=np.float32)[None], rows, 0)
        picture = cv2.remap(bgr, column, shown.astype(np.float32), cv2.INTER_LINEAR)
        alpha = np.clip((skyline[-1][None] - levels[:, None]) * unit + 0.5, 0, 1)
        alpha = alpha * np.clip((levels[:, None] - tops[:1]) / np.float32(FOOT), 0, 1)
        pixels = to_pixels(cast(Floats, picture), alpha.astype(np.float32))
        if trees is not None:
            seen = tops > skyline - 0.003
            trees.plant(pixels, self.z[:, 0], seen, (high - tops) * unit, unit)
        texture = Texture(pixels)
        height = rows / unit * depth
        return Strip(texture=texture, y=-high * depth, depth=depth, height=height)
