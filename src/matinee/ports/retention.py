"""What is looked through so that nothing is kept, or waits, for longer than it shall."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from matinee.core.character import Character
from matinee.core.event import Event
from matinee.core.ids import CharacterId, FileId, VideoId
from matinee.core.stored_file import StoredFile
from matinee.core.video import Video


class RetentionRows(Protocol):
    """The statements of clearing away in a writing transaction, each on `most` rows at most."""

    def expired(self, now: datetime, most: int) -> list[Video]:
        """Videos that still have files although their time is over, the longest over first."""

    def old_videos(self, before: VideoId, most: int) -> list[Video]:
        """Finished videos without files whose ids are smaller, the oldest first."""

    def stale(self, before: datetime, most: int) -> list[Video]:
        """Unfinished videos that were accepted before then, the oldest first."""

    def forget_requests(self, before: datetime, most: int) -> int:
        """Remove `Idempotency-Key`s that were used before then; how many."""

    def forget_events(self, before: datetime, most: int) -> int:
        """Remove the oldest events as far as they happened before then; how many.

        The newest stays, whatever its age, for the next one's number comes after it; and so do
        those of which webhooks are still to tell.
        """


class RetentionReads(Protocol):
    """All rows with blobs behind them, in the order of their ids, some at a time."""

    async def videos(self, after: VideoId | None, most: int) -> list[Video]:
        """The videos behind that id, of whatever account."""

    async def files(self, after: FileId | None, most: int) -> list[StoredFile]:
        """The same of files."""

    async def first_event(self) -> Event | None:
        """The oldest event that is kept."""

    async def characters(self, after: CharacterId | None, most: int) -> list[Character]:
        """The same of characters."""
