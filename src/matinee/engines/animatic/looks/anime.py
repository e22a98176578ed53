"""Anime: softened levels, fine outlines, strong colours, speed lines at the rim."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.camera import Frame
from matinee.engines.animatic.canvas import Canvas
from matinee.engines.animatic.looks.curves import chroma_table, outlines, remap, take_away
from matinee.engines.animatic.post import Planes, chroma

LINE_SETS, LINES = 3, 420
LINES_A_SECOND = 12


class Anime:
    """See `staging.Look`."""

    def __init__(self, frame: Frame, seed: int) -> None:
        self._line = 1.7 * frame.unit_px / 720
        levels = np.clip((np.arange(256) / 255) ** 0.85 * 1.06, 0, 1)
        flat = np.floor(levels * 9) / 9
        self._cells = np.clip((0.45 * flat + 0.55 * levels) * 255, 0, 255).astype(np.uint8)
        self._rush = tuple(_rush(frame, np.random.default_rng((seed, k))) for k in range(LINE_SETS))
        self._vivid = chroma_table(1.28)

    def paint(self, canvas: Canvas, t: float) -> None:
        """Cells and lines."""
        picture = canvas.finish()
        lines = outlines(picture, self._line, 12.0)
        cv2.LUT(picture, self._cells, picture)
        take_away(picture, lines)
        rush = self._rush[int(t * LINES_A_SECOND) % LINE_SETS]
        cv2.add(picture, cv2.merge([rush, rush, rush, np.zeros_like(rush)]), picture)
        picture[..., 3] = 255

    def grade(self, i420: Planes, t: float) -> None:
        """Strong colours."""
        for plane in chroma(i420):
            remap(plane, self._vivid)


def _rush(frame: Frame, random: np.random.Generator) -> NDArray[np.uint8]:
    """Bright lines towards the middle, only near the frame's rim; drawn at half size."""
    across = np.linspace(-1, 1, frame.width_px // 2)[None]
    down = np.linspace(-1, 1, frame.height_px // 2)[:, None]
    angle = (np.arctan2(down, across) + np.pi) / (2 * np.pi)
    brightness = random.random(LINES) ** 9
    spokes = brightness[(angle * (LINES - 1)).astype(int)]
    rim = np.clip((np.hypot(across, down) - 0.80) / 0.5, 0, 1)
    small = (spokes * rim * 150).astype(np.uint8)
    return np.asarray(cv2.resize(small, (frame.width_px, frame.height_px)), np.uint8)
