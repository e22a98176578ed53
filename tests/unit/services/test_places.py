"""Places for one more video."""

from __future__ import annotations

from typing import cast

import pytest

from matinee.core.errors import QueueFull
from matinee.ports.store import Transaction
from matinee.services.lines import Places
from tests.fakes import StoppedClock


class Rows:
    """A transaction that counts, and notes how often it was asked to."""

    def __init__(self, unfinished: int) -> None:
        self.unfinished = unfinished
        self.counts = 0

    def count_unfinished(self) -> int:
        self.counts += 1
        return self.unfinished


def take(places: Places, rows: Rows, clock: StoppedClock, times: int = 1) -> None:
    for _ in range(times):
        places.take(cast(Transaction, rows), clock.now())
        rows.unfinished += 1


def test_videos_are_counted_once_a_second_and_not_at_every_accept() -> None:
    places, rows, clock = Places(1000), Rows(5), StoppedClock()
    take(places, rows, clock, times=100)
    assert rows.counts == 1
    clock.move(1)
    take(places, rows, clock)
    assert rows.counts == 2


def test_no_more_are_taken_than_there_is_room_for() -> None:
    places, rows, clock = Places(3), Rows(1), StoppedClock()
    take(places, rows, clock, times=2)
    with pytest.raises(QueueFull, match="3 videos are waiting"):
        take(places, rows, clock)


def test_a_video_that_ended_makes_room_at_once() -> None:
    places, rows, clock = Places(3), Rows(1), StoppedClock()
    take(places, rows, clock, times=2)
    rows.unfinished -= 1
    take(places, rows, clock)
    assert rows.unfinished == 3


def test_a_clock_that_was_set_back_does_not_stop_the_counting() -> None:
    places, rows, clock = Places(3), Rows(0), StoppedClock()
    take(places, rows, clock)
    rows.unfinished = 3
    clock.move(-3600)
    with pytest.raises(QueueFull):
        take(places, rows, clock)
