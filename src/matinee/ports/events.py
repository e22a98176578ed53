"""Who watches a video is told its last value."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from typing import Protocol

from matinee.core.ids import VideoId
from matinee.core.job import JobState


class Announcements(Protocol):
    """Spreads a video's state and progress to its watchers. Slow watchers skip, none miss the last.

    It carries hints, not truth: a watcher that needs the whole video reads the store.
    """

    def announce(self, video_id: VideoId, state: JobState, progress: int) -> None:
        """Tell every watcher of the video. Cheap; never blocks."""

    def watch(
        self, video_id: VideoId
    ) -> AbstractContextManager[AsyncIterator[tuple[JobState, int]]]:
        """Listen while the context is open: values announced from its start on.

        Only the newest is given if several came since the last look. A watcher that reads the
        store after it began to listen misses nothing. The iterator ends after a final state, and
        when the server stops.
        """
