"""Small pictures taken from films."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
"""Shape (height_px, width_px, 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An encoded picture."""

    data: bytes
    media_type: str
    width_px: int
    height_px: int


def fitted(width_px: int, height_px: int, longest_px: int) -> tuple[int, int]:
    """The same shape with its longer side at most `longest_px`; both sides even."""
    scale = min(1.0, longest_px / max(width_px, height_px))
    return max(2, round(width_px * scale / 2) * 2), max(2, round(height_px * scale / 2) * 2)


def small_rgb(frame: VideoFrame, longest_px: int) -> Rgb:
    """The frame as RGB, its longer side at most `longest_px`."""
    width_px, height_px = fitted(frame.width, frame.height, longest_px)
    small = frame.reformat(width_px, height_px, "rgb24", interpolation="AREA")
    return cast(Rgb, small.to_ndarray())
