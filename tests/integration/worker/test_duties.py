"""A duty is done by one process at a time, and never by two."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from matinee.core.errors import ServiceUnavailable
from matinee.ports.store import Transaction
from matinee.store.sqlite import SqliteDatabase
from matinee.worker.duties import SharedDuties, SoleDuties
from tests.databases import an_empty_database
from tests.fakes import StoppedClock
from tests.integration.worker.workshop import UnsteadyStore

HELD = timedelta(seconds=0.06)


class Chore:
    """Work that says when it is begun and when it is ended."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.ended = asyncio.Event()
        self.times = 0

    async def work(self) -> None:
        """Work for ever."""
        self.times += 1
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.set()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[UnsteadyStore]:
    """A store that may refuse writes."""
    made = UnsteadyStore(SqliteDatabase(an_empty_database(tmp_path / "matinee.db")))
    yield made
    await made.close()


def hired(store: UnsteadyStore, clock: StoppedClock, holder: str) -> SharedDuties:
    return SharedDuties(store, clock, holder=holder, held=HELD)


async def dismiss(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_a_server_that_is_alone_begins_at_once(store: UnsteadyStore) -> None:
    chore = Chore()
    doing = asyncio.create_task(SoleDuties().do("outbox", chore.work))
    await chore.begun.wait()
    await dismiss(doing)


async def test_a_second_process_begins_only_when_the_first_has_ended(store: UnsteadyStore) -> None:
    clock, first, second = StoppedClock(), Chore(), Chore()
    one = asyncio.create_task(hired(store, clock, "one").do("outbox", first.work))
    await first.begun.wait()
    other = asyncio.create_task(hired(store, clock, "other").do("outbox", second.work))
    await asyncio.sleep(0)
    assert not second.begun.is_set()
    await dismiss(one)
    assert first.ended.is_set()
    await second.begun.wait()
    await dismiss(other)


async def test_what_a_dead_process_held_is_done_by_another_when_its_time_is_over(
    store: UnsteadyStore,
) -> None:
    clock, chore = StoppedClock(), Chore()
    now = clock.now()
    await store.write(
        lambda transaction: transaction.crew.hold_duty("outbox", "dead", now, now + HELD)
    )
    doing = asyncio.create_task(hired(store, clock, "other").do("outbox", chore.work))
    await asyncio.sleep(0)
    assert not chore.begun.is_set()
    clock.move(HELD.total_seconds())
    await chore.begun.wait()
    await dismiss(doing)


async def test_a_process_that_can_not_renew_stops_its_work_and_begins_again_later(
    store: UnsteadyStore,
) -> None:
    clock, chore = StoppedClock(), Chore()
    duties = hired(store, clock, "one")
    doing = asyncio.create_task(duties.do("outbox", chore.work))
    await chore.begun.wait()
    store.refusals = [ServiceUnavailable("away")] * 200
    await chore.ended.wait()
    chore.begun.clear()
    store.refusals = []
    await chore.begun.wait()
    assert chore.times == 2
    await dismiss(doing)


async def test_a_process_stops_as_soon_as_another_one_has_its_duty(store: UnsteadyStore) -> None:
    clock, chore, held = StoppedClock(), Chore(), timedelta(seconds=0.3)
    duties = SharedDuties(store, clock, holder="one", held=held)
    doing = asyncio.create_task(duties.do("outbox", chore.work))
    await chore.begun.wait()
    now = clock.now()

    def take_over(transaction: Transaction) -> None:
        transaction.crew.release_duty("outbox", "one")
        transaction.crew.hold_duty("outbox", "other", now, now + held)

    await store.write(take_over)
    store.refusals = [None] * 9
    await chore.ended.wait()
    # One tried to renew the duty, and one may have given it back.
    assert len(store.refusals) >= 7
    await dismiss(doing)


async def test_what_the_work_raises_ends_the_process(store: UnsteadyStore) -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await hired(store, StoppedClock(), "one").do("outbox", fail)
