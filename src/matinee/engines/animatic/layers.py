"""The kinds of layer most sets are made of. A set may bring its own; see `staging.Layer`."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.camera import Camera, place
from matinee.engines.animatic.canvas import Canvas, Texture
from matinee.engines.animatic.staging import wander

OVERSCAN = 1.16
"""How much larger than the frame a backdrop is painted, so that it may shift and roll."""

FAR_PARALLAX = 0.12
MOST_SHIFT = (OVERSCAN - 1) / 2 - 0.02
"""The share of the frame a backdrop may shift by before its edge would show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backdrop:
    """The farthest picture, opaque, painted OVERSCAN times as large as the frame."""

    texture: Texture
    parallax: float = FAR_PARALLAX
    """Frame units it shifts for one unit of camera; 0 is at infinity."""

    depth: float = 1000.0

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Cover the whole canvas."""
        fit = max(
            canvas.width_px * OVERSCAN / self.texture.width,
            canvas.height_px * OVERSCAN / self.texture.height,
        )
        x, y, closer = far_point(camera, 0.0, 0.0, self.parallax)
        canvas.draw(self.texture, place(self.texture, x, y, fit * closer, camera.roll))


def far_point(
    camera: Camera, x: float, y: float, parallax: float = FAR_PARALLAX
) -> tuple[float, float, float]:
    """Where a point of a backdrop appears: x and y in pixels, and the growth by a dolly.

    The point is given in world units from the backdrop's middle, as painted: the frame spans
    half_width by half_height of them. For suns and stars that keep their place in the sky.
    """
    frame = camera.frame
    most_x, most_y = MOST_SHIFT * frame.width_px, MOST_SHIFT * frame.height_px
    shift_x = min(most_x, max(-most_x, camera.x * frame.unit_px * parallax))
    shift_y = min(most_y, max(-most_y, camera.y * frame.unit_px * parallax))
    closer = 1 + 0.08 * parallax * max(0.0, camera.z)
    scale = frame.unit_px * closer
    cosine, sine = math.cos(camera.roll) * scale, math.sin(camera.roll) * scale
    return (
        frame.width_px / 2 - shift_x + cosine * x - sine * y,
        frame.height_px / 2 - shift_y + sine * x + cosine * y,
        closer,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sprite:
    """A thing at a place: a planet, a lamp, a cloud, a tree."""

    texture: Texture
    x: float
    y: float
    depth: float
    height: float
    """World units, of the whole texture."""

    anchor: tuple[float, float] = (0.5, 0.5)
    """The texture's point that lies on (x, y), in fractions of its size; (0.5, 1) stands."""

    rotation: float = 0.0
    alpha: float = 1.0
    drift: tuple[float, float] = (0.0, 0.0)
    """World units a second."""

    spin: float = 0.0
    """Radians a second."""

    rock: float = 0.0
    """Radians it leans to and fro, as in wind."""

    pulse: float = 0.0
    """Share by which its alpha breathes."""

    pace: float = 1.0
    """Speed of rocking and pulsing."""

    phase: float = 0.0

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw it in its place."""
        if self.depth - camera.z <= 0.02:
            return
        at = (self.x + self.drift[0] * t, self.y + self.drift[1] * t, self.depth)
        turn = self.rotation + self.spin * t
        if self.rock:
            turn += self.rock * wander(self.phase, t, self.pace)
        alpha = self.alpha
        if self.pulse:
            alpha *= 1 - self.pulse * (0.5 + 0.5 * wander(self.phase + 0.37, t, self.pace))
        mapping = camera.place(self.texture, at, self.height, turn, self.anchor)
        canvas.draw(self.texture, mapping, alpha)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A picture repeated sideways without end: hills, hedges, waves, a row of houses.

    Its texture must continue from its right edge to its left one (`noise(..., wraps=True)`), and is
    best painted `draft.px(height / depth)` high. Camera moves of any length stay covered.
    """

    texture: Texture
    y: float
    """World y of the anchor."""

    depth: float
    height: float
    anchor_y: float = 0.0
    """The texture's height, in fractions, that lies on `y`: 0 is its top edge."""

    offset: float = 0.0
    """World units it is moved to the right."""

    drift: float = 0.0
    """World units a second it moves to the right, as clouds and waves do."""

    alpha: float = 1.0

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw as many copies as the canvas is wide."""
        scale = camera.scale(self.depth)
        fit = self.height * scale / self.texture.height
        width = self.texture.width * fit
        left, top, _ = camera.project(self.offset + self.drift * t, self.y, self.depth)
        # A rolled camera looks past the frame's edges, by less than this.
        margin = abs(math.sin(camera.roll)) * canvas.height_px + 2
        first = math.floor((-margin - left) / width)
        last = math.floor((canvas.width_px + margin - left) / width)
        cosine, sine = math.cos(camera.roll), math.sin(camera.roll)
        for copy in range(first, last + 1):
            x, y = left + copy * width * cosine, top + copy * width * sine
            # Half a pixel of overlap hides the seam that filtering would leave.
            across = fit * (1 + 1 / width)
            anchor = (0.0, self.anchor_y)
            mapping = place(self.texture, x, y, (across, fit), camera.roll, anchor)
            canvas.draw(self.texture, mapping, self.alpha)


@dataclass(frozen=True, slots=True, kw_only=True)
class Motes:
    """Many small lights or flakes that drift through a box of air between two depths."""

    texture: Texture
    spots: NDArray[np.float64]
    """Shape (count, 5), uniform in 0..1: place x, y, z, size, phase (`random((count, 5))`)."""

    near: float = 0.45
    far: float = 1.4
    height: float = 0.02
    """World height of the largest."""

    drift: tuple[float, float] = (0.02, 0.0)
    """World units a second; they come back on the other side."""

    flutter: float = 0.02
    alpha: float = 0.5
    twinkle: float = 0.0
    """Share by which they go dark in turn, 0 to 1."""

    depth: float = 0.5
    """Where all of them stand among the layers."""

    def depth_at(self, t: float) -> float:
        """Their common depth."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw each."""
        box_x = 2.6 * camera.frame.half_width * self.far
        box_y = 2.6 * camera.frame.half_height * self.far
        for place_x, place_y, place_z, size, phase in self.spots.tolist():
            z = self.near + (self.far - self.near) * place_z
            across = (place_x * box_x + self.drift[0] * (0.5 + size) * t) % box_x - box_x / 2
            down = (place_y * box_y + self.drift[1] * (0.5 + size) * t) % box_y - box_y / 2
            across += self.flutter * wander(phase, t)
            down += self.flutter * wander(phase + 0.5, t)
            x, y, scale = camera.project(across, down, z)
            reach = self.height * scale
            if not (-reach < x < canvas.width_px + reach and -reach < y < canvas.height_px + reach):
                continue
            shine = 1 - self.twinkle * (0.5 + 0.5 * math.sin(2.1 * t + 40 * phase))
            grow = self.height * (0.3 + 0.7 * size) * scale / self.texture.height
            alpha = self.alpha * (0.3 + 0.7 * size) * shine
            canvas.draw(self.texture, place(self.texture, x, y, grow), alpha)
