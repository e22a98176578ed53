"""Who watches videos is told their last values."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from matinee.core.ids import AccountId, VideoId
from matinee.core.job import JobState
from matinee.core.video import Video
from matinee.ports.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a video has become."""

    video_id: VideoId
    account_id: AccountId
    state: JobState
    progress: int
    is_wanted: bool = True
    """False once its owner has cancelled or deleted it: whoever works on it stops."""

    is_gone: bool = False
    """Whether it was deleted."""

    @classmethod
    def of(cls, video: Video) -> Change:
        """What `video` is."""
        return cls(
            video_id=video.id,
            account_id=video.account_id,
            state=video.job.state,
            progress=video.job.progress,
            is_wanted=video.job.cancel_requested_at is None,
        )


class Listener(Protocol):
    """Is told of changes at once, on the event loop. What it does then is short and never waits."""

    def put(self, change: Change) -> None:
        """A video has changed."""

    def miss(self) -> None:
        """Some changes may have been missed: the store is to be asked."""

    def close(self) -> None:
        """The server stops."""


class Announcements(Protocol):
    """Spreads changes to watchers, in every process. Slow watchers skip, none miss the last.

    It carries hints, not truth: a watcher that needs the whole video reads the store.
    """

    def announce(self, transaction: Transaction, change: Change) -> None:
        """Tell every watcher when `transaction` commits, and nobody if it does not."""

    def watch(self, video_id: VideoId) -> AbstractContextManager[AsyncIterator[Change | None]]:
        """Listen to a video while the context is open: what is announced from its start on.

        Only the newest is given if several came since the last look. None says that some may have
        been missed, so that the store is to be asked. A watcher that reads the store after it
        began to listen misses nothing. The iterator ends after a final state or the video's
        deletion, and when the server stops.
        """

    def listen(self, video_id: VideoId, listener: Listener) -> Callable[[], None]:
        """Tell `listener` of a video from now on, until what is returned is called.

        The same as `watch`, for very many.
        """

    def listen_to_account(self, account_id: AccountId, listener: Listener) -> Callable[[], None]:
        """Tell `listener` of all videos of an account, until what is returned is called."""
