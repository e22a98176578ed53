"""Takes a backup, beside running servers or without any.

The rows are copied first, at one moment, and then the blobs that they need. A blob that has gone
meanwhile went for a reason: its row is read anew, and the copy changed to how it is by then. So
no row of a backup leads to a film that is not in it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import matinee
from matinee.backup.archive import BLOBS, ROWS, SECRET, ArchiveWriter, Manifest, Report, new_archive
from matinee.backup.rows import SCHEMA, copy_rows, open_as_it_is
from matinee.core.errors import NotFound
from matinee.core.ids import CharacterId, FileId, VideoId
from matinee.core.retention import needed_blobs
from matinee.core.stored_file import StoredFile
from matinee.core.video import Video
from matinee.data_folder import DataFolder
from matinee.database import checked_secret, require_extras
from matinee.foundations import open_blobs
from matinee.ports.blobs import Blobs
from matinee.ports.store import Store, Transaction
from matinee.settings import Settings
from matinee.store.sql import SqlStore
from matinee.store.sqlite import SqliteDatabase

logger = logging.getLogger(__name__)

_READ_AT_ONCE = 200
_MOST_LOOKS = 5
"""A video moves so often at most while its blobs are read: it waits, is made, ends, expires."""


@dataclass(slots=True, kw_only=True)
class Taken:
    """What came into a backup. `damaged` are blobs that were gone or not as their row says."""

    videos: int = 0
    blobs: int = 0
    size_bytes: int = 0
    damaged: list[str] = field(default_factory=list)


async def take_backup(
    settings: Settings,
    folder: DataFolder,
    target: Path,
    now: datetime,
    *,
    has_secret: bool,
    report: Report,
) -> Taken:
    """Write a backup to the new file `target`; it is there when it is complete, or not at all.

    Raises BackupInvalid if `target` exists, SettingsInvalid, also if this machine lacks the secret
    that is to be in it, StorageFull and ServiceUnavailable.
    """
    require_extras(settings)
    secret = await asyncio.to_thread(checked_secret, settings, folder) if has_secret else None
    async with AsyncExitStack() as stack:
        archive, place = stack.enter_context(new_archive(target, report))
        rows = place / ROWS
        await asyncio.to_thread(copy_rows, settings, folder, rows, has_secret=has_secret)
        live = await stack.enter_async_context(open_as_it_is(settings, folder))
        blobs = await open_blobs(settings, folder)
        copy = SqlStore(SqliteDatabase(rows))
        try:
            taking = _Taking(archive, place, live, copy, blobs)
            await taking.run()
        finally:
            await copy.close()
        taken = taking.taken
        await asyncio.to_thread(archive.add, ROWS, rows)
        if secret is not None:
            await asyncio.to_thread(_add_secret, archive, place, secret)
        taken.size_bytes = archive.size_bytes
        await asyncio.to_thread(
            archive.finish,
            Manifest(
                matinee=matinee.__version__,
                schema=SCHEMA,
                made_at=now.isoformat(),
                videos=taken.videos,
                blobs=taken.blobs,
                size_bytes=taken.size_bytes,
                has_secret=has_secret,
            ),
        )
    return taken


class _Taking:
    """Puts what the rows of `copy` need into the archive, and sets right what went meanwhile."""

    def __init__(
        self, archive: ArchiveWriter, place: Path, live: Store, copy: Store, blobs: Blobs
    ) -> None:
        self._archive = archive
        self._fetched = place / "blob"
        self._live = live
        self._copy = copy
        self._blobs = blobs
        self.taken = Taken()

    async def run(self) -> None:
        """Do it for every row that has blobs."""
        async for video in _videos(self._copy):
            await self._take_video(video)
        async for file in _files(self._copy):
            if not await self._take(file.blob_key):
                await self._drop_file(file)
        last: CharacterId | None = None
        while characters := await self._copy.retention.characters(last, _READ_AT_ONCE):
            for character in characters:
                if not await self._take(character.poster.blob_key):
                    self._note_damage(character.poster.blob_key)
            last = characters[-1].id

    async def _take_video(self, video: Video) -> None:
        taken: set[str] = set()
        video_id = video.id
        for _ in range(_MOST_LOOKS):
            missing = await self._take_blobs(video, taken)
            if not missing:
                self.taken.videos += 1
                return
            current = await self._live.video(video_id)
            if current is None:
                await self._copy.write(lambda each: each.delete_video(video_id))
                return
            if current == video:
                break
            await self._replace(video, current)
            video = current
        for key in missing:
            self._note_damage(key)
        self.taken.videos += 1
        if any(asset.blob_key in missing for asset in video.assets):
            gone = replace(video, assets=())
            await self._copy.write(lambda each: each.save_assets(gone))

    async def _take_blobs(self, video: Video, taken: set[str]) -> list[str]:
        """Add what the video needs and `taken` lacks; what is not there."""
        sums = {asset.blob_key: asset.sha256 for asset in video.assets}
        missing = []
        for key in sorted(needed_blobs(video) - taken):
            if not await self._take(key, sums.get(key)):
                missing.append(key)
            else:
                taken.add(key)
        return missing

    async def _replace(self, before: Video, after: Video) -> None:
        def work(transaction: Transaction) -> None:
            transaction.save_job(before.job, after.job)
            transaction.save_assets(after)

        await self._copy.write(work)

    async def _drop_file(self, file: StoredFile) -> None:
        if await self._live.file(file.id) is not None:
            self._note_damage(file.blob_key)
        await self._copy.write(lambda each: each.library.delete_file(file.id))

    async def _take(self, key: str, sha256: str | None = None) -> bool:
        """Add the blob; whether it was there."""
        try:
            path = self._blobs.local_path(key)
            if path is None:
                path = self._fetched
                await self._blobs.fetch(key, path)
            digest = await asyncio.to_thread(self._archive.add, BLOBS + key, path)
        except (NotFound, FileNotFoundError):
            return False
        self.taken.blobs += 1
        if sha256 is not None and digest != sha256:
            self._note_damage(key)
        return True

    def _note_damage(self, key: str) -> None:
        logger.error("a blob is gone or not as it was stored", extra={"blob_key": key})
        self.taken.damaged.append(key)


def _add_secret(archive: ArchiveWriter, place: Path, secret: bytes) -> None:
    path = place / SECRET
    path.write_bytes(secret)
    archive.add(SECRET, path)


async def _videos(store: Store) -> AsyncIterator[Video]:
    last: VideoId | None = None
    while videos := await store.retention.videos(last, _READ_AT_ONCE):
        for video in videos:
            yield video
        last = videos[-1].id


async def _files(store: Store) -> AsyncIterator[StoredFile]:
    last: FileId | None = None
    while files := await store.retention.files(last, _READ_AT_ONCE):
        for file in files:
            yield file
        last = files[-1].id
