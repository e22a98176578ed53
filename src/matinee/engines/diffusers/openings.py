"""The image that a film begins with, brought to the size in which its model draws."""

from __future__ import annotations

import asyncio
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.core.size import Size
from matinee.engines.diffusers.family import Rgb
from matinee.media.inspection import ReferenceLimits
from matinee.media.reference import fit, load_reference


async def reference_image(path: Path, size: Size, canvas: Size) -> Rgb:
    """The image at `path` as the first frame of a film of `size`, drawn in `canvas`.

    Raises MediaInvalid for what is no good image.
    """
    data = await asyncio.to_thread(path.read_bytes)
    # How large it may be was settled when it was admitted.
    image = await load_reference(data, limits=ReferenceLimits(max_bytes=len(data)))
    fitted = await asyncio.to_thread(fit, image, size.width_px, size.height_px)
    return widened(fitted, canvas)


def frame_image(frame: NDArray[np.uint8], canvas: Size) -> Rgb:
    """A film's frame, RGB or I420, as the first one of what is drawn in `canvas`."""
    rgb = frame if frame.ndim == 3 else np.asarray(cv2.cvtColor(frame, cv2.COLOR_YUV2RGB_I420))
    return widened(np.asarray(rgb, np.uint8), canvas)


def widened(image: Rgb, canvas: Size) -> Rgb:
    """`image` in the middle of `canvas`, whose margin mirrors it.

    The margin is cut off the film again, so that the image is its first frame to the pixel.
    """
    height_px, width_px = image.shape[:2]
    more_rows, more_columns = canvas.height_px - height_px, canvas.width_px - width_px
    top, left = more_rows // 2, more_columns // 2
    margins = ((top, more_rows - top), (left, more_columns - left), (0, 0))
    return np.pad(image, margins, mode="symmetric")
