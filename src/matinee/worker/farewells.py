"""Tells upstreams what nobody wants any more, until they know or it is too late."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from datetime import timedelta

from matinee.core.errors import EngineUnavailable, MatineeError
from matinee.ports.crew import Abandoned
from matinee.ports.engine import Engine
from matinee.worker.ports import WorkerPorts

logger = logging.getLogger(__name__)

_EVERY_S = 2.0
_MOST_AT_ONCE = 20
_TELL_S = 60.0
"""An engine that takes longer to tell its upstream has not told it."""

_FIRST_PAUSE_S = 2 * _TELL_S
"""After a try, twice as long after each further one. A worker that died in a try may have told."""

_MOST_TRIES = 6
_KEPT = timedelta(days=7)
"""So long it is remembered what an engine is to tell that is not there."""


class Farewells:
    """Does so for the engines of one process; others may do so for the same ones."""

    def __init__(self, ports: WorkerPorts, engines: Mapping[str, Engine]) -> None:
        self._ports = ports
        self._engines = engines
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look at once: something was abandoned."""
        self._woken.set()

    async def run(self) -> None:
        """Tell for ever, until cancelled."""
        while True:
            self._woken.clear()
            try:
                await self.tell()
            except MatineeError as error:
                # The database is away or its disk is full: the next look tries again.
                logger.log(error.log_level, "upstreams not told", extra={"code": error.code})
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_EVERY_S):
                    await self._woken.wait()

    async def tell(self) -> int:
        """Tell upstreams what they are to be told by now; how much that was."""
        store, now = self._ports.store, self._ports.clock.now()
        due = await store.crew.abandoned(list(self._engines), now, _MOST_AT_ONCE)
        await asyncio.gather(*(self._tell(each) for each in due))
        return len(due)

    async def forget(self) -> int:
        """Give up what waits for engines that nobody has any more; how much that was."""
        before = self._ports.clock.now() - _KEPT
        return await self._ports.store.write(
            lambda transaction: transaction.crew.forget_abandoned(before)
        )

    async def _tell(self, abandoned: Abandoned) -> None:
        pause = timedelta(seconds=_FIRST_PAUSE_S * 2**abandoned.tries)
        until = self._ports.clock.now() + pause
        if not await self._ports.store.write(
            lambda transaction: transaction.crew.postpone(abandoned, until)
        ):
            return
        fields = {"video_id": abandoned.video_id, "engine": abandoned.engine}
        (error,) = await asyncio.gather(self._abandon(abandoned), return_exceptions=True)
        if error is not None and not isinstance(error, TimeoutError | MatineeError):
            logger.error("telling an upstream met a defect", exc_info=error, extra=fields)
        if error is None:
            logger.info("submission abandoned", extra=fields)
        elif _may_pass(error) and abandoned.tries + 1 < _MOST_TRIES:
            logger.info("upstream not told yet", extra={**fields, "why": str(error)})
            return
        else:
            self._give_up(abandoned, error)
        await self._ports.store.write(lambda transaction: transaction.crew.forget(abandoned))

    async def _abandon(self, abandoned: Abandoned) -> None:
        async with asyncio.timeout(_TELL_S):
            engine = self._engines[abandoned.engine]
            await engine.abandon(abandoned.submission, abandoned.model)

    def _give_up(self, abandoned: Abandoned, error: BaseException) -> None:
        # What nobody wants is made all the same, and perhaps paid for.
        logger.warning(
            "submission not abandoned",
            extra={
                "video_id": abandoned.video_id,
                "engine": abandoned.engine,
                "upstream_id": abandoned.submission.upstream_id,
                "why": str(error),
            },
        )


def _may_pass(error: BaseException) -> bool:
    """Whether the engine may tell its upstream the next time, if it met `error`."""
    return isinstance(error, EngineUnavailable) or not isinstance(error, MatineeError)
