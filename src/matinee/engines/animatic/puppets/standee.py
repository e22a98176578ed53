"""A stand-up figure: a character's own picture as a rounded card that gets arms and legs."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.puppets.tailoring import GROUND_PX, MIDDLE_PX, WIDTH_PX, Figure
from matinee.engines.animatic.shading import typical_colour

CARD_PX = (416, 548)
TOP_PX = 44
CORNER_PX, RIM_PX = 78, 13
RIM = (246, 250, 252)
"""BGR."""

SHOULDER_ASIDE_PX, SHOULDER_PX = 196, 366
ROUNDING = 0.045
"""A card is flat: only its edge is rounded in the light."""

LOOKED_AT_PX = (64, 64)
CENTRAL, STANDS_OUT = 3.2, 0.25
AIR = 3.1
"""A figure's height for the spread of its colours, some air around it included."""

HEADROOM = 0.05
"""How much higher than the middle of its colours a figure is looked at: there is its face."""

NEAREST = 0.62
"""The least of a picture's height that is shown."""


def picture_card(rgb: NDArray[np.uint8]) -> Image:
    """The picture of a character as the card it becomes: cut to shape, with a pale rim."""
    width, height = CARD_PX
    left, top, right, bottom = _window(rgb)
    cut = rgb[top:bottom, left:right]
    method = cv2.INTER_AREA if cut.shape[0] > height else cv2.INTER_CUBIC
    fitted = cv2.cvtColor(cv2.resize(cut, CARD_PX, interpolation=method), cv2.COLOR_RGB2BGR)
    outer = _rounded(CARD_PX, 0, CORNER_PX)
    inner = _rounded(CARD_PX, RIM_PX, CORNER_PX - RIM_PX)[..., None]
    card = np.empty((height, width, 4), np.uint8)
    card[..., :3] = fitted * inner + np.array(RIM, np.float32) * (1 - inner)
    card[..., :3] = card[..., :3] * outer[..., None] + 0.5
    card[..., 3] = outer * 255 + 0.5
    return card


def _window(rgb: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the part of a picture that shows the figure in it.

    Its shape is the card's, as near as the picture's size allows.
    """
    height, width = rgb.shape[:2]
    aspect = CARD_PX[0] / CARD_PX[1]
    whole = min(float(height), width / aspect)
    x, y, reach = _figure(rgb)
    tall = max(1, round(min(whole, max(NEAREST * whole, reach * height))))
    wide = max(1, min(width, round(tall * aspect)))
    left = min(width - wide, max(0, round(x * width - wide / 2)))
    top = min(height - tall, max(0, round(y * height - (0.5 + HEADROOM) * tall)))
    return left, top, left + wide, top + tall


def _figure(rgb: NDArray[np.uint8]) -> tuple[float, float, float]:
    """The middle of what stands out in a picture, and its height with some air, as shares.

    What stands out differs in colour from what is usual there, and lies rather in the middle.
    """
    small = cv2.resize(rgb, LOOKED_AT_PX, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 1.2), cv2.COLOR_RGB2LAB).astype(np.float32)
    # Brightness is the light's; colour is the figure's.
    apart = (lab - np.median(lab.reshape(-1, 3), 0)) * np.array((0.4, 1, 1), np.float32)
    x, y = np.meshgrid(*(np.linspace(-1, 1, size, dtype=np.float32) for size in LOOKED_AT_PX))
    weight = np.square(apart).sum(-1) * np.exp(-CENTRAL * (x * x + 0.7 * y * y))
    weight = np.where(weight > STANDS_OUT * weight.max(), weight, 0) + np.float32(1e-6)
    weight /= weight.sum()
    middle_x, middle_y = float((x * weight).sum()), float((y * weight).sum())
    spread = float(np.sqrt((np.square(y - middle_y) * weight).sum()))
    return middle_x / 2 + 0.5, middle_y / 2 + 0.5, AIR * spread


def carded(card: Image) -> Figure:
    """The figure without arms and legs whose body is `card`."""
    upper = np.zeros((GROUND_PX, WIDTH_PX, 4), np.uint8)
    left = MIDDLE_PX - card.shape[1] // 2
    upper[TOP_PX : TOP_PX + card.shape[0], left : left + card.shape[1]] = card
    inside = np.ascontiguousarray(card[RIM_PX:-RIM_PX, RIM_PX:-RIM_PX])
    typical = typical_colour(inside)
    return Figure(
        upper=upper,
        typical=typical,
        sleeves=(typical, typical),
        elbow_px=(SHOULDER_ASIDE_PX, SHOULDER_PX),
        rounding=ROUNDING,
    )


def _rounded(size: tuple[int, int], margin: int, corner: int) -> NDArray[np.float32]:
    """The cover, 0 to 1, of a rounded rectangle that keeps `margin` pixels from the edges."""
    width, height = size
    x = np.abs(np.arange(width) + 0.5 - width / 2)[None]
    y = np.abs(np.arange(height) + 0.5 - height / 2)[:, None]
    over_x = np.maximum(x - (width / 2 - margin - corner), 0)
    over_y = np.maximum(y - (height / 2 - margin - corner), 0)
    cover = np.clip(corner - np.hypot(over_x, over_y) + 0.5, 0, 1)
    return cast(NDArray[np.float32], cover.astype(np.float32))
