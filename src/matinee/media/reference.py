"""Reference images as pixels, cut to a film's shape."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matinee.media.fitting import fitted
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
    return fitted(image.pixels, width_px, height_px)
