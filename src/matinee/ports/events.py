"""Who watches a video is told its last value."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from matinee.core.ids import VideoId
from matinee.core.job import JobState


class Announcements(Protocol):
    """Spreads a video's state and progress to its watchers. Slow watchers skip, none miss the last.

    It carries hints, not truth: a watcher that needs the whole video reads the store.
    """

    def announce(self, video_id: VideoId, state: JobState, progress: int) -> None:
        """Tell every watcher of the video. Cheap; never blocks."""

    def watch(self, video_id: VideoId) -> AsyncIterator[tuple[JobState, int]]:
        """Values announced from now on, only the newest if several came since the last look.

        Begins to listen when it is called, not when it is first awaited, so that a watcher who
        reads the store afterwards misses nothing. It ends after a final state.
        """
