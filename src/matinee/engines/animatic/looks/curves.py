"""Tables that looks apply to the planes of a finished picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.post import Planes

Table = NDArray[np.uint8]

BLACK_Y, LUMA_RANGE, GREY = 16, 219, 128


def luma_table(curve: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Table:
    """The table for Y of a `curve` from 0..1 to 0..1."""
    levels = np.clip((np.arange(256) - BLACK_Y) / LUMA_RANGE, 0, 1)
    return cast(Table, np.clip(BLACK_Y + LUMA_RANGE * curve(levels), 0, 255).astype(np.uint8))


def chroma_table(saturation: float, shift: float = 0.0) -> Table:
    """The table for U or V that multiplies the distance from grey and moves the middle."""
    levels = GREY + (np.arange(256) - GREY) * saturation + shift
    return np.asarray(np.clip(levels, 0, 255), np.uint8)


def remap(plane: Planes, table: Table) -> None:
    """Put every value of `plane` through `table`, in place."""
    cv2.LUT(plane, table, plane)


def outlines(picture: NDArray[np.uint8], width: float, strength: float) -> NDArray[np.uint8]:
    """Dark lines where brightness changes, at full size: how much to take away, 0 to 255.

    `picture` is BGRA; `width` is the lines' breadth in pixels at half size.
    """
    height_px, width_px = picture.shape[:2]
    grey = cv2.cvtColor(picture, cv2.COLOR_BGRA2GRAY)
    half = cv2.resize(grey, (width_px // 2, height_px // 2), interpolation=cv2.INTER_AREA)
    fine = cv2.GaussianBlur(half, (0, 0), width * 0.5)
    edges = cv2.subtract(cv2.GaussianBlur(half, (0, 0), width), fine)
    edges = cv2.convertScaleAbs(cv2.subtract(edges, np.array(4.0)), alpha=strength)
    return cast(NDArray[np.uint8], cv2.resize(edges, (width_px, height_px)))


def take_away(picture: NDArray[np.uint8], amount: NDArray[np.uint8]) -> None:
    """Darken the colours of BGRA `picture` by `amount`, in place; alpha stays."""
    none = np.zeros_like(amount)
    cv2.subtract(picture, cv2.merge([amount, amount, amount, none]), picture)
