"""The palette of a film: its pictures are drawn towards a few colours, dark ones first."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.paint import colour
from matinee.engines.animatic.post import Planes, chroma

STRENGTH = 0.54
ALONE = 0.4
"""How far the picture goes: a single colour only tints it."""

LEVELS = 256
DARK, BRIGHT = 50, 200
"""The brightness, 0 to 255, that the first and the last colour of several belong to."""

Table = NDArray[np.uint8]


class Tint:
    """Draws the colours of finished pictures towards a palette. Pickles; kept unchanged."""

    def __init__(self, palette: tuple[str, ...]) -> None:
        """`palette` holds at least one colour, `#rrggbb`."""
        share = STRENGTH if len(palette) > 1 else ALONE
        self._share = share
        self._u, self._v = (share * table for table in _tables(palette))

    def grade(self, planes: Planes) -> None:
        """Change the colours of `planes` (I420) in place; their brightness stays."""
        height = planes.shape[0] * 2 // 3
        u_plane, v_plane = chroma(planes)
        size = (u_plane.shape[1], u_plane.shape[0])
        luma = cv2.resize(planes[:height], size, interpolation=cv2.INTER_AREA)
        for plane, table in ((u_plane, self._u), (v_plane, self._v)):
            wanted = cv2.LUT(luma, table.astype(np.uint8))
            own = cv2.convertScaleAbs(plane, alpha=1 - self._share)
            cv2.add(own, wanted, plane)


def _tables(palette: tuple[str, ...]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The U and V that each brightness shall have."""
    bgr = np.array([colour(code) for code in palette], np.float32)
    ordered = bgr[np.argsort(bgr @ np.array((0.114, 0.587, 0.299), np.float32))]
    picture = cast(Table, (ordered[None] * 255).astype(np.uint8))
    yuv = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV)[0].astype(np.float32)
    levels = np.arange(LEVELS)
    if len(palette) == 1:
        # A lone colour leaves black and white as they are.
        share = np.sin(levels / (LEVELS - 1) * np.pi)
        u, v = (128 + (yuv[0, k] - 128) * share for k in (1, 2))
    else:
        places = np.linspace(DARK, BRIGHT, len(palette))
        u, v = (np.interp(levels, places, yuv[:, k]) for k in (1, 2))
    return u.astype(np.float32), v.astype(np.float32)
