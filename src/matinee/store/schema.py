"""Brings a database to the schema that this version works with."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from matinee.core.errors import SettingsInvalid
from matinee.store.connection import connect, translated

REVISIONS = ("0001", "0002", "0003", "0004", "0005")
"""The schemas this version knows, oldest first; the last is the one it works with."""

_TIMEOUT_S = 60.0
"""Another process may be in the middle of the same step, with many rows to rewrite."""


def upgrade(path: Path) -> None:
    """Bring the SQLite file at `path` up to date, making it if there is none.

    Raises SettingsInvalid if a later version of Matinee wrote it; nothing is changed then.
    """
    with closing(connect(path, timeout_s=_TIMEOUT_S)) as connection:
        found = revision_of(connection)
        if found == REVISIONS[-1]:
            return
        if found is not None and found not in REVISIONS:
            raise SettingsInvalid(
                f"The database {path} has schema {found}, and this version of Matinee knows none "
                f"after {REVISIONS[-1]}. Install the version that wrote it, or choose another "
                "data folder.",
                param="data",
            )
        with translated():
            _run_steps(connection)


def revision_of(connection: sqlite3.Connection) -> str | None:
    """Which of `REVISIONS` the database has; None if it has no tables."""
    with translated():
        is_there = connection.execute(
            "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
        ).fetchone()
        found = (
            is_there and connection.execute("SELECT version_num FROM alembic_version").fetchone()
        )
    return found[0] if found else None


def run_steps(engine: sa.Engine, take_turn: Callable[[sa.Connection], object]) -> None:
    """Take the steps that are left in one transaction, which begins with `take_turn`."""
    # Alembic takes a tenth of a second to load, and most starts find nothing to do.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "matinee.store:migrations")
    with engine.connect() as opened, opened.begin():
        take_turn(opened)
        config.attributes["connection"] = opened
        command.upgrade(config, "head")


def _run_steps(connection: sqlite3.Connection) -> None:
    engine = sa.create_engine("sqlite://", creator=lambda: connection, poolclass=sa.StaticPool)
    try:
        # Two processes that start at once take turns: the second one finds it done.
        run_steps(engine, lambda opened: opened.exec_driver_sql("BEGIN IMMEDIATE"))
    except sa.exc.DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise error.orig from error
        raise
