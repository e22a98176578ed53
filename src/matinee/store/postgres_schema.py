"""Brings a PostgreSQL database to the schema that this version works with.

Two things live in it: our own tables, by the same steps as on SQLite, and Procrastinate's, by its
own. Processes that start at once take turns: the second one finds it done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from importlib import resources
from typing import Any

import psycopg
import sqlalchemy as sa

from matinee.core.errors import SettingsInvalid
from matinee.store.findings import Finding, schema_finding, secret_finding
from matinee.store.postgres_connection import connect, translated
from matinee.store.schema import REVISIONS, run_steps
from matinee.store.secret import digest_of, refuse_other

Connection = psycopg.Connection[Any]

# Any number of ours: the word "matinee" as bytes.
_LOCK = "SELECT pg_advisory_xact_lock(30787925074404709)"

_OF_QUEUE = "SELECT value FROM house WHERE name = 'queue_schema'"
_DIGEST = "SELECT value FROM house WHERE name = 'secret'"
_ADD_DIGEST = "INSERT INTO house (name, value) VALUES ('secret', %s) ON CONFLICT (name) DO NOTHING"
_NOTE = """
INSERT INTO house (name, value) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""


def upgrade(url: str) -> None:
    """Bring the database at `url` up to date. It must be there; its tables need not.

    Raises SettingsInvalid if a later version of Matinee wrote it, if another program's queue lies
    in it, or if the user may not make tables in it; nothing is changed then.
    """
    # Steps may have many rows to rewrite.
    with translated(), closing(connect(url, statement_ms=0)) as connection, _permitted(connection):
        found = revision_of(connection)
        if found is not None and found not in REVISIONS:
            raise SettingsInvalid(
                f"The database has schema {found}, and this version of Matinee knows none after "
                f"{REVISIONS[-1]}. Install the version that wrote it, or choose another database.",
                param="database",
            )
        if found != REVISIONS[-1]:
            _run_our_steps(connection)
        while _run_step_of_queue(connection):
            pass


def agree_on_secret(url: str, secret: bytes) -> None:
    """Note by the first process, and make sure of by every other, that all have that secret.

    Only a digest is stored. Raises SettingsInvalid if another one was noted.
    """
    with translated(), closing(connect(url)) as connection:
        connection.execute(_ADD_DIGEST, (digest_of(secret),))
        noted = _value(connection, _DIGEST)
        connection.commit()
    refuse_other(noted, secret)


def note_secret(connection: Connection, secret: bytes) -> None:
    """Let that be the secret of a house in which nothing was made under another one."""
    connection.execute(_NOTE, ("secret", digest_of(secret)))


def check_secret(url: str, secret: bytes | None) -> None:
    """Raise SettingsInvalid if another secret was noted in the database at `url`."""
    with translated(), closing(connect(url)) as connection, _permitted(connection):
        noted = _value(connection, _DIGEST) if _has_house(connection) else None
    refuse_other(noted, secret)


def schema_of(url: str) -> Finding:
    """Which schema the database at `url` has."""
    with translated(), closing(connect(url)) as connection, _permitted(connection):
        return schema_finding(revision_of(connection))


def findings(url: str, secret: bytes | None) -> list[Finding]:
    """What is found in the database at `url` by a process that has that secret."""
    with translated(), closing(connect(url)) as connection, _permitted(connection):
        schema = schema_finding(revision_of(connection))
        has_house = _has_house(connection)
        steps = _value(connection, _OF_QUEUE) if has_house else None
        noted = _value(connection, _DIGEST) if has_house else None
    newest = _steps_of_queue()[-1]
    said = "what this version needs" if steps == newest else "'matinee db upgrade' is needed"
    queue = Finding(name="queue", is_well=steps == newest, said=said)
    return [schema, queue, secret_finding(noted, secret)]


def revision_of(connection: Connection) -> str | None:
    """Which of `REVISIONS` the database has; None if it has none of our tables."""
    is_there = _value(connection, "SELECT to_regclass('alembic_version')")
    found = is_there and _value(connection, "SELECT version_num FROM alembic_version")
    connection.rollback()
    return found or None


@contextmanager
def _permitted(connection: Connection) -> Iterator[None]:
    """Say who lacks which right, as SettingsInvalid."""
    user, database = connection.info.user, connection.info.dbname
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise SettingsInvalid(
            f"The user {user} may not make or use tables in the database {database}: make it that "
            f"user's with 'createdb -O {user} {database}', or give the right with "
            f"'GRANT CREATE ON SCHEMA public TO {user}'.",
            param="database",
        ) from error


def _has_house(connection: Connection) -> bool:
    return _value(connection, "SELECT to_regclass('house')") is not None


def _run_our_steps(connection: Connection) -> None:
    engine = sa.create_engine(
        "postgresql+psycopg://", creator=lambda: connection, poolclass=sa.StaticPool
    )
    try:
        run_steps(engine, lambda opened: opened.exec_driver_sql(_LOCK))
    except sa.exc.DBAPIError as error:
        if isinstance(error.orig, psycopg.Error):
            raise error.orig from error
        raise


def _run_step_of_queue(connection: Connection) -> bool:
    """Take Procrastinate's tables one step on, each in a transaction; whether there was one."""
    names = _steps_of_queue()
    with connection.transaction():
        connection.execute(_LOCK)
        done = _value(connection, _OF_QUEUE)
        if done is None:
            _make_queue(connection)
            connection.execute(_NOTE, ("queue_schema", names[-1]))
            return False
        left = [name for name in names if name > done]
        if left:
            connection.execute(_text("migrations", left[0]))
            connection.execute(_NOTE, ("queue_schema", left[0]))
        return bool(left)


def _make_queue(connection: Connection) -> None:
    if _value(connection, "SELECT to_regclass('procrastinate_jobs')"):
        raise SettingsInvalid(
            "The database holds the queue of another program that uses Procrastinate. Give Matinee "
            "a database of its own.",
            param="database",
        )
    connection.execute(_text("schema.sql"))


def _steps_of_queue() -> Sequence[str]:
    """Procrastinate's steps in order; the newest is what its whole schema amounts to."""
    folder = resources.files("procrastinate.sql") / "migrations"
    return sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))


def _text(*path: str) -> bytes:
    return resources.files("procrastinate.sql").joinpath(*path).read_bytes()


def _value(connection: Connection, query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None
