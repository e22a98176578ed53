"""Hears what PostgreSQL notifies, on one connection for the whole process.

LISTEN ends with its connection, and nobody says so. So the connection is tried every few seconds,
made again when it is gone, and everyone is told then that something may have been missed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

import psycopg
from psycopg import sql

logger = logging.getLogger(__name__)

_PATIENCE_S = 10.0
"""How long the database may take to answer. A cut network is noticed before, by TCP."""

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ear:
    hear: Callable[[str], None]
    miss: Callable[[], None]


class PostgresListener:
    """Tells its listeners what the database notifies, while `run` runs."""

    def __init__(self, options: Mapping[str, Any], *, ping_s: float = 2.0) -> None:
        """`options` are what the driver connects with; `ping_s` is how often it is tried."""
        self._options = dict(options)
        self._ping_s = ping_s
        self._ears: dict[str, _Ear] = {}

    def listen(self, channel: str, hear: Callable[[str], None], miss: Callable[[], None]) -> None:
        """Have `hear` called with each payload that `channel` carries. Call it before `run`.

        `miss` is called when the channel is heard from now on, at first and after each outage:
        what was notified before was not heard. Neither may block or raise.
        """
        self._ears[channel] = _Ear(hear=hear, miss=miss)

    async def run(self) -> NoReturn:
        """Listen for ever, whatever becomes of the database."""
        pause_s, is_away = _FIRST_PAUSE_S, False
        while True:
            try:
                async with self._connected() as connection:
                    if is_away:
                        logger.info("notifications are back")
                    pause_s, is_away = _FIRST_PAUSE_S, False
                    await self._hear(connection)
            except (psycopg.Error, OSError, TimeoutError) as error:
                if not is_away:
                    why = str(error).strip().partition("\n")[0]
                    logger.warning("notifications are away", extra={"why": why})
                is_away = True
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[psycopg.AsyncConnection]:
        """A connection on which every channel is heard, and everyone was told so."""
        connection = await psycopg.AsyncConnection.connect(**self._options, autocommit=True)
        try:
            async with asyncio.timeout(_PATIENCE_S):
                for channel in self._ears:
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            for ear in self._ears.values():
                ear.miss()
            yield connection
        finally:
            await connection.close()

    async def _hear(self, connection: psycopg.AsyncConnection) -> NoReturn:
        while True:
            async for notice in connection.notifies(timeout=self._ping_s):
                self._ears[notice.channel].hear(notice.payload)
            async with asyncio.timeout(_PATIENCE_S):
                await connection.execute("SELECT 1")
