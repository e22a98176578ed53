"""Watching all videos of an account: states in the order of their events, progress as it is."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from matinee.core.errors import TooManyStreams
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
"""The progress of more videos is not kept for a watcher: newer will come."""

_MOST_WATCHERS = 100
"""Of one account in one process: all of them are told the same, so one or two are enough."""

_MOST_READING = 3
"""So many pages are read at once for those who are behind, and one of an account: whoever asks for
something else must not wait until all of them have come as far."""

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

    def __init__(self, history: History, account_id: AccountId, reading: asyncio.Semaphore) -> None:
        """`reading` is shared with the feeds of other accounts."""
        self._history = history
        self._account_id = account_id
        self._all_reading = reading
        self._reading = asyncio.Lock()
        self._watchers: set[AccountWatcher] = set()
        self._states: dict[VideoId, JobState] = {}
        self._recent: deque[Update] = deque()
        self._lookout = Lookout(self._look, self.close)
        self.is_closed = False
        """Whether nobody is told anything any more."""

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
        """Tell `watcher` what happens. Raises TooManyStreams."""
        if len(self._watchers) >= _MOST_WATCHERS:
            raise TooManyStreams(
                f"{_MOST_WATCHERS} streams of all your videos are open here: close some first. "
                "One tells as much as all of them."
            )
        self._watchers.add(watcher)
        if self.is_closed:
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
        """Something may have happened that nobody told of: videos may have ended, too."""
        self._states.clear()
        self._lookout.outdate()

    def close(self) -> None:
        """The server stops, or can't tell what happens."""
        self.is_closed = True
        for watcher in self._watchers:
            watcher.close()

    def kept(self, sequence: int) -> list[Update] | None:
        """All updates behind that event; None if they have to be read."""
        if sequence < self._kept_after:
            return None
        return [each for each in self._recent if (each.sequence or 0) > sequence]

    async def read(self, sequence: int) -> tuple[list[Update], int]:
        """Updates behind that event, some or all, and how far one has come with them.

        Whoever asks waits their turn.
        """
        async with self._reading, self._all_reading:
            newest = await self.begin()
            page = await self._history.of_account(self._account_id, sequence, _PAGE)
            # A file's rows are read at once, and others come in between only here.
            await asyncio.sleep(0)
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

    __slots__ = ("_feed", "_progress", "_reading", "_sequence", "_told", "is_closed")

    def __init__(self, feed: AccountFeed) -> None:
        super().__init__()
        self._feed = feed
        self._sequence = 0
        self._progress: dict[VideoId, Update] = {}
        self._told: dict[VideoId, int] = {}
        self._reading: asyncio.Task[tuple[list[Update], int]] | None = None
        self.is_closed = False
        """Whether nothing more comes."""

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

    def leave(self) -> None:
        """Read no more."""
        if self._reading is not None:
            self._reading.cancel()

    async def take(self) -> list[Update]:
        """What has come since the last time: progress, then new states in their order.

        It does not wait for what has to be read, and wakes again once that is there. Raises
        ServiceUnavailable.
        """
        progress, self._progress = self._progress, {}
        told = [each for each in progress.values() if each.progress > self._told_of(each)]
        for update in told:
            self._note(update)
        newest = await self._feed.begin()
        if self._sequence < newest:
            told += [self._state(update) for update in self._states(newest)]
        return told

    def _states(self, newest: int) -> list[Update]:
        states = self._feed.kept(self._sequence) if self._reading is None else None
        if states is not None:
            self._sequence = newest
        elif self._reading is None:
            self._reading = asyncio.create_task(self._feed.read(self._sequence))
            self._reading.add_done_callback(self._end_reading)
        elif self._reading.done():
            reading, self._reading = self._reading, None
            states, self._sequence = reading.result()
            self.wake()
        return states or []

    def _end_reading(self, reading: asyncio.Task[tuple[list[Update], int]]) -> None:
        if not reading.cancelled():
            reading.exception()  # asked for, as the watcher may have left before it takes it
        self.wake()

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
        self._note(update)
        return update

    def _note(self, update: Update) -> None:
        # The end of a video is not told where it was removed meanwhile.
        if update.video_id not in self._told and len(self._told) >= _MOST_PROGRESS:
            del self._told[next(iter(self._told))]
        self._told[update.video_id] = update.progress


class AccountFeeds:
    """The feeds of the accounts that somebody watches."""

    def __init__(self, history: History, announcements: Announcements) -> None:
        self._history = history
        self._announcements = announcements
        self._open: dict[AccountId, AccountFeed] = {}
        self._reading = asyncio.Semaphore(_MOST_READING)

    @asynccontextmanager
    async def watch(
        self, account_id: AccountId, after: int | None = None
    ) -> AsyncIterator[AccountWatcher]:
        """Watch all videos of the account while the context is open.

        It is told what happened behind the event `after`, or what happens from now on. Raises
        TooManyStreams if too many watch them already.
        """
        feed = self._open.get(account_id)
        # A closed one has met a defect, and waits until the last of its watchers has left.
        if feed is None or feed.is_closed:
            feed = AccountFeed(self._history, account_id, self._reading)
            self._open[account_id] = feed
            # It listens before it first reads, so that nothing falls between the two.
            feed.stop_listening = self._announcements.listen_to_account(account_id, feed)
        watcher = AccountWatcher(feed)
        feed.add(watcher)
        try:
            await watcher.begin(after)
            yield watcher
        finally:
            watcher.leave()
            feed.remove(watcher)
            if not feed.is_watched:
                feed.stop_listening()
                if self._open.get(account_id) is feed:
                    del self._open[account_id]


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
