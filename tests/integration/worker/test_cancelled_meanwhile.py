"""A video whose owner cancels it in the very moment in which its worker lets go of it."""

from __future__ import annotations

from matinee.core.errors import Cancelled
from matinee.core.ids import VideoId
from matinee.core.job import JobState
from matinee.core.video import Video
from tests.integration.worker.workshop import Workshop


async def held_and_cancelled(workshop: Workshop) -> Video:
    video_id = await workshop.accept()
    video = await workshop.desk.ledger.take(video_id, workshop.engine.name)
    assert video is not None
    await workshop.cancel(video_id)
    return video


async def assert_cancelled(workshop: Workshop, video_id: VideoId) -> None:
    job = (await workshop.video(video_id)).job
    assert job.state is JobState.FAILED
    assert job.failure is not None
    assert job.failure.code == Cancelled.code
    attempts = await workshop.store.attempts.of_video(video_id)
    assert [attempt.outcome for attempt in attempts] == [Cancelled.code]


async def test_a_cancelled_video_that_is_handed_back_is_over(workshop: Workshop) -> None:
    video = await held_and_cancelled(workshop)
    waiting = workshop.queue.waiting(workshop.engine.name)
    await workshop.desk.ledger.hand_back(video)
    await assert_cancelled(workshop, video.id)
    assert workshop.queue.waiting(workshop.engine.name) == waiting


async def test_a_server_that_starts_again_does_not_go_on_with_a_cancelled_video(
    workshop: Workshop,
) -> None:
    video = await held_and_cancelled(workshop)
    await workshop.supervisor.recover()
    await assert_cancelled(workshop, video.id)
