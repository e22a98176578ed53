"""Connections to a PostgreSQL database, and what their failures mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import psycopg.conninfo

from matinee.core.errors import ServiceUnavailable, SettingsInvalid, StorageFull

# A server that can't be reached any more is noticed within these times, wherever a call stands.
_LIMITS: dict[str, Any] = {
    "connect_timeout": 4,
    "keepalives_idle": 3,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 6_000,
    "application_name": "matinee",
}
_SESSION = "-c statement_timeout={0} -c lock_timeout={0} -c idle_in_transaction_session_timeout={0}"
_STATEMENT_MS = 8_000

_TROUBLE = (psycopg.OperationalError, psycopg.InternalError, psycopg.InterfaceError)


@contextmanager
def translated() -> Iterator[None]:
    """Raise what is the server's or the network's fault as StorageFull or ServiceUnavailable."""
    try:
        yield
    except (psycopg.errors.InFailedSqlTransaction, psycopg.errors.PipelineAborted):
        raise  # a defect of ours
    except psycopg.errors.DiskFull as error:
        raise StorageFull("The disk that holds the database is full.") from error
    except psycopg.Error as error:
        # What the driver's own library says, not the server, is of no class.
        if not isinstance(error, _TROUBLE) and type(error) is not psycopg.DatabaseError:
            raise
        said = str(error).strip().partition("\n")[0]
        raise ServiceUnavailable(f"The database can't be used for now: {said}.") from error


def has_ended(
    connection: psycopg.Connection[Any] | psycopg.AsyncConnection[Any], error: psycopg.Error
) -> bool:
    """Whether `connection` is of no use after `error`."""
    # The server's last words may come before the end of the connection is seen.
    return connection.closed or error.diag.severity_nonlocalized in ("FATAL", "PANIC")


def options_of(url: str, *, statement_ms: int = _STATEMENT_MS) -> dict[str, Any]:
    """What a driver is to connect to the database at `url` with; what `url` says itself wins.

    No statement takes longer than `statement_ms`; 0: as long as it likes.
    Raises SettingsInvalid if `url` is none of PostgreSQL's.
    """
    try:
        given = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        # What the driver says of it may hold the password.
        raise SettingsInvalid(
            "The setting database is no address of a PostgreSQL database. One is such as "
            "postgresql://matinee@db.example.org/matinee.",
            param="database",
        ) from error
    session = _SESSION.format(statement_ms)
    return {**_LIMITS, **given, "options": f"{session} {given.get('options') or ''}".strip()}


def connect(url: str, *, statement_ms: int = _STATEMENT_MS) -> psycopg.Connection[Any]:
    """A connection that commits when it is told to.

    Raises SettingsInvalid and ServiceUnavailable.
    """
    with translated():
        return psycopg.connect(**options_of(url, statement_ms=statement_ms))
