"""The statements of clearing away."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from matinee.core.character import Character
from matinee.core.event import Event
from matinee.core.ids import CharacterId, FileId, VideoId
from matinee.core.job import JobState
from matinee.core.stored_file import StoredFile
from matinee.core.video import Video
from matinee.store import rows
from matinee.store.execution import Execute, Read
from matinee.store.statements import BEFORE_ALL_IDS, first
from matinee.store.tables import (
    HAS_END,
    UNFINISHED,
    characters,
    events,
    files,
    outbox,
    requests,
    videos,
)

_FINAL = ", ".join(f"'{state}'" for state in JobState if state.is_final)
EXPIRED = first(
    sa.select(videos)
    .where(HAS_END, videos.c.expires_at <= sa.bindparam("now", type_=sa.BigInteger))
    .order_by(videos.c.expires_at)
).with_for_update(skip_locked=True)
_OLD_VIDEOS = first(
    sa.select(videos)
    .where(
        videos.c.id < sa.bindparam("before"),
        sa.text(f"state IN ({_FINAL})"),
        videos.c.assets == sa.literal_column("'[]'"),
    )
    .order_by(videos.c.id)
).with_for_update(skip_locked=True)
_STALE = first(
    sa.select(videos)
    .where(UNFINISHED, videos.c.created_at < sa.bindparam("before", type_=sa.BigInteger))
    .order_by(videos.c.created_at, videos.c.id)
)
_OLD_REQUESTS = first(
    sa.select(requests.c.account_id, requests.c.request_key)
    .where(requests.c.created_at < sa.bindparam("before", type_=sa.BigInteger))
    .order_by(requests.c.created_at)
)
_FORGET_REQUEST = sa.delete(requests).where(
    requests.c.account_id == sa.bindparam("account_id"),
    requests.c.request_key == sa.bindparam("request_key"),
)
_NEWEST_EVENT = sa.select(sa.func.max(events.c.sequence))
_CURSOR = sa.select(outbox.c.sequence)
_FIRST_EVENTS = first(
    sa.select(events.c.sequence, events.c.at)
    .where(
        events.c.sequence <= sa.bindparam("told", type_=sa.BigInteger),
        events.c.sequence < _NEWEST_EVENT.scalar_subquery(),
    )
    .order_by(events.c.sequence)
)
_FIRST_EVENT = first(
    sa.select(
        *(events.c.video_id, events.c.kind, events.c.at, events.c.attempt, events.c.reason)
    ).order_by(events.c.sequence)
)
_FORGET_EVENTS = sa.delete(events).where(
    events.c.sequence <= sa.bindparam("last", type_=sa.BigInteger)
)
_VIDEOS = first(sa.select(videos).where(videos.c.id > sa.bindparam("after")).order_by(videos.c.id))
_FILES = first(sa.select(files).where(files.c.id > sa.bindparam("after")).order_by(files.c.id))
_CHARACTERS = first(
    sa.select(characters).where(characters.c.id > sa.bindparam("after")).order_by(characters.c.id)
)


class SqlRetentionRows:
    """The `RetentionRows` of every SQL database."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute

    def expired(self, now: datetime, most: int) -> list[Video]:
        """Videos that still have files although their time is over."""
        found = self._execute(EXPIRED, now=rows.micros(now), most=most).fetchall()
        return [rows.video_of(row) for row in found]

    def old_videos(self, before: VideoId, most: int) -> list[Video]:
        """Finished videos without files whose ids are smaller."""
        found = self._execute(_OLD_VIDEOS, before=before, most=most).fetchall()
        return [rows.video_of(row) for row in found]

    def stale(self, before: datetime, most: int) -> list[Video]:
        """Unfinished videos that were accepted before then."""
        found = self._execute(_STALE, before=rows.micros(before), most=most).fetchall()
        return [rows.video_of(row) for row in found]

    def forget_requests(self, before: datetime, most: int) -> int:
        """Remove `Idempotency-Key`s that were used before then; how many."""
        found = self._execute(_OLD_REQUESTS, before=rows.micros(before), most=most).fetchall()
        for account_id, request_key in found:
            self._execute(_FORGET_REQUEST, account_id=account_id, request_key=request_key)
        return len(found)

    def forget_events(self, before: datetime, most: int) -> int:
        """Remove the oldest events as far as they happened before then; how many."""
        cursor = self._execute(_CURSOR).fetchone()
        told = int(cursor[0]) if cursor else 0
        old: list[int] = []
        for sequence, at in self._execute(_FIRST_EVENTS, told=told, most=most).fetchall():
            # By number, not by time: so those are looked at that are to go, whatever there is.
            if at >= rows.micros(before):
                break
            old.append(sequence)
        if old:
            self._execute(_FORGET_EVENTS, last=old[-1])
        return len(old)


class SqlRetentionReads:
    """The `RetentionReads` of every SQL database."""

    def __init__(self, read: Read) -> None:
        self._read = read

    async def videos(self, after: VideoId | None, most: int) -> list[Video]:
        """The videos behind that id, of whatever account."""
        found = await self._read(_VIDEOS, after=after or BEFORE_ALL_IDS, most=most)
        return [rows.video_of(row) for row in found]

    async def files(self, after: FileId | None, most: int) -> list[StoredFile]:
        """The files behind that id."""
        found = await self._read(_FILES, after=after or BEFORE_ALL_IDS, most=most)
        return [rows.file_of(row) for row in found]

    async def first_event(self) -> Event | None:
        """The oldest event that is kept."""
        found = await self._read(_FIRST_EVENT, most=1)
        return rows.event_of(found[0]) if found else None

    async def characters(self, after: CharacterId | None, most: int) -> list[Character]:
        """The characters behind that id."""
        found = await self._read(_CHARACTERS, after=after or BEFORE_ALL_IDS, most=most)
        return [rows.character_of(row) for row in found]
