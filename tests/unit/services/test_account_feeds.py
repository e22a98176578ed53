"""An account's watchers miss nothing, however slow they are and however much happens."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from matinee.core.event import Event, EventKind
from matinee.core.ids import AccountId, VideoId
from matinee.core.job import JobState
from matinee.core.video import Video
from matinee.ports.events import Change
from matinee.ports.history import Happening
from matinee.queue.announcements import LocalAnnouncements
from matinee.services.account_feeds import AccountFeeds
from matinee.services.updates import Update
from tests.samples import ALICE, NOW, a_video, a_video_id


@dataclass(slots=True)
class ToldHistory:
    """The `History` of one account, as a test has it; each video has failed at once."""

    sequences: list[int] = field(default_factory=list)

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
        behind = [each for each in self.sequences if each > after]
        return [a_failure(each) for each in behind[:most]]


def a_failure(sequence: int) -> Happening:
    video = a_video(sequence, state=JobState.FAILED)
    event = Event(video_id=video.id, kind=EventKind.FAILED, at=NOW, attempt=1)
    return Happening(sequence=sequence, event=event, video=video)


def a_change(number: int) -> Change:
    return Change(
        video_id=a_video_id(number), account_id=ALICE, state=JobState.IN_PROGRESS, progress=1
    )


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
        told: list[Update] = []
        while not told:
            await watcher.woken()
            told = await watcher.take()
    assert [each.sequence for each in told] == [3]


async def test_who_heard_more_elsewhere_is_told_nothing_twice() -> None:
    history, announcements = ToldHistory([1]), LocalAnnouncements()
    feeds = AccountFeeds(history, announcements)
    async with feeds.watch(ALICE):
        history.sequences += [2, 3]
        async with feeds.watch(ALICE, after=2) as watcher:
            announcements.publish_gap()
            told: list[Update] = []
            while not told:
                await watcher.woken()
                told = await watcher.take()
    assert [each.sequence for each in told] == [3]


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
