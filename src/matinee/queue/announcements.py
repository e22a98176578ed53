"""Announcements to the watchers of one process: a last-value slot for each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import partial

from matinee.core.ids import AccountId, VideoId
from matinee.ports.events import Change, Listener
from matinee.ports.store import Transaction


class _Slot:
    """One watcher's newest value; what it did not fetch in time is replaced."""

    def __init__(self) -> None:
        self._change: Change | None = None
        self._has_missed = False
        self._woken = asyncio.Event()
        self._closed = False

    def put(self, change: Change) -> None:
        if not self._has_missed:
            self._change = change
        self._woken.set()

    def miss(self) -> None:
        """Something may have happened that nobody tells of."""
        self._change = None
        self._has_missed = True
        self._woken.set()

    def close(self) -> None:
        self._closed = True
        self._woken.set()

    async def values(self) -> AsyncIterator[Change | None]:
        """Up to the last of the video."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            if self._has_missed:
                self._has_missed = False
                yield None
            elif self._change is not None:
                change, self._change = self._change, None
                yield change
                if change.state.is_final or change.is_gone:
                    return
            if self._closed:
                return


class _Listeners:
    """Everyone who listens, by what they listen to."""

    def __init__(self) -> None:
        self._by_topic: dict[VideoId | AccountId, set[Listener]] = {}

    def of(self, topic: VideoId | AccountId) -> tuple[Listener, ...]:
        # A copy, as a listener may leave when it is told.
        return tuple(self._by_topic.get(topic, ()))

    def all(self) -> list[Listener]:
        return [each for listeners in self._by_topic.values() for each in listeners]

    def add(self, topic: VideoId | AccountId, listener: Listener) -> Callable[[], None]:
        self._by_topic.setdefault(topic, set()).add(listener)
        return partial(self._remove, topic, listener)

    def _remove(self, topic: VideoId | AccountId, listener: Listener) -> None:
        listeners = self._by_topic[topic]
        listeners.discard(listener)
        if not listeners:
            del self._by_topic[topic]


class LocalAnnouncements:
    """Spreads announcements to watchers on the same event loop."""

    def __init__(self, carry: Callable[[Transaction, Change], None] | None = None) -> None:
        """`carry` takes what is announced to every process, which has it published; this one too.

        None: nobody else is told.
        """
        self._carry = carry
        self._of_videos = _Listeners()
        self._of_accounts = _Listeners()
        self._listeners: list[Callable[[], None]] = []
        self._closed = False

    def on_final(self, listener: Callable[[], None]) -> None:
        """Call `listener` from now on whenever a video has come to its end."""
        self._listeners.append(listener)

    def announce(self, transaction: Transaction, change: Change) -> None:
        """Tell every watcher when `transaction` commits, and nobody if it does not."""
        if self._carry is not None:
            self._carry(transaction, change)
        else:
            transaction.after_commit(lambda: self.publish(change))

    def publish(self, change: Change) -> None:
        """Tell every watcher at once. Cheap; never blocks."""
        if change.state.is_final:
            for listener in self._listeners:
                listener()
        for listening in self._of_videos.of(change.video_id):
            listening.put(change)
        for listening in self._of_accounts.of(change.account_id):
            listening.put(change)

    def publish_gap(self) -> None:
        """Tell every watcher that changes may have been missed."""
        for listener in self._listeners:
            listener()
        for listening in (*self._of_videos.all(), *self._of_accounts.all()):
            listening.miss()

    def listen(self, video_id: VideoId, listener: Listener) -> Callable[[], None]:
        """Tell `listener` of a video from now on, until what is returned is called."""
        return self._listen(self._of_videos, video_id, listener)

    def listen_to_account(self, account_id: AccountId, listener: Listener) -> Callable[[], None]:
        """Tell `listener` of all videos of an account, until what is returned is called."""
        return self._listen(self._of_accounts, account_id, listener)

    @contextmanager
    def watch(self, video_id: VideoId) -> Iterator[AsyncIterator[Change | None]]:
        """Listen to a video while the context is open."""
        slot = _Slot()
        stop = self.listen(video_id, slot)
        try:
            yield slot.values()
        finally:
            stop()

    def _listen(
        self, listeners: _Listeners, topic: VideoId | AccountId, listener: Listener
    ) -> Callable[[], None]:
        if self._closed:
            listener.close()
        return listeners.add(topic, listener)

    def close(self) -> None:
        """Let every watcher go, and those who come later: the server stops."""
        self._closed = True
        for listening in (*self._of_videos.all(), *self._of_accounts.all()):
            listening.close()
