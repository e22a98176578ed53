"""Clears away, now and then, what nobody needs any more."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from matinee.core.errors import MatineeError

logger = logging.getLogger(__name__)

_EVERY_S = 60.0

Chore = Callable[[], Awaitable[int]]
"""Clears some of it away and returns how much that was; 0 when nothing is left."""


class Janitor:
    """Does its chores for ever."""

    def __init__(self, chores: Sequence[Chore], *, every_s: float = _EVERY_S) -> None:
        self._chores = chores
        self._every_s = every_s

    async def run(self) -> None:
        """Do them again and again, until cancelled."""
        while True:
            await self.sweep()
            await asyncio.sleep(self._every_s)

    async def sweep(self) -> None:
        """Do every chore to its end. One that fails is left to the next time."""
        for chore in self._chores:
            try:
                while await chore():
                    pass
            except MatineeError as error:
                # The database is away, or a disk: it comes back.
                logger.warning("clearing away failed", extra={"code": error.code})
