"""Deliveries that come later."""

from __future__ import annotations

import asyncio
import contextlib
from typing import NoReturn

from matinee.core.ids import VideoId
from matinee.queue.embedded import EmbeddedQueue
from matinee.store.transaction import SqlTransaction
from tests.samples import a_job, a_video_id


async def test_a_delayed_delivery_counts_as_waiting_and_comes_after_one_that_is_due() -> None:
    queue, taken = EmbeddedQueue(), asyncio.Queue[VideoId]()
    deliver(queue, 1, delay_s=0.02)
    deliver(queue, 2)
    assert queue.waiting("animatic") == 2
    serving = asyncio.create_task(queue.serve("animatic", 1, taken.put))
    assert [await taken.get(), await taken.get()] == [a_video_id(2), a_video_id(1)]
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving


async def test_a_second_delivery_of_a_delayed_video_changes_nothing() -> None:
    queue = EmbeddedQueue()
    deliver(queue, 1, delay_s=60)
    deliver(queue, 1)
    assert queue.waiting("animatic") == 1


def deliver(queue: EmbeddedQueue, number: int, *, delay_s: float = 0.0) -> None:
    """As a transaction does that commits at once."""
    transaction = SqlTransaction(no_statement, no_change, None)
    queue.deliver(transaction, a_job(number), delay_s=delay_s)
    for action in transaction.actions:
        action()


def no_statement(statement: object, **values: object) -> NoReturn:
    raise AssertionError("a delivery needs no statement")


def no_change() -> None:
    raise AssertionError("a delivery changes no key")
