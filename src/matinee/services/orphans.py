"""Blobs that no row leads to, and rows whose blobs are gone: rows and bytes compared.

A blob is stored before the row that names it, and removed after it. Whoever dies in between leaves
a blob that nobody will ever ask for.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from operator import eq

from matinee.core.ids import CharacterId, FileId, VideoId, parse_video_id
from matinee.core.retention import LONGEST_TO_ACCEPT, is_needed, needed_blobs
from matinee.ports.blobs import BlobFacts, Blobs
from matinee.ports.clock import Clock
from matinee.ports.store import Store

logger = logging.getLogger(__name__)

_YOUNG = 2 * LONGEST_TO_ACCEPT
"""Of a blob that is so old a row is there, or there will be none."""

_READ_AT_ONCE = 200
_KINDS = ("videos", "files", "characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingBlob:
    """A blob that a row names and that is not there."""

    owner: str
    """What needs it, such as `video 01k…`."""

    blob_key: str


@dataclass(slots=True, kw_only=True)
class _Folder:
    """The blobs of one video, file or character."""

    kind: str
    id: str
    blobs: list[BlobFacts]

    @property
    def key(self) -> str:
        return f"{self.kind}/{self.id}"


class Orphans:
    """Finds and removes blobs that nobody needs."""

    def __init__(self, store: Store, blobs: Blobs, clock: Clock) -> None:
        self._store = store
        self._blobs = blobs
        self._clock = clock

    async def sweep(self) -> int:
        """Look through every blob, and remove those older than an hour that no row needs.

        How many folders it removed something from. What is older than all that the rows still
        know of stays: it may be another database that knows it, and this one was set by mistake.
        """
        oldest = await self._oldest()
        if oldest is None:
            return 0
        count = 0
        for kind in _KINDS:
            async for folder in _folders(self._blobs, kind):
                if folder.id >= oldest:
                    count += await self._clear(folder)
                # A read of SQLite is done at once: others get their turn between two of them.
                await asyncio.sleep(0)
        return count

    async def _clear(self, folder: _Folder) -> bool:
        before = self._clock.now() - _YOUNG
        needs = await self._needs(folder)
        spare = [
            each
            for each in folder.blobs
            if not (needs is not None and needs(each.key)) and each.stored_at < before
        ]
        if not spare:
            return False
        # Where there is a row, more may have been stored since the folder was listed.
        if needs is None and len(spare) == len(folder.blobs):
            await self._blobs.delete_under(folder.key)
        else:
            for blob in spare:
                await self._blobs.delete(blob.key)
        size_bytes = sum(blob.size_bytes for blob in spare)
        fields = {"folder": folder.key, "blobs": len(spare), "size_bytes": size_bytes}
        logger.info("blobs removed that no row needs", extra=fields)
        return True

    async def _needs(self, folder: _Folder) -> Callable[[str], bool] | None:
        """Whether the row of `folder` needs the blob of a key; None if there is no row."""
        match folder.kind:
            case "videos":
                video = await self._store.video(VideoId(folder.id))
                return partial(is_needed, video) if video is not None else None
            case "files":
                file = await self._store.file(FileId(folder.id))
                return partial(eq, file.blob_key) if file is not None else None
            case _:
                character = await self._store.character(CharacterId(folder.id))
                return partial(eq, character.poster.blob_key) if character is not None else None

    async def _oldest(self) -> str | None:
        """The smallest id that the rows know, and so the oldest; None if they know nothing."""
        rows = self._store.retention
        known: list[str] = [
            *(video.id for video in await rows.videos(None, 1)),
            *(file.id for file in await rows.files(None, 1)),
            *(character.id for character in await rows.characters(None, 1)),
        ]
        event = await rows.first_event()
        return min([*known, event.video_id] if event else known, default=None)


async def _folders(blobs: Blobs, kind: str) -> AsyncIterator[_Folder]:
    """The blobs below `kind` by the folders that they lie in; what is no folder of ours is not."""
    folder: _Folder | None = None
    async for blob in blobs.list_under(kind):
        owner_id = blob.key.split("/", 2)[1]
        if folder is None or folder.id != owner_id:
            if folder is not None and parse_video_id(folder.id) == folder.id:
                yield folder
            folder = _Folder(kind=kind, id=owner_id, blobs=[])
        folder.blobs.append(blob)
    if folder is not None and parse_video_id(folder.id) == folder.id:
        yield folder


async def find_missing(store: Store, blobs: Blobs) -> AsyncIterator[MissingBlob]:
    """Every blob that a row names and that is not there, by the kind of row and its id."""
    async for kind, owner_id, needed in _needed_by_rows(store):
        if not needed:
            continue
        there = {blob.key async for blob in blobs.list_under(f"{kind}/{owner_id}")}
        for key in sorted(needed - there):
            if await _is_still_needed(store, kind, owner_id, key):
                yield MissingBlob(owner=f"{kind.removesuffix('s')} {owner_id}", blob_key=key)


async def _needed_by_rows(store: Store) -> AsyncIterator[tuple[str, str, frozenset[str]]]:
    last_video: VideoId | None = None
    while videos := await store.retention.videos(last_video, _READ_AT_ONCE):
        for video in videos:
            yield "videos", video.id, needed_blobs(video)
        last_video = videos[-1].id
    last_file: FileId | None = None
    while files := await store.retention.files(last_file, _READ_AT_ONCE):
        for file in files:
            yield "files", file.id, frozenset([file.blob_key])
        last_file = files[-1].id
    last: CharacterId | None = None
    while characters := await store.retention.characters(last, _READ_AT_ONCE):
        for character in characters:
            yield "characters", character.id, frozenset([character.poster.blob_key])
        last = characters[-1].id


async def _is_still_needed(store: Store, kind: str, owner_id: str, key: str) -> bool:
    """Whether the row still names the blob: it may have been removed since it was read."""
    match kind:
        case "videos":
            video = await store.video(VideoId(owner_id))
            return video is not None and key in needed_blobs(video)
        case "files":
            return await store.file(FileId(owner_id)) is not None
        case _:
            return await store.character(CharacterId(owner_id)) is not None
