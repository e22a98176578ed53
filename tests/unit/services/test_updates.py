"""What watchers follow is looked up as often as needed, and no oftener."""

from __future__ import annotations

import asyncio

from matinee.core.errors import ServiceUnavailable
from matinee.services.updates import Lookout, Wakening


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

    lookout = Lookout(look)
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

    Lookout(look, patience_s=0.001).outdate()
    await seen.wait()
    assert looks == 3


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
