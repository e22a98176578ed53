"""What announcements do, in one process and between several."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from matinee.core.errors import QueueFull
from matinee.core.job import JobState
from matinee.ports.events import Announcements, Change
from matinee.ports.store import Store, Transaction
from matinee.queue.announcements import LocalAnnouncements
from tests.contract.lines import a_process, embedded_lines, outage
from tests.postgres import a_database
from tests.samples import ALICE, BOB, a_video_id

SOON_S = 10.0
RUNNING = Change(video_id=a_video_id(), account_id=ALICE, state=JobState.IN_PROGRESS, progress=5)
DONE = replace(RUNNING, state=JobState.COMPLETED, progress=100)


@dataclass(frozen=True, slots=True)
class House:
    """Where changes are announced, and where they are heard."""

    store: Store
    here: Announcements
    there: Announcements

    async def announce(self, *changes: Change) -> None:
        """Each in a transaction of its own."""
        for change in changes:
            await self.store.write(lambda transaction: self.here.announce(transaction, change))  # noqa: B023


@asynccontextmanager
async def one_process(folder: Path) -> AsyncIterator[House]:
    async with embedded_lines(folder) as lines:
        announcements = LocalAnnouncements()
        yield House(lines.store, announcements, announcements)


@asynccontextmanager
async def two_processes(folder: Path) -> AsyncIterator[House]:
    del folder
    with a_database() as url:
        async with a_process(url) as here, a_process(url) as there:
            yield House(here.store, here.announcements, there.announcements)


HOUSES = {"embedded": one_process, "postgres": two_processes}


@pytest.fixture(params=HOUSES)
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """Announcements, and the rows whose changes they speak of."""
    async with HOUSES[request.param](tmp_path) as house:
        yield house


async def soon(changes: AsyncIterator[Change | None]) -> Change | None:
    """The next change."""
    return await asyncio.wait_for(anext(changes), SOON_S)


async def test_what_is_announced_in_one_place_is_heard_in_every_place(house: House) -> None:
    unwanted = replace(RUNNING, progress=42, is_wanted=False)
    with house.here.watch(RUNNING.video_id) as here, house.there.watch(RUNNING.video_id) as there:
        await house.announce(unwanted)
        assert await soon(here) == await soon(there) == unwanted


async def test_what_is_rolled_back_is_not_heard(house: House) -> None:
    def work(transaction: Transaction) -> None:
        house.here.announce(transaction, replace(RUNNING, progress=99))
        raise QueueFull("no")

    with house.there.watch(RUNNING.video_id) as changes:
        with pytest.raises(QueueFull):
            await house.store.write(work)
        await house.announce(RUNNING)
        assert await soon(changes) == RUNNING


async def test_a_watch_hears_progress_in_its_order_and_ends_with_the_film(house: House) -> None:
    steps = [replace(RUNNING, progress=progress) for progress in range(0, 99, 7)]
    with house.there.watch(RUNNING.video_id) as changes:
        await house.announce(*steps, DONE)
        async with asyncio.timeout(SOON_S):
            heard = [change.progress async for change in changes if change is not None]
    assert heard == sorted(heard)
    assert heard[-1] == 100


class Ear:
    """Remembers what it was told, until that is as much as was awaited."""

    def __init__(self, awaited: int) -> None:
        self.heard: list[Change] = []
        self.has_all = asyncio.Event()
        self._awaited = awaited

    def put(self, change: Change) -> None:
        self.heard.append(change)
        if len(self.heard) == self._awaited:
            self.has_all.set()

    def miss(self) -> None:
        """Nothing is missed here."""

    def close(self) -> None:
        """The test is over."""


async def test_who_listens_to_an_account_hears_of_all_its_films(house: House) -> None:
    gone = replace(RUNNING, video_id=a_video_id(2), is_gone=True)
    ear = Ear(awaited=2)
    stop = house.there.listen_to_account(ALICE, ear)
    await house.announce(DONE, replace(gone, account_id=BOB), gone)
    await asyncio.wait_for(ear.has_all.wait(), SOON_S)
    stop()
    assert ear.heard == [DONE, gone]


async def test_after_an_outage_of_the_database_watchers_are_sent_to_it_and_hear_again() -> None:
    with a_database() as url:
        async with a_process(url) as here, a_process(url) as there:
            with there.announcements.watch(RUNNING.video_id) as changes:
                there.heard.clear()
                with outage(url):
                    pass
                assert await soon(changes) is None
                await there.heard.wait()
                house = House(here.store, here.announcements, there.announcements)
                await house.announce(DONE)
                assert await soon(changes) == DONE


async def test_an_announcement_of_another_version_sends_watchers_to_the_store() -> None:
    with a_database() as url:
        async with a_process(url) as process:
            with process.announcements.watch(RUNNING.video_id) as changes:
                await process.store.write(
                    lambda transaction: transaction.driver.execute(
                        "SELECT pg_notify('matinee_changes', '{}')"
                    )
                )
                assert await soon(changes) is None
