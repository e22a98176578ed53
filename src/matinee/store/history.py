"""What happened to videos, as those who watch read it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import sqlalchemy as sa

from matinee.core.ids import AccountId, VideoId
from matinee.core.video import Video
from matinee.ports.history import Happening
from matinee.store.execution import Read
from matinee.store.rows import Row, event_of, video_of
from matinee.store.statements import first
from matinee.store.tables import events, videos

_of_video: sa.BindParameter[str] = sa.bindparam("video_id")
_of_account: sa.BindParameter[str] = sa.bindparam("account_id")

_NEWEST = sa.select(sa.func.coalesce(sa.func.max(events.c.sequence), sa.literal_column("0")))
_LAST_OF_VIDEO = _NEWEST.where(events.c.video_id == _of_video)
_IS_SETTLED = events.c.sequence <= sa.bindparam("settled")
_LAST_OF_ACCOUNT = _NEWEST.where(events.c.account_id == _of_account, _IS_SETTLED)
# One statement, so that the state and the number belong together.
_LATEST = sa.select(_LAST_OF_VIDEO.scalar_subquery(), *videos.c).where(videos.c.id == _of_video)
_EVENT_COLUMNS = (
    *(events.c.sequence, events.c.video_id, events.c.kind),
    *(events.c.at, events.c.attempt, events.c.reason),
)
_OF_ACCOUNT = first(
    sa.select(*_EVENT_COLUMNS, *videos.c)
    .select_from(events.outerjoin(videos, videos.c.id == events.c.video_id))
    .where(
        events.c.account_id == _of_account,
        events.c.sequence > sa.bindparam("after"),
        _IS_SETTLED,
    )
    .order_by(events.c.sequence)
)


class SqlHistory:
    """The `History` of every SQL database."""

    def __init__(self, read: Read, settled: Callable[[], Awaitable[int]]) -> None:
        self._read = read
        self._settled = settled

    async def latest(self, video_id: VideoId) -> tuple[Video, int] | None:
        """The video with the number of its newest event, as both were at one moment."""
        found = await self._read(_LATEST, video_id=video_id)
        if not found:
            return None
        sequence, *video = found[0]
        return video_of(video), int(sequence)

    async def last_of_video(self, video_id: VideoId) -> int:
        """The number of the newest event of a video that may be gone; 0 if it has none."""
        ((sequence,),) = await self._read(_LAST_OF_VIDEO, video_id=video_id)
        return int(sequence)

    async def last_of_account(self, account_id: AccountId) -> int:
        """The number of the account's newest event; 0 if it has none."""
        ((sequence,),) = await self._read(
            _LAST_OF_ACCOUNT, account_id=account_id, settled=await self._settled()
        )
        return int(sequence)

    async def of_account(self, account_id: AccountId, after: int, most: int) -> list[Happening]:
        """What happened to the account's videos behind the event `after`, in order."""
        settled = await self._settled()
        found = await self._read(
            _OF_ACCOUNT, account_id=account_id, after=after, settled=settled, most=most
        )
        return [_happening_of(row) for row in found]


def _happening_of(row: Row) -> Happening:
    number = len(_EVENT_COLUMNS)
    sequence, *event = row[:number]
    video = row[number:]
    return Happening(
        sequence=sequence,
        event=event_of(event),
        video=video_of(video) if video[0] is not None else None,
    )
