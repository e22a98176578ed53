"""PostgreSQL: one database for many machines.

Reads run on the event loop, each statement a transaction of its own. Writes are synchronous
functions, so they run in threads.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from random import uniform
from typing import Any, TypeVar

import psycopg
from sqlalchemy.dialects import postgresql

from matinee.core.errors import MatineeError
from matinee.ports.store import Transaction
from matinee.store.outages import Outages
from matinee.store.postgres_readers import ReaderConnections
from matinee.store.postgres_transaction import SETTLED, without_nul
from matinee.store.postgres_writers import NAME, WriterThreads
from matinee.store.rows import Row, Values, moment
from matinee.store.statements import VERSION_OF_KEYS, Statement, Texts

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
Connection = psycopg.AsyncConnection[Any]

# As a number: then no setting of time zone or date style has a say.
_NOW = b"SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

# Between the statements of a pipeline a session counts as busy, so no limit of the server's own
# ends one whose process stands still there, and all others wait for what it holds.
_END_FROZEN = """
SELECT count(*), count(*) FILTER (WHERE CASE
    WHEN state = 'active' AND wait_event = 'ClientRead'
        AND xact_start < clock_timestamp() - make_interval(secs => %(longest_s)s)
    THEN pg_terminate_backend(pid) END)
FROM pg_stat_activity
WHERE application_name = %(name)s AND datname = current_database() AND usename = current_user
"""
_LOOK_S, _LOOK_FOR_EACH_S = 3.0, 0.03
"""Between two looks of a process, and that for each connection of all where these are more: the
more processes look, and the more each sees, the rarer it does.
"""


class PostgresDatabase:
    """The database at `url`, which `postgres_schema.upgrade` brought up to date before.

    It belongs to one event loop, and holds as many connections as there is work for: up to
    `readers` and `writers`. After `longest_s` a call is given up, whatever it waits for.
    """

    def __init__(
        self, url: str, *, readers: int = 6, writers: int = 6, longest_s: float = 9.0
    ) -> None:
        self._texts = Texts(postgresql.psycopg.dialect())  # type: ignore[no-untyped-call]
        self._readers = ReaderConnections(url, readers, longest_s)
        self._writers = WriterThreads(url, self._texts, writers, longest_s)
        self._longest_s = longest_s
        self._outages = Outages()
        self._asking: asyncio.Task[int] | None = None
        self._next: asyncio.Task[int] | None = None

    async def read(self, statement: Statement, **values: object) -> list[Row]:
        """All rows of `statement`, as they were committed last."""
        text = self._texts.of(statement).encode()
        with self._outages.watched():
            return await self._readers.use(lambda connection: _fetch(connection, text, values))

    async def write(
        self, work: Callable[[Transaction], Result], keys_changed: Callable[[], None]
    ) -> Result:
        """Run `work` in a transaction; its result once it is durable. See `Store.write`."""
        with self._outages.watched():
            return await self._writers.write(work, keys_changed)

    async def now(self) -> datetime:
        """The database's time."""
        with self._outages.watched():
            return await self._readers.use(_now)

    async def settled(self) -> int:
        """The number of an event up to which nothing is missing.

        It makes those who commit events wait for a moment, so one asks for all who came since the
        last one began to.
        """
        if self._next is None:
            self._next = asyncio.create_task(self._ask_after(self._asking))
            self._next.add_done_callback(_heed)
        return await asyncio.shield(self._next)

    async def _ask_after(self, other: asyncio.Task[int] | None) -> int:
        if other is not None:
            await asyncio.wait([other])
        self._asking, self._next = self._next, None
        with self._outages.watched():
            return await self._readers.use(_settled)

    async def version(self) -> int:
        """A number that changes as soon as any process has changed keys."""
        ((version,),) = await self.read(VERSION_OF_KEYS)
        return int(version)

    async def run(self) -> None:
        """End again and again the writes of processes that stand still, until cancelled."""
        pause_s = _LOOK_S
        while True:
            # Not all of them at once.
            await asyncio.sleep(pause_s * uniform(0.5, 1.5))  # noqa: S311  # no secrets
            try:
                connections, ended = await self.end_frozen()
            except MatineeError:
                # Whoever needs the database says that it is away.
                continue
            pause_s = max(_LOOK_S, connections * _LOOK_FOR_EACH_S)
            if ended:
                logger.warning("writes of a process that stood still ended", extra={"count": ended})

    async def end_frozen(self) -> tuple[int, int]:
        """End the writes that last longer than any may, as their process stands still.

        How many connections all processes have, and how many writes were ended.
        """
        values = {"name": NAME, "longest_s": self._longest_s}
        ((connections, ended),) = await self._readers.use(
            lambda each: _fetch(each, _END_FROZEN.encode(), values)
        )
        return int(connections), int(ended)

    async def close(self) -> None:
        """Finish what is being written, then let go of the database."""
        await self._writers.close()
        await self._readers.close()


def _heed(asked: asyncio.Task[int]) -> None:
    """Take what went wrong as known: perhaps everyone who asked was cancelled meanwhile."""
    if not asked.cancelled():
        asked.exception()


async def _fetch(connection: Connection, text: bytes, values: Values) -> list[Row]:
    try:
        cursor = await connection.execute(text, values)
    except psycopg.DataError:
        cursor = await connection.execute(text, without_nul(values))
    return await cursor.fetchall()


async def _now(connection: Connection) -> datetime:
    cursor = await connection.execute(_NOW)
    ((moment_us,),) = await cursor.fetchall()
    return moment(moment_us)


async def _settled(connection: Connection) -> int:
    # One message of two statements, so one transaction: what holds the turn ends with it.
    cursor = await connection.execute(SETTLED)
    cursor.nextset()
    ((number,),) = await cursor.fetchall()
    return int(number)
