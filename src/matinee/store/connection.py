"""Connections to a SQLite file, and what their failures mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from matinee.core.errors import (
    MatineeError,
    ServiceUnavailable,
    SettingsInvalid,
    StorageFull,
)
from matinee.store.outages import AWAY, DISK_FULL

_CACHE_KIB = 16 * 1024


@contextmanager
def translated(full: type[MatineeError] = StorageFull) -> Iterator[None]:
    """Raise what is the machine's fault as `full` or ServiceUnavailable, with its words.

    Who only reads takes a full disk for a database that can't be used.
    """
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise  # a defect of ours
    except sqlite3.DatabaseError as error:
        # The second one: the memory that connections share is a file too, and could not grow.
        if error.sqlite_errorcode in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE):
            raise full(DISK_FULL, why=str(error)) from error
        raise ServiceUnavailable(AWAY, why=str(error)) from error


def connect(path: Path, *, timeout_s: float) -> sqlite3.Connection:
    """A connection to the file at `path` that commits durably, and only when it is told to.

    It waits `timeout_s` for other processes. Raises SettingsInvalid where the file system can't
    hold a database that is shared, StorageFull and ServiceUnavailable.
    """
    with translated():
        connection = sqlite3.connect(
            path, timeout=timeout_s, isolation_level=None, check_same_thread=False
        )
        (journal_mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
        if journal_mode != "wal":
            connection.close()
            raise SettingsInvalid(
                f"The file system of {path} can't hold the database, as it has no shared memory; "
                "network file systems have none. Choose a data folder on a local disk.",
                param="data",
            )
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
    return connection
