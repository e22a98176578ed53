"""How a PostgreSQL database comes to its schema, and to Procrastinate's."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib import resources
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from matinee.core.errors import ServiceUnavailable, SettingsInvalid
from matinee.store.postgres_connection import connect
from matinee.store.postgres_schema import agree_on_secret, revision_of, upgrade
from matinee.store.schema import REVISIONS, run_steps
from matinee.store.tables import metadata
from tests.postgres import a_database, the_server

OF_QUEUE = "SELECT value FROM house WHERE name = 'queue_schema'"
SHAPE = """
SELECT 'column', table_name, column_name, data_type FROM information_schema.columns
WHERE table_name LIKE 'procrastinate%'
UNION ALL SELECT 'index', tablename, indexdef, '' FROM pg_indexes
WHERE tablename LIKE 'procrastinate%'
UNION ALL SELECT 'function', proname, pg_get_function_identity_arguments(oid), '' FROM pg_proc
WHERE proname LIKE 'procrastinate%'
UNION ALL SELECT 'trigger', tgname, tgrelid::regclass::text, '' FROM pg_trigger
WHERE tgname LIKE 'procrastinate%'
ORDER BY 1, 2, 3
"""


@pytest.fixture
def url() -> Iterator[str]:
    """The address of a database without tables."""
    with the_server().a_bare_database() as url:
        yield url


def rows(url: str, query: str) -> list[Any]:
    with closing(connect(url)) as connection:
        return connection.execute(query.encode()).fetchall()


def change(url: str, statement: bytes) -> None:
    with connect(url) as connection:
        connection.execute(statement)


def steps_of_queue() -> list[str]:
    folder = resources.files("procrastinate.sql") / "migrations"
    return sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))


def test_alembic_finds_nothing_left_to_do(url: str) -> None:
    upgrade(url)
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    ours = {"include_name": lambda name, kind, _: kind != "table" or name in metadata.tables}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=ours)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_a_database_that_is_up_to_date_is_only_read(url: str) -> None:
    upgrade(url)
    change(url, b"ALTER DATABASE %s SET default_transaction_read_only = on" % name_in(url))
    upgrade(url)
    with closing(connect(url)) as connection:
        assert revision_of(connection) == REVISIONS[-1]


def name_in(url: str) -> bytes:
    return url.rpartition("/")[2].encode()


def test_processes_that_start_at_once_all_succeed(url: str) -> None:
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(upgrade, [url] * 3))
    assert rows(url, "SELECT version_num FROM alembic_version") == [(REVISIONS[-1],)]
    assert rows(url, OF_QUEUE) == [(steps_of_queue()[-1],)]


def test_the_queue_takes_its_own_steps(url: str) -> None:
    steps = steps_of_queue()
    make_with_earlier_queue(url, steps[: steps.index("02.00.03_01_add_job_priority.sql") + 1])
    upgrade(url)
    assert rows(url, OF_QUEUE) == [(steps[-1],)]
    with a_database() as newest:
        assert rows(url, SHAPE) == rows(newest, SHAPE)


def make_with_earlier_queue(url: str, steps: list[str]) -> None:
    """Make our newest tables, and Procrastinate's as they were after `steps`."""
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    run_steps(engine, lambda _: None)
    engine.dispose()
    for step in steps:
        folder = resources.files("procrastinate.sql") / "migrations"
        change(url, (folder / step).read_bytes())
    change(url, b"INSERT INTO house VALUES ('queue_schema', '%s')" % steps[-1].encode())


def test_a_database_of_a_later_version_is_refused_and_left_alone(url: str) -> None:
    upgrade(url)
    change(url, b"UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SettingsInvalid, match="9999"):
        upgrade(url)
    assert rows(url, "SELECT version_num FROM alembic_version") == [("9999",)]


def test_the_queue_of_another_program_is_left_alone(url: str) -> None:
    change(url, (resources.files("procrastinate.sql") / "schema.sql").read_bytes())
    with pytest.raises(SettingsInvalid, match="Give Matinee a database of its own"):
        upgrade(url)


def test_who_may_not_make_tables_is_told_how_to_get_the_right(url: str) -> None:
    change(url, b"REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    change(url, b"CREATE ROLE guest LOGIN")
    try:
        with pytest.raises(SettingsInvalid, match="GRANT CREATE ON SCHEMA public TO guest"):
            upgrade(url.replace("postgres@", "guest@"))
    finally:
        change(url, b"DROP ROLE guest")


def test_a_database_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(
        ServiceUnavailable, check=lambda raised: "does not exist" in (raised.why or "")
    ):
        upgrade(the_server().url("nowhere"))


def test_a_process_with_another_secret_is_refused(url: str) -> None:
    upgrade(url)
    agree_on_secret(url, b"secret")
    agree_on_secret(url, b"secret")
    with pytest.raises(SettingsInvalid, match="matinee db secret"):
        agree_on_secret(url, b"another")
    agree_on_secret(url, b"secret")
    assert "secret" not in str(rows(url, "SELECT value FROM house"))
