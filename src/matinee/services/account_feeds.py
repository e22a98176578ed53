"""Watching all videos of an account: states in the order of their events, progress as it is."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from matinee.core.event import EventKind
from matinee.core.ids import AccountId, VideoId
from matinee.core.job import JobState
from matinee.ports.events import Announcements, Change
from matinee.ports.history import Happening, History
from matinee.services.updates import Lookout, Update, Wakening

_PAGE = 100
_MOST_KEPT = 1000
"""A watcher that is further behind reads the store."""

_MOST_PROGRESS = 10_000
"""The progress of more videos is not kept for one who does not take it: newer will come."""

_STATES = {
    EventKind.ACCEPTED: JobState.QUEUED,
    EventKind.REQUEUED: JobState.QUEUED,
    EventKind.STARTED: JobState.IN_PROGRESS,
    EventKind.COMPLETED: JobState.COMPLETED,
    EventKind.FAILED: JobState.FAILED,
    EventKind.DELETED: JobState.FAILED,
}


class AccountFeed:
    """Follows the videos of one account. A `Listener`.

    The newest updates are kept for all watchers; each remembers how far it has come.
    """

    def __init__(self, history: History, account_id: AccountId) -> None:
        self._history = history
        self._account_id = account_id
        self._watchers: set[AccountWatcher] = set()
        self._states: dict[VideoId, JobState] = {}
        self._recent: deque[Update] = deque()
        self._lookout = Lookout(self._look)
        self._is_closed = False
        self.stop_listening: Callable[[], None] = lambda: None
        self.newest: int | None = None
        """The number of the newest event that is known; None until the first was looked up."""

        self._kept_after = 0
        """All updates behind that event are among the recent ones."""

    @property
    def is_watched(self) -> bool:
        """Whether anybody is left."""
        return bool(self._watchers)

    async def begin(self) -> int:
        """The number of the newest event, before anything is told."""
        if self.newest is None:
            last = await self.last()
            # Another watcher may have come as far meanwhile.
            if self.newest is None:
                self.newest = self._kept_after = last
        return self.newest

    async def last(self) -> int:
        """The number of the newest event that there is."""
        return await self._history.last_of_account(self._account_id)

    def add(self, watcher: AccountWatcher) -> None:
        """Tell `watcher` what happens."""
        self._watchers.add(watcher)
        if self._is_closed:
            watcher.close()

    def remove(self, watcher: AccountWatcher) -> None:
        """Tell it nothing more."""
        self._watchers.discard(watcher)
        if not self._watchers:
            self._lookout.stop()

    def put(self, change: Change) -> None:
        """A video has changed."""
        known = self._states.get(change.video_id)
        if change.is_gone or change.state.is_final:
            self._states.pop(change.video_id, None)
            self._lookout.outdate()
            return
        if change.state is not known:
            self._states[change.video_id] = change.state
            self._lookout.outdate()
        if change.progress > 0:
            update = Update(video_id=change.video_id, state=change.state, progress=change.progress)
            for watcher in self._watchers:
                watcher.put(update)

    def miss(self) -> None:
        """Something may have happened that nobody told of."""
        self._lookout.outdate()

    def close(self) -> None:
        """The server stops."""
        self._is_closed = True
        for watcher in self._watchers:
            watcher.close()

    async def behind(self, sequence: int) -> tuple[list[Update], int]:
        """Updates behind that event, some or all, and how far one has come with them."""
        newest = await self.begin()
        if sequence >= self._kept_after:
            return [each for each in self._recent if (each.sequence or 0) > sequence], newest
        page = await self._history.of_account(self._account_id, sequence, _PAGE)
        # Nothing came: what is missing below the kept ones was removed when its time was over.
        reached = page[-1].sequence if page else newest
        return _updates(page), reached

    async def _look(self) -> None:
        after = await self.begin()
        while page := await self._history.of_account(self._account_id, after, _PAGE):
            self._recent.extend(_updates(page))
            while len(self._recent) > _MOST_KEPT:
                self._kept_after = self._recent.popleft().sequence or self._kept_after
            after = self.newest = page[-1].sequence
            for watcher in self._watchers:
                watcher.wake()


class AccountWatcher(Wakening):
    """One who watches all videos of an account."""

    __slots__ = ("_feed", "_progress", "_sequence", "_told", "is_closed")

    def __init__(self, feed: AccountFeed) -> None:
        super().__init__()
        self._feed = feed
        self._sequence = 0
        self._progress: dict[VideoId, Update] = {}
        self._told: dict[VideoId, int] = {}
        self.is_closed = False
        """Whether the server stops."""

    async def begin(self, after: int | None) -> None:
        """Be told what happened behind the event `after`, or what happens from now on."""
        newest = await self._feed.begin()
        if after is not None and after > newest:
            # Another process may have told of events that this one has not heard of yet.
            newest = await self._feed.last()
        self._sequence = newest if after is None else min(after, newest)
        self.wake()

    def put(self, update: Update) -> None:
        """Tell of progress when there is time for it."""
        if len(self._progress) < _MOST_PROGRESS:
            self._progress[update.video_id] = update
            self.wake()

    def close(self) -> None:
        """Nothing more will come."""
        self.is_closed = True
        self.wake()

    async def take(self) -> list[Update]:
        """What has come since the last time: progress, then new states in their order."""
        progress, self._progress = self._progress, {}
        told = [each for each in progress.values() if each.progress > self._told_of(each)]
        for update in told:
            self._told[update.video_id] = update.progress
        newest = await self._feed.begin()
        if self._sequence < newest:
            states, self._sequence = await self._feed.behind(self._sequence)
            told += [self._state(update) for update in states]
            if self._sequence < newest:
                self.wake()
        return told

    def _told_of(self, update: Update) -> int:
        return self._told.get(update.video_id, -1)

    def _state(self, update: Update) -> Update:
        """`update`, its progress not below what was told before."""
        told = self._told_of(update)
        if update.is_last:
            self._told.pop(update.video_id, None)
            return update
        if update.progress < told:
            return replace(update, progress=told)
        self._told[update.video_id] = update.progress
        return update


class AccountFeeds:
    """The feeds of the accounts that somebody watches."""

    def __init__(self, history: History, announcements: Announcements) -> None:
        self._history = history
        self._announcements = announcements
        self._open: dict[AccountId, AccountFeed] = {}

    @asynccontextmanager
    async def watch(
        self, account_id: AccountId, after: int | None = None
    ) -> AsyncIterator[AccountWatcher]:
        """Watch all videos of the account while the context is open.

        It is told what happened behind the event `after`, or what happens from now on.
        """
        feed = self._open.get(account_id)
        if feed is None:
            feed = self._open[account_id] = AccountFeed(self._history, account_id)
            # It listens before it first reads, so that nothing falls between the two.
            feed.stop_listening = self._announcements.listen_to_account(account_id, feed)
        watcher = AccountWatcher(feed)
        feed.add(watcher)
        try:
            await watcher.begin(after)
            yield watcher
        finally:
            feed.remove(watcher)
            if not feed.is_watched:
                del self._open[account_id]
                feed.stop_listening()


def _updates(page: list[Happening]) -> list[Update]:
    """What is still true of `page`: of what is out of date something newer follows."""
    return [_update(happening) for happening in page if _is_current(happening)]


def _is_current(happening: Happening) -> bool:
    event, video = happening.event, happening.video
    if video is None:
        return event.kind is EventKind.DELETED
    job = video.job
    return job.state is _STATES[event.kind] and (
        event.kind.is_final or job.attempt == event.attempt
    )


def _update(happening: Happening) -> Update:
    video, event = happening.video, happening.event
    return Update(
        video_id=event.video_id,
        state=_STATES[event.kind],
        progress=video.job.progress if video is not None else 0,
        sequence=happening.sequence,
        video=video if event.kind.is_final else None,
        is_gone=event.kind is EventKind.DELETED,
    )
