"""How SQLite finds the rows of every statement: by an index, whatever the history (F7)."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from matinee import store
from matinee.store.statements import Statement, Texts
from tests.databases import an_empty_database

_GROWING = ("videos", "events", "attempts", "answers", "answered_videos", "requests", "deliveries")
_PARTIAL = ("videos_unfinished", "deliveries_waiting")
"""Indices that hold what is not finished, so that to walk all of one has nothing of the past."""

_PAGES_OF_ALL = frozenset({"_FIRST_EVENT", "SWEEP_DELIVERIES"})
"""Walks along a table that end after the first rows, whichever they are."""


def statements() -> Iterator[tuple[str, Statement]]:
    """Every statement that a module of the store names."""
    for module in pkgutil.iter_modules(store.__path__):
        if module.ispkg or module.name.startswith("postgres"):
            continue
        for name, value in vars(importlib.import_module(f"{store.__name__}.{module.name}")).items():
            for each in value if isinstance(value, tuple) else (value,):
                if isinstance(each, sa.Select | sa.Update | sa.Delete):
                    yield name, each


@pytest.fixture
def plans(tmp_path: Path) -> dict[str, list[str]]:
    """The steps by which SQLite would run each."""
    texts = Texts(sqlite.dialect(paramstyle="named"))
    found: dict[str, list[str]] = {}
    with closing(sqlite3.connect(an_empty_database(tmp_path / "matinee.db"))) as connection:
        for name, statement in statements():
            text = texts.of(statement)
            values = dict.fromkeys(re.findall(r":(\w+)", text))
            steps = connection.execute(f"EXPLAIN QUERY PLAN {text}", values)
            found.setdefault(name, []).extend(step[3] for step in steps)
    return found


def test_no_statement_walks_through_a_table_that_grows(plans: dict[str, list[str]]) -> None:
    assert len(plans) > 50
    walks = {
        name: step
        for name, steps in plans.items()
        for step in steps
        if re.match(rf"SCAN ({'|'.join(_GROWING)})\b", step) and not step.endswith(_PARTIAL)
    }
    assert set(walks) <= _PAGES_OF_ALL, walks
