"""Makes a data folder out of a backup."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from matinee.backup.archive import (
    BLOBS,
    ROWS,
    SECRET,
    BackupInvalid,
    Manifest,
    Report,
    check_archive,
    read_archive,
)
from matinee.core.errors import SettingsInvalid, StorageFull
from matinee.data_folder import DataFolder
from matinee.durability import sync
from matinee.foundations import open_blobs
from matinee.ports.blobs import Blobs
from matinee.settings import Settings
from matinee.store.schema import REVISIONS, upgrade

_OWN = frozenset({"matinee.toml", "server.lock"})
"""What may be in a folder that counts as empty: its settings, and its lock."""

_STORED_AT_ONCE = 16
"""Each waits for the disk, or for an object store; together they wait once."""


def free_bytes(folder: Path) -> int:
    """How much room is on the folder's disk."""
    return shutil.disk_usage(folder).free


async def restore_backup(
    source: Path,
    settings: Settings,
    folder: DataFolder,
    *,
    report: Report,
    free: Callable[[Path], int] = free_bytes,
) -> Manifest:
    """Make the data folder `folder` what it was in the backup `source`; what that is.

    Every byte is compared with its SHA-256 before anything is written. The rows come to their
    place last: without them, nothing was restored. Raises BackupInvalid, FolderInUse,
    SettingsInvalid if the folder is not empty, StorageFull and ServiceUnavailable.
    """
    if settings.database is not None:
        raise SettingsInvalid(
            "A backup is restored into a data folder: unset 'database', restore, and then bring "
            "the rows there with 'matinee migrate-store'.",
            param="database",
        )
    if folder.root.exists():
        # First of all: a large backup takes minutes to read.
        _refuse_unless_empty(folder)
    manifest = await asyncio.to_thread(check_archive, source, report)
    if manifest.schema not in REVISIONS:
        raise SettingsInvalid(
            f"The backup has schema {manifest.schema}, and this version of Matinee knows none "
            f"after {REVISIONS[-1]}. Use the version that made it, {manifest.matinee}."
        )
    folder.prepare()
    with folder.hold(is_restoring=True):
        _clear_unless_filled(folder)
        blobs = await open_blobs(settings, folder)
        _refuse_without_room(manifest, settings, folder, free)
        with _building_site(folder) as site:
            await _extract(source, site, blobs, report)
            await asyncio.to_thread(_count_videos, site / ROWS, manifest.videos)
            await asyncio.to_thread(upgrade, site / ROWS)
            await asyncio.to_thread(_move_in, site, folder)
    return manifest


async def _extract(source: Path, site: Path, blobs: Blobs, report: Report) -> None:
    members = read_archive(source, site, report)
    storing: set[asyncio.Future[str]] = set()
    try:
        while (member := await asyncio.to_thread(next, members, None)) is not None:
            name, path = member
            if not name.startswith(BLOBS):
                await asyncio.to_thread(path.rename, site / name)
                continue
            storing.add(asyncio.ensure_future(blobs.put(name.removeprefix(BLOBS), path)))
            if len(storing) >= _STORED_AT_ONCE:
                done, storing = await asyncio.wait(storing, return_when=asyncio.FIRST_COMPLETED)
                for each in done:
                    each.result()
        await asyncio.gather(*storing)
    finally:
        # What was begun ends before the folder goes that it reads from.
        await asyncio.gather(*storing, return_exceptions=True)


def _refuse_unless_empty(folder: DataFolder) -> set[str]:
    """What a restore left here that was broken off. Raises SettingsInvalid if more is here."""
    found = {path.name for path in folder.root.iterdir()} - _OWN
    is_half = folder.restoring.name in found and folder.database.name not in found
    if found and not is_half:
        raise SettingsInvalid(
            f"The data folder {folder.root} is not empty. A backup is restored into a new one: "
            "name it with --data.",
            param="data",
        )
    return found


def _clear_unless_filled(folder: DataFolder) -> None:
    """Make way: nothing counts of what was restored by half."""
    for name in _refuse_unless_empty(folder):
        _remove(folder.root / name)


def _refuse_without_room(
    manifest: Manifest, settings: Settings, folder: DataFolder, free: Callable[[Path], int]
) -> None:
    """Raise StorageFull if the disk where the films go is too small for them."""
    where = str(folder.root) if settings.blob_store is None else settings.blob_store
    if "://" in where:
        return
    left = free(Path(where))
    if left < manifest.size_bytes:
        raise StorageFull(
            f"The backup needs {_in_mb(manifest.size_bytes)} MB on the disk of {where}, and "
            f"{_in_mb(left)} MB are free."
        )


def _in_mb(size_bytes: int) -> str:
    return f"{size_bytes / 1_000_000:,.1f}"


def _count_videos(rows: Path, expected: int) -> None:
    """Raise BackupInvalid unless there are so many."""
    try:
        with closing(sqlite3.connect(rows)) as connection:
            (count,) = connection.execute("SELECT count(*) FROM videos").fetchone()
    except sqlite3.DatabaseError as error:
        raise BackupInvalid(f"The backup's rows can't be read: {error}.") from error
    if count != expected:
        raise BackupInvalid(
            f"The backup's rows are of {count} videos, and its manifest says {expected}."
        )


@contextmanager
def _building_site(folder: DataFolder) -> Iterator[Path]:
    """Where things lie until they are complete; while it is there, no server starts here."""
    folder.restoring.mkdir()
    yield folder.restoring
    _remove(folder.restoring)


def _move_in(site: Path, folder: DataFolder) -> None:
    if (site / SECRET).exists():
        folder.adopt_pepper(site / SECRET)
    for path in (site / ROWS, folder.root):
        sync(path)
    (site / ROWS).rename(folder.database)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
