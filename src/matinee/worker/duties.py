"""What one process does for all of them, at a time."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

from matinee.core.errors import MatineeError
from matinee.ports.clock import Clock
from matinee.ports.store import Store

logger = logging.getLogger(__name__)

_SHARE = 3
"""A duty is renewed when so many parts of its time have passed of which each is as long."""

Work = Callable[[], Awaitable[None]]
"""Works for ever; it may be cancelled and begun again."""


class Duties(Protocol):
    """Sees to it that a piece of work is done by one process at a time."""

    async def do(self, name: str, work: Work) -> None:
        """Do `work` for ever whenever nobody else does what has that name."""


class SoleDuties:
    """The `Duties` of a server that owns its rows alone: all are its own."""

    async def do(self, name: str, work: Work) -> None:
        """Do `work` for ever."""
        del name
        await work()


class SharedDuties:
    """The `Duties` of several processes, each held by a row that is renewed.

    A process that can't renew stops its work before another one may begin.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        holder: str,
        held: timedelta,
    ) -> None:
        """`holder` names this process alone, `held` is how long a duty is its own unrenewed."""
        self._store = store
        self._clock = clock
        self._holder = holder
        self._held = held
        self._renewed_s = held.total_seconds() / _SHARE

    async def do(self, name: str, work: Work) -> None:
        """Do `work` for ever whenever nobody else does what has that name."""
        while True:
            until_s = await self._hold(name, time.monotonic())
            if until_s > time.monotonic():
                logger.info("duty begun", extra={"duty": name})
                await self._work(name, work, until_s)
                logger.warning("duty lost", extra={"duty": name})
            await asyncio.sleep(self._renewed_s)

    async def _work(self, name: str, work: Work, until_s: float) -> None:
        """Work until the duty is lost; what the work raises is raised here."""
        working = asyncio.ensure_future(work())
        keeping = asyncio.ensure_future(self._keep(name, until_s))
        try:
            await asyncio.wait({working, keeping}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                await working
        finally:
            for task in (working, keeping):
                task.cancel()
            await asyncio.gather(working, keeping, return_exceptions=True)
            await asyncio.shield(self._release(name))

    async def _keep(self, name: str, until_s: float) -> None:
        """Renew until another process has the duty, or that fails for as long as it is held."""
        while time.monotonic() < until_s:
            await asyncio.sleep(min(self._renewed_s, max(0.0, until_s - time.monotonic())))
            try:
                async with asyncio.timeout(until_s - time.monotonic()):
                    until_s = await self._hold(name, until_s)
            except TimeoutError:
                return

    async def _hold(self, name: str, held_until_s: float) -> float:
        """Until when the duty is held, on this process's own clock.

        It is as before, `held_until_s`, if the database is away; over, if another process has it.
        """
        now_s, now = time.monotonic(), self._clock.now()
        try:
            is_held = await self._store.write(
                lambda transaction: transaction.crew.hold_duty(
                    name, self._holder, now, now + self._held
                )
            )
        except MatineeError as error:
            logger.log(
                error.log_level, "duty not renewed", extra={"duty": name, "code": error.code}
            )
            return held_until_s
        return now_s + self._held.total_seconds() if is_held else now_s

    async def _release(self, name: str) -> None:
        try:
            await self._store.write(
                lambda transaction: transaction.crew.release_duty(name, self._holder)
            )
        except MatineeError as error:
            # Its time ends by itself.
            logger.log(
                error.log_level, "duty not released", extra={"duty": name, "code": error.code}
            )
