"""The camera: a point in a world of flat layers at depths, and its moves.

World coordinates: x to the right, y down, z away from us. One unit is the shorter side of the
frame, seen at depth 1 by a camera at rest, so a thing fits portrait and landscape frames alike.
The middle of the frame is (0, 0); leading figures play at z = 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import assert_never

from matinee.engines.animatic.affine import Matrix, matrix
from matinee.engines.animatic.canvas import Texture
from matinee.engines.animatic.shots import CameraMove

NEAREST = 0.05
"""Layers nearer to the camera than this are taken to be this near."""

PAN = 0.24
TILT = 0.12
DOLLY = 0.24
"""How far the camera goes, in world units: a pan from -PAN to PAN, a dolly from 0 to DOLLY."""

STEADY = 0.4
"""The share of a move that is made at an even pace."""

RUN_OUT = 0.1
"""How much longer than its move a camera takes to come to rest, as a share of the move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The size of the picture."""

    width_px: int
    height_px: int

    @property
    def unit_px(self) -> int:
        """Pixels in one world unit at depth 1."""
        return min(self.width_px, self.height_px)

    @property
    def half_width(self) -> float:
        """World units from the middle to the left or right edge, at depth 1."""
        return self.width_px / self.unit_px / 2

    @property
    def half_height(self) -> float:
        """World units from the middle to the top or bottom edge, at depth 1."""
        return self.height_px / self.unit_px / 2

    @property
    def portrait(self) -> bool:
        """Whether the picture is higher than it is wide."""
        return self.height_px > self.width_px


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """Where we look from. `roll` is in radians; `zoom` 1 is the usual lens."""

    frame: Frame
    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    roll: float = 0.0
    zoom: float = 1.0

    def scale(self, z: float) -> float:
        """Pixels per world unit at depth `z`."""
        return self.zoom * self.frame.unit_px / max(NEAREST, z - self.z)

    def project(self, x: float, y: float, z: float) -> tuple[float, float, float]:
        """Where a point of the world appears: x and y in pixels, and pixels per unit there."""
        scale = self.scale(z)
        across, down = (x - self.x) * scale, (y - self.y) * scale
        if self.roll:
            cosine, sine = math.cos(self.roll), math.sin(self.roll)
            across, down = cosine * across - sine * down, sine * across + cosine * down
        return across + self.frame.width_px / 2, down + self.frame.height_px / 2, scale

    def world(self, x: float, y: float, z: float) -> Matrix:
        """The matrix from a plane at depth `z`, in world units with (x, y) as its origin."""
        left, top, scale = self.project(x, y, z)
        cosine, sine = math.cos(self.roll) * scale, math.sin(self.roll) * scale
        return matrix(cosine, -sine, left, sine, cosine, top)

    def place(
        self,
        texture: Texture,
        at: tuple[float, float, float],
        height: float,
        rotation: float = 0.0,
        anchor: tuple[float, float] = (0.5, 0.5),
    ) -> Matrix:
        """The matrix that stands `texture` in the world, `height` units high.

        `anchor` is the texture's point, in fractions of its size, that comes to lie on `at`
        (x, y, z); the texture turns around it.
        """
        left, top, scale = self.project(*at)
        return place(
            texture, left, top, height * scale / texture.height, self.roll + rotation, anchor
        )

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Camera:
        """The camera moved by (x, y, z)."""
        return replace(self, x=self.x + x, y=self.y + y, z=self.z + z)


def place(
    texture: Texture,
    x: float,
    y: float,
    scaling: float | tuple[float, float],
    rotation: float = 0.0,
    anchor: tuple[float, float] = (0.5, 0.5),
) -> Matrix:
    """The matrix that puts `anchor` of `texture` (fractions of its size) on canvas pixel (x, y).

    `scaling` is one number, or one across and one down; a negative one mirrors.
    """
    across, down = scaling if isinstance(scaling, tuple) else (scaling, scaling)
    cosine, sine = math.cos(rotation), math.sin(rotation)
    a, b, c, d = cosine * across, -sine * down, sine * across, cosine * down
    u, v = texture.width * anchor[0], texture.height * anchor[1]
    return matrix(a, b, x - a * u - b * v, c, d, y - c * u - d * v)


def ease(progress: float) -> float:
    """0 to 1 for 0 to 1, starting and ending at rest."""
    progress = min(1.0, max(0.0, progress))
    return progress * progress * (3 - 2 * progress)


def camera_at(
    frame: Frame, move: CameraMove, progress: float, t: float, sway: float = 1.0
) -> Camera:
    """The camera at `progress` (0 to 1) of a shot and `t` seconds after it began.

    `sway` scales the slight unrest of a held camera; about 3 feels weightless, 0 is a tripod. For
    `sway` <= 3 all moves stay within |x| <= 0.3, |y| <= 0.16, 0 <= z <= 0.24, |roll| <= 0.012.
    """
    # A fully eased move looks mechanical over many seconds: keep some steady speed in it.
    eased = (1 - STEADY) * ease(progress) + STEADY * min(1.0, max(0.0, progress))
    if progress > 1:
        # A shot that goes on behind its end lets the camera run out.
        eased += STEADY * RUN_OUT * (1 - math.exp((1 - progress) / RUN_OUT))
    across, down, inward = _offset(move, eased)
    return Camera(
        frame=frame,
        x=across + 0.012 * sway * math.sin(0.37 * t + 0.4),
        y=down + 0.008 * sway * math.sin(0.53 * t),
        z=inward,
        roll=0.004 * sway * math.sin(0.41 * t + 1.1),
    )


def _offset(move: CameraMove, eased: float) -> tuple[float, float, float]:
    both_ways = 2 * eased - 1
    match move:
        case CameraMove.STATIC:
            # Nothing is quite still in a film: creep in, too slowly to notice.
            offset = (0.0, 0.0, 0.03 * eased)
        case CameraMove.PAN_LEFT:
            offset = (-PAN * both_ways, 0.0, 0.0)
        case CameraMove.PAN_RIGHT:
            offset = (PAN * both_ways, 0.0, 0.0)
        case CameraMove.DOLLY_IN:
            offset = (0.0, 0.0, DOLLY * eased)
        case CameraMove.DOLLY_OUT:
            offset = (0.0, 0.0, DOLLY * (1 - eased))
        case CameraMove.TILT_UP:
            offset = (0.0, -TILT * both_ways, 0.0)
        case CameraMove.TILT_DOWN:
            offset = (0.0, TILT * both_ways, 0.0)
        case unreachable:
            assert_never(unreachable)
    return offset
