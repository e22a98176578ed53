"""Announcements to the watchers of one process: a last-value slot for each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

from matinee.core.ids import AccountId, VideoId
from matinee.ports.events import Change
from matinee.ports.store import Transaction

_MOST_CHANGES = 10_000
"""An account's watcher that is so far behind looks into the store instead."""


class _Slot:
    """One watcher's newest values; what it did not fetch in time is replaced."""

    def __init__(self) -> None:
        self._changes: dict[VideoId, Change] = {}
        self._has_missed = False
        self._woken = asyncio.Event()
        self._closed = False

    def put(self, change: Change) -> None:
        if len(self._changes) >= _MOST_CHANGES and change.video_id not in self._changes:
            self.miss()
        elif not self._has_missed:
            self._changes[change.video_id] = change
        self._woken.set()

    def miss(self) -> None:
        """Something may have happened that nobody tells of."""
        self._changes.clear()
        self._has_missed = True
        self._woken.set()

    def close(self) -> None:
        self._closed = True
        self._woken.set()

    async def values(self) -> AsyncIterator[tuple[Change, ...] | None]:
        while True:
            await self._woken.wait()
            self._woken.clear()
            if self._has_missed:
                self._has_missed = False
                yield None
            elif self._changes:
                changes, self._changes = self._changes, {}
                yield tuple(changes.values())
            if self._closed:
                return


class _Slots:
    """The slots of everyone who watches, by what they watch."""

    def __init__(self) -> None:
        self._by_topic: dict[VideoId | AccountId, set[_Slot]] = {}

    def of(self, topic: VideoId | AccountId) -> set[_Slot] | tuple[()]:
        return self._by_topic.get(topic, ())

    def all(self) -> list[_Slot]:
        return [slot for slots in self._by_topic.values() for slot in slots]

    @contextmanager
    def one_more(self, topic: VideoId | AccountId) -> Iterator[_Slot]:
        slot = _Slot()
        self._by_topic.setdefault(topic, set()).add(slot)
        try:
            yield slot
        finally:
            slots = self._by_topic[topic]
            slots.discard(slot)
            if not slots:
                del self._by_topic[topic]


class LocalAnnouncements:
    """Spreads announcements to watchers on the same event loop."""

    def __init__(self) -> None:
        self._of_videos = _Slots()
        self._of_accounts = _Slots()
        self._listeners: list[Callable[[], None]] = []
        self._closed = False

    def on_final(self, listener: Callable[[], None]) -> None:
        """Call `listener` from now on whenever a video has come to its end."""
        self._listeners.append(listener)

    def announce(self, transaction: Transaction, change: Change) -> None:
        """Tell every watcher when `transaction` commits, and nobody if it does not."""
        transaction.after_commit(lambda: self.publish(change))

    def publish(self, change: Change) -> None:
        """Tell every watcher at once. Cheap; never blocks."""
        if change.state.is_final:
            for listener in self._listeners:
                listener()
        for slot in self._of_videos.of(change.video_id):
            slot.put(change)
        for slot in self._of_accounts.of(change.account_id):
            slot.put(change)

    def publish_gap(self) -> None:
        """Tell every watcher that changes may have been missed."""
        for listener in self._listeners:
            listener()
        for slot in (*self._of_videos.all(), *self._of_accounts.all()):
            slot.miss()

    @contextmanager
    def watch(self, video_id: VideoId) -> Iterator[AsyncIterator[Change | None]]:
        """Listen to a video while the context is open."""
        with self._of_videos.one_more(video_id) as slot:
            if self._closed:
                slot.close()
            yield _until_the_end(slot)

    @contextmanager
    def watch_account(
        self, account_id: AccountId
    ) -> Iterator[AsyncIterator[tuple[Change, ...] | None]]:
        """Listen to all videos of an account while the context is open."""
        with self._of_accounts.one_more(account_id) as slot:
            if self._closed:
                slot.close()
            yield slot.values()

    def close(self) -> None:
        """Let every watcher go, and those who come later: the server stops."""
        self._closed = True
        for slot in (*self._of_videos.all(), *self._of_accounts.all()):
            slot.close()


async def _until_the_end(slot: _Slot) -> AsyncIterator[Change | None]:
    """The changes of the one video that `slot` listens to, up to its last."""
    async for changes in slot.values():
        if changes is None:
            yield None
            continue
        (change,) = changes
        yield change
        if change.state.is_final or change.is_gone:
            return
