"""All rows as one SQLite file, as they were at one moment."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from matinee.core.errors import SettingsInvalid
from matinee.data_folder import DataFolder
from matinee.settings import Settings
from matinee.store.connection import connect, translated
from matinee.store.schema import REVISIONS, upgrade
from matinee.store.sql import SqlStore
from matinee.store.sqlite import SqliteDatabase
from matinee.store.statements import Texts, insertion
from matinee.store.tables import metadata

_WAIT_S = 60.0
_PASSING = ("workers", "duties", "engine_states")
"""What is true only while the processes live that it tells of."""

_AT_ONCE = 1000
Rows = Iterator[Mapping[str, Any]]

SCHEMA = REVISIONS[-1]
"""The schema of the file."""


def copy_rows(settings: Settings, folder: DataFolder, target: Path, *, has_secret: bool) -> None:
    """Write all rows to the new file `target`, in the schema of this version.

    Servers go on meanwhile: it is one read transaction. Raises SettingsInvalid if there is
    nothing to copy, or only what a later version wrote; StorageFull and ServiceUnavailable.
    """
    if settings.database is None:
        _copy_sqlite(folder.database, target)
    else:
        _copy_postgres(settings.database, target)
    upgrade(target)
    with translated(), closing(connect(target, timeout_s=_WAIT_S)) as connection:
        # Without its secret it becomes another house, with a secret of its own.
        for table in (*_PASSING, *(() if has_secret else ("house",))):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608  # names of ours
        _empty_log(connection)


@asynccontextmanager
async def open_as_it_is(settings: Settings, folder: DataFolder) -> AsyncIterator[SqlStore]:
    """The rows as servers have them, in whatever schema: one of an older version may be running."""
    if settings.database is None:
        store = SqlStore(SqliteDatabase(folder.database))
    else:
        from matinee.store.postgres import PostgresDatabase  # noqa: PLC0415

        store = SqlStore(PostgresDatabase(settings.database))
    try:
        yield store
    finally:
        await store.close()


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.is_file():
        raise SettingsInvalid(
            f"There is nothing to back up: {source.parent} holds no database. Name the data "
            "folder with --data.",
            param="data",
        )
    with translated(), closing(connect(source, timeout_s=_WAIT_S)) as connection:
        # Not the backup interface: that begins anew whenever another process has written.
        connection.execute("VACUUM INTO ?", (str(target),))


def _copy_postgres(url: str, target: Path) -> None:
    # Only where there are many machines is its driver installed.
    from matinee.store import postgres_connection  # noqa: PLC0415

    upgrade(target)
    texts = Texts(sqlite.dialect(paramstyle="named"))
    with (
        postgres_connection.translated(),
        closing(postgres_connection.connect(url, statement_ms=0)) as source,
    ):
        source.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        _refuse_other_schema(source)
        with translated(), closing(connect(target, timeout_s=_WAIT_S)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("DELETE FROM outbox")
            for table in metadata.sorted_tables:
                connection.executemany(texts.of(insertion(table)), _rows(source, table))
            connection.execute("COMMIT")


def _refuse_other_schema(source: Any) -> None:
    (has_tables,) = source.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
    if not has_tables:
        raise SettingsInvalid(
            "There is nothing to back up: the database holds no tables of Matinee's. Name the "
            "database that its servers have.",
            param="database",
        )
    (found,) = source.execute("SELECT version_num FROM alembic_version").fetchone()
    if found != SCHEMA:
        raise SettingsInvalid(
            f"The database has schema {found}, and this version of Matinee works with {SCHEMA}. "
            "Use the version that its servers have.",
            param="database",
        )


def _rows(source: Any, table: sa.Table) -> Rows:
    names = [column.name for column in table.columns]
    select = str(sa.select(table))
    with source.cursor(name=f"backup_{table.name}") as cursor:
        cursor.itersize = _AT_ONCE
        cursor.execute(select)
        for row in cursor:
            yield dict(zip(names, row, strict=True))


def _empty_log(connection: sqlite3.Connection) -> None:
    """Leave nothing outside of the file itself, and nothing in it of what was deleted."""
    connection.execute("VACUUM")
    connection.execute("PRAGMA journal_mode=DELETE")
