"""Attempts and the health of engines, in every store."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from matinee.core.attempt import COMPLETED, HANDED_BACK, Attempt
from matinee.core.circuit import Circuit, CircuitState
from matinee.core.job import Failure, JobState
from matinee.ports.attempts import EngineLoad
from matinee.ports.store import Store, Transaction
from tests.samples import NOW, a_key, a_video, a_video_id, an_account


def an_attempt(number: int = 1, *, video: int = 1, **changes: Any) -> Attempt:
    attempt = Attempt(
        video_id=a_video_id(video),
        number=number,
        engine="gpu",
        model="wan",
        film_seconds=8,
        started_at=NOW + timedelta(seconds=number),
    )
    return replace(attempt, **changes)


def a_whole_attempt() -> Attempt:
    return an_attempt(
        finished_at=NOW + timedelta(seconds=9),
        outcome="engine_error",
        message="It broke.",
        upstream_id="upstream-1",
    )


def a_circuit(**changes: Any) -> Circuit:
    circuit = Circuit(
        engine="gpu",
        state=CircuitState.OPEN,
        since=NOW,
        failures=4,
        last_error=Failure(code="engine_unavailable", message="It is away."),
        last_error_at=NOW + timedelta(seconds=1),
        checked_at=NOW + timedelta(seconds=2),
    )
    return replace(circuit, **changes)


async def add(store: Store, *attempts: Attempt) -> None:
    def insert(transaction: Transaction) -> None:
        for attempt in attempts:
            transaction.attempts.add(attempt)

    await store.write(insert)


async def test_an_attempt_comes_back_as_it_was_stored(store: Store) -> None:
    await add(store, a_whole_attempt())
    assert await store.attempts.of_video(a_video_id()) == [a_whole_attempt()]
    assert await store.write(lambda each: each.attempts.of_video(a_video_id())) == [
        a_whole_attempt()
    ]


def test_the_whole_attempt_has_no_field_at_its_default() -> None:
    for value in (a_whole_attempt(), a_circuit()):
        for each in fields(value):
            assert getattr(value, each.name) != each.default, each.name


async def test_the_attempts_of_a_video_are_its_own_and_in_order(store: Store) -> None:
    await add(store, an_attempt(2), an_attempt(1), an_attempt(1, video=2))
    assert await store.attempts.of_video(a_video_id()) == [an_attempt(1), an_attempt(2)]


async def test_an_attempt_ends_once(store: Store) -> None:
    await add(store, an_attempt(1), an_attempt(2))
    later = NOW + timedelta(seconds=30)

    def end(transaction: Transaction) -> None:
        transaction.attempts.note_upstream(a_video_id(), 1, "upstream-7")
        transaction.attempts.finish(a_video_id(), 1, outcome="x", message="why", now=later)
        transaction.attempts.finish(a_video_id(), 1, outcome=COMPLETED, now=later)
        transaction.attempts.finish(a_video_id(), 9, outcome=COMPLETED, now=later)

    await store.write(end)
    ended = an_attempt(1, finished_at=later, outcome="x", message="why", upstream_id="upstream-7")
    assert await store.attempts.of_video(a_video_id()) == [ended, an_attempt(2)]


async def test_an_engines_latest_attempts_are_those_that_ended_last(store: Store) -> None:
    ended = [
        an_attempt(number, finished_at=NOW + timedelta(seconds=60 - number), outcome=COMPLETED)
        for number in (1, 2, 3)
    ]
    other = an_attempt(4, engine="other", finished_at=NOW, outcome=HANDED_BACK)
    await add(store, *ended, other, an_attempt(5))
    assert await store.attempts.latest("gpu", 10) == ended
    assert await store.attempts.latest("gpu", 1) == ended[:1]


async def test_a_deleted_video_takes_its_attempts_along(store: Store) -> None:
    await store.write(lambda each: each.add_video(a_video()))
    await add(store, an_attempt(), an_attempt(video=2))
    await store.write(lambda each: each.delete_video(a_video_id()))
    assert await store.attempts.of_video(a_video_id()) == []
    assert await store.attempts.of_video(a_video_id(2)) == [an_attempt(video=2)]


async def test_an_engines_health_is_what_was_written_last(store: Store) -> None:
    plain = Circuit(engine="other")
    for circuit in (a_circuit(failures=1), plain, a_circuit()):
        await store.write(lambda each, circuit=circuit: each.attempts.save_circuit("w", circuit))  # type: ignore[misc]
    assert await store.attempts.circuits() == [("w", a_circuit()), ("w", plain)]


async def test_loads_count_what_waits_and_runs_at_each_engine(store: Store) -> None:
    states = [JobState.QUEUED, JobState.QUEUED, JobState.IN_PROGRESS, JobState.COMPLETED]
    for number, state in enumerate(states):
        video = a_video(number, state=state, engine="gpu")
        await store.write(lambda each, video=video: each.add_video(video))  # type: ignore[misc]
    await store.write(lambda each: each.add_video(a_video(9)))
    assert await store.attempts.loads() == {
        "gpu": EngineLoad(queued=2, in_progress=1),
        "animatic": EngineLoad(queued=1),
    }


async def test_what_waits_for_an_engine_is_counted_by_model(store: Store) -> None:
    for number, (model, state) in enumerate(
        [("slow", JobState.QUEUED), ("slow", JobState.QUEUED), ("quick", JobState.QUEUED)]
        + [("quick", JobState.IN_PROGRESS), ("old", JobState.COMPLETED)]
    ):
        video = a_video(number, state=state, engine="gpu", model=model)
        await store.write(lambda each, video=video: each.add_video(video))  # type: ignore[misc]
    await store.write(lambda each: each.add_video(a_video(9)))
    assert await store.attempts.waiting_by_model("gpu") == {"quick": 1, "slow": 2}
    assert await store.attempts.waiting_by_model("none") == {}


async def test_a_key_says_whether_it_is_an_administrators(store: Store) -> None:
    keys = [a_key(1), replace(a_key(2), is_admin=True)]
    await store.write(lambda each: each.add_account(an_account()))
    for key in keys:
        await store.write(lambda each, key=key: each.add_key(key))  # type: ignore[misc]
    assert await store.list_keys() == keys
    assert await store.key_by_digest(keys[1].digest) == keys[1]
