"""Delivery inside one process."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from matinee.core.video import Video
from matinee.ports.store import Transaction
from matinee.queue.embedded import EmbeddedQueue
from tests.samples import a_job


class Committed:
    """A transaction whose actions run at once."""

    def after_commit(self, action: Callable[[], None]) -> None:
        action()


class Uncommitted:
    """A transaction that sees `waiting` videos in line; what it is to do then is kept."""

    def __init__(self, waiting: int = 0) -> None:
        self.actions: list[Callable[[], None]] = []
        self._waiting = waiting
        self.has_read_all = False

    def after_commit(self, action: Callable[[], None]) -> None:
        self.actions.append(action)

    def count_waiting(self, engine: str) -> int:
        return self._waiting

    def unfinished(self) -> list[Video]:
        self.has_read_all = True
        return []

    def commit(self) -> None:
        for action in self.actions:
            action()


def test_a_video_delivered_again_while_it_waits_waits_once() -> None:
    queue = EmbeddedQueue()
    for _ in range(3):
        queue.deliver(cast(Transaction, Committed()), a_job(1))
    assert queue.waiting("animatic") == 1


def test_what_the_same_commit_delivers_does_not_look_lost() -> None:
    queue, accepting, sweeping = EmbeddedQueue(), Uncommitted(), Uncommitted(waiting=1)
    queue.deliver(cast(Transaction, accepting), a_job(1))
    queue.redeliver(cast(Transaction, sweeping), "animatic")
    assert not sweeping.has_read_all


def test_a_delivery_that_never_arrives_hides_a_lost_video_from_one_sweep_at_most() -> None:
    queue = EmbeddedQueue()
    queue.deliver(cast(Transaction, Uncommitted()), a_job(1))
    sweeps = [Uncommitted(waiting=1) for _ in range(2)]
    for sweep in sweeps:
        queue.redeliver(cast(Transaction, sweep), "animatic")
        sweep.commit()
    assert [sweep.has_read_all for sweep in sweeps] == [False, True]
