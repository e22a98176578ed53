"""An immutable fact about a job, committed together with the state that it tells of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from matinee.core.ids import VideoId


class EventKind(StrEnum):
    """What happened."""

    ACCEPTED = "accepted"
    STARTED = "started"
    REQUEUED = "requeued"
    COMPLETED = "completed"
    FAILED = "failed"
    DELETED = "deleted"

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow but the video's deletion."""
        return self in (EventKind.COMPLETED, EventKind.FAILED, EventKind.DELETED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened to a video, when, in which attempt, and why (an error's code)."""

    video_id: VideoId
    kind: EventKind
    at: datetime
    attempt: int
    reason: str | None = None
