"""Migrations that are killed before each of their statements, one after the other.

`python -m tests.chaos.migrations DATABASE STEP` takes an SQLite file of an old schema and prints,
as JSON, what was found after each kill: the schema, and the rows after the next start. With a STEP
of more than 1 some statements are passed over.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import msgspec
import sqlalchemy as sa
from alembic import command

from matinee.store import schema
from matinee.store.schema import upgrade

_LOADED = command
"""An upgrade loads it when it needs it, which takes longer than the upgrade."""


class AfterKill(msgspec.Struct, frozen=True, kw_only=True):
    """What one kill left."""

    schema: str
    """The schema that the killed process left."""

    rows_after: list[str]
    """The ids of the videos once the next process has brought it up to date."""

    check: str
    """What SQLite says of the file then."""


def killed_at(database: Path, statement: int) -> bool:
    """Upgrade `database` in a process that is killed before that statement; whether it was."""
    process_id = os.fork()
    if process_id == 0:
        _upgrade_until(database, statement)
    _, status = os.waitpid(process_id, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _upgrade_until(database: Path, statement: int) -> None:
    numbers = itertools.count()

    def count(*_: object) -> None:
        if next(numbers) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    for moment in ("before_cursor_execute", "commit"):
        sa.event.listen(sa.Engine, moment, count)
    upgrade(database)
    os._exit(0)


def main(old: Path, step: int) -> list[AfterKill]:
    """Kill before the first statement, then before one `step` behind it, and so on to the end."""
    left: list[AfterKill] = []
    for statement in itertools.count(step=step):
        database = old.with_name(f"{statement}.db")
        shutil.copy(old, database)
        if not killed_at(database, statement):
            break
        with closing(sqlite3.connect(database)) as connection:
            found = schema.revision_of(connection)
        upgrade(database)
        with closing(sqlite3.connect(database)) as connection:
            ids = connection.execute("SELECT id FROM videos ORDER BY id").fetchall()
            ((check,),) = connection.execute("PRAGMA integrity_check").fetchall()
        rows = [str(row[0]) for row in ids]
        left.append(AfterKill(schema=found or "", rows_after=rows, check=check))
    return left
    return left


if __name__ == "__main__":
    print(msgspec.json.encode(main(Path(sys.argv[1]), int(sys.argv[2]))).decode())  # noqa: T201
