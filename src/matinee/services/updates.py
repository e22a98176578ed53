"""What watchers are told, and how they and what they follow are kept awake."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from matinee.core.errors import ServiceUnavailable
from matinee.core.ids import VideoId
from matinee.core.job import JobState
from matinee.core.video import Video

logger = logging.getLogger(__name__)

_PATIENCE_S = 1.0
"""How long a look-out whose store can't be reached waits before it looks again."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Update:
    """What watchers are told of a video. All of them get the same one, equal only to itself."""

    video_id: VideoId
    state: JobState
    progress: int
    sequence: int | None = None
    """The number of the event behind a new state; None for mere progress."""

    video: Video | None = None
    """The whole of it, once its state is final."""

    is_gone: bool = False

    @property
    def is_last(self) -> bool:
        """Whether nothing follows."""
        return self.is_gone or self.state.is_final


class Wakening:
    """Wakes one task, from whatever side there is something to do for it."""

    __slots__ = ("_is_woken", "_waiting")

    def __init__(self) -> None:
        self._is_woken = False
        self._waiting: asyncio.Future[None] | None = None

    def wake(self) -> None:
        """Let `woken` return, now or the next time."""
        self._is_woken = True
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def woken(self) -> None:
        """Wait until somebody has called `wake` since the last time."""
        if not self._is_woken:
            self._waiting = asyncio.get_running_loop().create_future()
            try:
                await self._waiting
            finally:
                self._waiting = None
        self._is_woken = False


class Lookout:
    """Looks into the store whenever something may have changed: one look at a time, and another
    one after it for all that changed meanwhile.
    """

    __slots__ = ("_fail", "_look", "_patience_s", "_task", "is_outdated")

    def __init__(
        self,
        look: Callable[[], Awaitable[None]],
        fail: Callable[[], None],
        *,
        patience_s: float = _PATIENCE_S,
    ) -> None:
        """`fail` is called after a look that met a defect: whoever waits for it waits in vain."""
        self._look = look
        self._fail = fail
        self._patience_s = patience_s
        self._task: asyncio.Task[None] | None = None
        self.is_outdated = False
        """Whether there is a look to come that sees more than the last one."""

    def outdate(self) -> None:
        """Look soon."""
        self.is_outdated = True
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())
            self._task.add_done_callback(self._end)

    def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            while self.is_outdated:
                await self._look_once()
        finally:
            self._task = None

    def _end(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("looking for what to tell watchers met a defect", exc_info=error)
            self._fail()

    async def _look_once(self) -> None:
        self.is_outdated = False
        try:
            await self._look()
        except ServiceUnavailable as error:
            # Watchers stay: told an error, a browser would never ask again.
            logger.log(error.log_level, "can't read what to tell watchers")
            self.is_outdated = True
            await asyncio.sleep(self._patience_s)
