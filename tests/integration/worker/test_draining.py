"""A process that is told to end begins nothing more, and leaves what it can't finish to others."""

from __future__ import annotations

import asyncio
import contextlib

from matinee.core.job import JobState
from tests.integration.worker.workshop import Workshop

LONG_S = 3600.0


async def serving(workshop: Workshop) -> asyncio.Task[None]:
    return asyncio.create_task(workshop.supervisor.run())


async def end(serving: asyncio.Task[None]) -> None:
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving


async def test_a_film_that_ends_in_time_is_finished(workshop: Workshop) -> None:
    video_id = await workshop.accept()
    work = await serving(workshop)
    await workshop.engine.begun.wait()
    draining = asyncio.create_task(workshop.supervisor.drain(LONG_S))
    workshop.engine.may_end.set()
    await draining
    assert (await workshop.video(video_id)).job.state is JobState.COMPLETED
    await end(work)


async def test_a_film_that_does_not_is_handed_back_without_a_fault(workshop: Workshop) -> None:
    video_id = await workshop.accept()
    work = await serving(workshop)
    await workshop.engine.begun.wait()
    await workshop.supervisor.drain(0.01)
    await end(work)
    job = (await workshop.video(video_id)).job
    assert (job.state, job.faults) == (JobState.QUEUED, 0)


async def test_what_an_upstream_makes_is_handed_back_at_once_with_its_submission(
    workshop: Workshop,
) -> None:
    workshop.engine.checkpoint = "upstream-7"
    video_id = await workshop.accept()
    work = await serving(workshop)
    await workshop.engine.begun.wait()
    await workshop.supervisor.drain(LONG_S)
    job = (await workshop.video(video_id)).job
    assert (job.state, job.upstream_id) == (JobState.QUEUED, "upstream-7")
    assert workshop.engine.abandoned == []
    await end(work)


async def test_nothing_is_begun_any_more(workshop: Workshop) -> None:
    workshop.supervisor.begin_no_more()
    work = await serving(workshop)
    video_id = await workshop.accept()
    await workshop.attempts.run(video_id, engine="animatic")
    assert (await workshop.video(video_id)).job.state is JobState.QUEUED
    assert workshop.queue.waiting("animatic") == 1
    await end(work)
