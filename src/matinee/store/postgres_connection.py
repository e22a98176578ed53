"""Connections to a PostgreSQL database, and what their failures mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import psycopg.conninfo

from matinee.core.errors import ServiceUnavailable, SettingsInvalid, StorageFull
from matinee.store.outages import AWAY, DISK_FULL

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
# So that the server, too, notices soon that a machine is gone, and lets go of what it held.
_SERVER_SIDE = "-c tcp_keepalives_idle=3 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=2"
_STATEMENT_MS = 8_000

_TROUBLE = (psycopg.OperationalError, psycopg.InternalError, psycopg.InterfaceError)


@contextmanager
def translated() -> Iterator[None]:
    """Raise what is the server's or the network's fault as StorageFull or ServiceUnavailable.

    Where the server is, and what the driver says, is only in their `why`.
    """
    try:
        yield
    except (psycopg.errors.InFailedSqlTransaction, psycopg.errors.PipelineAborted):
        raise  # a defect of ours
    except psycopg.errors.DiskFull as error:
        raise StorageFull(DISK_FULL, why=_first_line(error)) from error
    except psycopg.Error as error:
        # What the driver's own library says, not the server, is of no class.
        if not isinstance(error, _TROUBLE) and type(error) is not psycopg.DatabaseError:
            raise
        raise ServiceUnavailable(AWAY, why=_first_line(error)) from error


def _first_line(error: psycopg.Error) -> str:
    return str(error).strip().partition("\n")[0]


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
    session = f"{_SESSION.format(statement_ms)} {_SERVER_SIDE}"
    return {**_LIMITS, **given, "options": f"{session} {given.get('options') or ''}".strip()}


def connect(
    url: str, *, statement_ms: int = _STATEMENT_MS, name: str | None = None
) -> psycopg.Connection[Any]:
    """A connection that commits when it is told to; the database knows it by `name`.

    Raises SettingsInvalid and ServiceUnavailable.
    """
    named = {"application_name": name} if name else {}
    with translated():
        return psycopg.connect(**{**options_of(url, statement_ms=statement_ms), **named})
