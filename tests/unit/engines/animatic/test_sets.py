"""Tests that every set must pass."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from matinee.engines.animatic.camera import Frame
from matinee.engines.animatic.canvas import Canvas
from matinee.engines.animatic.scene import build_scene
from matinee.engines.animatic.sets import SETS
from matinee.engines.animatic.shots import CameraMove, Setting
from tests.unit.engines.animatic.staged import ART, LANDSCAPE, PORTRAIT, a_frame_of, a_shot

MOVES = {
    LANDSCAPE: (CameraMove.PAN_RIGHT, CameraMove.DOLLY_OUT),
    PORTRAIT: (CameraMove.TILT_UP,),
}
"""The moves that go the farthest beyond the edges of each."""


def test_every_setting_has_a_set() -> None:
    assert set(SETS) == set(Setting)


@pytest.mark.parametrize("frame", [LANDSCAPE, PORTRAIT], ids=["landscape", "portrait"])
@pytest.mark.parametrize("setting", SETS)
def test_a_set_leaves_no_gap_at_either_end_of_a_move(setting: Setting, frame: Frame) -> None:
    for move in MOVES[frame]:
        scene = build_scene(a_shot(setting, camera=move, subjects=()), frame, ART)
        for t in (0.0, scene.seconds):
            assert (a_frame_of(scene, t)[..., 3] == 255).all(), (move, t)


@pytest.mark.parametrize("setting", SETS)
def test_following_a_walker_leaves_no_gap(setting: Setting) -> None:
    scene = build_scene(a_shot(setting, seconds=20.0), LANDSCAPE, ART)
    for t in (0.0, 5.0, 10.0, 20.0):
        assert (a_frame_of(scene, t)[..., 3] == 255).all(), t


@pytest.mark.parametrize("variant", range(4))
@pytest.mark.parametrize("setting", SETS)
def test_every_staging_moves_and_is_well_exposed(setting: Setting, variant: int) -> None:
    shot = replace(a_shot(setting, seed=variant), variant=variant)
    scene = build_scene(shot, LANDSCAPE, ART)
    canvas = Canvas(LANDSCAPE.width_px, LANDSCAPE.height_px)
    lumas = []
    for t in (0.0, 1.5):
        scene.draw(canvas, t)
        lumas.append(scene.finish(canvas, t)[: LANDSCAPE.height_px].astype(int))
    assert 24 < lumas[0].mean() < 200
    assert np.abs(lumas[0] - lumas[1]).mean() > 0.3


@pytest.mark.parametrize("setting", SETS)
def test_a_frame_depends_on_nothing_but_its_time(setting: Setting) -> None:
    scene = build_scene(a_shot(setting), LANDSCAPE, ART)
    again = build_scene(a_shot(setting), LANDSCAPE, ART)
    canvas = Canvas(LANDSCAPE.width_px, LANDSCAPE.height_px)
    scene.draw(canvas, 3.0)
    scene.draw(canvas, 1.0)
    assert (canvas.pixels == a_frame_of(again, 1.0)).all()


@pytest.mark.parametrize("setting", SETS)
def test_a_scene_draws_from_read_only_shared_memory(setting: Setting) -> None:
    scene = build_scene(a_shot(setting), LANDSCAPE, ART)
    buffers: list[pickle.PickleBuffer] = []
    within = pickle.dumps(scene, 5, buffer_callback=buffers.append)
    shared = [bytes(buffer.raw()) for buffer in buffers]
    copy = pickle.loads(within, buffers=shared)  # noqa: S301
    assert len(within) < 200_000
    assert (a_frame_of(copy, 1.0) == a_frame_of(scene, 1.0)).all()
