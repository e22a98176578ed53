"""Delivery inside one process: the order is in memory, and the rows rebuild it at a start."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable

from matinee.core.ids import VideoId
from matinee.core.job import Job
from matinee.ports.store import Transaction

logger = logging.getLogger(__name__)


class _Line:
    """The videos that wait for one engine, smallest priority first, then in order of delivery."""

    def __init__(self) -> None:
        self._videos: asyncio.PriorityQueue[tuple[int, int, VideoId]] = asyncio.PriorityQueue()
        self._waiting: set[VideoId] = set()
        self._numbers = itertools.count()
        self._delayed = 0

    def __len__(self) -> int:
        return self._videos.qsize() + self._delayed

    def put(self, priority: int, video_id: VideoId, delay_s: float) -> None:
        if video_id in self._waiting:
            return
        self._waiting.add(video_id)
        item = (priority, next(self._numbers), video_id)
        if delay_s <= 0:
            self._videos.put_nowait(item)
            return
        self._delayed += 1
        asyncio.get_running_loop().call_later(delay_s, self._arrive, item)

    def _arrive(self, item: tuple[int, int, VideoId]) -> None:
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
        transaction.after_commit(lambda: line.put(job.priority, job.video_id, delay_s))

    async def serve(
        self, engine: str, slots: int, handler: Callable[[VideoId], Awaitable[None]]
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
                video_id = await line.take()
                task = asyncio.create_task(_handle(handler, video_id), name=video_id)
                running.add(task)
                task.add_done_callback(finished)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    def waiting(self, engine: str) -> int:
        """About how many videos wait for `engine`."""
        return len(self._line(engine))

    def _line(self, engine: str) -> _Line:
        return self._lines.setdefault(engine, _Line())


async def _handle(handler: Callable[[VideoId], Awaitable[None]], video_id: VideoId) -> None:
    await handler(video_id)
