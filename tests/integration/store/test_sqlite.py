"""What the store does when SQLite or its disk does not."""

from __future__ import annotations

import asyncio
import re
import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from matinee.core.errors import ServiceUnavailable, StorageFull
from matinee.ports.store import Transaction
from matinee.store import statements
from matinee.store.connection import connect, translated
from matinee.store.sql import SqlStore
from matinee.store.sqlite import SqliteDatabase
from matinee.store.statements import Statement, Texts
from matinee.store.transaction import SqlTransaction
from matinee.store.writer import WriterThread
from tests.databases import an_empty_database
from tests.samples import a_key, a_video, a_video_id


def is_statement(value: object) -> bool:
    return isinstance(value, sa.Select | sa.Insert | sa.Update | sa.Delete)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database file without rows."""
    return an_empty_database(tmp_path / "matinee.db")


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqlStore]:
    """A store that does not wait for other processes."""
    store = SqlStore(SqliteDatabase(path, busy_timeout_s=0))
    yield store
    await store.close()


async def add(store: SqlStore, *numbers: int) -> None:
    def work(transaction: Transaction) -> None:
        for number in numbers:
            transaction.add_video(a_video(number))

    await store.write(work)


@contextmanager
def files_no_larger_than(size_bytes: int) -> Iterator[None]:
    """Let this process's writes behind `size_bytes` of any file fail, as on a bad disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_while_another_process_writes_for_long_a_write_is_refused_and_reads_go_on(
    store: SqlStore, path: Path
) -> None:
    await add(store, 1)
    with closing(connect(path, timeout_s=0)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ServiceUnavailable, check=lambda raised: "locked" in (raised.why or "")):
            await add(store, 2)
        with pytest.raises(ServiceUnavailable):
            await store.ping()
        assert await store.video(a_video_id(1)) is not None
    await add(store, 2)
    assert await store.video(a_video_id(2)) is not None


async def test_a_disk_that_fails_at_the_commit_loses_the_write_as_a_whole(
    store: SqlStore, path: Path
) -> None:
    await add(store, 1)
    log = path.with_name("matinee.db-wal")
    with files_no_larger_than(log.stat().st_size + 5000):
        results = await asyncio.gather(
            add(store, *range(2, 50)), add(store, 50), return_exceptions=True
        )
    assert [type(result) for result in results] == [ServiceUnavailable, ServiceUnavailable]
    assert await store.video(a_video_id(1)) is not None
    assert await store.video(a_video_id(2)) is None
    await add(store, 2)
    assert await store.video(a_video_id(2)) is not None


def a_transaction(connection: sqlite3.Connection) -> SqlTransaction:
    texts = Texts(sqlite.dialect(paramstyle="named"))

    def execute(statement: Statement, **values: object) -> sqlite3.Cursor:
        return connection.execute(texts.of(statement), values)

    return SqlTransaction(execute, lambda: None, connection)


async def test_a_full_disk_refuses_the_writes_and_takes_them_again_later(path: Path) -> None:
    connection = connect(path, timeout_s=0)
    writer = WriterThread(connection)

    def work(transaction: Transaction) -> None:
        for number in range(100):
            transaction.add_video(a_video(number))

    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StorageFull):
        await writer.write(work, a_transaction(connection))
    connection.execute("PRAGMA max_page_count=100000")
    await writer.write(work, a_transaction(connection))
    await writer.close()


async def test_a_commit_that_is_refused_does_not_stop_those_after_it(path: Path) -> None:
    connection = connect(path, timeout_s=0)
    writer = WriterThread(connection)

    def work(transaction: Transaction) -> None:
        # Now SQLite looks for the key's account at the commit, and leaves the refused one open.
        connection.execute("PRAGMA defer_foreign_keys=ON")
        transaction.add_key(a_key())

    with pytest.raises(sqlite3.IntegrityError):
        await writer.write(work, a_transaction(connection))
    assert not connection.in_transaction
    await writer.write(lambda each: each.add_video(a_video(1)), a_transaction(connection))
    await writer.close()


def test_a_defect_is_not_taken_for_a_bad_disk(path: Path) -> None:
    with closing(connect(path, timeout_s=0)) as connection:
        with pytest.raises(sqlite3.ProgrammingError), translated():
            connection.execute("SELECT :missing", {})
        with pytest.raises(sqlite3.IntegrityError), translated():
            connection.execute("INSERT INTO accounts (id) VALUES (NULL)")


@pytest.mark.parametrize(
    "name", sorted(name for name, each in vars(statements).items() if is_statement(each))
)
def test_no_statement_walks_through_all_videos(path: Path, name: str) -> None:
    text = Texts(sqlite.dialect(paramstyle="named")).of(getattr(statements, name))
    values = dict.fromkeys(re.findall(r":(\w+)", text), 1)
    with closing(connect(path, timeout_s=0)) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", values)]
    walks = [
        step
        for step in plan
        # The rows of a limited subquery are counted, which is what the limit is for.
        if step.startswith("SCAN") and "keys" not in step and "anon_" not in step
    ]
    assert all("videos_unfinished" in step for step in walks), plan
    assert len(walks) == (name in {"UNFINISHED_VIDEOS", "COUNT_UNFINISHED"})
