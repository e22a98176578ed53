"""The store on any SQL database."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from matinee.core.account import ApiKey
from matinee.core.character import Character
from matinee.core.event import Event
from matinee.core.ids import AccountId, CharacterId, FileId, VideoId
from matinee.core.job import JobState
from matinee.core.stored_file import StoredFile
from matinee.core.video import Video
from matinee.ports.library import FilePage
from matinee.ports.store import Transaction, VideoPage
from matinee.store import library, rows, statements
from matinee.store.attempts import SqlAttemptReads
from matinee.store.crew import SqlCrewReads
from matinee.store.history import SqlHistory
from matinee.store.retention import SqlRetentionReads
from matinee.store.rows import Row
from matinee.store.statements import (
    AFTER_ALL_IDS,
    BEFORE_ALL_IDS,
    BEFORE_ALL_PRIORITIES,
    Statement,
)
from matinee.store.webhooks import SqlWebhookReads

Result = TypeVar("Result")

_KEYS_TRUSTED_S = 0.5
"""A key revoked by another process works no longer than this; the promise is one second."""


class Database(Protocol):
    """What the store needs of a database."""

    async def read(self, statement: Statement, **values: object) -> list[Row]:
        """All rows of `statement`, as they were committed last."""

    async def write(
        self, work: Callable[[Transaction], Result], keys_changed: Callable[[], None]
    ) -> Result:
        """Run `work` in a transaction; its result once it is durable.

        `keys_changed` is called before it returns if the work changed keys.
        """

    async def settled(self) -> int:
        """The number of an event up to which nothing is missing.

        Where several write at once, one that took a smaller number may commit later. What reads
        events of several videos by number reads none behind this one.
        """

    async def version(self) -> int:
        """A number that changes at the latest when any process has changed keys."""

    async def close(self) -> None:
        """Finish what is being written, then let go of the database."""


@dataclass(slots=True)
class _KnownKeys:
    """Keys as they were read. As soon as one has changed another object takes its place.

    So what was asked for before a change, and is answered after it, is not kept.
    """

    by_digest: dict[str, ApiKey] = field(default_factory=dict)
    are_there: bool | None = None


class SqlStore:
    """The `Store` on `database`. `monotonic` counts seconds."""

    def __init__(
        self, database: Database, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self.attempts = SqlAttemptReads(database.read)
        self.crew = SqlCrewReads(database.read)
        self.history = SqlHistory(database.read, database.settled)
        self.retention = SqlRetentionReads(database.read)
        self.webhooks = SqlWebhookReads(database.read, database.settled)
        self._monotonic = monotonic
        self._known = _KnownKeys()
        self._keys_version = -1
        self._keys_trusted_until = 0.0

    async def write(self, work: Callable[[Transaction], Result]) -> Result:
        """Run `work` in a transaction; its result once the commit is durable."""
        return await self._database.write(work, self._forget_keys)

    async def video(self, video_id: VideoId) -> Video | None:
        """The video, whoever owns it."""
        found = await self._database.read(statements.VIDEO, video_id=video_id)
        return rows.video_of(found[0]) if found else None

    async def list_videos(
        self, account_id: AccountId, *, limit: int, after: VideoId | None, newest_first: bool
    ) -> VideoPage:
        """A page of the account's videos by time of creation, behind the video `after`."""
        if newest_first:
            statement, start = statements.OLDER_VIDEOS, AFTER_ALL_IDS
        else:
            statement, start = statements.NEWER_VIDEOS, BEFORE_ALL_IDS
        found = await self._database.read(
            statement, account_id=account_id, after=after or start, most=limit + 1
        )
        return VideoPage(
            videos=tuple(rows.video_of(row) for row in found[:limit]), has_more=len(found) > limit
        )

    async def count_ahead(self, video: Video, most: int) -> int:
        """How many videos wait before `video` for the same engine, counted up to `most`."""
        job = video.job
        if job.state is not JobState.QUEUED:
            return 0
        ((count,),) = await self._database.read(
            statements.COUNT_AHEAD,
            engine=job.engine,
            priority=job.priority,
            video_id=video.id,
            most=most,
        )
        return int(count)

    async def waiting(self, engine: str, after: Video | None, most: int) -> list[Video]:
        """Some of the videos that wait for the engine, in line behind `after` as it was read."""
        found = await self._database.read(
            statements.WAITING_VIDEOS,
            engine=engine,
            priority=after.job.priority if after is not None else BEFORE_ALL_PRIORITIES,
            after=after.id if after is not None else BEFORE_ALL_IDS,
            most=most,
        )
        return [rows.video_of(row) for row in found]

    async def character(self, character_id: CharacterId) -> Character | None:
        """The character, whoever owns it."""
        found = await self._database.read(library.CHARACTER, character_id=character_id)
        return rows.character_of(found[0]) if found else None

    async def list_characters(self, account_id: AccountId) -> list[Character]:
        """The account's characters, newest first."""
        found = await self._database.read(library.CHARACTERS, account_id=account_id)
        return [rows.character_of(row) for row in found]

    async def file(self, file_id: FileId) -> StoredFile | None:
        """The file, whoever owns it."""
        found = await self._database.read(library.FILE, file_id=file_id)
        return rows.file_of(found[0]) if found else None

    async def list_files(
        self,
        account_id: AccountId,
        *,
        purpose: str | None,
        limit: int,
        after: FileId | None,
        newest_first: bool,
    ) -> FilePage:
        """A page of the account's files by time of creation, behind the file `after`."""
        if newest_first:
            statement, start = library.OLDER_FILES, AFTER_ALL_IDS
        else:
            statement, start = library.NEWER_FILES, BEFORE_ALL_IDS
        found = await self._database.read(
            statement,
            account_id=account_id,
            purpose=purpose,
            after=after or start,
            most=limit + 1,
        )
        return FilePage(
            files=tuple(rows.file_of(row) for row in found[:limit]), has_more=len(found) > limit
        )

    async def key_by_digest(self, digest: str) -> ApiKey | None:
        """The key with that digest, unless it is revoked."""
        await self._refresh_keys()
        known = self._known
        key = known.by_digest.get(digest)
        if key is None:
            found = await self._database.read(statements.VALID_KEY, digest=digest)
            if found:
                key = known.by_digest[digest] = rows.key_of(found[0])
        return key

    async def list_keys(self) -> list[ApiKey]:
        """Every key, oldest first, revoked ones among them."""
        return [rows.key_of(row) for row in await self._database.read(statements.KEYS)]

    async def has_keys(self) -> bool:
        """Whether a key was ever made: then every request needs one."""
        await self._refresh_keys()
        known = self._known
        if known.are_there is None:
            ((count,),) = await self._database.read(statements.COUNT_KEYS)
            known.are_there = count > 0
        return known.are_there

    async def events(self, video_id: VideoId) -> list[Event]:
        """What happened to the video, in order."""
        found = await self._database.read(statements.EVENTS, video_id=video_id)
        return [rows.event_of(row) for row in found]

    async def ping(self) -> None:
        """Raise ServiceUnavailable unless the database can be written to."""
        await self.write(lambda _: None)

    async def close(self) -> None:
        """Finish what is being written and let go of the database."""
        await self._database.close()

    async def _refresh_keys(self) -> None:
        """Forget the keys read before if another process may have changed them since."""
        now = self._monotonic()
        if now < self._keys_trusted_until:
            return
        version = await self._database.version()
        if version != self._keys_version:
            self._forget_keys()
            self._keys_version = version
        self._keys_trusted_until = now + _KEYS_TRUSTED_S

    def _forget_keys(self) -> None:
        self._known = _KnownKeys()
