"""The connections that read from PostgreSQL, on the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import psycopg
from psycopg.pq import TransactionStatus

from matinee.core.errors import ServiceUnavailable
from matinee.store.outages import AWAY, NO_ANSWER
from matinee.store.postgres_connection import has_ended, options_of, translated
from matinee.store.postgres_writers import cut

Result = TypeVar("Result")
Connection = psycopg.AsyncConnection[Any]

_PATIENCE_S = 4.0
_SOON_S = 0.15
"""What broke while nobody used it is noticed at once; later, the server is in trouble."""


class ReaderConnections:
    """Up to `count` connections to `url`, made when they are needed.

    A read is given up after `longest_s`, whatever it waits for.

    psycopg's own pool waits longer and longer between its attempts to connect anew; here a read
    works as soon as the server does.
    """

    def __init__(self, url: str, count: int, longest_s: float) -> None:
        self._longest_s = longest_s
        self._options = {**options_of(url), "autocommit": True}
        self._room = asyncio.Semaphore(count)
        self._free: list[Connection] = []
        self._is_closed = False

    async def use(self, read: Callable[[Connection], Awaitable[Result]]) -> Result:
        """What `read` gives on one of them; it is run again on a new one where one broke before.

        Raises ServiceUnavailable.
        """
        loop = asyncio.get_running_loop()
        with translated():
            async with self._turn():
                while self._free:
                    connection, began_s = self._free.pop(), loop.time()
                    try:
                        return await self._limited(connection, read)
                    except psycopg.Error as error:
                        is_late = loop.time() - began_s > _SOON_S
                        if is_late or not has_ended(connection, error):
                            raise
                        await self._forget()
                return await self._limited(await self._connect(), read)

    async def close(self) -> None:
        """Let go of all; nothing is read any more."""
        self._is_closed = True
        await self._forget()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._is_closed:
            raise ServiceUnavailable("The server is stopping.")
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._room.acquire()
        except TimeoutError as error:
            raise ServiceUnavailable(AWAY, why=NO_ANSWER) from error
        try:
            yield
        finally:
            self._room.release()

    async def _limited(
        self, connection: Connection, read: Callable[[Connection], Awaitable[Result]]
    ) -> Result:
        limit = asyncio.get_running_loop().call_later(self._longest_s, cut, connection)
        try:
            return await read(connection)
        finally:
            limit.cancel()
            if self._is_closed or connection.info.transaction_status != TransactionStatus.IDLE:
                await connection.close()
            else:
                self._free.append(connection)

    async def _connect(self) -> Connection:
        return await psycopg.AsyncConnection.connect(**self._options)

    async def _forget(self) -> None:
        """Close what nobody uses: if one of them broke, the others did too."""
        while self._free:
            await self._free.pop().close()
