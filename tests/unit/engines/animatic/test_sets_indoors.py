"""Tests of the sets under a roof: the inside of the station, and the stage."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from matinee.engines.animatic.camera import Camera, Frame, camera_at
from matinee.engines.animatic.canvas import Canvas
from matinee.engines.animatic.layers import Strip
from matinee.engines.animatic.scene import build_scene
from matinee.engines.animatic.sets import SETS
from matinee.engines.animatic.sets.stage import stage
from matinee.engines.animatic.sets.stage.boards import BACK, EDGE, Floor
from matinee.engines.animatic.sets.stage.crowd import Row
from matinee.engines.animatic.sets.station import station
from matinee.engines.animatic.sets.station.hull import Outline
from matinee.engines.animatic.shots import CameraMove, Setting, Shot
from matinee.engines.animatic.staging import Draft
from tests.unit.engines.animatic.staged import ART, LANDSCAPE, PORTRAIT, a_frame_of, a_shot

INDOORS = (Setting.STATION, Setting.STAGE)
VARIANTS = range(4)


def a_draft(shot: Shot, frame: Frame = LANDSCAPE) -> Draft:
    """A draft of `shot` with the shipped artwork."""
    return Draft(shot, frame, ART)


@pytest.mark.parametrize("frame", [LANDSCAPE, PORTRAIT], ids=["landscape", "portrait"])
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("setting", INDOORS)
def test_every_staging_fills_the_frame_from_wherever_a_camera_may_be(
    setting: Setting, variant: int, frame: Frame
) -> None:
    built = SETS[setting](a_draft(replace(a_shot(setting), variant=variant), frame))
    canvas = Canvas(frame.width_px, frame.height_px)
    for x, y, z in product((-0.3, 0.0, 0.3), (-0.16, 0.16), (0.0, 0.24)):
        canvas.clear()
        camera = Camera(frame=frame, x=x, y=y, z=z, roll=0.012)
        for layer in sorted(built.layers, key=lambda layer: -layer.depth_at(1.0)):
            layer.draw(canvas, camera, 1.0)
        assert (canvas.finish()[..., 3] == 255).all(), (x, y, z)


@pytest.mark.parametrize("setting", INDOORS)
def test_stagings_look_different(setting: Setting) -> None:
    frames = [
        a_frame_of(build_scene(replace(a_shot(setting), variant=variant), LANDSCAPE, ART), 1.0)
        for variant in VARIANTS
    ]
    for one in VARIANTS:
        for other in range(one):
            assert np.abs(frames[one].astype(int) - frames[other]).mean() > 8


def test_a_theme_paints_paws_on_the_walls_of_the_station() -> None:
    plain = build_scene(a_shot(Setting.STATION, subjects=()), LANDSCAPE, ART)
    themed_shot = replace(a_shot(Setting.STATION, subjects=()), theme="paw")
    themed = build_scene(themed_shot, LANDSCAPE, ART)
    change = np.abs(a_frame_of(plain, 1.0).astype(int) - a_frame_of(themed, 1.0)).max(-1)
    assert 0.001 < (change > 40).mean() < 0.1


def test_a_word_of_the_prompt_shines_on_the_wall_of_the_club() -> None:
    shot = replace(a_shot(Setting.STAGE, subjects=()), variant=2)
    bare = a_frame_of(build_scene(shot, LANDSCAPE, ART), 1.0)
    signed = a_frame_of(build_scene(replace(shot, signs=("JAZZ",)), LANDSCAPE, ART), 1.0)
    assert (np.abs(bare.astype(int) - signed).max(-1) > 60).any()


def test_nothing_stands_in_the_station_and_everything_on_the_stage() -> None:
    assert station(a_draft(a_shot(Setting.STATION))).floor_y is None
    assert stage(a_draft(a_shot(Setting.STAGE))).floor_y is not None


@pytest.mark.parametrize("frame", [LANDSCAPE, PORTRAIT], ids=["landscape", "portrait"])
def test_the_first_mark_of_the_stage_is_its_middle_and_a_figure_fits_above_it(frame: Frame) -> None:
    built = stage(a_draft(a_shot(Setting.STAGE), frame))
    assert built.floor_y is not None
    assert built.marks[0].x == 0.0
    assert built.floor_y - built.figure_height > -frame.half_height


def test_an_outline_knows_its_sides_and_how_far_around_they_are() -> None:
    outline = Outline(1.0, 0.5, roundness=2.0)
    share, around = outline.bent(
        np.array([[0.0, 1.0]], np.float32), np.array([[-0.5], [0.0], [0.5]], np.float32)
    )
    assert share[0, 0] == pytest.approx(1, abs=0.01)
    assert share[1, 1] == pytest.approx(1, abs=0.01)
    assert around[0, 0] == pytest.approx(0, abs=0.01)
    assert around[1, 1] == pytest.approx(0.5, abs=0.01)
    assert around[2, 0] == pytest.approx(1, abs=0.01)


def test_the_boards_of_the_stage_stay_under_the_feet_of_who_stands_on_them() -> None:
    built = stage(a_draft(a_shot(Setting.STAGE)))
    boards = next(layer for layer in built.layers if isinstance(layer, Floor))
    camera = Camera(frame=LANDSCAPE, x=0.2, z=0.2)
    canvas = Canvas(LANDSCAPE.width_px, LANDSCAPE.height_px)
    boards.draw(canvas, camera, 0.0)
    drawn = np.flatnonzero((canvas.finish()[..., 3] == 255).all(1))
    back = camera.project(0, boards.level, BACK)[1]
    front = min(LANDSCAPE.height_px, camera.project(0, boards.level, EDGE)[1])
    assert drawn[0] == pytest.approx(back, abs=2)
    assert drawn[-1] == pytest.approx(front, abs=2)


def test_the_audience_moves_to_the_beat_of_two_a_second() -> None:
    built = stage(a_draft(a_shot(Setting.STAGE)))
    row = next(layer for layer in built.layers if isinstance(layer, Row))
    assert isinstance(row.strip, Strip)
    camera = camera_at(LANDSCAPE, CameraMove.STATIC, 0.0, 0.0)
    pictures = []
    for t in (0.0, 0.5, 2.0):
        canvas = Canvas(LANDSCAPE.width_px, LANDSCAPE.height_px)
        row.draw(canvas, camera, t)
        pictures.append(canvas.finish().astype(int))
    assert np.abs(pictures[0] - pictures[1]).mean() > 0.05
    assert np.abs(pictures[0] - pictures[2]).mean() < 0.05
