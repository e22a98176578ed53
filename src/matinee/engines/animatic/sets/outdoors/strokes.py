"""Strokes: lines and filled shapes of one colour with soft edges."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.paint import Floats

Points = NDArray[np.floating[Any]]
"""Pixel places, x and y last."""

EIGHTHS = 8
SHIFT = 3
"""Places are handed over in eighths of a pixel."""


def draw_lines(
    pixels: Image, shapes: Points, code: Floats, thickness: float, alpha: float = 1.0
) -> None:
    """Draw lines (count, points, 2) of one colour (BGR), premultiplied; dots if their ends meet.

    With `alpha` 0 they are light, to be added.
    """
    if not shapes.size:
        return
    points = np.round(shapes * EIGHTHS).astype(np.int32)
    cv2.polylines(
        pixels,
        list(points),
        isClosed=False,
        color=_ink(code, alpha),
        thickness=max(1, round(thickness)),
        lineType=cv2.LINE_AA,
        shift=SHIFT,
    )


def draw_shape(pixels: Image, outline: Points, code: Floats) -> None:
    """Fill one outline (points, 2) with one colour."""
    points = np.round(outline * EIGHTHS).astype(np.int32)
    cv2.fillPoly(pixels, [points], _ink(code, 1.0), cv2.LINE_AA, SHIFT)


def _ink(code: Floats, alpha: float) -> tuple[float, float, float, float]:
    blue, green, red = (float(value) * 255 for value in np.clip(code, 0, 1))
    return blue, green, red, 255 * alpha
