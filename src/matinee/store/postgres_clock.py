"""The time of a shared database, so that all machines mean the same by "now"."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from matinee.core.errors import ServiceUnavailable

logger = logging.getLogger(__name__)

_EVERY_S = 30.0
_SAMPLES = 3


class DatabaseClock:
    """The database's clock, which `ask` reads, asked now and then and counted on from there.

    Leases of one machine are judged by others, and machines' own clocks differ. `monotonic` counts
    seconds. It never goes back: where the database's clock did, it stands still until that has
    caught up.
    """

    def __init__(
        self,
        ask: Callable[[], Awaitable[datetime]],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask
        self._monotonic = monotonic
        self._zero: datetime | None = None
        self._latest: datetime | None = None

    def now(self) -> datetime:
        """The present moment in UTC. `measure` must have been called once."""
        if self._zero is None:
            raise ServiceUnavailable("The database's time is not known yet.")
        now = self._zero + timedelta(seconds=self._monotonic())
        if self._latest is None or now > self._latest:
            self._latest = now
        return self._latest

    async def measure(self) -> None:
        """Ask the database. Raises ServiceUnavailable if it does not answer."""
        doubt, zero = min([await self._sample() for _ in range(_SAMPLES)])
        # What the way there and back may have added is no reason to be another time.
        if self._zero is None or abs(zero - self._zero) > doubt:
            self._zero = zero

    async def run(self) -> None:
        """Ask every half a minute, until cancelled."""
        while True:
            await asyncio.sleep(_EVERY_S)
            try:
                await self.measure()
            except ServiceUnavailable as error:
                logger.log(
                    error.log_level, "the database's time is not known", extra={"why": str(error)}
                )

    async def _sample(self) -> tuple[timedelta, datetime]:
        """When `monotonic` was 0, by the database, and how far off that may be."""
        before = self._monotonic()
        theirs = await self._ask()
        after = self._monotonic()
        return (
            timedelta(seconds=(after - before) / 2),
            theirs - timedelta(seconds=(before + after) / 2),
        )
