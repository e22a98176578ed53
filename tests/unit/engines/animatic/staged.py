"""Shots, frames and small textures for the tests of the animatic's pictures."""

from __future__ import annotations

import numpy as np

from matinee.engines.animatic.artwork import Artwork
from matinee.engines.animatic.camera import Frame
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.scene import Scene
from matinee.engines.animatic.shots import Action, CameraMove, Setting, Shot, Subject

ART = Artwork()
"""One for all tests: what it has decoded it keeps, up to 50 MB."""

LANDSCAPE = Frame(width_px=256, height_px=144)
PORTRAIT = Frame(width_px=144, height_px=256)
DOG = Subject(noun="dog", glyph="dog", action=Action.WALK)


def a_shot(
    setting: Setting = Setting.SPACE,
    *,
    camera: CameraMove = CameraMove.STATIC,
    subjects: tuple[Subject, ...] = (DOG,),
    seconds: float = 4.0,
    seed: int = 7,
) -> Shot:
    """A shot with the given traits and nothing special."""
    return Shot(
        seconds=seconds,
        text="",
        setting=setting,
        camera=camera,
        subjects=subjects,
        seed=seed,
    )


def a_frame_of(scene: Scene, t: float) -> Image:
    """The drawn picture of `scene` at `t` on a canvas of its own."""
    canvas = Canvas(scene.frame.width_px, scene.frame.height_px)
    scene.draw(canvas, t)
    return canvas.pixels


def plain(width: int, height: int, bgra: tuple[int, int, int, int]) -> Image:
    """A picture of one premultiplied colour."""
    image = np.empty((height, width, 4), np.uint8)
    image[:] = bgra
    return image


def plain_texture(width: int, height: int, bgra: tuple[int, int, int, int]) -> Texture:
    """A texture of one premultiplied colour."""
    return Texture(plain(width, height, bgra))
