"""How databases find the rows of every statement: by an index, whatever the history (F7)."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg  # noqa: TID253  # the tests have every extra
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from matinee import store
from matinee.store.statements import Statement, Texts
from tests.databases import an_empty_database
from tests.postgres import a_database

_GROWING = ("videos", "events", "attempts", "answers", "answered_videos", "requests", "deliveries")
_PARTIAL = ("videos_unfinished", "videos_unfinished_of_account", "deliveries_waiting")
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


@pytest.fixture
def walks() -> dict[str, set[str]]:
    """What PostgreSQL would walk through from its beginning, where it has no index or no value."""
    texts = Texts(postgresql.psycopg.dialect())  # type: ignore[no-untyped-call]
    found: dict[str, set[str]] = {}
    with a_database() as url, psycopg.connect(url) as connection:
        # The tables are empty: without this it would walk through all of them.
        connection.execute("SET enable_seqscan = off")
        for name, statement in statements():
            text = texts.of(statement)
            # It is a number and a text, whichever is asked for.
            values = dict.fromkeys(re.findall(r"%\((\w+)\)s", text), "1")
            cursor = connection.execute(f"EXPLAIN (FORMAT JSON) {text}".encode(), values)
            ((explained,),) = cursor.fetchall()
            found.setdefault(name, set()).update(_walked(explained[0]["Plan"]))
    return found


def _walked(step: dict[str, Any]) -> Iterator[str]:
    """The tables and indices that `step`, and what it rests on, reads whole."""
    is_scan = step["Node Type"].endswith("Scan") and step["Node Type"] != "Bitmap Heap Scan"
    if is_scan and "Index Cond" not in step:
        yield step.get("Index Name") or step.get("Relation Name") or "a step's rows"
    for below in step.get("Plans", ()):
        yield from _walked(below)


def test_postgresql_too_walks_through_no_table_that_grows(walks: dict[str, set[str]]) -> None:
    assert len(walks) > 50
    growing = re.compile(rf"({'|'.join(_GROWING)})($|_)")
    long = {
        name: found
        for name, each in walks.items()
        if (found := {walked for walked in each - set(_PARTIAL) if growing.match(walked)})
    }
    assert set(long) == _PAGES_OF_ALL, long
