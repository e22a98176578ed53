"""The databases that the store's contract is tested on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from matinee.ports.store import Store
from matinee.store.postgres import PostgresDatabase
from matinee.store.sql import Database, SqlStore
from matinee.store.sqlite import SqliteDatabase
from tests.databases import an_empty_database
from tests.postgres import a_database


class Stores:
    """Stores on one database, each with connections of its own, as processes have them."""

    def __init__(self, connect: Callable[[], Database]) -> None:
        self._connect = connect
        self._opened: list[SqlStore] = []

    def open(self, monotonic: Callable[[], float] = time.monotonic) -> Store:
        """One more store on the same rows."""
        store = SqlStore(self._connect(), monotonic=monotonic)
        self._opened.append(store)
        return store

    async def close(self) -> None:
        """Close all that are open."""
        for store in self._opened:
            await store.close()


@contextmanager
def on_sqlite(folder: Path) -> Iterator[Stores]:
    """Stores on an empty file in `folder`."""
    path = an_empty_database(folder / "matinee.db")
    yield Stores(lambda: SqliteDatabase(path, busy_timeout_s=10))


@contextmanager
def on_postgres(_folder: Path) -> Iterator[Stores]:
    """Stores on an empty database of the tests' server."""
    with a_database() as url:
        yield Stores(lambda: PostgresDatabase(url))


STORES = {"sqlite": on_sqlite, "postgres": on_postgres}
