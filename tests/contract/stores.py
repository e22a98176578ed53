"""The databases that the store's contract is tested on."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from matinee.ports.store import Store
from matinee.store.sql import SqlStore
from matinee.store.sqlite import SqliteDatabase
from tests.databases import an_empty_database


class SqliteStores:
    """Stores on one SQLite file, each with connections of its own, as processes have them."""

    def __init__(self, folder: Path) -> None:
        self.path = an_empty_database(folder / "matinee.db")
        self._opened: list[SqlStore] = []

    def open(self, monotonic: Callable[[], float] = time.monotonic) -> Store:
        """One more store on the same rows."""
        store = SqlStore(SqliteDatabase(self.path, busy_timeout_s=10), monotonic=monotonic)
        self._opened.append(store)
        return store

    async def close(self) -> None:
        """Close all that are open."""
        for store in self._opened:
            await store.close()


STORES = {"sqlite": SqliteStores}
