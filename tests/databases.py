"""Empty databases of the newest schema: the migrations run once, and every test gets a copy.

And one that answers late.
"""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from matinee.store.rows import Row
from matinee.store.schema import upgrade
from matinee.store.sql import Database
from matinee.store.statements import Statement


class LateDatabase:
    """A database whose answers to reads are held back while `is_late`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.is_late = False
        self.has_read = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.write, self.close = database.write, database.close
        self.settled, self.version = database.settled, database.version

    async def read(self, statement: Statement, **values: object) -> list[Row]:
        """What the rows were when they were read, told once it may be."""
        found = await self._database.read(statement, **values)
        if self.is_late:
            self.has_read.set()
            await self.may_answer.wait()
        return found


def an_empty_database(path: Path) -> Path:
    """The database at `path`, which is made if it is not there already."""
    if not path.exists():
        path.write_bytes(_empty())
    return path


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "matinee.db"
        upgrade(path)
        # Its last connection is closed, so there is no write-ahead log beside it.
        return path.read_bytes()
