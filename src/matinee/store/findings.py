"""What is found when a database is looked over. Nothing is changed by it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from matinee.store.connection import connect, translated
from matinee.store.schema import REVISIONS, revision_of

_TIMEOUT_S = 5.0
_WITHOUT_PARENT = "PRAGMA foreign_key_check"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How one thing is, in words for the operator."""

    name: str
    is_well: bool
    said: str


def findings(path: Path) -> list[Finding]:
    """What is found in the SQLite file at `path`, which is there."""
    with closing(connect(path, timeout_s=_TIMEOUT_S)) as connection, translated():
        faults = [fault for (fault,) in connection.execute("PRAGMA integrity_check")]
        faults = [] if faults == ["ok"] else faults
        faults += [f"{row[0]} without {row[2]}" for row in connection.execute(_WITHOUT_PARENT)]
        schema = schema_finding(revision_of(connection))
    whole = Finding(name="integrity", is_well=not faults, said="; ".join(faults) or "every page")
    return [schema, whole]


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
