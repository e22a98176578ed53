"""What happened to videos, in order, as those who watch read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from matinee.core.event import Event
from matinee.core.ids import AccountId, VideoId
from matinee.core.video import Video


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event with its number among all events, and its video as it is now; None if it is gone."""

    sequence: int
    event: Event
    video: Video | None


class History(Protocol):
    """Reads of events. Their numbers rise in the order in which they were committed."""

    async def latest(self, video_id: VideoId) -> tuple[Video, int] | None:
        """The video with the number of its newest event, as both were at one moment.

        The number is 0 if its events were removed when their time was over.
        """

    async def last_of_video(self, video_id: VideoId) -> int:
        """The number of the newest event of a video that may be gone; 0 if it has none."""

    async def last_of_account(self, account_id: AccountId) -> int:
        """The number of the account's newest event; 0 if it has none."""

    async def of_account(self, account_id: AccountId, after: int, most: int) -> list[Happening]:
        """What happened to the account's videos behind the event `after`, in order."""
