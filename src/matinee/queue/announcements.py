"""Announcements within one process: a last-value slot per watcher."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

from matinee.core.ids import VideoId
from matinee.core.job import JobState


class _Slot:
    """One watcher's newest value; what it did not fetch in time is replaced."""

    def __init__(self) -> None:
        self.value: tuple[JobState, int] | None = None
        self.changed = asyncio.Event()
        self.closed = False

    def put(self, value: tuple[JobState, int]) -> None:
        self.value = value
        self.changed.set()

    def close(self) -> None:
        self.closed = True
        self.changed.set()

    async def values(self) -> AsyncIterator[tuple[JobState, int]]:
        while True:
            await self.changed.wait()
            self.changed.clear()
            if self.value is not None:
                value, self.value = self.value, None
                yield value
                if value[0].is_final:
                    return
            if self.closed:
                return


class LocalAnnouncements:
    """Spreads announcements to watchers on the same event loop."""

    def __init__(self) -> None:
        self._slots: dict[VideoId, set[_Slot]] = {}
        self._listeners: list[Callable[[], None]] = []
        self._closed = False

    def on_final(self, listener: Callable[[], None]) -> None:
        """Call `listener` from now on whenever a video has come to its end."""
        self._listeners.append(listener)

    def announce(self, video_id: VideoId, state: JobState, progress: int) -> None:
        """Tell every watcher of the video."""
        if state.is_final:
            for listener in self._listeners:
                listener()
        for slot in self._slots.get(video_id, ()):
            slot.put((state, progress))

    @contextmanager
    def watch(self, video_id: VideoId) -> Iterator[AsyncIterator[tuple[JobState, int]]]:
        """Listen while the context is open."""
        slot = _Slot()
        if self._closed:
            slot.close()
        self._slots.setdefault(video_id, set()).add(slot)
        try:
            yield slot.values()
        finally:
            slots = self._slots[video_id]
            slots.discard(slot)
            if not slots:
                del self._slots[video_id]

    def close(self) -> None:
        """Let every watcher go, and those who come later: the server stops."""
        self._closed = True
        for slots in self._slots.values():
            for slot in slots:
                slot.close()
