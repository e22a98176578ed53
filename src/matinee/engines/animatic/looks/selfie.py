"""Selfie: a hand-held phone: unsteady, close, bright, with the marks of its screen."""

from __future__ import annotations

import math

import cv2
import numpy as np

from matinee.engines.animatic.affine import translate
from matinee.engines.animatic.camera import Frame
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.looks.curves import Table, luma_table, remap
from matinee.engines.animatic.looks.lettering import Face, lettered
from matinee.engines.animatic.post import Planes
from matinee.engines.animatic.puppets.jointed import onto
from matinee.engines.animatic.staging import wander

ZOOM = 1.07
SWAY, ROLL = 0.014, 0.022


class Selfie:
    """See `staging.Look`."""

    def __init__(self, frame: Frame, seed: int) -> None:
        self._frame = frame
        self._phase = (seed % 997) / 997
        self._bright: Table = luma_table(lambda level: np.clip(0.03 + 1.02 * level**0.88, 0, 1))
        self._corners = Texture(_corners(frame))
        height = round(frame.unit_px * 0.036)
        self._dot = Texture(lettered("●", height, "#ff3b30"))
        self._seconds = tuple(
            Texture(lettered(f"00:{second:02d}", height, "#ffffff", Face.SEMI_BOLD))
            for second in range(30)
        )

    def paint(self, canvas: Canvas, t: float) -> None:
        """Hold it by hand, then draw the screen's marks."""
        picture = canvas.finish()
        width, height = self._frame.width_px, self._frame.height_px
        unit = self._frame.unit_px
        angle = ROLL * wander(self._phase, t, 1.1)
        turned = cv2.getRotationMatrix2D(
            (width / 2, height / 2), math.degrees(angle), ZOOM + 0.01 * math.sin(0.9 * t)
        )
        turned[0, 2] += SWAY * unit * wander(self._phase + 0.3, t, 1.7)
        turned[1, 2] += SWAY * unit * wander(self._phase + 0.6, t, 2.1)
        held = picture.copy()
        cv2.warpAffine(held, turned, (width, height), picture, borderMode=cv2.BORDER_REPLICATE)
        canvas.draw(self._corners, translate(0, 0), 0.85)
        if t % 1 < 0.6:
            canvas.draw(self._dot, translate(0.07 * unit, 0.06 * unit))
        clock = self._seconds[int(t) % len(self._seconds)]
        canvas.draw(clock, translate(0.115 * unit, 0.06 * unit))
        canvas.finish()

    def grade(self, i420: Planes, t: float) -> None:
        """The brightness that phones give to faces."""
        remap(i420[: self._frame.height_px], self._bright)


def _corners(frame: Frame) -> Image:
    """The four corner marks of a viewfinder."""
    board = np.zeros((frame.height_px, frame.width_px, 4), np.uint8)
    margin, arm = round(frame.unit_px * 0.04), round(frame.unit_px * 0.07)
    thick = max(2, round(frame.unit_px * 0.005))
    mark = np.zeros((arm, arm, 4), np.uint8)
    mark[:thick] = mark[:, :thick] = 255
    right, bottom = frame.width_px - margin - arm, frame.height_px - margin - arm
    onto(board, mark, margin, margin)
    onto(board, np.ascontiguousarray(mark[:, ::-1]), right, margin)
    onto(board, np.ascontiguousarray(mark[::-1]), margin, bottom)
    onto(board, np.ascontiguousarray(mark[::-1, ::-1]), right, bottom)
    return board
