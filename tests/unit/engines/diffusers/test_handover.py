"""What a thread makes, handed to the event loop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing

import pytest

from matinee.engines.diffusers.handover import Handover


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


async def test_everything_arrives_in_order(thread: ThreadPoolExecutor) -> None:
    handover: Handover[int] = Handover(room=2)

    def make() -> None:
        for number in range(20):
            handover.put(number)

    assert [item async for item in handover.items(thread, make)] == list(range(20))


async def test_the_thread_waits_while_nothing_is_taken(thread: ThreadPoolExecutor) -> None:
    handover: Handover[int] = Handover(room=2)
    made = threading.Semaphore(0)
    counts = []

    def make() -> None:
        for number in range(6):
            handover.put(number)
            counts.append(number)
            made.release()

    async with aclosing(handover.items(thread, make)) as items:
        await anext(items)
        made.acquire()
        made.acquire()
        # One was taken, and its place is given back only when the next one is asked for.
        assert counts == [0, 1]
        assert [item async for item in items] == [1, 2, 3, 4, 5]


async def test_closing_it_stops_the_thread_and_waits_for_it(thread: ThreadPoolExecutor) -> None:
    handover: Handover[int] = Handover(room=1)
    ends = []

    def make() -> None:
        try:
            while True:
                handover.put(0)
        finally:
            ends.append("stopped")

    async with aclosing(handover.items(thread, make)) as items:
        await anext(items)
    assert ends == ["stopped"]


async def test_what_goes_wrong_in_the_thread_is_raised_after_what_was_made(
    thread: ThreadPoolExecutor,
) -> None:
    handover: Handover[int] = Handover(room=2)

    def make() -> None:
        handover.put(1)
        raise OSError("broken")

    items = handover.items(thread, make)
    assert await anext(items) == 1
    with pytest.raises(OSError, match="broken"):
        await anext(items)
