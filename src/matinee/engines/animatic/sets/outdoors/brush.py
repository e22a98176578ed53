"""The brush: strokes and shapes of one colour, and what a plant is painted with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.paint import Floats, colour
from matinee.engines.animatic.sets.outdoors.hours import Hour
from matinee.engines.animatic.sets.outdoors.strokes import Points, draw_lines

SHADES = 14
"""Dabs are drawn in groups of one shade, dark to light; a call per dab would be slow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Botany:
    """What a plant is painted with."""

    hour: Hour
    random: np.random.Generator
    """Of its texture."""

    height_px: int
    depth: float = 1.0
    """How far away it will stand; haze is painted in."""

    side: float = 1.0
    """Where the sun is: -1 left, 1 right."""

    def inks(self, code: str | Floats, shades: Points) -> Floats:
        """The colours (n, 3), BGR, of one albedo at `shades` (n,) of sunlight."""
        albedo = colour(code) if isinstance(code, str) else code
        albedos = np.broadcast_to(albedo, (shades.size, 3))
        lit = self.hour.shine(albedos, shades.astype(np.float32))
        return self.hour.hazed(lit, self.depth)

    def ink(self, code: str | Floats, shade: float) -> Floats:
        """One colour (3,), BGR."""
        return np.asarray(self.inks(code, np.array((shade,), np.float32))[0], np.float32)


def dab(
    pixels: Image,
    made: Botany,
    code: Floats,
    at: tuple[Points, Points],
    stroke: Points,
    size: float,
) -> None:
    """Dabs at `at[0]` (n, 2) in shades `at[1]` (n,), the dark ones first.

    Each is a `stroke` (n, 2) long.
    """
    places, shades = at
    groups = np.clip((shades * SHADES).astype(int), 0, SHADES - 1)
    inks = made.inks(code, (np.arange(SHADES, dtype=np.float32) + 0.5) / SHADES)
    lines = np.stack((places, places + stroke), 1)
    for group in range(SHADES):
        chosen = lines[groups == group]
        if chosen.size:
            draw_lines(pixels, chosen, inks[group], size)
