"""Tests of the shot made of a still image."""

import pickle

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from matinee.engines.animatic.artwork import Artwork
from matinee.engines.animatic.camera import Frame
from matinee.engines.animatic.canvas import Canvas
from matinee.engines.animatic.looks import make_look
from matinee.engines.animatic.post import Planes
from matinee.engines.animatic.reference import NEARER, ReferenceScene, build_reference
from matinee.engines.animatic.shots import Look
from tests.unit.engines.animatic.staged import LANDSCAPE, PORTRAIT, a_shot

ROUNDING = 3
"""How far a colour may move by going to limited-range YUV and back."""


def a_still(frame: Frame) -> NDArray[np.uint8]:
    """A picture (RGB) of soft colours, so that halving its chroma loses nothing, with a grid."""
    y, x = np.mgrid[0 : frame.height_px, 0 : frame.width_px].astype(np.float32)
    across, down = x / frame.width_px, y / frame.height_px
    lattice = 24 * ((x // 16 + y // 16) % 2)
    planes = (80 + 90 * across + lattice, 90 + 60 * down + lattice, 150 - 60 * across + lattice)
    return np.stack(planes, -1).astype(np.uint8)


def a_scene(frame: Frame = LANDSCAPE, look: Look = Look.PLAIN) -> ReferenceScene:
    shot = a_shot(seconds=4.0)
    return build_reference(shot, frame, a_still(frame), make_look(look, shot, frame, Artwork()))


def shown(scene: ReferenceScene, t: float) -> Planes:
    canvas = Canvas(scene.frame.width_px, scene.frame.height_px)
    scene.draw(canvas, t)
    assert (canvas.pixels[..., 3] == 255).all()
    return scene.finish(canvas, t).copy()


@pytest.mark.parametrize("look", [Look.PLAIN, Look.COMIC, Look.NOSTALGIC])
@pytest.mark.parametrize("frame", [LANDSCAPE, PORTRAIT])
def test_the_first_frame_is_the_image_itself(frame: Frame, look: Look) -> None:
    planes = shown(a_scene(frame, look), 0.0)
    picture = cv2.cvtColor(planes, cv2.COLOR_YUV2RGB_I420).astype(int)
    assert np.abs(picture - a_still(frame)).max() <= ROUNDING


def test_the_second_frame_follows_smoothly() -> None:
    scene = a_scene()
    first, second = (shown(scene, t).astype(int) for t in (0.0, 1 / 24))
    assert np.abs(first - second).mean() < 2


@pytest.mark.parametrize("frame", [LANDSCAPE, PORTRAIT])
def test_the_image_comes_nearer_and_always_fills_the_frame(frame: Frame) -> None:
    scene = a_scene(frame)
    # An image of one colour keeps it everywhere: nothing else ever shows at the edges.
    still = np.full((frame.height_px, frame.width_px, 3), (200, 120, 60), np.uint8)
    flat = ReferenceScene(still, frame, 4.0)
    for t in (0.5, 2.0, 4.0):
        assert np.ptp(shown(flat, t)[: frame.height_px].astype(int)) <= 2
    halfway, last = (shown(scene, t).astype(int) for t in (2.0, 4.0))
    assert np.abs(halfway - last).mean() > 3
    assert 0.05 < NEARER < 0.3


def test_a_look_is_laid_over_the_moving_image() -> None:
    plain, comic = (shown(a_scene(look=look), 2.0).astype(int) for look in (Look.PLAIN, Look.COMIC))
    assert np.abs(plain - comic).mean() > 3


def test_a_picture_depends_on_the_time_alone_and_the_scene_pickles() -> None:
    scene = a_scene(look=Look.SELFIE)
    twin = pickle.loads(pickle.dumps(scene, 5))  # noqa: S301
    before = shown(scene, 1.0)
    shown(scene, 3.0)
    assert (shown(scene, 1.0) == before).all()
    assert (shown(twin, 1.0) == before).all()
