"""Affine maps of the plane, as 2x3 float64 matrices that map a point (x, y, 1) forward.

In all of the engine a texture's matrix maps its pixels to the canvas's; y points down and a
positive rotation turns clockwise on the screen.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


def matrix(a: float, b: float, x: float, c: float, d: float, y: float) -> Matrix:
    """The map (u, v) -> (a u + b v + x, c u + d v + y)."""
    return np.array(((a, b, x), (c, d, y)), np.float64)


def translate(x: float, y: float) -> Matrix:
    """The map that moves by (x, y)."""
    return matrix(1.0, 0.0, x, 0.0, 1.0, y)


def scale(scale_x: float, scale_y: float | None = None) -> Matrix:
    """The map that scales around the origin; `scale_y` is `scale_x` where it is not given."""
    return matrix(scale_x, 0.0, 0.0, 0.0, scale_x if scale_y is None else scale_y, 0.0)


def rotate(angle: float) -> Matrix:
    """The map that turns around the origin by `angle` radians."""
    cosine, sine = math.cos(angle), math.sin(angle)
    return matrix(cosine, -sine, 0.0, sine, cosine, 0.0)


def turn_about(
    x: float, y: float, angle: float, scale_x: float = 1.0, scale_y: float = 1.0
) -> Matrix:
    """The map that scales, then turns, and leaves the pivot (x, y) where it is."""
    cosine, sine = math.cos(angle), math.sin(angle)
    a, b, c, d = cosine * scale_x, -sine * scale_y, sine * scale_x, cosine * scale_y
    return matrix(a, b, x - a * x - b * y, c, d, y - c * x - d * y)


def compose(outer: Matrix, *inner: Matrix) -> Matrix:
    """One map for several: the last is applied first, `outer` last."""
    a, b, x, c, d, y = (float(value) for value in outer.flat)
    for step in inner:
        p, q, u, r, s, v = (float(value) for value in step.flat)
        a, b, x, c, d, y = (
            a * p + b * r,
            a * q + b * s,
            a * u + b * v + x,
            c * p + d * r,
            c * q + d * s,
            c * u + d * v + y,
        )
    return matrix(a, b, x, c, d, y)


def apply(mapping: Matrix, x: float, y: float) -> tuple[float, float]:
    """Where `mapping` takes the point (x, y)."""
    (a, b, u), (c, d, v) = mapping.tolist()
    return a * x + b * y + u, c * x + d * y + v
