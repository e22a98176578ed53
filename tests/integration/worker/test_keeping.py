"""A running attempt hears at once that nobody wants its film, without asking again and again."""

from __future__ import annotations

import asyncio

from matinee.core.ids import VideoId
from matinee.core.job import JobState, requeue
from matinee.ports.store import Transaction
from tests.integration.worker.workshop import Workshop

NEVER_S = 3600.0
"""Nothing is written or looked at by itself in the time of a test."""


async def begun(workshop: Workshop) -> tuple[asyncio.Task[None], VideoId]:
    """An attempt that runs and only hears what it is told."""
    workshop.pace_s = NEVER_S
    workshop.restart()
    video_id = await workshop.accept()
    attempt = asyncio.create_task(workshop.attempts.run(video_id))
    await workshop.engine.begun.wait()
    return attempt, video_id


async def test_a_wish_to_cancel_is_heard_at_once(workshop: Workshop) -> None:
    attempt, video_id = await begun(workshop)
    await workshop.cancel(video_id)
    await attempt
    job = (await workshop.video(video_id)).job
    assert job.failure is not None
    assert (job.failure.code, workshop.engine.cancelled) == ("cancelled", 1)


async def test_a_wish_to_cancel_that_nobody_heard_of_is_found_after_a_gap(
    workshop: Workshop,
) -> None:
    attempt, video_id = await begun(workshop)
    deaf = workshop.announcements
    workshop.announcements = type(deaf)()
    await workshop.cancel(video_id)
    deaf.publish_gap()
    await attempt
    assert (await workshop.video(video_id)).job.state is JobState.FAILED


async def test_a_wish_to_cancel_that_nobody_heard_of_is_found_when_the_lease_is_renewed(
    workshop: Workshop,
) -> None:
    video_id = await workshop.accept()
    attempt = asyncio.create_task(workshop.attempts.run(video_id))
    await workshop.engine.begun.wait()
    workshop.announcements.close()
    workshop.announcements = type(workshop.announcements)()
    await workshop.cancel(video_id)
    await attempt
    assert (await workshop.video(video_id)).job.state is JobState.FAILED


async def test_an_attempt_stops_whose_video_another_took_up(workshop: Workshop) -> None:
    attempt, video_id = await begun(workshop)

    def take_up(transaction: Transaction) -> None:
        (video,) = transaction.unfinished()
        waiting, _ = requeue(video.job, workshop.clock.now(), "lease_expired")
        transaction.save_job(video.job, waiting)

    await workshop.store.write(take_up)
    workshop.announcements.publish_gap()
    await attempt
    assert (workshop.engine.cancelled, len(await workshop.tried(video_id))) == (1, 1)
