"""The durable work behind one video, and the one table that says who may move it where.

Every function is pure: a job and a fact go in, the job afterwards and the event come out. The
store writes both in one transaction, and only if the row still holds the attempt it was read with.

    queued ──take──► in_progress ──finish──► completed
      ▲                  │
      └────requeue───────┤
      └──cancel──► failed◄┘ fail
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from matinee.core.errors import Cancelled, CrashedRepeatedly, LeaseLost, MatineeError
from matinee.core.event import Event, EventKind
from matinee.core.ids import VideoId


class JobState(StrEnum):
    """Where a job stands; the four words every dialect's status comes from."""

    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """Whether the job is over."""
        return self in (JobState.COMPLETED, JobState.FAILED)


_MOVES: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.IN_PROGRESS, JobState.FAILED}),
    JobState.IN_PROGRESS: frozenset({JobState.QUEUED, JobState.COMPLETED, JobState.FAILED}),
    JobState.COMPLETED: frozenset(),
    JobState.FAILED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a job failed: an error's code and its message, safe to show a client."""

    code: str
    message: str

    @classmethod
    def of(cls, error: MatineeError) -> Failure:
        """The failure that `error` leaves behind."""
        return cls(code=error.code, message=str(error))


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The durable work behind one video.

    `attempt` is the fencing token: it rises with every take, and whoever writes names it.
    `progress` is a percentage that never falls and is 100 only when the film can be fetched.
    """

    video_id: VideoId
    engine: str
    model: str = ""
    """What the engine calls the model that it is to use; empty where it has only one."""

    state: JobState = JobState.QUEUED
    priority: int = 0
    """Smaller goes first."""

    progress: int = 0
    attempt: int = 0
    faults: int = 0
    """How many attempts ended by a fault. A server that was stopped is no fault of the job."""

    max_faults: int = 5
    lease_expires_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    cancel_requested_at: datetime | None = None
    submit_key: str | None = None
    """Committed before a submission to an upstream is sent, so that it is never sent twice blindly.
    While it stands, the video belongs to that upstream and to no other engine."""

    upstream_id: str | None = None
    failure: Failure | None = None


def take(job: Job, now: datetime, lease: timedelta) -> tuple[Job, Event]:
    """`job` in the hands of a worker until `now + lease`, with a new attempt number.

    Raises LeaseLost if it is not waiting.
    """
    if job.state is not JobState.QUEUED:
        raise LeaseLost(f"Video {job.video_id} is {job.state}, not waiting.")
    taken = _move(
        job,
        JobState.IN_PROGRESS,
        attempt=job.attempt + 1,
        lease_expires_at=now + lease,
        started_at=job.started_at or now,
    )
    return taken, _event(taken, EventKind.STARTED, now)


def renew(job: Job, attempt: int, now: datetime, lease: timedelta, progress: int) -> Job:
    """`job` with its lease prolonged and its progress risen to `progress`, 99 at most.

    Raises LeaseLost if `attempt` does not hold it any more.
    """
    _hold(job, attempt)
    return replace(
        job,
        lease_expires_at=now + lease,
        progress=max(job.progress, min(99, progress)),
    )


def intend(job: Job, attempt: int, submit_key: str) -> Job:
    """`job` with the key of the submission that is about to be sent for it.

    Raises LeaseLost if `attempt` does not hold it any more.
    """
    _hold(job, attempt)
    return replace(job, submit_key=submit_key, upstream_id=None)


def checkpoint(job: Job, attempt: int, upstream_id: str) -> Job:
    """`job` with the upstream's id of its work, where a later attempt resumes.

    Raises LeaseLost if `attempt` does not hold it any more.
    """
    _hold(job, attempt)
    return replace(job, upstream_id=upstream_id)


def withdraw(job: Job, attempt: int) -> Job:
    """`job` without a submission: the upstream surely makes nothing of it any more.

    Raises LeaseLost if `attempt` does not hold it any more.
    """
    _hold(job, attempt)
    return replace(job, submit_key=None, upstream_id=None)


def reroute(job: Job, engine: str, model: str) -> Job:
    """`job`, which waits, in the line of another engine.

    Raises LeaseLost if it does not wait, or if an upstream may still make something of it.
    """
    if job.state is not JobState.QUEUED or job.submit_key is not None:
        raise LeaseLost(f"Video {job.video_id} can't be given to another engine now.")
    return replace(job, engine=engine, model=model)


def finish(job: Job, attempt: int, now: datetime) -> tuple[Job, Event]:
    """`job` completed by `attempt`. Raises LeaseLost if another one holds it."""
    _hold(job, attempt)
    done = _move(
        job,
        JobState.COMPLETED,
        progress=100,
        lease_expires_at=None,
        finished_at=now,
    )
    return done, _event(done, EventKind.COMPLETED, now)


def fail_attempt(
    job: Job, attempt: int, error: MatineeError, now: datetime, *, is_over: bool | None = None
) -> tuple[Job, Event]:
    """What becomes of `job` when its attempt ends in `error`.

    Queued again or failed, as `is_over` says; if it says nothing, queued again while the error is
    retryable and faults are left to it. Raises LeaseLost if another attempt holds it.
    """
    _hold(job, attempt)
    faulted = replace(job, faults=job.faults + 1)
    if job.cancel_requested_at is not None:
        return fail(faulted, Cancelled("The video was cancelled."), now)
    if is_over is None:
        is_over = not error.retryable or faulted.faults >= job.max_faults
    if not is_over:
        return requeue(faulted, now, error.code)
    return fail(faulted, error, now)


def requeue(job: Job, now: datetime, reason: str) -> tuple[Job, Event]:
    """`job` waiting again: its worker handed it back, died, or may succeed another time.

    Its progress stays what it was: a client never sees it fall. One whose owner does not want it
    any more has failed: nobody else takes it up.
    """
    if job.cancel_requested_at is not None:
        return fail(job, Cancelled("The video was cancelled."), now)
    waiting = _move(job, JobState.QUEUED, lease_expires_at=None)
    return waiting, _event(waiting, EventKind.REQUEUED, now, reason)


def fail(job: Job, error: MatineeError, now: datetime) -> tuple[Job, Event]:
    """`job` failed for good, for the reason that `error` gives."""
    failed = _move(
        job,
        JobState.FAILED,
        lease_expires_at=None,
        finished_at=now,
        failure=Failure.of(error),
    )
    return failed, _event(failed, EventKind.FAILED, now, error.code)


def expire_lease(job: Job, now: datetime) -> tuple[Job, Event]:
    """What becomes of a `job` whose worker has not been heard of for its whole lease.

    Queued again while faults are left to it. Raises LeaseLost if the lease still runs.
    """
    if job.state is not JobState.IN_PROGRESS or not _lease_is_over(job, now):
        raise LeaseLost(f"Video {job.video_id} is in good hands.")
    faulted = replace(job, faults=job.faults + 1)
    if job.cancel_requested_at is not None:
        return fail(faulted, Cancelled("The video was cancelled."), now)
    if faulted.faults >= job.max_faults:
        message = f"The last of {faulted.faults} faulty attempts ended without a word."
        return fail(faulted, CrashedRepeatedly(message), now)
    return requeue(faulted, now, "lease_expired")


def request_cancel(job: Job, now: datetime) -> tuple[Job, Event | None]:
    """`job` with its owner's wish to cancel: failed at once if it waits, marked if it runs."""
    if job.state is JobState.QUEUED:
        return fail(job, Cancelled("The video was cancelled."), now)
    if job.state is JobState.IN_PROGRESS:
        return replace(job, cancel_requested_at=job.cancel_requested_at or now), None
    return job, None


def _lease_is_over(job: Job, now: datetime) -> bool:
    return job.lease_expires_at is None or job.lease_expires_at <= now


def _hold(job: Job, attempt: int) -> None:
    if job.state is not JobState.IN_PROGRESS or job.attempt != attempt:
        raise LeaseLost(f"Video {job.video_id} is not held by attempt {attempt} any more.")


def _move(job: Job, state: JobState, **changes: object) -> Job:
    if state not in _MOVES[job.state]:
        raise LeaseLost(f"Video {job.video_id} is {job.state} and can't become {state}.")
    return replace(job, state=state, **changes)  # type: ignore[arg-type]  # fields named above


def _event(job: Job, kind: EventKind, now: datetime, reason: str | None = None) -> Event:
    return Event(video_id=job.video_id, kind=kind, at=now, attempt=job.attempt, reason=reason)
