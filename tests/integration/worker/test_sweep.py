"""What got lost is taken up, by whichever process sweeps; not what could not be renewed."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from matinee.core.attempt import LEASE_EXPIRED, Attempt
from matinee.core.errors import ServiceUnavailable
from matinee.core.ids import VideoId
from matinee.core.job import JobState, take
from matinee.ports.store import Transaction
from matinee.worker.sweep import Sweep
from tests.integration.worker.workshop import LEASE, Workshop

BETWEEN_LOOKS_S = 5.0


def a_sweep(workshop: Workshop, holder: str | None = None, *, trusts_at_once: bool = True) -> Sweep:
    """The sweep of another process, which has no engines. With a name it sweeps in turn."""
    return Sweep(
        workshop.ports,
        (),
        is_running=lambda _: False,
        lease=LEASE,
        trusts_at_once=trusts_at_once,
        holder=holder,
    )


async def held_by_a_dead_worker(workshop: Workshop, engine: str = "animatic") -> VideoId:
    video_id = await workshop.accept(engine=engine)

    def hold(transaction: Transaction) -> None:
        video = transaction.video(video_id)
        assert video is not None
        now = workshop.clock.now()
        job, _ = take(video.job, now, LEASE)
        transaction.save_job(video.job, job)
        transaction.attempts.add(
            Attempt(
                video_id=video_id,
                number=job.attempt,
                engine=engine,
                film_seconds=4,
                started_at=now,
            )
        )

    await workshop.store.write(hold)
    workshop.clock.move(LEASE.total_seconds() + 1)
    return video_id


async def state_of(workshop: Workshop, video_id: VideoId) -> JobState:
    return (await workshop.video(video_id)).job.state


async def test_a_process_without_workers_takes_up_the_videos_of_every_engine(
    workshop: Workshop,
) -> None:
    video_id = await held_by_a_dead_worker(workshop, "an engine of others")
    assert await a_sweep(workshop).sweep() == 1
    assert await state_of(workshop, video_id) is JobState.QUEUED
    assert workshop.queue.waiting("an engine of others") == 1


async def test_the_log_says_whose_worker_was_not_heard_of(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    video_id = await held_by_a_dead_worker(workshop)
    await a_sweep(workshop).sweep()
    (record,) = caplog.records
    assert (record.levelname, record.getMessage()) == ("WARNING", "worker was not heard of")
    assert (vars(record)["video_id"], vars(record)["attempt"]) == (video_id, 1)


async def test_an_attempt_says_when_its_worker_was_last_heard_of(workshop: Workshop) -> None:
    heard_at = workshop.clock.now()
    video_id = await held_by_a_dead_worker(workshop)
    await a_sweep(workshop).sweep()
    (attempt,) = await workshop.store.attempts.of_video(video_id)
    assert attempt.outcome == LEASE_EXPIRED
    assert attempt.message is not None
    assert f"{heard_at:%Y-%m-%dT%H:%M:%S}" in attempt.message


async def test_sweeps_at_the_same_time_count_one_fault(workshop: Workshop) -> None:
    video_id = await held_by_a_dead_worker(workshop)
    await asyncio.gather(*(a_sweep(workshop).sweep() for _ in range(3)))
    assert (await workshop.video(video_id)).job.faults == 1


async def test_a_process_that_has_just_begun_calls_no_lease_expired(workshop: Workshop) -> None:
    video_id = await held_by_a_dead_worker(workshop)
    await a_sweep(workshop, trusts_at_once=False).sweep()
    assert await state_of(workshop, video_id) is JobState.IN_PROGRESS


async def test_after_an_outage_workers_have_the_time_of_a_lease_to_renew(
    workshop: Workshop,
) -> None:
    video_id = await held_by_a_dead_worker(workshop)
    sweep = a_sweep(workshop)
    workshop.store.refusals = [ServiceUnavailable("away")]
    with contextlib.suppress(ServiceUnavailable):
        await sweep.sweep()
    await sweep.sweep()
    assert await state_of(workshop, video_id) is JobState.IN_PROGRESS


async def test_what_one_process_does_not_live_to_sweep_another_does_at_its_next_look(
    workshop: Workshop,
) -> None:
    await a_sweep(workshop, "one").sweep()
    # So long ago that it is overdue at the moment of that sweep.
    workshop.clock.move(-LEASE.total_seconds() - 1)
    video_id = await held_by_a_dead_worker(workshop)
    other = a_sweep(workshop, "other")
    assert await other.sweep() == 0
    workshop.clock.move(BETWEEN_LOOKS_S)
    assert await other.sweep() == 1
    assert await state_of(workshop, video_id) is JobState.QUEUED


async def test_a_process_that_has_just_begun_leaves_the_turn_to_others(workshop: Workshop) -> None:
    video_id = await held_by_a_dead_worker(workshop)
    await a_sweep(workshop, "new", trusts_at_once=False).sweep()
    assert await a_sweep(workshop, "old").sweep() == 1
    assert await state_of(workshop, video_id) is JobState.QUEUED


async def test_an_outage_counts_also_for_a_process_that_had_no_turn(workshop: Workshop) -> None:
    video_id = await held_by_a_dead_worker(workshop)
    sweep = a_sweep(workshop, "one")
    workshop.store.refusals = [ServiceUnavailable("away")]
    with contextlib.suppress(ServiceUnavailable):
        await sweep.sweep()
    await sweep.sweep()
    assert await state_of(workshop, video_id) is JobState.IN_PROGRESS
