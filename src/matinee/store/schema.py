"""Brings a database to the schema that this version works with."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import sqlalchemy as sa

from matinee.core.errors import SettingsInvalid
from matinee.store.connection import connect, translated
from matinee.store.secret import digest_of, refuse_other

REVISIONS = ("0001", "0002", "0003", "0004", "0005")
"""The schemas this version knows, oldest first; the last is the one it works with."""

_TIMEOUT_S = 60.0
"""Another process may be in the middle of the same step, with many rows to rewrite."""

_DIGEST = "SELECT value FROM house WHERE name = 'secret'"
_NOTE_DIGEST = "INSERT INTO house (name, value) VALUES ('secret', ?) ON CONFLICT (name) DO NOTHING"


def upgrade(path: Path) -> None:
    """Bring the SQLite file at `path` up to date, making it if there is none.

    Raises SettingsInvalid if a later version of Matinee wrote it; nothing is changed then.
    """
    _make_for_owner(path)
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


def agree_on_secret(path: Path, secret: bytes) -> None:
    """Note by the first process, and make sure of by every other, that all have that secret.

    Only a digest is stored. Raises SettingsInvalid if another one was noted.
    """
    with closing(connect(path, timeout_s=_TIMEOUT_S)) as connection, translated():
        if noted_secret(connection) is None:
            connection.execute(_NOTE_DIGEST, (digest_of(secret),))
        refuse_other(noted_secret(connection), secret)


def check_secret(path: Path, secret: bytes | None) -> None:
    """Raise SettingsInvalid if another secret was noted in the file, which is there."""
    with closing(connect(path, timeout_s=_TIMEOUT_S)) as connection:
        refuse_other(noted_secret(connection), secret)


def noted_secret(connection: sqlite3.Connection) -> str | None:
    """The digest of the house's secret; None if none was noted."""
    with translated():
        has_house = connection.execute(
            "SELECT 1 FROM sqlite_master WHERE name = 'house'"
        ).fetchone()
        found = has_house and connection.execute(_DIGEST).fetchone()
    return found[0] if found else None


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


def _make_for_owner(path: Path) -> None:
    """Make the file, unless it is there; SQLite gives the same rights to those beside it."""
    # Where it can't be made, SQLite says better why not.
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _run_steps(connection: sqlite3.Connection) -> None:
    engine = sa.create_engine("sqlite://", creator=lambda: connection, poolclass=sa.StaticPool)
    try:
        # Two processes that start at once take turns: the second one finds it done.
        run_steps(engine, lambda opened: opened.exec_driver_sql("BEGIN IMMEDIATE"))
    except sa.exc.DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise error.orig from error
        raise
