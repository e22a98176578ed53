"""Clears away, now and then, what nobody needs any more."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from matinee.core.errors import MatineeError

logger = logging.getLogger(__name__)

_EVERY_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """Something to clear away again and again.

    `do` clears all of it or, if it `repeats`, some of it: then it returns how much that was, and 0
    when nothing is left.
    """

    name: str
    do: Callable[[], Awaitable[int | None]]
    every_s: float = _EVERY_S
    repeats: bool = True


class Janitor:
    """Does its chores for ever. `monotonic` counts seconds."""

    def __init__(
        self, chores: Sequence[Chore], *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._chores = chores
        self._monotonic = monotonic
        self._due_s = dict.fromkeys((chore.name for chore in chores), monotonic())

    async def run(self) -> None:
        """Do them again and again, until cancelled."""
        while True:
            await self.sweep()
            pause_s = min(self._due_s.values(), default=_EVERY_S + self._monotonic())
            await asyncio.sleep(max(0.0, pause_s - self._monotonic()))

    async def sweep(self) -> None:
        """Do every chore that is due to its end. One that fails is tried again soon."""
        for chore in self._chores:
            if self._due_s[chore.name] > self._monotonic():
                continue
            every_s = chore.every_s
            try:
                while await chore.do() and chore.repeats:
                    pass
            except MatineeError as error:
                # The database is away, or a disk: it comes back.
                fields = {"chore": chore.name, "code": error.code, "why": error.why or str(error)}
                logger.log(error.log_level, "clearing away failed", extra=fields)
                every_s = min(every_s, _EVERY_S)
            self._due_s[chore.name] = self._monotonic() + every_s
