"""Recovery at start, serving, and the sweep."""

from __future__ import annotations

import asyncio
import contextlib

from matinee.core.event import EventKind
from matinee.core.ids import VideoId
from matinee.core.job import JobState, checkpoint, intend, take
from matinee.ports.engine import Submission
from matinee.ports.store import Transaction
from tests.integration.worker.workshop import LEASE, Workshop


async def held_by_a_dead_worker(workshop: Workshop, video_id: VideoId) -> None:
    def hold(transaction: Transaction) -> None:
        video = transaction.video(video_id)
        assert video is not None
        transaction.save_job(video.job, take(video.job, workshop.clock.now(), LEASE)[0])

    await workshop.store.write(hold)


async def test_a_restarted_server_finishes_what_the_dead_one_left(workshop: Workshop) -> None:
    left, waiting = await workshop.accept(), await workshop.accept()
    await held_by_a_dead_worker(workshop, left)
    workshop.engine.may_end.set()
    assert await workshop.supervisor.recover() == 2
    serving = asyncio.create_task(workshop.supervisor.run())
    for video_id in (left, waiting):
        await workshop.until(video_id, lambda video: video.job.state is JobState.COMPLETED)
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving
    assert (EventKind.REQUEUED, "server_restarted") in await workshop.happened(left)
    assert (await workshop.video(left)).job.faults == 0


async def test_what_a_dead_worker_submitted_is_abandoned_if_nobody_wants_it(
    workshop: Workshop,
) -> None:
    video_id = await workshop.accept()
    await held_by_a_dead_worker(workshop, video_id)

    def submit(transaction: Transaction) -> None:
        video = transaction.video(video_id)
        assert video is not None
        submitted = checkpoint(intend(video.job, 1, "key-1"), 1, "upstream-7")
        transaction.save_job(video.job, submitted)

    await workshop.store.write(submit)
    await workshop.supervisor.recover()
    await workshop.delete(video_id)
    await workshop.desk.farewells.tell()
    standing = Submission(submit_key="key-1", upstream_id="upstream-7")
    assert workshop.engine.abandoned == [(standing, "")]


async def test_the_sweep_leaves_a_running_lease_alone(workshop: Workshop) -> None:
    video_id = await workshop.accept()
    await held_by_a_dead_worker(workshop, video_id)
    workshop.clock.move(LEASE.total_seconds() - 1)
    assert await workshop.sweep.sweep() == 0


async def test_the_sweep_takes_up_a_video_whose_lease_ran_out(workshop: Workshop) -> None:
    video_id = await workshop.accept()
    await held_by_a_dead_worker(workshop, video_id)
    workshop.clock.move(LEASE.total_seconds() + 1)
    assert await workshop.sweep.sweep() == 1
    job = (await workshop.video(video_id)).job
    assert (job.state, job.faults) == (JobState.QUEUED, 1)
    assert workshop.queue.waiting("animatic") == 1


async def test_the_sweep_ends_a_video_whose_attempts_all_died(workshop: Workshop) -> None:
    video_id = await workshop.accept(max_faults=1)
    await held_by_a_dead_worker(workshop, video_id)
    workshop.clock.move(LEASE.total_seconds() + 1)
    await workshop.sweep.sweep()
    failure = (await workshop.video(video_id)).job.failure
    assert failure is not None
    assert failure.code == "crashed_repeatedly"


async def test_a_stopped_supervisor_leaves_no_video_in_progress(workshop: Workshop) -> None:
    video_id = await workshop.accept()
    serving = asyncio.create_task(workshop.supervisor.run())
    await workshop.engine.begun.wait()
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving
    assert (await workshop.video(video_id)).job.state is JobState.QUEUED


async def test_the_sweep_delivers_a_waiting_video_that_no_delivery_speaks_of(
    workshop: Workshop,
) -> None:
    video_id = await workshop.accept()
    taken = asyncio.Event()

    async def lose(_: VideoId) -> None:
        taken.set()

    losing = asyncio.create_task(workshop.queue.serve("animatic", 1, lose))
    await taken.wait()
    losing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await losing
    assert workshop.queue.waiting("animatic") == 0
    assert await workshop.sweep.sweep() == 1
    workshop.engine.may_end.set()
    serving = asyncio.create_task(workshop.supervisor.run())
    await workshop.until(video_id, lambda video: video.job.state is JobState.COMPLETED)
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving
