"""What is found when a database is looked over. Nothing is changed by it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from matinee.core.errors import ServiceUnavailable
from matinee.store.connection import connect, translated
from matinee.store.schema import REVISIONS, noted_secret, revision_of
from matinee.store.secret import REFUSAL, is_agreed

_TIMEOUT_S = 5.0
_WITHOUT_PARENT = "PRAGMA foreign_key_check"
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_PRIMARY_CODE = 0xFF
"""The part of SQLite's codes that says what kind of error it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How one thing is, in words for the operator."""

    name: str
    is_well: bool
    said: str


def findings(path: Path, secret: bytes | None) -> list[Finding]:
    """What is found in the SQLite file at `path`, which is there, by a process with that secret."""
    try:
        return _found_in(path, secret)
    except ServiceUnavailable as error:
        if not _tells_damage(error.__cause__):
            raise
        return [_integrity([str(error.__cause__)])]


def schema_of(path: Path) -> Finding:
    """Which schema the SQLite file at `path` has, which is there."""
    with closing(connect(path, timeout_s=_TIMEOUT_S)) as connection:
        return schema_finding(revision_of(connection))


def _found_in(path: Path, secret: bytes | None) -> list[Finding]:
    with closing(connect(path, timeout_s=_TIMEOUT_S)) as connection, translated():
        faults = [fault for (fault,) in connection.execute("PRAGMA integrity_check")]
        faults = [] if faults == ["ok"] else faults
        faults += [f"{row[0]} without {row[2]}" for row in connection.execute(_WITHOUT_PARENT)]
        schema = schema_finding(revision_of(connection))
        noted = noted_secret(connection)
    return [schema, _integrity(faults), secret_finding(noted, secret)]


def _integrity(faults: list[str]) -> Finding:
    said = "; ".join([*faults, "restore a backup with 'matinee restore'"])
    return Finding(name="integrity", is_well=not faults, said=said if faults else "every page")


def _tells_damage(cause: BaseException | None) -> bool:
    return (
        isinstance(cause, sqlite3.DatabaseError)
        and cause.sqlite_errorcode & _PRIMARY_CODE in _DAMAGE
    )


def secret_finding(noted: str | None, secret: bytes | None) -> Finding:
    """How it is that a process has that secret, where that digest was noted."""
    if not is_agreed(noted, secret):
        return Finding(name="secret", is_well=False, said=REFUSAL)
    said = "the one that keys are made under" if noted else "none yet; the first start notes it"
    return Finding(name="secret", is_well=True, said=said)


def schema_finding(found: str | None) -> Finding:
    """How a database of the schema `found` is."""
    newest = REVISIONS[-1]
    if found == newest:
        said = found
    elif found is None:
        said = "there are no tables; 'matinee db upgrade' makes them"
    elif found in REVISIONS:
        said = f"{found}, and this version needs {newest}; 'matinee db upgrade' takes it there"
    else:
        said = f"{found}, of a later version of Matinee; this one knows none after {newest}"
    return Finding(name="schema", is_well=found == newest, said=said)
