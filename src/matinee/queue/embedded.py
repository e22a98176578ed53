"""Delivery inside one process: the order is in memory, and the rows rebuild it at a start."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable

from matinee.core.ids import VideoId
from matinee.core.job import Job, JobState
from matinee.ports.queue import at_once
from matinee.ports.store import Transaction

logger = logging.getLogger(__name__)


class _Line:
    """The videos that wait for one engine, smallest priority first, then in order of delivery.

    Deliveries are promised by the thread that writes, and arrive on the event loop in the same
    order, but for those whose transactions failed.
    """

    def __init__(self) -> None:
        self._videos: asyncio.PriorityQueue[tuple[int, int, VideoId]] = asyncio.PriorityQueue()
        self._waiting: set[VideoId] = set()
        self._numbers = itertools.count()
        self._delayed = 0
        self._promised = self._arrived = self._broken = 0

    def __len__(self) -> int:
        return self._videos.qsize() + self._delayed

    @property
    def promised(self) -> int:
        """How many deliveries were promised so far."""
        return self._promised

    @property
    def under_way(self) -> int:
        """How many deliveries were promised and will arrive, for all that is known."""
        return self._promised - self._arrived - self._broken

    def promise(self) -> None:
        """Note that a delivery will arrive."""
        self._promised += 1

    def count_broken(self, promised: int) -> None:
        """Note that of the first `promised` deliveries no more will arrive."""
        self._broken = promised - self._arrived

    def arrive(self, priority: int, video_id: VideoId, delay_s: float) -> None:
        self._put(priority, video_id, delay_s)
        # Last: whoever counts meanwhile counts it twice rather than not at all.
        self._arrived += 1

    def _put(self, priority: int, video_id: VideoId, delay_s: float) -> None:
        if video_id in self._waiting:
            return
        self._waiting.add(video_id)
        item = (priority, next(self._numbers), video_id)
        if delay_s <= 0:
            self._videos.put_nowait(item)
            return
        self._delayed += 1
        asyncio.get_running_loop().call_later(delay_s, self._come_due, item)

    def _come_due(self, item: tuple[int, int, VideoId]) -> None:
        self._delayed -= 1
        self._videos.put_nowait(item)

    async def take(self) -> VideoId:
        _, _, video_id = await self._videos.get()
        self._waiting.discard(video_id)
        return video_id


class EmbeddedQueue:
    """The `JobQueue` of a server that owns its rows alone. It belongs to one event loop."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}

    def deliver(self, transaction: Transaction, job: Job, *, delay_s: float = 0.0) -> None:
        """Deliver the waiting `job` when `transaction` commits, and not if it does not."""
        line = self._line(job.engine)
        line.promise()
        transaction.after_commit(lambda: line.arrive(job.priority, job.video_id, delay_s))

    def redeliver(self, transaction: Transaction, engine: str) -> int:
        """Deliver every waiting video of `engine` that no delivery speaks of; how many.

        Those of whom a failed transaction spoke are seen at the second time.
        """
        line = self._line(engine)
        promised = line.promised
        transaction.after_commit(lambda: line.count_broken(promised))
        # To read the whole line takes long, so what this very commit delivers must not look lost.
        if transaction.count_waiting(engine) <= line.under_way + len(line):
            return 0
        forgotten = [
            video.job
            for video in transaction.unfinished()
            if video.job.state is JobState.QUEUED and video.job.engine == engine
        ]
        for job in forgotten:
            # One that is delivered already stays where it is in the line.
            self.deliver(transaction, job)
        return len(forgotten)

    async def serve(
        self,
        engine: str,
        slots: int,
        handler: Callable[[VideoId], Awaitable[None]],
        ready: Callable[[], Awaitable[None]] = at_once,
    ) -> None:
        """Hand videos of `engine` to `handler`, smallest priority first, `slots` at a time."""
        line = self._line(engine)
        free = asyncio.Semaphore(slots)
        running: set[asyncio.Task[None]] = set()

        def finished(task: asyncio.Task[None]) -> None:
            running.discard(task)
            free.release()
            if not task.cancelled() and (error := task.exception()) is not None:
                logger.error("handler failed", exc_info=error, extra={"video_id": task.get_name()})

        try:
            while True:
                await free.acquire()
                await ready()
                video_id = await line.take()
                task = asyncio.create_task(_handle(handler, video_id), name=video_id)
                running.add(task)
                task.add_done_callback(finished)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    def waiting(self, engine: str) -> int:
        """How many videos wait for `engine`, those among them whose delay still runs."""
        return len(self._line(engine))

    def _line(self, engine: str) -> _Line:
        return self._lines.setdefault(engine, _Line())


async def _handle(handler: Callable[[VideoId], Awaitable[None]], video_id: VideoId) -> None:
    await handler(video_id)
