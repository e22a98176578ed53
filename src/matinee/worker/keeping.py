"""Keeps the right to a video while an attempt works on it, and hears when it is to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import NoReturn

from matinee.core.errors import Cancelled, LeaseLost, ServiceUnavailable, StorageFull
from matinee.core.job import Job, JobState
from matinee.core.video import Video
from matinee.ports.events import Change
from matinee.worker.course import Course
from matinee.worker.ledger import Ledger
from matinee.worker.ports import WorkerPorts

logger = logging.getLogger(__name__)

PACE_S = 0.5
"""So much lies between two writes of progress at the least."""

PATIENCE_S = 600.0
"""So long an attempt that came to something waits for a database or a blob store that is away."""

_SHARE = 3
"""A lease is renewed when so many parts of it have passed of which each is as long."""


class Keeper:
    """Renews leases, writes progress, and listens for wishes to cancel."""

    def __init__(self, ports: WorkerPorts, ledger: Ledger, *, pace_s: float = PACE_S) -> None:
        self._ports = ports
        self._ledger = ledger
        self._pace_s = pace_s

    async def keep(self, video: Video, course: Course) -> NoReturn:
        """Renew the lease and write the progress of `course` for ever.

        Raises LeaseLost when the video is not this attempt's any more, and Cancelled when its owner
        does not want it.
        """
        lease_s = self._ledger.lease.total_seconds()
        due_s, pause_s = time.monotonic() + lease_s / _SHARE, self._pace_s
        while True:
            await asyncio.sleep(pause_s)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(due_s - time.monotonic()):
                    await course.moved.wait()
            course.moved.clear()
            began_s = time.monotonic()
            try:
                _check(video, await self._ledger.renew(video, course.progress))
                due_s, pause_s = began_s + lease_s / _SHARE, self._pace_s
            except (ServiceUnavailable, StorageFull) as error:
                # Work is not thrown away for that: the lease outlives a short while, and if it
                # does not, whoever took the video up meanwhile shows in its attempt number.
                fields = {"video_id": video.id, "why": str(error)}
                logger.log(error.log_level, "lease not renewed", extra=fields)
                due_s, pause_s = began_s, max(self._pace_s, lease_s / 10)

    async def listen(self, video: Video) -> NoReturn:
        """Look at the video whenever somebody says that it may not be wanted any more.

        Raises as `keep` does.
        """
        with self._ports.announcements.watch(video.id) as changes:
            await self._look(video)
            async for change in changes:
                if change is None or not _goes_on(change):
                    await self._look(video)
        # Nobody announces anything any more: from here on each renewal looks.
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    async def _look(self, video: Video) -> None:
        try:
            current = await self._ports.store.video(video.id)
        except ServiceUnavailable as error:
            # The next renewal looks, too.
            fields = {"video_id": video.id, "why": str(error)}
            logger.log(error.log_level, "video not looked at", extra=fields)
            return
        _check(video, current.job if current is not None else None)


def _goes_on(change: Change) -> bool:
    return change.is_wanted and not change.is_gone and change.state is JobState.IN_PROGRESS


def _check(video: Video, job: Job | None) -> None:
    """Raise unless `job`, as it stands, is still this attempt's and wanted."""
    if job is None or job.state is not JobState.IN_PROGRESS or job.attempt != video.job.attempt:
        raise LeaseLost(f"Video {video.id} is not held by this attempt any more.")
    if job.cancel_requested_at is not None:
        raise Cancelled("The video was cancelled.")
