"""The statements on attempts: for every database, and none that grows with history."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from matinee.store import attempts
from matinee.store.connection import connect
from matinee.store.schema import upgrade
from matinee.store.statements import Statement, Texts

STATEMENTS: dict[str, Statement] = {
    name: each
    for name, each in vars(attempts).items()
    if isinstance(each, sa.Select | sa.Insert | sa.Update | sa.Delete)
}
WALKS = {
    # Unfinished videos alone are in that index.
    "_LOADS": "SCAN videos USING COVERING INDEX videos_unfinished",
    # What waits for one engine, when somebody looks at the engines.
    "_WAITING": "USE TEMP B-TREE FOR GROUP BY",
    # One row an engine.
    "_CIRCUITS": "SCAN engine_states USING INDEX sqlite_autoindex_engine_states_1",
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_has_a_text_for_every_database(name: str) -> None:
    for dialect in (sqlite.dialect(paramstyle="named"), postgresql.psycopg.dialect()):  # type: ignore[no-untyped-call]
        compiled = STATEMENTS[name].compile(dialect=dialect)
        assert {value for value in compiled.params.values() if value is not None} == set()
        assert not compiled._bind_processors


@pytest.mark.parametrize("name", STATEMENTS)
def test_no_statement_walks_through_the_history(tmp_path: Path, name: str) -> None:
    upgrade(tmp_path / "matinee.db")
    text = Texts(sqlite.dialect(paramstyle="named")).of(STATEMENTS[name])
    values = dict.fromkeys(re.findall(r":(\w+)", text), 1)
    with closing(connect(tmp_path / "matinee.db", timeout_s=0)) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", values)]
    walks = [step for step in plan if "SCAN" in step or "TEMP B-TREE" in step]
    assert walks == ([WALKS[name]] if name in WALKS else []), plan
