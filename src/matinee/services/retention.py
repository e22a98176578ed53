"""What is over: files of videos, and rows that nobody asks for any more."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from matinee.core.asset import blob_folder
from matinee.core.event import Event, EventKind
from matinee.core.ids import first_video_id
from matinee.core.video import Video
from matinee.ports.store import Transaction
from matinee.services.ports import Ports

logger = logging.getLogger(__name__)

_AT_ONCE = 100
"""So many in one transaction: others write too."""

_MOST_ROWS_AT_ONCE = 500
_REMOVED_AT_ONCE = 10
_REQUESTS_KEPT = timedelta(days=1)
"""As long as whoever sends an `Idempotency-Key` may rely on it."""

OVER = "retention"
"""Why a video was removed whose owner did not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFor:
    """How long what is kept after its end. `videos` None: until their owners delete them."""

    events: timedelta
    videos: timedelta | None = None


class Retention:
    """Removes some of what is over at each call, and says how much that was; 0 when all is done."""

    def __init__(self, ports: Ports, kept: KeptFor) -> None:
        self._ports = ports
        self._kept = kept

    async def expire(self) -> int:
        """The files of videos whose time is over. The videos stay, and say so.

        The rows go first: between the two a film is gone for its clients and still on the disk,
        where it is found as an orphan if this process dies now. Never the other way round.
        """
        now = self._ports.clock.now()

        def work(transaction: Transaction) -> list[Video]:
            expired = transaction.retention.expired(now, _AT_ONCE)
            for video in expired:
                transaction.save_assets(replace(video, assets=()))
            return expired

        expired = await self._ports.store.write(work)
        await self._remove_blobs(expired, "files of a video removed as its time was over")
        return len(expired)

    async def forget_videos(self) -> int:
        """Videos that ended long ago and have no files any more, with all that hangs on them."""
        if self._kept.videos is None:
            return 0
        now = self._ports.clock.now()
        before = first_video_id(now - self._kept.videos)

        def work(transaction: Transaction) -> list[Video]:
            found = transaction.retention.old_videos(before, _AT_ONCE)
            # Read again, which keeps others from deleting it meanwhile.
            old = [video for video in found if transaction.video(video.id) is not None]
            for video in old:
                transaction.add_event(_deletion(video, now))
                transaction.delete_video(video.id)
            return old

        old = await self._ports.store.write(work)
        await self._remove_blobs(old, "video removed as its time was over")
        return len(old)

    async def forget_requests(self) -> int:
        """`Idempotency-Key`s of long ago, and answers: the same request makes a new video then."""
        before = self._ports.clock.now() - _REQUESTS_KEPT

        def work(transaction: Transaction) -> int:
            transaction.answers.forget(before)
            return transaction.retention.forget_requests(before, _MOST_ROWS_AT_ONCE)

        return await self._ports.store.write(work)

    async def forget_events(self) -> int:
        """Events that everybody who was to be told of was told of, and that are old."""
        before = self._ports.clock.now() - self._kept.events
        return await self._ports.store.write(
            lambda transaction: transaction.retention.forget_events(before, _MOST_ROWS_AT_ONCE)
        )

    async def _remove_blobs(self, videos: Sequence[Video], message: str) -> None:
        """Several at once: an object store takes its time for each."""
        for start in range(0, len(videos), _REMOVED_AT_ONCE):
            some = videos[start : start + _REMOVED_AT_ONCE]
            removals = [self._ports.blobs.delete_under(blob_folder(video.id)) for video in some]
            await asyncio.gather(*removals)
            for video in some:
                logger.info(message, extra={"video_id": video.id})


def _deletion(video: Video, now: datetime) -> Event:
    return Event(
        video_id=video.id,
        kind=EventKind.DELETED,
        at=now,
        attempt=video.job.attempt,
        reason=OVER,
    )
