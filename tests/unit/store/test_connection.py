"""What failures of a SQLite file mean to whoever uses it."""

from __future__ import annotations

import sqlite3

import pytest

from matinee.core.errors import ServiceUnavailable, StorageFull
from matinee.store.connection import translated


@pytest.fixture(params=[sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE])
def full(request: pytest.FixtureRequest) -> sqlite3.Error:
    """What SQLite says of a full disk."""
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = request.param
    return error


def test_a_full_disk_refuses_what_is_written(full: sqlite3.Error) -> None:
    with pytest.raises(StorageFull), translated():
        raise full


def test_a_full_disk_is_an_outage_to_who_reads(full: sqlite3.Error) -> None:
    with pytest.raises(ServiceUnavailable) as raised, translated(ServiceUnavailable):
        raise full
    assert raised.value.why == "database or disk is full"
