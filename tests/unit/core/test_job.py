"""The one table of moves."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.core.errors import (
    Cancelled,
    EngineCrashed,
    EngineError,
    EngineUnavailable,
    LeaseLost,
    MatineeError,
)
from matinee.core.event import Event, EventKind
from matinee.core.job import (
    Failure,
    Job,
    JobState,
    expire_lease,
    fail,
    fail_attempt,
    finish,
    renew,
    request_cancel,
    requeue,
    take,
)
from tests.samples import NOW, a_job

LEASE = timedelta(seconds=15)
BUSY = EngineUnavailable("The engine is busy.")
BROKEN = EngineError("The engine broke.")

Step = Callable[[Job, datetime], Job | tuple[Job, Event | None]]


def a_running_job(**changes: Any) -> Job:
    taken, _ = take(a_job(), NOW, LEASE)
    return replace(taken, **changes)


def test_a_job_that_is_taken_runs_with_a_new_attempt_and_a_lease() -> None:
    taken, event = take(a_job(attempt=2), NOW, LEASE)
    assert taken == a_job(
        state=JobState.IN_PROGRESS, attempt=3, lease_expires_at=NOW + LEASE, started_at=NOW
    )
    assert event == Event(video_id=taken.video_id, kind=EventKind.STARTED, at=NOW, attempt=3)


def test_a_job_taken_again_keeps_the_moment_at_which_it_first_started() -> None:
    waiting, _ = requeue(a_running_job(), NOW, "handed_back")
    assert take(waiting, NOW + LEASE, LEASE)[0].started_at == NOW


def test_a_renewal_prolongs_the_lease_and_raises_the_progress() -> None:
    renewed = renew(a_running_job(), 1, NOW + LEASE, LEASE, 40)
    assert renewed == a_running_job(lease_expires_at=NOW + 2 * LEASE, progress=40)


@pytest.mark.parametrize(("before", "told", "after"), [(40, 39, 40), (40, 41, 41), (0, 100, 99)])
def test_progress_never_falls_and_is_not_whole_before_the_end(
    before: int, told: int, after: int
) -> None:
    assert renew(a_running_job(progress=before), 1, NOW, LEASE, told).progress == after


def test_a_finished_job_is_whole() -> None:
    done, event = finish(a_running_job(progress=40), 1, NOW)
    assert (done.state, done.progress) == (JobState.COMPLETED, 100)
    assert (done.lease_expires_at, done.finished_at) == (None, NOW)
    assert event.kind is EventKind.COMPLETED


def test_a_retryable_error_queues_the_job_again_without_losing_its_progress() -> None:
    after, event = fail_attempt(a_running_job(progress=40), 1, BUSY, NOW)
    assert (after.state, after.progress, after.faults) == (JobState.QUEUED, 40, 1)
    assert (event.kind, event.reason) == (EventKind.REQUEUED, "engine_unavailable")


def test_a_retryable_error_fails_the_job_at_its_last_fault() -> None:
    after, event = fail_attempt(a_running_job(faults=4, max_faults=5), 1, BUSY, NOW)
    assert after.state is JobState.FAILED
    assert after.failure == Failure(code="engine_unavailable", message="The engine is busy.")
    assert (event.kind, event.reason) == (EventKind.FAILED, "engine_unavailable")


def test_an_error_that_no_attempt_mends_fails_the_job_at_once() -> None:
    after, event = fail_attempt(a_running_job(), 1, BROKEN, NOW)
    assert (after.state, after.finished_at) == (JobState.FAILED, NOW)
    assert event.reason == "engine_error"


def test_a_job_handed_back_has_no_fault() -> None:
    after, event = requeue(a_running_job(), NOW, "server_stopped")
    assert (after.state, after.faults, after.lease_expires_at) == (JobState.QUEUED, 0, None)
    assert event.reason == "server_stopped"


def test_a_job_whose_lease_is_over_waits_again() -> None:
    after, event = expire_lease(a_running_job(), NOW + LEASE)
    assert (after.state, after.faults) == (JobState.QUEUED, 1)
    assert event.reason == "lease_expired"


def test_a_job_whose_workers_die_again_and_again_fails() -> None:
    after, event = expire_lease(a_running_job(faults=4, max_faults=5), NOW + LEASE)
    assert after.state is JobState.FAILED
    assert event.reason == "crashed_repeatedly"


def test_a_lease_that_still_runs_is_respected() -> None:
    with pytest.raises(LeaseLost):
        expire_lease(a_running_job(), NOW + LEASE - timedelta(microseconds=1))


def test_cancelling_a_waiting_job_fails_it_at_once() -> None:
    after, event = request_cancel(a_job(), NOW)
    assert after.state is JobState.FAILED
    assert event is not None
    assert event.reason == "cancelled"


def test_cancelling_a_running_job_marks_it_once() -> None:
    marked, event = request_cancel(a_running_job(), NOW)
    assert event is None
    assert marked == a_running_job(cancel_requested_at=NOW)
    assert request_cancel(marked, NOW + LEASE) == (marked, None)


@pytest.mark.parametrize("error", [BUSY, BROKEN, Cancelled("The video was cancelled.")])
def test_a_cancelled_job_ends_as_cancelled_however_its_attempt_ends(error: MatineeError) -> None:
    marked = a_running_job(cancel_requested_at=NOW)
    for after, event in (
        fail_attempt(marked, 1, error, NOW),
        expire_lease(marked, NOW + LEASE),
        requeue(marked, NOW, "handed_back"),
    ):
        assert after.state is JobState.FAILED
        assert event.reason == "cancelled"


@pytest.mark.parametrize("state", [JobState.COMPLETED, JobState.FAILED])
def test_cancelling_a_job_that_is_over_changes_nothing(state: JobState) -> None:
    assert request_cancel(a_job(state=state), NOW) == (a_job(state=state), None)


MOVES: dict[str, Callable[[Job], object]] = {
    "take": lambda job: take(job, NOW, LEASE),
    "renew": lambda job: renew(job, 1, NOW, LEASE, 5),
    "finish": lambda job: finish(job, 1, NOW),
    "fail_attempt": lambda job: fail_attempt(job, 1, BUSY, NOW),
    "requeue": lambda job: requeue(job, NOW, "handed_back"),
    "fail": lambda job: fail(job, BROKEN, NOW),
    "expire_lease": lambda job: expire_lease(job, NOW + LEASE),
}
ALLOWED = {
    JobState.QUEUED: {"take", "fail"},
    JobState.IN_PROGRESS: set(MOVES) - {"take"},
    JobState.COMPLETED: set[str](),
    JobState.FAILED: set[str](),
}


@pytest.mark.parametrize("state", JobState)
@pytest.mark.parametrize("move", MOVES)
def test_a_job_moves_only_where_its_state_lets_it(state: JobState, move: str) -> None:
    job = a_job(state=state, attempt=1)
    if move in ALLOWED[state]:
        MOVES[move](job)
    else:
        with pytest.raises(LeaseLost):
            MOVES[move](job)


@pytest.mark.parametrize("move", ["renew", "finish", "fail_attempt"])
@pytest.mark.parametrize("attempt", [0, 2])
def test_an_attempt_that_does_not_hold_the_job_moves_nothing(move: str, attempt: int) -> None:
    with pytest.raises(LeaseLost):
        MOVES[move](a_running_job(attempt=attempt))


ATTEMPTS = st.integers(0, 6)
STEPS = st.one_of(
    st.just(lambda job, now: take(job, now, LEASE)),
    st.builds(
        lambda attempt, progress: lambda job, now: renew(job, attempt, now, LEASE, progress),
        ATTEMPTS,
        st.integers(-5, 150),
    ),
    st.builds(lambda attempt: lambda job, now: finish(job, attempt, now), ATTEMPTS),
    st.builds(
        lambda attempt, error: lambda job, now: fail_attempt(job, attempt, error, now),
        ATTEMPTS,
        st.sampled_from([BUSY, BROKEN, EngineCrashed("The engine died.")]),
    ),
    st.just(lambda job, now: requeue(job, now, "handed_back")),
    st.just(expire_lease),
    st.just(request_cancel),
)


def follow(steps: list[tuple[Step, int]]) -> tuple[list[Job], list[Event]]:
    """Every state of a job that goes through `steps`, each some seconds after the last."""
    jobs, events, now = [a_job(max_faults=3)], list[Event](), NOW
    for step, seconds in steps:
        now += timedelta(seconds=seconds)
        with contextlib.suppress(LeaseLost):
            moved = step(jobs[-1], now)
            job, event = moved if isinstance(moved, tuple) else (moved, None)
            jobs.append(job)
            events += [event] if event else []
    return jobs, events


@given(st.lists(st.tuples(STEPS, st.integers(0, 20)), max_size=40))
def test_whatever_happens_a_job_goes_forward_and_ends_once(steps: list[tuple[Step, int]]) -> None:
    jobs, events = follow(steps)
    for before, after in itertools.pairwise(jobs):
        assert after.progress >= before.progress
        assert after.attempt - before.attempt == (
            before.state is JobState.QUEUED and after.state is JobState.IN_PROGRESS
        )
        assert after.faults - before.faults in (0, 1)
        assert after == before or not before.state.is_final
    for job in jobs:
        assert (job.progress == 100) is (job.state is JobState.COMPLETED)
        assert (job.finished_at is not None) is job.state.is_final
        assert (job.failure is not None) is (job.state is JobState.FAILED)
        assert (job.lease_expires_at is not None) is (job.state is JobState.IN_PROGRESS)
    assert [event.kind.is_final for event in events].count(True) == jobs[-1].state.is_final
    assert all(not event.kind.is_final for event in events[:-1])
