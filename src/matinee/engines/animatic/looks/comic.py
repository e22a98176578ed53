"""Comic: few colours, ink lines, dots in the shadows, a white border as on a page."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.affine import translate
from matinee.engines.animatic.camera import Frame
from matinee.engines.animatic.canvas import Canvas, Texture
from matinee.engines.animatic.looks.curves import Table, chroma_table, outlines, remap, take_away
from matinee.engines.animatic.post import Planes, chroma

LEVELS = np.array([18, 62, 118, 176, 232, 255], np.float64)
DOT_PX = 6.0
SHADOW_FROM = 70.0
BORDER, LINE_PX = 0.028, 5


class Comic:
    """See `staging.Look`."""

    def __init__(self, frame: Frame) -> None:
        self._line = 2.2 * frame.unit_px / 720
        self._steps = _posterise()
        self._dots = _dots(frame)
        self._border = Texture(_border(frame))
        self._vivid = chroma_table(1.18)

    def paint(self, canvas: Canvas, t: float) -> None:
        """Ink and paper."""
        picture = canvas.finish()
        grey = cv2.cvtColor(picture, cv2.COLOR_BGRA2GRAY)
        lines = outlines(picture, self._line, 16.0)
        cv2.LUT(picture, self._steps, picture)
        picture[..., 3] = 255
        shade = cv2.subtract(cv2.subtract(self._dots, grey), np.array(SHADOW_FROM))
        ink = cv2.add(lines, cv2.convertScaleAbs(shade, alpha=1.1))
        take_away(picture, np.asarray(ink, np.uint8))
        canvas.draw(self._border, translate(0, 0))
        canvas.finish()

    def grade(self, i420: Planes, t: float) -> None:
        """Printing colours."""
        for plane in chroma(i420):
            remap(plane, self._vivid)


def _posterise() -> Table:
    """Six levels with short ramps between them, so that edges are not jagged."""
    place = np.arange(256) / 255 * (len(LEVELS) - 1)
    level = np.minimum(place.astype(int), len(LEVELS) - 2)
    ramp = np.clip((place - level - 0.42) / 0.16, 0, 1)
    values = LEVELS[level] * (1 - ramp) + LEVELS[level + 1] * ramp
    return np.asarray(np.clip(values, 0, 255), np.uint8)


def _dots(frame: Frame) -> NDArray[np.uint8]:
    cell = DOT_PX * frame.unit_px / 720
    y, x = np.mgrid[0 : frame.height_px, 0 : frame.width_px].astype(np.float32)
    turn = math.sqrt(0.5)
    along, across = (x + y) * turn, (y - x) * turn
    far = np.hypot(along % cell - cell / 2, across % cell - cell / 2) / (cell * 0.62)
    return np.asarray(np.clip(255 - far * 235, 0, 255), np.uint8)


def _border(frame: Frame) -> NDArray[np.uint8]:
    margin = round(frame.unit_px * BORDER)
    page = np.full((frame.height_px, frame.width_px, 4), 255, np.uint8)
    page[margin:-margin, margin:-margin] = (0, 0, 0, 255)
    inside = margin + max(2, round(LINE_PX * frame.unit_px / 720))
    page[inside:-inside, inside:-inside] = 0
    return page
