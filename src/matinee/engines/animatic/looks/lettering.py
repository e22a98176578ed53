"""Words as pictures, in the shipped typeface Inter."""

from __future__ import annotations

from enum import StrEnum
from typing import cast

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from matinee.engines.animatic.artwork import SHIPPED, premultiply
from matinee.engines.animatic.canvas import Image

PADDING_PX = 4


class Face(StrEnum):
    """The faces that are shipped."""

    BLACK = "Inter-Black.otf"
    SEMI_BOLD = "Inter-SemiBold.otf"


def lettered(text: str, height_px: int, colour: str, face: Face = Face.BLACK) -> Image:
    """`text` on nothing, premultiplied; `height_px` is the type size, `colour` is `#rrggbb`."""
    font = ImageFont.truetype(str(SHIPPED / "fonts" / face), max(6, height_px))
    left, top, right, bottom = (round(edge) for edge in font.getbbox(text or " "))
    size = (right - left + 2 * PADDING_PX, bottom - top + 2 * PADDING_PX)
    picture = Pillow.new("RGBA", size, f"{colour}00")
    at = (PADDING_PX - left, PADDING_PX - top)
    ImageDraw.Draw(picture).text(at, text, fill=f"{colour}ff", font=font)
    return premultiply(cast(Image, cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGBA2BGRA)))


def panel(width_px: int, height_px: int, colour: str, opacity: float = 1.0) -> Image:
    """A plain rectangle, premultiplied."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    board = np.empty((height_px, width_px, 4), np.uint8)
    board[:] = [round(value * opacity) for value in (blue, green, red, 255)]
    return board
