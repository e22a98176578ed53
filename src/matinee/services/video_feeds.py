"""Watching a video: what is told of it is read and made once, for everyone who watches."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Set
from dataclasses import replace

from matinee.core.ids import VideoId
from matinee.core.job import JobState
from matinee.core.video import Video
from matinee.ports.events import Announcements, Change
from matinee.ports.history import History
from matinee.services.updates import Lookout, Update, Wakening


class Watcher(Wakening):
    """One who watches a video. What it did not take in time is replaced by what is newer."""

    __slots__ = ("_updates", "is_closed")

    def __init__(self) -> None:
        super().__init__()
        self._updates: list[Update] = []
        self.is_closed = False
        """Whether nothing more comes."""

    def put(self, update: Update) -> None:
        """Tell of `update` when there is time for it."""
        if update.sequence is not None:
            self._updates = [update]
        elif self._updates and self._updates[-1].sequence is None:
            self._updates[-1] = update
        else:
            self._updates.append(update)
        self.wake()

    def close(self) -> None:
        """Nothing more will come."""
        self.is_closed = True
        self.wake()

    async def take(self) -> list[Update]:
        """What has come since the last time: a new state, then progress, each at most once."""
        updates, self._updates = self._updates, []
        return updates


class VideoFeed:
    """Follows one video and tells its watchers. Progress comes from announcements, all else from
    the store, which is asked once for each change of state. A `Listener`.
    """

    __slots__ = (
        *("_history", "_watchers", "_newcomers", "_newest", "_progress", "_lookout"),
        *("is_closed", "stop_listening", "video_id"),
    )

    def __init__(self, history: History, video_id: VideoId) -> None:
        self._history = history
        self.video_id = video_id
        self._watchers: set[Watcher] = set()
        self._newcomers: list[Watcher] = []
        self._newest: Update | None = None
        self._progress = 0
        self._lookout = Lookout(self._look, self.close)
        self.is_closed = False
        """Whether nobody is told anything any more."""

        self.stop_listening: Callable[[], None] = lambda: None

    @property
    def is_watched(self) -> bool:
        """Whether anybody is left."""
        return bool(self._watchers)

    def add(self, watcher: Watcher) -> None:
        """Tell `watcher` how the video is, as soon as that is known, and what follows."""
        self._watchers.add(watcher)
        if self.is_closed:
            watcher.close()
        elif self._newest is None or self._lookout.is_outdated:
            self._newcomers.append(watcher)
            self._lookout.outdate()
        else:
            watcher.put(replace(self._newest, progress=self._progress))

    def remove(self, watcher: Watcher) -> None:
        """Tell it nothing more."""
        self._watchers.discard(watcher)
        if watcher in self._newcomers:
            self._newcomers.remove(watcher)
        if not self._watchers:
            self._lookout.stop()

    def put(self, change: Change) -> None:
        """The video has changed."""
        newest = self._newest
        if newest is None or change.is_gone or change.state is not newest.state:
            self._lookout.outdate()
        elif change.progress > self._progress:
            self._progress = change.progress
            self._tell(Update(video_id=self.video_id, state=change.state, progress=self._progress))

    def miss(self) -> None:
        """Something may have changed that nobody told of."""
        self._lookout.outdate()

    def close(self) -> None:
        """The server stops, or can't tell what happens."""
        self.is_closed = True
        for watcher in self._watchers:
            watcher.close()

    async def _look(self) -> None:
        found = await self._history.latest(self.video_id)
        if found is None:
            self._found(None, await self._history.last_of_video(self.video_id))
        else:
            self._found(*found)

    def _found(self, video: Video | None, sequence: int) -> None:
        before, known_progress = self._newest, self._progress
        after = self._newest = self._update(video, sequence)
        self._progress = after.progress
        newcomers, self._newcomers = set(self._newcomers), []
        for watcher in newcomers:
            watcher.put(after)
        if before is None or self._watchers == newcomers:
            return
        if (after.sequence, after.state) == (before.sequence, before.state):
            if after.progress == known_progress:
                return
            after = replace(after, sequence=None)
        self._tell(after, but=newcomers)

    def _update(self, video: Video | None, sequence: int) -> Update:
        if video is None:
            return Update(
                video_id=self.video_id,
                state=JobState.FAILED,
                progress=self._progress,
                sequence=sequence,
                is_gone=True,
            )
        job = video.job
        return Update(
            video_id=video.id,
            state=job.state,
            progress=max(job.progress, self._progress),
            sequence=sequence,
            video=video if job.state.is_final else None,
        )

    def _tell(self, update: Update, but: Set[Watcher] = frozenset()) -> None:
        for watcher in self._watchers:
            if watcher not in but:
                watcher.put(update)


class VideoFeeds:
    """The feeds of the videos that somebody watches."""

    def __init__(self, history: History, announcements: Announcements) -> None:
        self._history = history
        self._announcements = announcements
        self._open: dict[VideoId, VideoFeed] = {}

    @property
    def are_open(self) -> bool:
        """Whether anybody watches anything."""
        return bool(self._open)

    def watch(self, video_id: VideoId) -> Watching:
        """Watch a video while the context is open: how it is, then each change.

        A watcher's first update is how the video is; its last one says so itself.
        """
        return Watching(self, video_id)

    def join(self, video_id: VideoId, watcher: Watcher) -> VideoFeed:
        """Tell `watcher` of the video, by the feed that is returned."""
        feed = self._open.get(video_id)
        # A closed one has met a defect, and waits until the last of its watchers has left.
        if feed is None or feed.is_closed:
            feed = self._open[video_id] = VideoFeed(self._history, video_id)
            # It listens before it first reads, so that nothing falls between the two.
            feed.stop_listening = self._announcements.listen(video_id, feed)
        feed.add(watcher)
        return feed

    def leave(self, feed: VideoFeed, watcher: Watcher) -> None:
        """Tell it nothing more."""
        feed.remove(watcher)
        if not feed.is_watched:
            feed.stop_listening()
            if self._open.get(feed.video_id) is feed:
                del self._open[feed.video_id]

    async def until_over(self, video_id: VideoId, seconds: float) -> None:
        """Return when nothing more will change about the video, or the time is over."""
        with contextlib.suppress(TimeoutError), self.watch(video_id) as watcher:
            async with asyncio.timeout(seconds):
                while not watcher.is_closed:
                    if any(update.is_last for update in await watcher.take()):
                        return
                    await watcher.woken()


class Watching:
    """A context in which a video is watched. Leaner than a generator, as there are very many."""

    __slots__ = ("_feed", "_feeds", "_video_id", "_watcher")

    def __init__(self, feeds: VideoFeeds, video_id: VideoId) -> None:
        self._feeds = feeds
        self._video_id = video_id

    def __enter__(self) -> Watcher:
        self._watcher = Watcher()
        self._feed = self._feeds.join(self._video_id, self._watcher)
        return self._watcher

    def __exit__(self, *failure: object) -> None:
        self._feeds.leave(self._feed, self._watcher)
