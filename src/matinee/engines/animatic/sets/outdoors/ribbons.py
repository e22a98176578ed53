"""Translucent strips without end: clouds, waves. Copies side by side would show their seams."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from matinee.engines.animatic.camera import Camera, Frame, place
from matinee.engines.animatic.canvas import Canvas, Texture
from matinee.engines.animatic.layers import Strip


@dataclass(frozen=True, slots=True, kw_only=True)
class Ribbon:
    """A strip drawn in one piece, from a picture that holds it several times. A layer."""

    strip: Strip
    copies: int
    """How often the texture repeats the picture; enough to span the frame from any start."""

    heave: float = 0.0
    """World units it rises and falls."""

    pace: float = 1.1

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.strip.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw it from beyond the left edge of the frame to beyond the right one."""
        strip, texture = self.strip, self.strip.texture
        if strip.depth - camera.z < 0.15:
            return
        lift = self.heave * math.sin(self.pace * t + 5 * strip.depth)
        at = (strip.offset + strip.drift * t, strip.y + lift, strip.depth)
        # Level, whatever the camera's slight roll, like the sky and the ground.
        left, top, scaling = replace(camera, roll=0.0).project(*at)
        fit = strip.height * scaling / texture.height
        left = left % (texture.width * fit / self.copies) - texture.width * fit / self.copies
        mapping = place(texture, left, top, fit, 0.0, (0.0, strip.anchor_y))
        canvas.draw(texture, mapping, strip.alpha)


def ribbon(frame: Frame, strip: Strip, heave: float = 0.0) -> Ribbon:
    """`strip` as one piece for a frame."""
    pixels = strip.texture.pixels
    period = strip.height / strip.depth * pixels.shape[1] / pixels.shape[0]
    copies = 1 + math.ceil(2 * frame.half_width / period)
    whole = Texture(np.tile(pixels, (1, copies, 1)))
    return Ribbon(strip=replace(strip, texture=whole), copies=copies, heave=heave)
