"""One try at a video, as it is remembered: where it was made, how long it took, how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from matinee.core.errors import Cancelled
from matinee.core.ids import VideoId

COMPLETED = "completed"
HANDED_BACK = "handed_back"
LEASE_EXPIRED = "lease_expired"
SERVER_RESTARTED = "server_restarted"

_NO_FAULTS = frozenset({COMPLETED, HANDED_BACK, SERVER_RESTARTED, Cancelled.code})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt at a video. Until it has ended, all that tells of its end is None."""

    video_id: VideoId
    number: int
    """The attempt number under which it held the video."""

    engine: str
    model: str = ""
    """What the engine calls the model; empty where it has only one."""

    film_seconds: int
    started_at: datetime
    finished_at: datetime | None = None
    outcome: str | None = None
    """`completed`, an error's code, `handed_back`, `lease_expired` or `server_restarted`."""

    message: str | None = None
    """The error's, safe to show a client."""

    upstream_id: str | None = None
    """The upstream's own id for the work, where there was one."""

    @property
    def took_s(self) -> float | None:
        """How long it took, once it has ended."""
        if self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def is_fault(self) -> bool:
        """Whether it ended by something that went wrong."""
        return self.outcome is not None and self.outcome not in _NO_FAULTS
