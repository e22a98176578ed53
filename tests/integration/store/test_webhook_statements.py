"""The statements on webhooks: for every database, and none that grows with history."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from matinee.store import webhook_statements
from matinee.store.connection import connect
from matinee.store.schema import upgrade
from matinee.store.statements import Statement, Texts

STATEMENTS: dict[str, Statement] = {
    name: each
    for name, each in vars(webhook_statements).items()
    if isinstance(each, sa.Select | sa.Insert | sa.Update | sa.Delete) and name.isupper()
}
WALKS = {
    "RECEIVERS": "SCAN deliveries USING INDEX deliveries_waiting",
    # The oldest few: the subquery has a limit.
    "SWEEP_DELIVERIES": "SCAN deliveries USING INDEX sqlite_autoindex_deliveries_1",
}
ONE_ROW = {"MARKS", "MARKS_TO_MOVE", "MOVE_CURSOR", "NOTE_RESEND"}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_has_a_text_for_every_database(name: str) -> None:
    for dialect in (sqlite.dialect(paramstyle="named"), postgresql.psycopg.dialect()):  # type: ignore[no-untyped-call]
        compiled = STATEMENTS[name].compile(dialect=dialect)
        assert {value for value in compiled.params.values() if value is not None} == set()
        assert not compiled._bind_processors


@pytest.mark.parametrize("name", sorted(set(STATEMENTS) - ONE_ROW))
def test_no_statement_walks_through_all_deliveries(tmp_path: Path, name: str) -> None:
    upgrade(tmp_path / "matinee.db")
    text = Texts(sqlite.dialect(paramstyle="named")).of(STATEMENTS[name])
    values = dict.fromkeys(re.findall(r":(\w+)", text), 1)
    with closing(connect(tmp_path / "matinee.db", timeout_s=0)) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", values)]
    walks = [
        step
        for step in plan
        if step.startswith("SCAN") and "anon_" not in step and "CONSTANT" not in step
    ]
    assert walks == ([WALKS[name]] if name in WALKS else []), plan
