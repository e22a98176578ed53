"""A film leader: a hand that goes round once a second over a number that counts down.

A frame is a pure function of format, seed and number; so is the sound.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.core.size import Size

SOUND_RATE = 48_000

_GREY, _SWEPT, _WHITE, _BLACK = 150, 105, 235, 16
"""Brightness in limited range, 16 to 235."""

_COLOURFUL = 34.0
"""How far a seed's hue is from grey, in steps of colour difference around 128."""

_TONES_HZ = (440.0, 494.0, 523.0, 587.0, 659.0, 698.0, 784.0)
_LOUDNESS = 0.05
_BEEP_LOUDNESS, _BEEP_S = 0.2, 0.1
_TITLE, _TITLE_Y = "TEST FILM", 0.95
_CAPITALS = 0.75
"""How high the font's capitals and digits are, as a share of a line."""


class Leader:
    """The pictures and the sound of one leader; films of different seeds differ in hue and tone."""

    def __init__(self, *, size: Size, seconds: int, fps: int, seed: int) -> None:
        self._size = size
        self._seconds = seconds
        self._fps = fps
        self._seed = seed
        self._short_px = min(size.width_px, size.height_px)
        self._middle = (size.width_px // 2, size.height_px // 2)
        self._still = self._draw_still()

    @property
    def frames(self) -> int:
        """How many pictures it has."""
        return self._seconds * self._fps

    def picture(self, number: int) -> NDArray[np.uint8]:
        """Picture `number`, from 0: I420, uint8, shape (height_px * 3 / 2, width_px)."""
        picture = self._still.copy()
        bright = picture[: self._size.height_px]
        radius_px = int(self._short_px * 0.4)
        swept = 360.0 * (number % self._fps + 1) / self._fps
        cv2.ellipse(
            bright, self._middle, (radius_px, radius_px), -90, 0, swept, (_SWEPT,), cv2.FILLED
        )
        cv2.circle(bright, self._middle, radius_px, (_WHITE,), self._line_px)
        cv2.circle(bright, self._middle, int(radius_px * 0.85), (_WHITE,), self._line_px)
        left = self._seconds - number // self._fps
        self._write(bright, str(left), height=0.3, at_y=0.5, brightness=_BLACK)
        return picture

    def sound(self) -> NDArray[np.float32]:
        """A quiet tone with a beep at each second: float32, shape (samples, 2), at 48 kHz."""
        tone_hz = _TONES_HZ[self._seed % len(_TONES_HZ)]
        at_s = np.arange(self._seconds * SOUND_RATE) / SOUND_RATE
        beeps = np.where(at_s % 1.0 < _BEEP_S, _BEEP_LOUDNESS, 0.0)
        wave = _LOUDNESS * np.sin(2 * np.pi * tone_hz * at_s)
        wave += beeps * np.sin(4 * np.pi * tone_hz * at_s)
        return np.repeat(wave.astype(np.float32)[:, np.newaxis], 2, axis=1)

    @property
    def _line_px(self) -> int:
        return max(2, self._short_px // 180)

    def _draw_still(self) -> NDArray[np.uint8]:
        """What all pictures share: a hue, a cross and the title."""
        width_px, height_px = self._size.width_px, self._size.height_px
        picture = np.empty((height_px * 3 // 2, width_px), np.uint8)
        bright = picture[:height_px]
        bright[:] = _GREY
        hue = 2 * np.pi * (self._seed % 360) / 360
        blue, red = picture[height_px : height_px * 5 // 4], picture[height_px * 5 // 4 :]
        blue[:] = round(128 + _COLOURFUL * float(np.cos(hue)))
        red[:] = round(128 + _COLOURFUL * float(np.sin(hue)))
        across, down = self._middle
        cv2.line(bright, (0, down), (width_px, down), (_BLACK,), self._line_px)
        cv2.line(
            bright,
            (across, 0),
            (across, int(height_px * (_TITLE_Y - 0.04))),
            (_BLACK,),
            self._line_px,
        )
        self._write(bright, _TITLE, height=0.04, at_y=_TITLE_Y, brightness=_WHITE)
        return picture

    def _write(
        self, bright: NDArray[np.uint8], text: str, *, height: float, at_y: float, brightness: int
    ) -> None:
        """Write `text` around the middle at `at_y`, both measures as shares of the frame."""
        font, wanted_px = cv2.FONT_HERSHEY_SIMPLEX, self._short_px * height
        thickness = max(1, round(wanted_px / 8))
        scale = cv2.getFontScaleFromHeight(font, max(1, round(wanted_px)), thickness)
        (text_width_px, _), _ = cv2.getTextSize(text, font, scale, thickness)
        x = self._middle[0] - text_width_px // 2
        y = round(self._size.height_px * at_y + wanted_px * _CAPITALS / 2)
        cv2.putText(bright, text, (x, y), font, scale, (brightness,), thickness, cv2.LINE_AA)
