"""An account's watchers miss nothing, however slow they are and however much happens."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from functools import partial

import pytest

from matinee.core.errors import TooManyStreams
from matinee.core.event import Event, EventKind
from matinee.core.ids import AccountId, VideoId
from matinee.core.job import JobState
from matinee.core.video import Video
from matinee.ports.events import Change
from matinee.ports.history import Happening
from matinee.queue.announcements import LocalAnnouncements
from matinee.services.account_feeds import AccountFeeds, AccountWatcher
from matinee.services.updates import Update
from tests.samples import ALICE, BOB, NOW, a_video, a_video_id


@dataclass(slots=True)
class ToldHistory:
    """The `History` of one account, as a test has it; each video has failed at once."""

    sequences: list[int] = field(default_factory=list)
    looked: asyncio.Event = field(default_factory=asyncio.Event)

    async def latest(self, video_id: VideoId) -> tuple[Video, int] | None:
        """The feed of an account asks for no single video; if it does, the test fails."""
        raise AssertionError(f"asked for {video_id}")

    async def last_of_video(self, video_id: VideoId) -> int:
        """The feed of an account asks for no single video; if it does, the test fails."""
        raise AssertionError(f"asked for {video_id}")

    async def last_of_account(self, account_id: AccountId) -> int:
        """The newest one."""
        return max(self.sequences, default=0)

    async def of_account(self, account_id: AccountId, after: int, most: int) -> list[Happening]:
        """A page of them."""
        self.looked.set()
        behind = [each for each in self.sequences if each > after]
        return [a_failure(each) for each in behind[:most]]


class BrokenHistory(ToldHistory):
    """A `History` with a defect."""

    is_broken = True

    async def of_account(self, account_id: AccountId, after: int, most: int) -> list[Happening]:
        """Meet it."""
        if self.is_broken:
            raise ZeroDivisionError
        return await super().of_account(account_id, after, most)


def a_failure(sequence: int) -> Happening:
    video = a_video(sequence, state=JobState.FAILED)
    event = Event(video_id=video.id, kind=EventKind.FAILED, at=NOW, attempt=1)
    return Happening(sequence=sequence, event=event, video=video)


def a_change(number: int) -> Change:
    return Change(
        video_id=a_video_id(number), account_id=ALICE, state=JobState.IN_PROGRESS, progress=1
    )


async def numbers_told(watcher: AccountWatcher) -> list[int | None]:
    """The numbers of what it is told as soon as there is something."""
    told: list[Update] = []
    while not told:
        await watcher.woken()
        told = await watcher.take()
    return [update.sequence for update in told]


async def test_a_watcher_that_took_nothing_for_long_is_told_everything_in_order() -> None:
    history, announcements = ToldHistory(), LocalAnnouncements()
    feeds = AccountFeeds(history, announcements)
    async with feeds.watch(ALICE) as slow, feeds.watch(ALICE) as quick:
        history.sequences += range(1, 2501)
        announcements.publish_gap()
        told: list[int | None] = []
        while len(told) < 2500:
            await quick.woken()
            told += [update.sequence for update in await quick.take()]
        taken: list[int | None] = []
        while len(taken) < 2500:
            await slow.woken()
            taken += [update.sequence for update in await slow.take()]
    assert told == taken == history.sequences


async def test_who_comes_with_an_id_from_nowhere_is_told_what_happens_from_now_on() -> None:
    history, announcements = ToldHistory([1, 2]), LocalAnnouncements()
    async with AccountFeeds(history, announcements).watch(ALICE, after=10**9) as watcher:
        history.sequences.append(3)
        announcements.publish_gap()
        assert await numbers_told(watcher) == [3]


async def test_who_heard_more_elsewhere_is_told_nothing_twice() -> None:
    history, announcements = ToldHistory([1]), LocalAnnouncements()
    feeds = AccountFeeds(history, announcements)
    async with feeds.watch(ALICE):
        history.sequences += [2, 3]
        async with feeds.watch(ALICE, after=2) as watcher:
            announcements.publish_gap()
            assert await numbers_told(watcher) == [3]


async def test_a_watcher_is_closed_when_its_feed_meets_a_defect() -> None:
    history, announcements = BrokenHistory([1]), LocalAnnouncements()
    async with AccountFeeds(history, announcements).watch(ALICE) as watcher:
        announcements.publish_gap()
        while not watcher.is_closed:
            await watcher.woken()


async def test_who_comes_after_a_defect_is_told_what_happens() -> None:
    history, announcements = BrokenHistory([1]), LocalAnnouncements()
    feeds = AccountFeeds(history, announcements)
    async with feeds.watch(ALICE) as before:
        announcements.publish_gap()
        while not before.is_closed:
            await before.woken()
        history.is_broken = False
        async with feeds.watch(ALICE, after=0) as watcher:
            assert await numbers_told(watcher) == [1]


async def test_states_that_were_told_before_a_gap_are_not_remembered() -> None:
    history, announcements = ToldHistory(), LocalAnnouncements()
    async with AccountFeeds(history, announcements).watch(ALICE):
        for tell in (
            partial(announcements.publish, a_change(1)),
            announcements.publish_gap,
            partial(announcements.publish, a_change(1)),
        ):
            history.looked.clear()
            tell()
            await history.looked.wait()


async def test_the_progress_of_long_ago_is_forgotten_in_the_end() -> None:
    announcements = LocalAnnouncements()
    async with AccountFeeds(ToldHistory(), announcements).watch(ALICE) as watcher:
        for number in range(10_001):
            announcements.publish(replace(a_change(number), progress=50))
            if number == 0:
                await watcher.take()
        await watcher.take()
        for number in (0, 1):
            announcements.publish(replace(a_change(number), progress=7))
        assert [each.video_id for each in await watcher.take()] == [a_video_id(0)]


async def test_of_progress_only_the_newest_is_told_and_none_that_falls() -> None:
    announcements = LocalAnnouncements()
    async with AccountFeeds(ToldHistory(), announcements).watch(ALICE) as watcher:
        for progress in (10, 20, 15):
            announcements.publish(replace(a_change(1), progress=progress))
        announcements.publish(replace(a_change(2), progress=7))
        first = [(each.video_id, each.progress) for each in await watcher.take()]
        announcements.publish(replace(a_change(1), progress=12))
        second = await watcher.take()
    assert first == [(a_video_id(1), 15), (a_video_id(2), 7)]
    assert second == []


@dataclass(slots=True)
class SlowHistory(ToldHistory):
    """Reads a page only when it is let to, and knows how many are being read."""

    may_read: asyncio.Event = field(default_factory=asyncio.Event)
    has_begun: asyncio.Event = field(default_factory=asyncio.Event)
    enough: int = 1
    reading: list[AccountId] = field(default_factory=list)
    most_reading: int = 0

    async def of_account(self, account_id: AccountId, after: int, most: int) -> list[Happening]:
        """A page of them, when it may be read."""
        self.reading.append(account_id)
        self.most_reading = max(self.most_reading, len(self.reading))
        assert len(self.reading) == len(set(self.reading))
        if len(self.reading) == self.enough:
            self.has_begun.set()
        await self.may_read.wait()
        self.reading.remove(account_id)
        return await super(SlowHistory, self).of_account(account_id, after, most)


async def test_those_who_missed_much_read_one_after_another_and_lock_nobody_out() -> None:
    history = SlowHistory(list(range(1, 251)), enough=3)
    feeds = AccountFeeds(history, LocalAnnouncements())
    accounts = [AccountId(f"account{number % 10}") for number in range(50)]
    async with AsyncExitStack() as stack:
        watchers = [await stack.enter_async_context(feeds.watch(each, 0)) for each in accounts]
        # None of them waits for the store, and so each may go on with its heartbeats.
        assert [await each.take() for each in watchers] == [[]] * 50
        await history.has_begun.wait()
        history.may_read.set()
        told = await asyncio.gather(*(taken_up_to(each, 250) for each in watchers))
    assert told == [history.sequences] * 50
    assert history.most_reading == 3


async def taken_up_to(watcher: AccountWatcher, last: int) -> list[int | None]:
    """What a watcher is told until it has come so far."""
    told: list[int | None] = []
    while last not in told:
        await watcher.woken()
        told += [update.sequence for update in await watcher.take()]
    return told


async def test_who_leaves_while_it_is_read_what_was_missed_lets_others_go_on() -> None:
    history = SlowHistory([1, 2])
    feeds = AccountFeeds(history, LocalAnnouncements())
    async with feeds.watch(ALICE, 0) as second:
        async with feeds.watch(ALICE, 0) as first:
            assert (await first.take(), await second.take()) == ([], [])
            await history.has_begun.wait()
        history.reading.clear()
        history.may_read.set()
        assert await taken_up_to(second, 2) == [1, 2]


async def test_one_stream_too_many_is_refused_until_another_has_gone() -> None:
    feeds = AccountFeeds(ToldHistory(), LocalAnnouncements())
    async with AsyncExitStack() as stack:
        for _ in range(99):
            await stack.enter_async_context(feeds.watch(ALICE))
        async with feeds.watch(ALICE):
            with pytest.raises(TooManyStreams, match="100 streams"):
                await stack.enter_async_context(feeds.watch(ALICE))
            await stack.enter_async_context(feeds.watch(BOB))
        await stack.enter_async_context(feeds.watch(ALICE))
