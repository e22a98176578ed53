"""Keys whose reading is answered after they changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from matinee.ports.store import Transaction
from matinee.store.sql import SqlStore
from matinee.store.sqlite import SqliteDatabase
from tests.databases import LateDatabase, an_empty_database
from tests.samples import NOW, a_key, an_account

Change = Callable[[Transaction], None]


async def change_before_answer(
    database: LateDatabase, store: SqlStore, asking: Coroutine[Any, Any, object], change: Change
) -> None:
    """Let `asking` read, then make the change, and answer only then."""
    database.is_late = True
    asked = asyncio.ensure_future(asking)
    await database.has_read.wait()
    database.is_late = False
    await store.write(change)
    database.may_answer.set()
    await asked


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[LateDatabase]:
    """A database without keys."""
    made = LateDatabase(SqliteDatabase(an_empty_database(tmp_path / "matinee.db")))
    yield made
    await made.close()


@pytest.fixture
def store(database: LateDatabase) -> SqlStore:
    """A store that no other process changes: its clock stands."""
    return SqlStore(database, monotonic=lambda: 0.0)


def add_key(transaction: Transaction) -> None:
    transaction.add_account(an_account())
    transaction.add_key(a_key())


def revoke_key(transaction: Transaction) -> None:
    transaction.revoke_key(a_key().id, NOW)


async def test_a_key_that_was_revoked_while_it_was_read_is_not_remembered(
    database: LateDatabase, store: SqlStore
) -> None:
    await store.write(add_key)
    asking = store.key_by_digest(a_key().digest)
    await change_before_answer(database, store, asking, revoke_key)
    assert await store.key_by_digest(a_key().digest) is None


async def test_that_there_was_no_key_before_the_first_one_is_not_remembered(
    database: LateDatabase, store: SqlStore
) -> None:
    await change_before_answer(database, store, store.has_keys(), add_key)
    assert await store.has_keys()
