"""All rows of a file, copied to a shared database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg  # noqa: TID253  # the tests have every extra
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from matinee.cli import app
from matinee.core.errors import NotFound, SettingsInvalid
from matinee.core.event import Event, EventKind
from matinee.core.webhook import DeliveryState
from matinee.data_folder import DataFolder, FolderInUse
from matinee.ports.answers import Answer
from matinee.ports.store import Store, Transaction
from matinee.store import postgres_schema
from matinee.store.postgres import PostgresDatabase
from matinee.store.postgres_transfer import TABLES, TransferFailed, transfer
from matinee.store.sql import SqlStore
from matinee.store.sqlite import SqliteDatabase
from tests.databases import an_empty_database
from tests.postgres import a_database
from tests.samples import (
    ALICE,
    NOW,
    a_delivery,
    a_key,
    a_video,
    a_video_id,
    a_whole_video,
    an_account,
    an_endpoint,
)


@pytest.fixture
def url() -> Iterator[str]:
    """The address of an empty database."""
    with a_database() as url:
        yield url


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A data folder with an empty database file."""
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    an_empty_database(folder.database)
    return folder


def fill(transaction: Transaction) -> None:
    transaction.add_account(an_account())
    transaction.add_key(a_key())
    for video in (a_video(), a_whole_video()):
        transaction.add_video(video)
        transaction.add_event(Event(video_id=video.id, kind=EventKind.ACCEPTED, at=NOW, attempt=0))
    transaction.remember_request(ALICE, "key\0", "digest", a_video_id(), NOW)
    transaction.answers.add(
        Answer(id="a", account_id=ALICE, digest="d", created_at=NOW, video_ids=(a_video_id(),))
    )
    transaction.webhooks.add_endpoint(an_endpoint())
    transaction.webhooks.add_delivery(a_delivery(state=DeliveryState.DEAD))
    transaction.webhooks.move_cursor(1)


async def store_on(folder: DataFolder) -> SqlStore:
    store = SqlStore(SqliteDatabase(folder.database))
    await store.write(fill)
    return store


def migrate(folder: DataFolder, url: str) -> Result:
    arguments = ["migrate-store", "--to", url, "--data", str(folder.root)]
    return CliRunner().invoke(app, arguments)


async def facts_of(store: Store) -> list[object]:
    """What the store knows of all that `fill` wrote."""
    return [
        await store.video(a_video().id),
        await store.video(a_whole_video().id),
        await store.list_keys(),
        await store.events(a_video_id()),
        await store.webhooks.events_after(0, 9),
        await store.webhooks.endpoint(an_endpoint().id),
        await store.webhooks.delivery(a_delivery().id),
        await store.webhooks.marks(),
        await store.write(lambda each: each.answers.find(ALICE, "d", NOW)),
    ]


async def test_the_copy_says_what_the_file_says(folder: DataFolder, url: str) -> None:
    before = await store_on(folder)
    known = await facts_of(before)
    await before.close()
    done = migrate(folder, url)
    assert done.exit_code == 0, done.exception
    assert "videos  2" in done.stdout
    after = SqlStore(PostgresDatabase(url))
    try:
        assert await facts_of(after) == known
        # Numbers go on behind those that were copied.
        await after.write(
            lambda each: each.add_event(
                Event(video_id=a_video_id(), kind=EventKind.STARTED, at=NOW, attempt=1)
            )
        )
        assert (await after.webhooks.events_after(2, 9))[0].sequence == 3
    finally:
        await after.close()


async def test_a_database_with_rows_in_it_is_left_alone(folder: DataFolder, url: str) -> None:
    await (await store_on(folder)).close()
    assert migrate(folder, url).exit_code == 0
    again = migrate(folder, url)
    assert isinstance(again.exception, SettingsInvalid)
    assert "holds rows already" in str(again.exception)


async def test_an_empty_database_takes_the_secret_with_the_rows(
    folder: DataFolder, url: str
) -> None:
    await (await store_on(folder)).close()
    postgres_schema.agree_on_secret(url, bytes(32))
    assert migrate(folder, url).exit_code == 0
    postgres_schema.check_secret(url, folder.pepper())
    with pytest.raises(SettingsInvalid, match="another secret"):
        postgres_schema.check_secret(url, bytes(32))


async def test_a_copy_that_differs_is_not_kept(folder: DataFolder, url: str) -> None:
    await (await store_on(folder)).close()
    with psycopg.connect(url) as connection:
        connection.execute(
            "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN NEW.name = ''mallory''; RETURN NEW; END'"
        )
        connection.execute(
            "CREATE TRIGGER spoil BEFORE INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION spoil()"
        )
    with pytest.raises(TransferFailed, match="accounts"):
        transfer(folder.database, url, folder.pepper())
    with psycopg.connect(url) as connection:
        for table in TABLES:
            counting = str(sa.select(sa.func.count()).select_from(table))
            count = connection.execute(counting.encode()).fetchone()
            assert count == (1 if table.name == "outbox" else 0,)
        connection.execute("DROP FUNCTION spoil() CASCADE")


def test_a_folder_with_a_server_on_it_is_left_alone(folder: DataFolder, url: str) -> None:
    with folder.hold():
        assert isinstance(migrate(folder, url).exception, FolderInUse)


def test_a_folder_without_a_database_is_told(tmp_path: Path, url: str) -> None:
    assert isinstance(migrate(DataFolder(tmp_path), url).exception, NotFound)
