"""Thanksgiving: autumn light, falling leaves, and a laid table along the lower edge."""

from __future__ import annotations

import math

import numpy as np

from matinee.engines.animatic.artwork import Artwork
from matinee.engines.animatic.camera import Frame, place
from matinee.engines.animatic.canvas import Canvas, Texture
from matinee.engines.animatic.looks.curves import chroma_table, remap
from matinee.engines.animatic.paint import glow
from matinee.engines.animatic.post import Planes, chroma
from matinee.engines.animatic.puppets.jointed import sized

TABLE = (
    ("turkey", 0.13, 0.24),
    ("pie", 0.30, 0.15),
    ("sheaf-of-rice", 0.93, 0.24),
    ("ear-of-corn", 0.81, 0.17),
    ("grapes", 0.035, 0.14),
)
"""Glyph, place across the frame and height, both as shares of it."""

LEAVES = ("maple-leaf", "fallen-leaf", "maple-leaf")
LEAF_COUNT, LEAF = 34, 0.085


class Thanksgiving:
    """See `staging.Look`."""

    def __init__(self, frame: Frame, artwork: Artwork, seed: int) -> None:
        self._frame = frame
        unit = frame.unit_px
        self._leaves = tuple(Texture(sized(artwork.glyph(name), unit * 0.16)) for name in LEAVES)
        self._table = tuple(
            (Texture(sized(artwork.glyph(name), unit * height)), across)
            for name, across, height in TABLE
        )
        self._warmth = glow(round(unit * 0.9), "#ff9a3a", 1.4)
        self._falls = np.random.default_rng((seed, 11)).random((LEAF_COUNT, 6))
        self._u, self._v = chroma_table(0.9, -8), chroma_table(1.0, 7)

    def paint(self, canvas: Canvas, t: float) -> None:
        """Warm light, the table, the leaves."""
        width, height = self._frame.width_px, self._frame.height_px
        low = place(self._warmth, width * 0.5, height * 1.12, (1.2, 0.6))
        canvas.draw(self._warmth, low, 0.5)
        for texture, across in self._table:
            rock = 0.04 * math.sin(1.3 * t + 7 * across)
            at = (width * across, height * (1.0 + 0.004 * math.sin(2 * t + 9 * across)))
            canvas.draw(texture, place(texture, *at, 1.0, rock, (0.5, 0.93)))
        for number, fall in enumerate(self._falls.tolist()):
            self._draw_leaf(canvas, self._leaves[number % len(self._leaves)], fall, t)
        canvas.finish()

    def _draw_leaf(self, canvas: Canvas, leaf: Texture, fall: list[float], t: float) -> None:
        start_x, start_y, near, speed, sway, spin = fall
        depth = 0.5 + near
        down = ((start_y + t * (0.10 + 0.10 * speed) / depth) % 1.15) - 0.08
        across = ((start_x + 0.04 * math.sin(1.4 * t + 9 * sway) + 0.03 * t) % 1.1) - 0.05
        size = LEAF * self._frame.unit_px / depth / leaf.height
        flutter = 0.35 + 0.65 * abs(math.sin(2 * t + 9 * spin))
        at = (across * self._frame.width_px, down * self._frame.height_px)
        turn = 3 * t * (speed - 0.5) + 6 * sway
        canvas.draw(leaf, place(leaf, *at, (size, size * flutter), turn))

    def grade(self, i420: Planes, t: float) -> None:
        """Autumn colours."""
        u_plane, v_plane = chroma(i420)
        remap(u_plane, self._u)
        remap(v_plane, self._v)
