"""Tests of how a shot becomes a scene."""

from dataclasses import replace

import numpy as np

from matinee.engines.animatic.artwork import Artwork
from matinee.engines.animatic.canvas import Canvas
from matinee.engines.animatic.post import Planes
from matinee.engines.animatic.scene import build_scene
from matinee.engines.animatic.shots import Action, Prop, Setting
from tests.unit.engines.animatic.staged import ART, DOG, LANDSCAPE, a_frame_of, a_shot


class Inverted:
    """A look that turns the picture's light around and marks its first pixel."""

    def paint(self, canvas: Canvas, t: float) -> None:
        """Invert."""
        canvas.finish()[..., :3] ^= 255

    def grade(self, i420: Planes, t: float) -> None:
        """Mark."""
        i420[0, 0] = 99


def test_a_figure_is_drawn_over_the_set() -> None:
    alone = build_scene(replace(a_shot(), subjects=()), LANDSCAPE, ART)
    with_dog = build_scene(a_shot(), LANDSCAPE, ART)
    changed = np.abs(a_frame_of(alone, 1.0).astype(int) - a_frame_of(with_dog, 1.0)).max(2) > 20
    assert 0.02 < changed.mean() < 0.5


def test_a_prop_without_artwork_is_left_out() -> None:
    shot = replace(a_shot(), props=(Prop(noun="zork", glyph="no-such-glyph"),))
    plain = a_frame_of(build_scene(a_shot(), LANDSCAPE, ART), 1.0)
    assert (a_frame_of(build_scene(shot, LANDSCAPE, ART), 1.0) == plain).all()


def test_props_float_about() -> None:
    balls = Prop(noun="ball", glyph="tennis-ball", count=5, floats=True)
    scene = build_scene(replace(a_shot(), props=(balls,)), LANDSCAPE, ART)
    plain = build_scene(a_shot(), LANDSCAPE, ART)
    assert (a_frame_of(scene, 1.0) != a_frame_of(plain, 1.0)).any()


def test_a_look_changes_the_picture_and_then_the_planes() -> None:
    plain = build_scene(a_shot(subjects=(DOG,)), LANDSCAPE, ART)
    inverted = build_scene(a_shot(subjects=(DOG,)), LANDSCAPE, ART, Inverted())
    canvas = Canvas(LANDSCAPE.width_px, LANDSCAPE.height_px)
    planes = []
    for scene in (plain, inverted):
        scene.draw(canvas, 0.5)
        planes.append(scene.finish(canvas, 0.5))
    assert planes[1][0, 0] == 99
    assert planes[1][:144].mean() > planes[0][:144].mean() + 50


def test_a_walker_where_there_is_little_room_is_slowed_instead_of_turned() -> None:
    runner = replace(DOG, action=Action.RUN)
    shot = a_shot(setting=Setting.STAGE, seconds=5.0, subjects=(runner,))
    scene = build_scene(shot, LANDSCAPE, Artwork())
    ends = [scene.camera(t).x for t in (0.0, 1.25, 2.5, 3.75, 5.0)]
    assert ends == sorted(ends)
