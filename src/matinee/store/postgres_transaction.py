"""A writing transaction on PostgreSQL: beside it, others write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg

from matinee.core.event import Event
from matinee.core.ids import AccountId, VideoId
from matinee.core.video import Video
from matinee.store import rows, statements
from matinee.store.rows import Row, Values
from matinee.store.statements import Statement, Texts
from matinee.store.transaction import SqlTransaction

Connection = psycopg.Connection[Any]

# Shared, so that commits wait for the disk together. It is held from before an event gets its
# number until the commit: whoever gets it alone finds no number missing below the largest.
_ADD_EVENT = b"""
WITH turn AS MATERIALIZED (
    SELECT pg_advisory_xact_lock_shared(hashtextextended('events', 0))
)
INSERT INTO events (video_id, account_id, kind, at, attempt, reason)
SELECT %(video_id)s::text, %(account_id)s::text, %(kind)s::text, %(at)s::bigint,
    %(attempt)s::integer, %(reason)s::text
FROM turn
"""
SETTLED = b"""
SELECT pg_advisory_xact_lock(hashtextextended('events', 0));
SELECT coalesce(max(sequence), 0) FROM events
"""
# Refused where nothing may be written, and else the number alone makes it durable.
_WRITE_NOTHING = b"""
WITH nothing AS (DELETE FROM house WHERE false)
SELECT pg_current_xact_id()
"""
_LOCK = b"SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))"
_LOCK_SHARED = b"SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 1))"


class PostgresTransaction(SqlTransaction):
    """The `Transaction` on `connection`, from its first statement to `commit`.

    Statements are sent on together as far as nobody waits for what they give.
    """

    def __init__(
        self,
        connection: Connection,
        pipeline: psycopg.Pipeline,
        texts: Texts,
        keys_changed: Callable[[], None],
    ) -> None:
        super().__init__(self._run, keys_changed, connection)
        self._pipeline = pipeline
        self._has_heard = False
        self._connection = connection
        self._texts = texts
        self._owners: dict[VideoId, AccountId] = {}
        self._told: list[Values] = []

    def video(self, video_id: VideoId) -> Video | None:
        """The video, whoever owns it. Nobody else changes it until this transaction ends."""
        video = super().video(video_id)
        if video is not None:
            self._owners[video_id] = video.account_id
        return video

    def overdue(self, engine: str, now: datetime, most: int) -> list[Video]:
        """Some of the engine's videos whose lease is over, but none that is in others' hands."""
        found = super().overdue(engine, now, most)
        self._owners.update((video.id, video.account_id) for video in found)
        return found

    def add_video(self, video: Video) -> None:
        """Insert `video` with its job, and its assets if it has any."""
        super().add_video(video)
        self._owners[video.id] = video.account_id

    def add_event(self, event: Event) -> None:
        """Append `event`, once all else is done: whoever has numbers waits for nobody."""
        owner = self._owners.get(event.video_id)
        if owner is None:
            row = self._run(statements.OWNER, video_id=event.video_id).fetchone()
            owner = row[0] if row else None
        self._told.append({**rows.values_of_event(event), "account_id": owner})

    def lock(self, name: str, *, is_shared: bool = False) -> None:
        """Wait until nobody else holds `name`, and hold it until the transaction ends."""
        self._connection.execute(_LOCK_SHARED if is_shared else _LOCK, (name,))

    def end(self) -> None:
        """Make sure that the server was heard of at least once."""
        if not self._has_heard:
            self._connection.execute(_WRITE_NOTHING)
            self._hear()

    def commit(self) -> None:
        """Make it durable."""
        for values in self._told:
            self._connection.execute(_ADD_EVENT, values)
        done = self._connection.execute(b"COMMIT")
        self._pipeline.sync()
        if done.statusmessage is None:
            raise psycopg.OperationalError("the server did not answer")
        if done.statusmessage != "COMMIT":
            # So PostgreSQL answers where a statement failed before; that is no error to it.
            raise psycopg.errors.InFailedSqlTransaction("a statement failed, unheeded")

    def _run(self, statement: Statement, **values: object) -> _Cursor:
        text = self._texts.of(statement).encode()
        try:
            cursor = self._connection.execute(text, values)
        except psycopg.DataError:
            if not any("\0" in value for value in values.values() if isinstance(value, str)):
                raise
            cursor = self._connection.execute(text, without_nul(values))
        return _Cursor(cursor, self._hear)

    def _hear(self) -> None:
        """Wait for the server, so that all that was sent on is done."""
        self._pipeline.sync()
        self._has_heard = True


class _Cursor:
    """What `cursor` gives, once it is asked for: until then nobody waits for the server."""

    __slots__ = ("_cursor", "_hear")

    def __init__(self, cursor: psycopg.Cursor[Any], hear: Callable[[], None]) -> None:
        self._cursor = cursor
        self._hear = hear

    @property
    def rowcount(self) -> int:
        """How many rows the statement wrote."""
        self._hear()
        return self._cursor.rowcount

    def fetchone(self) -> Row | None:
        """The next row."""
        self._hear()
        return self._cursor.fetchone()

    def fetchall(self) -> list[Any]:
        """The rows that are left."""
        self._hear()
        return self._cursor.fetchall()


def without_nul(values: Values) -> Values:
    """`values` with another sign for the one character that PostgreSQL's texts can't hold."""
    return {
        name: value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value
        for name, value in values.items()
    }
