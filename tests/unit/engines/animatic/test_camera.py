"""Tests of the camera and its moves."""

import pytest

from matinee.engines.animatic.affine import apply
from matinee.engines.animatic.camera import DOLLY, Camera, Frame, camera_at, place
from matinee.engines.animatic.shots import CameraMove
from tests.unit.engines.animatic.staged import LANDSCAPE, PORTRAIT, plain_texture

RED = (0, 0, 200, 255)


@pytest.mark.parametrize("frame", [LANDSCAPE, PORTRAIT])
def test_one_world_unit_at_depth_one_is_the_shorter_side(frame: Frame) -> None:
    camera = Camera(frame=frame)
    left, _, scale = camera.project(-0.5, 0, 1)
    right, _, _ = camera.project(0.5, 0, 1)
    assert right - left == scale == min(frame.width_px, frame.height_px)


def test_the_middle_of_the_world_is_the_middle_of_the_frame() -> None:
    assert Camera(frame=LANDSCAPE, roll=0.1).project(0, 0, 2)[:2] == (128, 72)


def test_far_things_are_small_and_move_less() -> None:
    camera = Camera(frame=LANDSCAPE, x=0.1)
    near, far = camera.project(0, 0, 1), camera.project(0, 0, 4)
    assert near[2] == 4 * far[2]
    assert 128 - near[0] == pytest.approx(4 * (128 - far[0]))


def test_a_texture_is_placed_by_its_anchor_and_world_height() -> None:
    texture = plain_texture(40, 80, RED)
    mapping = Camera(frame=LANDSCAPE).place(texture, (0, 0.25, 1), 0.5, anchor=(0.5, 1.0))
    assert apply(mapping, 20, 80) == pytest.approx((128, 72 + 36))
    assert apply(mapping, 20, 0) == pytest.approx((128, 72 - 36))


def test_the_world_matrix_agrees_with_projection() -> None:
    camera = Camera(frame=PORTRAIT, x=0.1, y=-0.05, z=0.1, roll=0.01)
    mapping = camera.world(0.3, 0.2, 1.4)
    assert apply(mapping, 0, 0) == pytest.approx(camera.project(0.3, 0.2, 1.4)[:2])
    assert apply(mapping, 0.1, 0) == pytest.approx(camera.project(0.4, 0.2, 1.4)[:2])


def test_a_negative_scale_mirrors_around_the_anchor() -> None:
    mapping = place(plain_texture(40, 40, RED), 100, 50, (-1, 1))
    assert apply(mapping, 0, 20) == pytest.approx((120, 50))


@pytest.mark.parametrize("move", CameraMove)
def test_every_move_stays_within_what_sets_must_cover(move: CameraMove) -> None:
    for step in range(101):
        camera = camera_at(LANDSCAPE, move, step / 100, step / 4, sway=3.0)
        assert abs(camera.x) <= 0.3
        assert abs(camera.y) <= 0.16
        assert 0 <= camera.z <= DOLLY
        assert abs(camera.roll) <= 0.0121


@pytest.mark.parametrize(
    ("move", "axis", "sign"),
    [
        (CameraMove.PAN_LEFT, "x", -1),
        (CameraMove.PAN_RIGHT, "x", 1),
        (CameraMove.TILT_UP, "y", -1),
        (CameraMove.TILT_DOWN, "y", 1),
        (CameraMove.DOLLY_IN, "z", 1),
        (CameraMove.DOLLY_OUT, "z", -1),
    ],
)
def test_a_move_goes_where_its_name_says(move: CameraMove, axis: str, sign: int) -> None:
    start = camera_at(LANDSCAPE, move, 0.0, 0.0)
    end = camera_at(LANDSCAPE, move, 1.0, 0.0)
    assert (getattr(end, axis) - getattr(start, axis)) * sign > 0.1
