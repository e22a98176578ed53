"""Backups of a shared database, and of older schemas."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import msgspec
import psycopg  # noqa: TID253  # the tests have every extra
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from matinee.backup.archive import ROWS, Manifest, new_archive
from matinee.backup.rows import copy_rows
from matinee.backup.taking import take_backup
from matinee.blobs.local import LocalBlobs
from matinee.core.asset import blob_folder
from matinee.core.errors import ServiceUnavailable, SettingsInvalid
from matinee.core.job import JobState
from matinee.data_folder import DataFolder
from matinee.ports.blobs import Blobs
from matinee.ports.store import Store, Transaction
from matinee.settings import Settings
from matinee.store import rows
from matinee.store.postgres import PostgresDatabase
from matinee.store.sql import SqlStore
from matinee.store.sqlite import SqliteDatabase
from matinee.store.statements import insertion
from matinee.store.tables import videos
from tests.integration.backup.houses import NOW, ignore, restore
from tests.postgres import a_database, the_server
from tests.samples import ALICE, a_key, a_video, an_account, an_asset

OLD = Manifest(
    matinee="0.1.0",
    schema="0004",
    made_at=NOW.isoformat(),
    videos=1,
    blobs=0,
    size_bytes=0,
    has_secret=False,
)


def write_older_rows(path: Path) -> None:
    """A database of schema 0004 with a video."""
    engine, config = sa.create_engine(f"sqlite:///{path}"), Config()
    config.set_main_option("script_location", "matinee.store:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, OLD.schema)
        connection.execute(insertion(videos), rows.values_of_video(a_video()))
    engine.dispose()


async def fill(store: Store, blobs: Blobs) -> None:
    """A finished film with its account, key, answer and request."""
    video = a_video(1, state=JobState.COMPLETED, progress=100)
    key = f"{blob_folder(video.id)}/1/video.mp4"
    sha256 = await blobs.put_bytes(key, b"film")

    def work(transaction: Transaction) -> None:
        asset = an_asset(blob_key=key, size_bytes=4, sha256=sha256)
        transaction.add_video(replace(video, assets=(asset,)))
        transaction.add_account(an_account())
        transaction.add_key(a_key())
        transaction.remember_request(ALICE, "k", "digest", video.id, NOW)

    await store.write(work)


def until_cut(url: str) -> None:
    """Wait for whoever waits for a lock, and cut its connection."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = None
        while found is None:
            found = connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ).fetchone()


async def test_a_backup_of_a_shared_database_is_restored_into_a_folder(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "old")
    folder.prepare()
    with a_database() as url:
        settings = Settings(database=url)
        shared = SqlStore(PostgresDatabase(url))
        await fill(shared, LocalBlobs(folder.blobs))
        taken = await take_backup(
            settings, folder, tmp_path / "films.tar", NOW, has_secret=False, report=ignore
        )
        kept, keys = await shared.retention.videos(None, 9), await shared.list_keys()
        await shared.close()
    assert (taken.videos, taken.blobs, taken.damaged) == (1, 1, [])
    await restore(tmp_path / "films.tar", tmp_path / "new")
    store = SqlStore(SqliteDatabase(tmp_path / "new" / "matinee.db"))
    assert await store.retention.videos(None, 9) == kept
    assert await store.list_keys() == keys
    await store.close()


def test_a_shared_database_without_tables_holds_nothing_to_back_up(tmp_path: Path) -> None:
    with (
        the_server().a_bare_database() as url,
        pytest.raises(SettingsInvalid, match="nothing to back up"),
    ):
        copy_rows(
            Settings(database=url),
            DataFolder(tmp_path / "old"),
            tmp_path / "rows.db",
            has_secret=False,
        )


async def test_a_backup_says_that_the_shared_database_went_away_meanwhile(tmp_path: Path) -> None:
    with a_database() as url:
        settings, folder = Settings(database=url), DataFolder(tmp_path / "old")
        # It waits for a table until its connection is cut.
        with psycopg.connect(url) as other:
            other.execute("LOCK TABLE deliveries IN ACCESS EXCLUSIVE MODE")
            copying = asyncio.create_task(
                asyncio.to_thread(
                    copy_rows, settings, folder, tmp_path / "rows.db", has_secret=False
                )
            )
            await asyncio.to_thread(until_cut, url)
            with pytest.raises(ServiceUnavailable):
                await copying


async def test_a_backup_of_an_older_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    write_older_rows(tmp_path / "old.db")
    with new_archive(tmp_path / "old.tar", ignore) as (archive, _):
        archive.add(ROWS, tmp_path / "old.db")
        archive.finish(msgspec.structs.replace(OLD, size_bytes=archive.size_bytes))
    await restore(tmp_path / "old.tar", tmp_path / "new")
    store = SqlStore(SqliteDatabase(tmp_path / "new" / "matinee.db"))
    assert [video.id for video in await store.retention.videos(None, 9)] == [a_video().id]
    await store.close()


async def test_a_backup_of_a_later_schema_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.db").write_bytes(b"whatever")
    with new_archive(tmp_path / "later.tar", ignore) as (archive, _):
        archive.add(ROWS, tmp_path / "rows.db")
        said = {"schema": "9999", "size_bytes": archive.size_bytes}
        archive.finish(msgspec.structs.replace(OLD, **said))
    with pytest.raises(SettingsInvalid, match="schema 9999"):
        await restore(tmp_path / "later.tar", tmp_path / "new")
    assert not (tmp_path / "new").exists()
