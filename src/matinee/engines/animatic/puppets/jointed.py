"""What jointed puppets are made of: drawn parts that turn around pivots, in a common sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.affine import Matrix, compose, translate, turn_about
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.paint import Floats, colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A limb. `corner` and `pivot` are in pixels of the puppet's sheet."""

    texture: Texture
    corner: tuple[float, float]
    pivot: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """How a part is turned (radians), stretched and moved (sheet pixels) at a moment."""

    angle: float = 0.0
    stretch: tuple[float, float] = (1.0, 1.0)
    shift: tuple[float, float] = (0.0, 0.0)


REST = Pose()


def put(canvas: Canvas, sheet: Matrix, part: Part, pose: Pose = REST, alpha: float = 1.0) -> None:
    """Draw `part` in `pose`; `sheet` takes the puppet's sheet to the canvas."""
    turned = turn_about(*part.pivot, pose.angle, *pose.stretch)
    mapping = compose(sheet, translate(*pose.shift), turned, translate(*part.corner))
    canvas.draw(part.texture, mapping, alpha)


def dyed(image: Image, bgr: Floats) -> Image:
    """A white drawing (premultiplied) in the colour `bgr`, 0 to 1."""
    factors = np.append(bgr, 1.0).astype(np.float32)
    return cast(Image, np.clip(image * factors + 0.5, 0, 255).astype(np.uint8))


def stacked(images: Sequence[Image]) -> Image:
    """Drawings of one size laid over each other, the first at the bottom."""
    result = images[0].copy()
    for image in images[1:]:
        clear = 255 - image[..., 3:].astype(np.uint16)
        result = (image + (result * clear + 127) // 255).astype(np.uint8)
    return result


def onto(board: Image, image: Image, x: int, y: int) -> None:
    """Lay `image` over `board`, both premultiplied, in place, its corner at (x, y).

    What stands over the edges of `board` is cut off.
    """
    top, left = max(0, -y), max(0, -x)
    bottom = min(image.shape[0], board.shape[0] - y)
    right = min(image.shape[1], board.shape[1] - x)
    if bottom <= top or right <= left:
        return
    over = image[top:bottom, left:right]
    under = board[y + top : y + bottom, x + left : x + right]
    clear = 255 - over[..., 3:].astype(np.uint16)
    under[:] = over + ((under * clear + 127) // 255).astype(np.uint8)


def sized(image: Image, height_px: float) -> Image:
    """`image` at that height, its shape kept."""
    factor = height_px / image.shape[0]
    shrunk = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(shrunk, np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coat:
    """The colours of a stuffed body, taken from its face: fur, darker paws, paler belly."""

    fur: Floats
    dark: Floats
    pale: Floats

    @classmethod
    def of(cls, typical: Floats) -> Coat:
        """The coat that goes with the typical colour of a face."""
        return cls(fur=typical, dark=typical * np.float32(0.72), pale=typical * 0.5 + 0.5)

    @classmethod
    def named(cls, code: str) -> Coat:
        """The coat of a colour `#rrggbb`."""
        return cls.of(colour(code))
