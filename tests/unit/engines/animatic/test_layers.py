"""Tests of the common layers."""

import math

import numpy as np
import pytest

from matinee.engines.animatic.camera import Camera, Frame
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.layers import OVERSCAN, Backdrop, Motes, Sprite, Strip, far_point
from matinee.engines.animatic.staging import Layer
from tests.unit.engines.animatic.staged import LANDSCAPE, PORTRAIT, plain, plain_texture

RED = (0, 0, 200, 255)


def drawn(layer: Layer, camera: Camera, t: float = 0.0) -> Image:
    """What `layer` alone looks like."""
    canvas = Canvas(camera.frame.width_px, camera.frame.height_px)
    layer.draw(canvas, camera, t)
    return canvas.finish()


@pytest.mark.parametrize("frame", [LANDSCAPE, PORTRAIT])
@pytest.mark.parametrize("x", [-5.0, 0.0, 5.0])
def test_a_backdrop_covers_the_frame_wherever_the_camera_goes(frame: Frame, x: float) -> None:
    size = round(frame.width_px * OVERSCAN), round(frame.height_px * OVERSCAN)
    backdrop = Backdrop(texture=Texture(plain(*size, RED), opaque=True))
    camera = Camera(frame=frame, x=x, y=0.16, z=0.2, roll=0.012)
    assert (drawn(backdrop, camera)[..., 3] == 255).all()


def test_a_far_point_moves_with_its_backdrop() -> None:
    still, moved = Camera(frame=LANDSCAPE), Camera(frame=LANDSCAPE, x=0.2)
    shift = far_point(still, 0.3, 0.1)[0] - far_point(moved, 0.3, 0.1)[0]
    assert shift == pytest.approx(0.2 * 0.12 * LANDSCAPE.unit_px)


@pytest.mark.parametrize("x", [-7.3, 0.0, 0.31, 12.9])
def test_a_strip_repeats_without_gaps(x: float) -> None:
    strip = Strip(texture=plain_texture(90, 60, RED), y=0.0, depth=1.5, height=0.4)
    row = drawn(strip, Camera(frame=LANDSCAPE, x=x, roll=0.01))[88, :, 3]
    assert (row >= 250).all()


def test_a_sprite_stands_where_it_is_put_and_drifts() -> None:
    sprite = Sprite(
        texture=plain_texture(20, 20, RED), x=0.2, y=0.1, depth=1.0, height=0.1, drift=(0.1, 0)
    )
    start, later = (drawn(sprite, Camera(frame=LANDSCAPE), t)[..., 3] for t in (0.0, 2.0))
    assert _middle(start) == pytest.approx((128 + 0.2 * 144, 72 + 0.1 * 144), abs=1)
    assert _middle(later)[0] - _middle(start)[0] == pytest.approx(0.2 * 144, abs=1)


def _middle(alpha: np.ndarray) -> tuple[float, float]:
    rows, columns = np.nonzero(alpha)
    return float(columns.mean()), float(rows.mean())


def test_a_sprite_behind_the_camera_is_not_drawn() -> None:
    sprite = Sprite(texture=plain_texture(20, 20, RED), x=0, y=0, depth=0.1, height=0.1)
    assert not drawn(sprite, Camera(frame=LANDSCAPE, z=0.2)).any()


def test_motes_drift_and_never_run_out() -> None:
    spots = np.random.default_rng(1).random((80, 5))
    motes = Motes(texture=plain_texture(4, 4, RED), spots=spots, drift=(0.3, 0.1))
    camera = Camera(frame=LANDSCAPE)
    pictures = [drawn(motes, camera, t) for t in (0.0, 1.0, 500.0)]
    assert all(picture.any() for picture in pictures)
    assert (pictures[0] != pictures[1]).any()
    assert math.isfinite(motes.depth_at(3.0))
