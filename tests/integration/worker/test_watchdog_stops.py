"""An attempt stops when the longest time of its video is over."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from matinee.core.event import EventKind
from matinee.core.job import JobState
from matinee.services.ports import Ports
from matinee.services.watchdog import Watchdog
from tests.integration.worker.workshop import Workshop


async def test_an_attempt_stops_when_its_video_is_failed_by_the_watchdog(
    workshop: Workshop,
) -> None:
    ports = Ports(
        store=workshop.store,
        blobs=workshop.blobs,
        queue=workshop.queue,
        announcements=workshop.announcements,
        clock=workshop.clock,
        identities=workshop.identities,
    )
    video_id = await workshop.accept()
    attempt = asyncio.create_task(workshop.attempts.run(video_id))
    await workshop.engine.begun.wait()
    workshop.clock.move(3601)
    assert await Watchdog(ports, longest=timedelta(hours=1)).sweep() == 1
    await attempt
    video = await workshop.video(video_id)
    assert workshop.engine.cancelled == 1
    assert video.job.state is JobState.FAILED
    assert (await workshop.happened(video_id))[-1] == (EventKind.FAILED, "timed_out")
    assert await workshop.tried(video_id) == [("animatic", "timed_out")]
