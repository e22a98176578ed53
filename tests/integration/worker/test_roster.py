"""A worker says that it lives, and forgets those that went without a word, now and then."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta

from matinee.core.errors import ServiceUnavailable
from matinee.ports.crew import Worker
from matinee.worker.roster import Roster
from tests.integration.worker.workshop import LEASE, Workshop

LONG = timedelta(hours=2)


def a_worker(workshop: Workshop, name: str = "here") -> Worker:
    now = workshop.clock.now()
    return Worker(id=name, host="host", process_id=1, engines=("gpu",), started_at=now, seen_at=now)


def a_roster(workshop: Workshop) -> Roster:
    return Roster(workshop.ports, a_worker(workshop), silence=LEASE, leaves=True)


async def note_other(workshop: Workshop, *, silent_for: timedelta) -> None:
    other = a_worker(workshop, "other")
    silent = replace(other, seen_at=workshop.clock.now() - silent_for)
    await workshop.store.write(lambda transaction: transaction.crew.note_worker(silent))


async def known(workshop: Workshop) -> set[str]:
    return {worker.id for worker in await workshop.store.crew.workers()} - {"local"}


async def test_who_went_without_a_word_is_known_for_an_hour(workshop: Workshop) -> None:
    await note_other(workshop, silent_for=timedelta(minutes=50))
    await a_roster(workshop).note()
    assert await known(workshop) == {"here", "other"}


async def test_a_worker_that_begins_forgets_those_that_went_long_ago(workshop: Workshop) -> None:
    await note_other(workshop, silent_for=LONG)
    await a_roster(workshop).note()
    assert await known(workshop) == {"here"}


async def test_a_worker_does_not_look_through_all_others_each_time(workshop: Workshop) -> None:
    roster = a_roster(workshop)
    await roster.note()
    await note_other(workshop, silent_for=LONG)
    await roster.note()
    assert await known(workshop) == {"here", "other"}


async def test_a_worker_that_could_not_write_does_so_the_next_time(workshop: Workshop) -> None:
    await note_other(workshop, silent_for=LONG)
    roster = a_roster(workshop)
    workshop.store.refusals = [ServiceUnavailable("away")]
    with contextlib.suppress(ServiceUnavailable):
        await roster.note()
    await roster.note()
    assert await known(workshop) == {"here"}
