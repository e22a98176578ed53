"""Translucent strips without end: clouds, waves. Copies side by side would show their seams."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import cast

import cv2

from matinee.engines.animatic.affine import compose, scale, translate
from matinee.engines.animatic.camera import Camera, place
from matinee.engines.animatic.canvas import Canvas, Image
from matinee.engines.animatic.layers import Strip


@dataclass(frozen=True, slots=True, kw_only=True)
class Ribbon:
    """Draws a strip in one piece, its picture wrapped around. Its outermost rows must be empty."""

    strip: Strip
    heave: float = 0.0
    """World units it rises and falls."""

    pace: float = 1.1

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.strip.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Blend it over what is there."""
        strip, texture = self.strip, self.strip.texture
        if strip.depth - camera.z < 0.15:
            return
        lift = self.heave * math.sin(self.pace * t + 5 * strip.depth)
        at = (strip.offset + strip.drift * t, strip.y + lift, strip.depth)
        _, _, scaling = camera.project(*at)
        fit = strip.height * scaling / texture.height
        # Level, whatever the camera's slight roll, like the sky and the ground.
        left, top, _ = replace(camera, roll=0.0).project(*at)
        upper = top - strip.anchor_y * texture.height * fit
        first = max(0, math.ceil(upper))
        last = min(canvas.height_px, math.floor(upper + texture.height * fit))
        if last <= first:
            return
        image = texture.mip(fit)
        fewer = scale(texture.width / image.shape[1], texture.height / image.shape[0])
        stand = place(texture, left, top, fit, 0.0, (0.0, strip.anchor_y))
        mapping = compose(translate(0, -first), stand, fewer)
        size, linear, wrap = (canvas.width_px, last - first), cv2.INTER_LINEAR, cv2.BORDER_WRAP
        picture = cv2.warpAffine(image, mapping, size, None, linear, wrap)
        canvas.paste(cast(Image, picture), 0, first)
