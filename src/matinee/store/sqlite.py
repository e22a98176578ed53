"""SQLite: one file, nothing to install.

Short indexed reads run on the event loop, on one connection that is held: to hand one to a thread
and back takes longer than the read. Writes wait for the disk, so they have a thread of their own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy.dialects import sqlite

from matinee.core.errors import ServiceUnavailable
from matinee.ports.store import Transaction
from matinee.store.connection import connect, translated
from matinee.store.outages import Outages
from matinee.store.rows import Row
from matinee.store.statements import Statement, Texts
from matinee.store.transaction import SqlTransaction
from matinee.store.writer import WriterThread

Result = TypeVar("Result")

_READER_TIMEOUT_S = 0.25
"""In WAL mode a reader waits only for a recovery, and the event loop can't wait long."""

_LARGEST = 2**63 - 1


class SqliteDatabase:
    """The database in the file at `path`, which `schema.upgrade` brought up to date before.

    It belongs to one event loop. `busy_timeout_s` is how long a write waits for other processes.
    Raises ServiceUnavailable if the file can't be opened.
    """

    def __init__(self, path: Path, *, busy_timeout_s: float = 5.0) -> None:
        self._outages = Outages()
        self._texts = Texts(sqlite.dialect(paramstyle="named"))
        self._reader = connect(path, timeout_s=_READER_TIMEOUT_S)
        self._connection = connect(path, timeout_s=busy_timeout_s)
        self._writer = WriterThread(self._connection)

    async def read(self, statement: Statement, **values: object) -> list[Row]:
        """All rows of `statement`, as they were committed last."""
        with self._outages.watched(), translated(ServiceUnavailable):
            return self._reader.execute(self._texts.of(statement), values).fetchall()

    async def write(
        self, work: Callable[[Transaction], Result], keys_changed: Callable[[], None]
    ) -> Result:
        """Run `work` in a transaction; its result once it is durable. See `Store.write`."""
        transaction = SqlTransaction(self._execute, keys_changed, self._connection)
        with self._outages.watched():
            return await self._writer.write(work, transaction)

    async def settled(self) -> int:
        """The largest number there may be: one thread numbers events in the order of commits."""
        return _LARGEST

    async def version(self) -> int:
        """A number that changes as soon as any process has committed."""
        with self._outages.watched(), translated(ServiceUnavailable):
            (version,) = self._reader.execute("PRAGMA data_version").fetchone()
        return int(version)

    async def close(self) -> None:
        """Finish what is being written, then let go of the file."""
        await self._writer.close()
        self._reader.close()

    def _execute(self, statement: Statement, **values: object) -> sqlite3.Cursor:
        return self._connection.execute(self._texts.of(statement), values)
