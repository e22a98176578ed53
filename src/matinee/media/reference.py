"""Reference images as pixels, cut to a film's shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.media.inspection import ReferenceFacts, ReferenceLimits, decode_reference


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReferenceImage:
    """A decoded image."""

    facts: ReferenceFacts
    pixels: NDArray[np.uint8]
    """Upright RGB, (height, width, 3). An image larger than any film (1920 pixels on the shorter
    side, 8 million in all) is shrunk to that; transparent parts are white."""


async def load_reference(
    data: bytes, *, param: str | None = None, limits: ReferenceLimits | None = None
) -> ReferenceImage:
    """Decode the JPEG, PNG or WebP image `data`; or the first frame of an MP4, if that is taken.

    The bytes alone tell what it is. It is decoded by a short-lived process of limited time and
    memory (50 ms and more), because libraries that read pictures have had holes. Raises
    MediaInvalid or TooLarge, naming the field `param`, if it can't be used.
    """
    decoded = await decode_reference(data, param, limits or ReferenceLimits(), pixels=True)
    shape = (decoded.sent_height_px, decoded.sent_width_px, 3)
    return ReferenceImage(
        facts=decoded.facts, pixels=np.frombuffer(decoded.rgb, np.uint8).reshape(shape)
    )


def fit(image: ReferenceImage, width_px: int, height_px: int) -> NDArray[np.uint8]:
    """The middle of the image as RGB of exactly this size, nothing stretched; about 10 ms.

    What stands out over the shape is cut off on both sides alike. An image of that very size comes
    back unchanged.
    """
    pixels = image.pixels
    height, width = pixels.shape[:2]
    scale = max(width_px / width, height_px / height)
    cut_width = min(width, max(1, round(width_px / scale)))
    cut_height = min(height, max(1, round(height_px / scale)))
    left, top = (width - cut_width) // 2, (height - cut_height) // 2
    cut = pixels[top : top + cut_height, left : left + cut_width]
    if cut.shape[:2] == (height_px, width_px):
        return np.ascontiguousarray(cut)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cast(NDArray[np.uint8], cv2.resize(cut, (width_px, height_px), interpolation=method))
