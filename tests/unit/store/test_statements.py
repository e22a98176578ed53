"""The statements' texts."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from matinee.store import statements
from matinee.store.statements import Statement, Texts

DIALECTS: list[Dialect] = [
    sqlite.dialect(paramstyle="named"),
    postgresql.psycopg.dialect(),  # type: ignore[no-untyped-call]
]
STATEMENTS: dict[str, Statement] = {
    name: each
    for name, each in vars(statements).items()
    if isinstance(each, sa.Select | sa.Insert | sa.Update | sa.Delete)
}


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda each: each.name)
@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_has_a_text_for_every_database(name: str, dialect: Dialect) -> None:
    texts = Texts(dialect)
    assert texts.of(STATEMENTS[name]) is texts.of(STATEMENTS[name])


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda each: each.name)
@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_needs_no_value_but_those_it_names(name: str, dialect: Dialect) -> None:
    compiled = STATEMENTS[name].compile(dialect=dialect)
    assert {value for value in compiled.params.values() if value is not None} == set()


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda each: each.name)
@pytest.mark.parametrize("name", STATEMENTS)
def test_values_reach_the_driver_as_they_are(name: str, dialect: Dialect) -> None:
    compiled = STATEMENTS[name].compile(dialect=dialect)
    assert not compiled._bind_processors
