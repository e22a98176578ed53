"""Copies the rows of a SQLite file into an empty PostgreSQL database: all of them, or nothing.

Every table is read twice, before from the file and afterwards from the copy, and summed up: the
two must be the same before anything is committed.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import sqlalchemy as sa
from psycopg import sql

from matinee.core.errors import MatineeError, SettingsInvalid
from matinee.store.connection import connect as connect_file
from matinee.store.connection import translated as translated_file
from matinee.store.postgres_connection import connect, translated
from matinee.store.postgres_schema import note_secret
from matinee.store.tables import house, metadata

Connection = psycopg.Connection[Any]
Row = tuple[Any, ...]

# The house says of a database what is true of that one alone.
TABLES = tuple(table for table in metadata.sorted_tables if table is not house)
_AT_ONCE = 2_000
_TIMEOUT_S = 5.0


class TransferFailed(MatineeError):
    """The copy is not what was copied. Nothing of it was kept."""

    code = "transfer_failed"


class _Sum:
    """The number of rows, and a digest of them that is the same in any order."""

    def __init__(self) -> None:
        self.count = 0
        self._digest = 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Sum) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]  # it changes

    def passing(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows, each counted in."""
        for row in rows:
            self.count += 1
            digest = hashlib.blake2b(msgspec.msgpack.encode(row), digest_size=16).digest()
            self._digest = (self._digest + int.from_bytes(digest, "big")) % 2**128
            yield row


def transfer(path: Path, url: str, secret: bytes) -> Mapping[str, int]:
    """Copy every row of the file at `path` to the database at `url`; how many of each table.

    Its house has that secret from then on. Both have the newest schema, and nobody writes to the
    file meanwhile. Raises SettingsInvalid if the database holds rows already, and TransferFailed
    if the copy is another than its source.
    """
    with (
        closing(connect_file(path, timeout_s=_TIMEOUT_S)) as source,
        translated_file(),
        translated(),
        closing(connect(url, statement_ms=0)) as target,
        target.transaction(),
    ):
        source.execute("BEGIN")
        _refuse_rows(target)
        counts = {table.name: _copy(source, target, table) for table in TABLES}
        target.execute(
            "SELECT setval('events_sequence_seq', greatest(max(sequence), 1), max(sequence) > 0)"
            " FROM events"
        )
        # A machine may have noted its own when it made the tables.
        note_secret(target, secret)
        return counts


def _refuse_rows(target: Connection) -> None:
    for table in TABLES:
        name = sql.Identifier(table.name)
        # Nobody else begins to use it in the meantime.
        target.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(name))
        found = target.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(name)).fetchone()
        if found and table.name != "outbox":
            raise SettingsInvalid(
                f"The target holds rows already, in the table {table.name}. Give an empty database."
            )
    # A row of this one is made with the table.
    target.execute("DELETE FROM outbox")


def _copy(source: sqlite3.Connection, target: Connection, table: sa.Table) -> int:
    names = [column.name for column in table.columns]
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    name = sql.Identifier(table.name)
    read, written = _Sum(), _Sum()
    cursor = source.execute(f"SELECT {', '.join(names)} FROM {table.name}")  # noqa: S608
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(name, listed)
    with target.cursor() as writing, writing.copy(into) as copy:
        for row in read.passing(_plain(cursor, table)):
            copy.write_row(row)
    with target.cursor(name="copied") as reading:
        reading.itersize = _AT_ONCE
        reading.execute(sql.SQL("SELECT {} FROM {}").format(listed, name))
        for _ in written.passing(_plain(reading, table)):
            pass
    if read != written:
        raise TransferFailed(
            f"The copy of the table {table.name} is another than its source: {written.count} rows "
            f"of {read.count}, or rows that differ. Nothing was kept."
        )
    return read.count


def _plain(rows: Iterable[Any], table: sa.Table) -> Iterator[Row]:
    """Rows as both databases are to have them."""
    truths = [isinstance(column.type, sa.Boolean) for column in table.columns]
    for row in rows:
        yield tuple(
            _plain_value(value, is_truth=is_truth)
            for value, is_truth in zip(row, truths, strict=True)
        )


def _plain_value(value: Any, *, is_truth: bool) -> Any:
    if isinstance(value, str):
        # The one character that PostgreSQL's texts can't hold.
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return bool(value) if is_truth else value
