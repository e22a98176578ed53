"""What is done when a device's memory turns out too small."""

from __future__ import annotations

import pytest

from matinee.core.errors import OutOfMemory
from matinee.engines.diffusers.memory import MemoryPolicy
from matinee.engines.diffusers.retreat import Draw, RanOut, draw_somehow, stricter_of

FULL = OutOfMemory("The device is full.")


def a_device_for(fits: MemoryPolicy | None, tried: list[MemoryPolicy]) -> Draw:
    """One on which films can be drawn under `fits` and what is stricter."""

    def draw(least: MemoryPolicy) -> None:
        tried.append(least)
        if fits is None or stricter_of(least, fits) is not least:
            raise RanOut(least, FULL)

    return draw


def test_a_film_that_fits_is_drawn_once() -> None:
    tried: list[MemoryPolicy] = []
    draw_somehow(a_device_for(MemoryPolicy.RESIDENT, tried), lambda: True)
    assert tried == [MemoryPolicy.RESIDENT]


def test_one_that_does_not_is_drawn_with_less_on_the_device_until_it_does() -> None:
    tried: list[MemoryPolicy] = []
    draw_somehow(a_device_for(MemoryPolicy.OFFLOAD, tried), lambda: True)
    assert tried == [MemoryPolicy.RESIDENT, MemoryPolicy.PARK_TEXT, MemoryPolicy.OFFLOAD]


def test_one_that_never_does_fails_with_what_helps() -> None:
    tried: list[MemoryPolicy] = []
    with pytest.raises(OutOfMemory, match="The device is full"):
        draw_somehow(a_device_for(None, tried), lambda: True)
    assert tried == list(MemoryPolicy)


def test_nothing_is_tried_again_when_that_is_not_wanted() -> None:
    tried: list[MemoryPolicy] = []
    with pytest.raises(OutOfMemory):
        draw_somehow(a_device_for(MemoryPolicy.STREAM, tried), lambda: False)
    assert tried == [MemoryPolicy.RESIDENT]


def test_a_model_that_was_not_even_loaded_is_not_tried_again() -> None:
    def draw(least: MemoryPolicy) -> None:
        raise RanOut(None, FULL)

    with pytest.raises(OutOfMemory):
        draw_somehow(draw, lambda: True)
