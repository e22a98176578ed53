"""No video stays unfinished for ever."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from matinee.core.errors import Cancelled, MatineeError, TimedOut
from matinee.core.ids import VideoId
from matinee.core.job import Job, JobState, fail
from matinee.ports.events import Change
from matinee.ports.store import Transaction
from matinee.services.ports import Ports

logger = logging.getLogger(__name__)

_AT_ONCE = 100


class Watchdog:
    """Fails videos that were accepted too long ago, whether they wait or are being made.

    A client that was told of a film waits from then on; why it takes so long is not its business.
    """

    def __init__(self, ports: Ports, *, longest: timedelta) -> None:
        """`longest` is the time from acceptance to the end."""
        self._ports = ports
        self._longest = longest

    async def sweep(self) -> int:
        """Fail some of the videos whose time is over; how many. 0 when all is done.

        Their upstreams will be told, and running attempts stop.
        """
        now = self._ports.clock.now()

        def work(transaction: Transaction) -> list[Job]:
            stale = transaction.retention.stale(now - self._longest, _AT_ONCE)
            failed = [self._fail(transaction, video.id, now) for video in stale]
            return [job for job in failed if job is not None]

        failed = await self._ports.store.write(work)
        for job in failed:
            fields = {"video_id": job.video_id, "engine": job.engine, "attempt": job.attempt}
            logger.warning("video was not finished in time", extra=fields)
        return len(failed)

    def _fail(self, transaction: Transaction, video_id: VideoId, now: datetime) -> Job | None:
        """The job as it has failed; None if it ended by itself meanwhile."""
        video = transaction.video(video_id)
        if video is None or video.job.state.is_final:
            return None
        error = self._cause(video.job)
        job, event = fail(video.job, error, now)
        transaction.save_job(video.job, job)
        transaction.add_event(event)
        transaction.attempts.finish(
            video_id, job.attempt, outcome=error.code, message=str(error), now=now
        )
        transaction.crew.abandon(video.job, now)
        ended = replace(Change.of(replace(video, job=job)), is_wanted=False)
        self._ports.announcements.announce(transaction, ended)
        return job

    def _cause(self, job: Job) -> MatineeError:
        if job.cancel_requested_at is not None:
            return Cancelled("The video was cancelled.")
        where = f"it still waited for the engine '{job.engine}'"
        if job.state is JobState.IN_PROGRESS:
            where = f"the engine '{job.engine}' was still at work on it, at {job.progress} percent"
        hours = self._longest.total_seconds() / 3600
        return TimedOut(
            f"The video was not finished within {hours:g} hours, which is the longest that this "
            f"server lets one take: {where}."
        )
