"""What older versions wrote is still there after the next steps, and says what it said."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from matinee.core.event import Event, EventKind
from matinee.ports.answers import Answer
from matinee.store import postgres_schema, rows, schema, webhook_rows
from matinee.store.postgres import PostgresDatabase
from matinee.store.schema import REVISIONS
from matinee.store.sql import Database, SqlStore
from matinee.store.sqlite import SqliteDatabase
from tests.postgres import the_server
from tests.samples import (
    ALICE,
    NOW,
    a_delivery,
    a_key,
    a_video,
    a_video_id,
    an_account,
    an_endpoint,
)

SPEC = """{"model": "sora-2", "prompt": "A calico cat plays the piano on a small stage.",
"size": {"width_px": 1280, "height_px": 720}, "seconds": 4, "seed": 1}"""
ANSWER = Answer(id="answer", account_id=ALICE, digest="digest", created_at=NOW, is_repeat=True)
EVENT = Event(video_id=a_video_id(), kind=EventKind.ACCEPTED, at=NOW, attempt=0)

# A row of every table; of each, a schema is given the columns that it has.
ROWS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("videos", {**rows.values_of_video(a_video()), "spec": SPEC}),
    ("events", {**rows.values_of_event(EVENT), "account_id": ALICE}),
    (
        "requests",
        {
            **{"account_id": ALICE, "request_key": "key", "digest": "digest"},
            **{"video_id": a_video_id(), "created_at": 0},
        },
    ),
    ("accounts", rows.values_of_account(an_account())),
    ("keys", rows.values_of_key(a_key())),
    ("answers", rows.values_of_answer(ANSWER)),
    ("answered_videos", {"answer_id": "answer", "video_id": a_video_id()}),
    ("webhook_endpoints", webhook_rows.values_of_endpoint(an_endpoint())),
    ("deliveries", webhook_rows.values_of_delivery(a_delivery())),
    (
        "attempts",
        {
            **{"video_id": a_video_id(), "number": 1, "engine": "animatic", "model": ""},
            **{"film_seconds": 4, "started_at": 0},
        },
    ),
    ("engine_states", {"engine": "animatic", "state": "well", "failures": 0}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A database without any tables."""

    url: str
    upgrade: Callable[[], None]
    connect: Callable[[], Database]


@contextmanager
def on_sqlite(folder: Path) -> Iterator[Place]:
    path = folder / "matinee.db"
    yield Place(
        url=f"sqlite:///{path}",
        upgrade=partial(schema.upgrade, path),
        connect=partial(SqliteDatabase, path),
    )


@contextmanager
def on_postgres(_folder: Path) -> Iterator[Place]:
    with the_server().a_bare_database() as url:
        yield Place(
            url=url.replace("postgresql:", "postgresql+psycopg:"),
            upgrade=partial(postgres_schema.upgrade, url),
            connect=partial(PostgresDatabase, url),
        )


@pytest.fixture(params=[on_sqlite, on_postgres], ids=["sqlite", "postgres"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """An empty place for a database."""
    with request.param(tmp_path) as place:
        yield place


def fill(place: Place, revision: str) -> set[str]:
    """Make the tables of `revision` with rows in them; the tables that have some."""
    engine = sa.create_engine(place.url)
    config = Config()
    config.set_main_option("script_location", "matinee.store:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        tables = sa.MetaData()
        tables.reflect(connection)
        for name, values in ROWS:
            if name in tables.tables:
                known = {
                    key: value for key, value in values.items() if key in tables.tables[name].c
                }
                connection.execute(sa.insert(tables.tables[name]).values(known))
    engine.dispose()
    return {name for name, _ in ROWS if name in tables.tables}


@pytest.mark.parametrize("revision", REVISIONS[:-1])
async def test_what_earlier_schemas_hold_is_read_after_the_upgrade(
    place: Place, revision: str
) -> None:
    filled = fill(place, revision)
    place.upgrade()
    store = SqlStore(place.connect())
    try:
        assert await store.video(a_video_id()) == a_video()
        assert await store.list_keys() == [a_key()]
        assert await store.events(a_video_id()) == [EVENT]
        assert len(await store.attempts.of_video(a_video_id())) == ("attempts" in filled)
        assert await store.attempts.circuits() == []
        marks = await store.webhooks.marks()
        # What ended before there were webhooks is told to nobody.
        assert marks.sequence == (0 if "deliveries" in filled else 1)
        if "deliveries" in filled:
            assert await store.webhooks.endpoint(an_endpoint().id) == an_endpoint()
            assert await store.webhooks.delivery(a_delivery().id) == a_delivery()

        found = await store.write(lambda each: each.answers.find(ALICE, "digest", NOW))
        assert [answer.video_ids for answer in found] == [(a_video_id(),)] * ("answers" in filled)
    finally:
        await store.close()
