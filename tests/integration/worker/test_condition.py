"""How the engines of several machines are, seen from any of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from matinee.core.circuit import Circuit, CircuitState
from matinee.ports.crew import Worker
from matinee.ports.store import Transaction
from matinee.store.sql import SqlStore
from matinee.store.sqlite import SqliteDatabase
from matinee.worker.condition import JoinedCondition
from tests.databases import an_empty_database
from tests.fakes import StoppedClock
from tests.integration.worker.workshop import LEASE, OUTAGE

CLOCK = StoppedClock()
WORKER = Worker(
    id="one",
    host="rack-1",
    process_id=1,
    engines=("gpu",),
    started_at=CLOCK.now(),
    seen_at=CLOCK.now(),
)
OTHER = replace(WORKER, id="other", host="rack-2")
AWAY = Circuit(engine="gpu", state=CircuitState.OPEN, since=CLOCK.now())


class Machines:
    """The rows of some workers, and one who looks at them."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.clock = StoppedClock()
        self.condition = JoinedCondition(store, self.clock, silence=LEASE)

    async def are(self, *workers: Worker, away: tuple[str, ...] = ()) -> None:
        """Have these workers, seen now, of whom some find the engine away."""

        def work(transaction: Transaction) -> None:
            for worker in workers:
                transaction.crew.note_worker(replace(worker, seen_at=self.clock.now()))
                state = AWAY if worker.id in away else Circuit(engine="gpu")
                transaction.attempts.save_circuit(worker.id, state)

        await self._store.write(work)
        await self.condition.refresh()


@pytest.fixture
async def machines(tmp_path: Path) -> AsyncIterator[Machines]:
    """No workers yet."""
    store = SqlStore(SqliteDatabase(an_empty_database(tmp_path / "matinee.db")))
    yield Machines(store)
    await store.close()


async def test_an_engine_is_usable_while_one_worker_finds_it_well(machines: Machines) -> None:
    await machines.are(WORKER, OTHER, away=("one",))
    assert machines.condition.is_usable("gpu")
    assert machines.condition.away() == []


async def test_an_engine_is_away_when_every_worker_finds_it_so(machines: Machines) -> None:
    await machines.are(WORKER, OTHER, away=("one", "other"))
    assert not machines.condition.is_usable("gpu")
    assert machines.condition.away() == [AWAY]


async def test_a_dead_worker_says_nothing_of_its_engines(machines: Machines) -> None:
    await machines.are(WORKER)
    machines.clock.move(LEASE.total_seconds() + 1)
    await machines.are(OTHER, away=("other",))
    assert not machines.condition.is_usable("gpu")


async def test_films_wait_for_an_engine_that_no_worker_has(machines: Machines) -> None:
    await machines.are(WORKER)
    assert machines.condition.is_usable("cloud")


async def test_a_change_wakes_who_waits_for_it(machines: Machines) -> None:
    await machines.are(WORKER)
    seen = machines.condition.changes.version
    await machines.are(WORKER)
    assert machines.condition.changes.version == seen
    await machines.are(WORKER, away=("one",))
    assert machines.condition.changes.version == seen + 1


async def test_an_engine_is_unmanned_when_no_worker_had_it_for_long(machines: Machines) -> None:
    await machines.are(WORKER)
    machines.clock.move(OUTAGE.total_seconds())
    await machines.are(replace(WORKER, engines=("gpu",)))
    assert machines.condition.unmanned({"gpu", "cloud"}, OUTAGE) == {"cloud"}
    machines.clock.move(OUTAGE.total_seconds())
    await machines.condition.refresh()
    assert machines.condition.unmanned({"gpu"}, OUTAGE + timedelta(seconds=1)) == set()
    assert machines.condition.unmanned({"gpu"}, OUTAGE) == {"gpu"}
