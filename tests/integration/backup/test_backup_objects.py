"""Backups of films in an object store."""

from __future__ import annotations

from pathlib import Path

import pytest

from matinee.backup.restoring import restore_backup
from matinee.backup.taking import take_backup
from matinee.data_folder import DataFolder
from matinee.foundations import open_blobs
from matinee.services.orphans import find_missing
from matinee.settings import load_settings
from matinee.store.sql import SqlStore
from matinee.store.sqlite import SqliteDatabase
from tests.databases import an_empty_database
from tests.integration.backup.houses import NOW, ignore
from tests.integration.backup.test_backup_stores import fill
from tests.objects import the_object_store


async def test_films_in_an_object_store_come_back_into_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in the_object_store().environment(tmp_path.name).items():
        monkeypatch.setenv(name, value)
    folder, new = DataFolder(tmp_path / "old"), DataFolder(tmp_path / "new")
    folder.prepare()
    settings = load_settings(folder.root, {})
    store = SqlStore(SqliteDatabase(an_empty_database(folder.database)))
    blobs = await open_blobs(settings, folder)
    await fill(store, blobs)
    await store.close()
    taken = await take_backup(
        settings, folder, tmp_path / "a.tar", NOW, has_secret=False, report=ignore
    )
    await blobs.delete_under("videos")
    await restore_backup(tmp_path / "a.tar", settings, new, report=ignore)
    restored = SqlStore(SqliteDatabase(new.database))
    assert (taken.blobs, taken.damaged) == (1, [])
    assert [each async for each in find_missing(restored, blobs)] == []
    assert not new.blobs.exists()
    await restored.close()
