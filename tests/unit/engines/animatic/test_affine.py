"""Tests of the affine maps."""

import math

import pytest

from matinee.engines.animatic.affine import (
    apply,
    compose,
    rotate,
    scale,
    translate,
    turn_about,
)


def test_the_last_of_composed_maps_is_applied_first() -> None:
    mapping = compose(translate(10, 0), scale(2, 3))
    assert apply(mapping, 1, 1) == (12, 3)


def test_composing_is_associative() -> None:
    steps = (rotate(0.3), scale(2, 0.5), translate(3, -4))
    one = compose(*steps)
    other = compose(steps[0], compose(steps[1], steps[2]))
    assert one == pytest.approx(other)


def test_a_positive_angle_turns_right_to_down() -> None:
    assert apply(rotate(math.pi / 2), 1, 0) == pytest.approx((0, 1))


def test_a_turn_about_a_pivot_leaves_the_pivot() -> None:
    mapping = turn_about(5, 7, 0.8, 2, -1)
    assert apply(mapping, 5, 7) == pytest.approx((5, 7))
