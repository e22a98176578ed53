"""A shot made of a still image: it is the first frame, then the camera moves slowly into it.

The image moves as one piece. Parting it into a figure and a background, to move them apart, tore
visibly at the edges of everything that no model had cut out well.
"""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.affine import compose, scale, translate
from matinee.engines.animatic.camera import Frame, ease
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.post import Planes
from matinee.engines.animatic.shots import Shot
from matinee.engines.animatic.staging import Look

NEARER = 0.14
"""How much larger the image is at the shot's end."""

ASIDE, DOWN = 0.02, 0.015
"""How far its middle wanders meanwhile, as shares of the frame; less than what the zoom covers."""


class ReferenceScene:
    """The moving image. `pixels` is RGB of the frame's size; see `scene.Scene` for the methods."""

    def __init__(
        self, pixels: NDArray[np.uint8], frame: Frame, seconds: float, look: Look | None = None
    ) -> None:
        self.frame = frame
        self.seconds = seconds
        self._look = look
        still = cast(Image, cv2.cvtColor(pixels, cv2.COLOR_RGB2BGRA))
        self._first = cast(Planes, cv2.cvtColor(still, cv2.COLOR_BGRA2YUV_I420))
        self._still = Texture(still, opaque=True)

    def draw(self, canvas: Canvas, t: float) -> None:
        """Draw the picture at `t` seconds."""
        canvas.clear()
        width, height = self.frame.width_px, self.frame.height_px
        progress = ease(t / self.seconds)
        centre = translate((0.5 - ASIDE * progress) * width, (0.5 + DOWN * progress) * height)
        nearer = scale(1 + NEARER * progress)
        canvas.draw(self._still, compose(centre, nearer, translate(-width / 2, -height / 2)))
        canvas.finish()

    def finish(self, canvas: Canvas, t: float) -> Planes:
        """The picture as I420. The first one is the image itself, whatever the look."""
        if t <= 0:
            return self._first
        if self._look is not None:
            self._look.paint(canvas, t)
        planes = cast(Planes, cv2.cvtColor(canvas.finish(), cv2.COLOR_BGRA2YUV_I420))
        if self._look is not None:
            self._look.grade(planes, t)
        return planes


def build_reference(
    shot: Shot, frame: Frame, picture: NDArray[np.uint8], look: Look | None
) -> ReferenceScene:
    """The scene of `shot` over `picture`, RGB of the frame's size."""
    return ReferenceScene(picture, frame, shot.seconds, look)
