"""What watchers follow is looked up as often as needed, and no oftener."""

from __future__ import annotations

import asyncio

import pytest

from matinee.core.errors import ServiceUnavailable
from matinee.services.updates import Lookout, Wakening


def never() -> None:
    raise AssertionError("Nobody has to be told that it is over.")


async def test_all_that_changed_during_a_look_is_one_more_look() -> None:
    looks, seen = 0, asyncio.Event()

    async def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            for _ in range(5):
                lookout.outdate()
        else:
            seen.set()

    lookout = Lookout(look, never)
    lookout.outdate()
    await seen.wait()
    await asyncio.sleep(0)
    assert (looks, lookout.is_outdated) == (2, False)


async def test_a_store_that_is_away_is_asked_again() -> None:
    looks, seen = 0, asyncio.Event()

    async def look() -> None:
        nonlocal looks
        looks += 1
        if looks < 3:
            raise ServiceUnavailable("The database is away.")
        seen.set()

    Lookout(look, never, patience_s=0.001).outdate()
    await seen.wait()
    assert looks == 3


async def test_whoever_waits_is_told_of_a_defect_and_the_next_change_is_looked_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    met, seen = asyncio.Event(), asyncio.Event()

    async def look() -> None:
        if not met.is_set():
            raise ZeroDivisionError
        seen.set()

    lookout = Lookout(look, met.set)
    lookout.outdate()
    await met.wait()
    lookout.outdate()
    await seen.wait()
    assert [record.exc_info is not None for record in caplog.records] == [True]


async def test_who_is_woken_early_does_not_wait_and_waits_the_next_time() -> None:
    wakening = Wakening()
    wakening.wake()
    await wakening.woken()
    waiting = asyncio.create_task(wakening.woken())
    await asyncio.sleep(0)
    assert not waiting.done()
    wakening.wake()
    wakening.wake()
    await waiting
