"""Which videos answered which request, so that a request that is repeated is not obeyed twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from matinee.core.ids import AccountId, VideoId


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The videos that one request was answered with.

    `digest` is of what was asked. `delivered_at` is when the client surely had the whole answer.
    """

    id: str
    account_id: AccountId
    digest: str
    created_at: datetime
    is_repeat: bool = False
    """Whether the request said of itself that it repeats one."""

    delivered_at: datetime | None = None
    video_ids: tuple[VideoId, ...] = ()


class AnswerRows(Protocol):
    """The answers given lately."""

    def add(self, answer: Answer) -> None:
        """Insert `answer` with its videos, or add its videos to the one of the same id."""

    def find(self, account_id: AccountId, digest: str, since: datetime) -> list[Answer]:
        """The account's answers to what has that digest, newest first, from `since` on.

        Without the videos that were deleted meanwhile.
        """

    def deliver(self, answer_id: str, now: datetime) -> None:
        """Note that the client has the whole answer."""

    def forget(self, before: datetime) -> None:
        """Remove the oldest of what was answered earlier than `before`, a hundred at most."""
