"""Tests of how figures and props travel."""

import math

import numpy as np
import pytest

from matinee.engines.animatic.actors import OVERTAKE, Travel, herd, scattered
from matinee.engines.animatic.camera import Frame
from tests.unit.engines.animatic.staged import LANDSCAPE, PORTRAIT


@pytest.mark.parametrize("seconds", [4.0, 8.0, 25.0])
@pytest.mark.parametrize("reach", [0.0, 0.25, math.inf])
def test_the_camera_keeps_within_reach_and_the_walker_in_sight(
    seconds: float, reach: float
) -> None:
    travel = Travel(speed=0.24, seconds=seconds, reach=reach)
    for t in np.linspace(0, seconds, 101).tolist():
        camera_x, (walker_x, _) = travel.camera_x(t), travel.figure_x(t)
        assert abs(camera_x) <= reach + 1e-9
        assert abs(walker_x - camera_x) <= OVERTAKE + 1e-9


def test_a_walker_with_room_goes_one_way_at_its_speed() -> None:
    travel = Travel(speed=0.1, seconds=8.0, reach=math.inf)
    way = [travel.figure_x(t)[0] for t in (0.0, 4.0, 7.99)]
    assert way == pytest.approx([-0.4, 0.0, 0.399])
    assert travel.figure_x(5.0)[1] == 1.0


def test_a_walker_with_room_does_not_turn_at_the_end_of_its_shot() -> None:
    travel = Travel(speed=0.1, seconds=8.0, reach=math.inf)
    assert [travel.figure_x(t)[1] for t in (0.0, 4.0, 7.7, 7.96, 8.0)] == [1.0] * 5


def test_a_walker_without_room_turns_round() -> None:
    travel = Travel(speed=0.24, seconds=12.0, reach=0.25)
    facings = [travel.figure_x(t)[1] for t in np.linspace(0, 11.9, 100).tolist()]
    assert max(facings) == 1.0
    assert min(facings) == -1.0
    assert min(abs(facing) for facing in facings) >= 0.15


def test_scattered_places_keep_apart() -> None:
    places = scattered(np.random.default_rng(5), 6)
    gaps = [math.dist(one[:2], other[:2]) for i, one in enumerate(places) for other in places[:i]]
    assert len(places) == 6
    assert min(gaps) > 0.15


@pytest.mark.parametrize("frame", [LANDSCAPE, PORTRAIT])
def test_twelve_of_a_kind_stand_apart_and_in_sight(frame: Frame) -> None:
    marks = herd(frame, np.random.default_rng(2), 12)
    places = [(mark.x / mark.depth, mark.y / mark.depth) for mark in marks]
    gaps = [math.dist(one, other) for i, one in enumerate(places) for other in places[:i]]
    assert min(gaps) > 0.1
    assert all(abs(x) < frame.half_width - 0.05 for x, _ in places)
    assert all(abs(y) < frame.half_height - 0.05 for _, y in places)
