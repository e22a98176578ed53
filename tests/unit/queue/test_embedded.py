"""Delivery inside one process."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from matinee.ports.store import Transaction
from matinee.queue.embedded import EmbeddedQueue
from tests.samples import a_job


class Committed:
    """A transaction whose actions run at once."""

    def after_commit(self, action: Callable[[], None]) -> None:
        action()


def test_a_video_delivered_again_while_it_waits_waits_once() -> None:
    queue = EmbeddedQueue()
    for _ in range(3):
        queue.deliver(cast(Transaction, Committed()), a_job(1))
    assert queue.waiting("animatic") == 1
