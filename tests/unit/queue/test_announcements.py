"""Watchers hear the newest value, and always the last."""

from __future__ import annotations

import asyncio

from matinee.core.ids import AccountId, VideoId
from matinee.core.job import JobState
from matinee.ports.events import Change
from matinee.queue.announcements import LocalAnnouncements

FILM, OTHER = VideoId("film"), VideoId("other")
OURS, THEIRS = AccountId("ours"), AccountId("theirs")


def change(
    state: JobState, progress: int, video_id: VideoId = FILM, account_id: AccountId = OURS
) -> Change:
    """A change of the film."""
    return Change(video_id=video_id, account_id=account_id, state=state, progress=progress)


RUNNING, DONE = change(JobState.IN_PROGRESS, 5), change(JobState.COMPLETED, 100)


async def test_a_slow_watcher_gets_only_the_newest_value() -> None:
    announcements = LocalAnnouncements()
    with announcements.watch(FILM) as changes:
        for progress in (1, 2, 3):
            announcements.publish(change(JobState.IN_PROGRESS, progress))
        assert await anext(changes) == change(JobState.IN_PROGRESS, 3)


async def test_a_watch_ends_after_a_final_state() -> None:
    announcements = LocalAnnouncements()
    with announcements.watch(FILM) as changes:
        announcements.publish(DONE)
        assert [each async for each in changes] == [DONE]


async def test_a_watch_ends_when_the_film_is_deleted() -> None:
    announcements = LocalAnnouncements()
    gone = Change(
        video_id=FILM, account_id=OURS, state=JobState.IN_PROGRESS, progress=5, is_gone=True
    )
    with announcements.watch(FILM) as changes:
        announcements.publish(gone)
        assert [each async for each in changes] == [gone]


async def test_a_watch_ends_when_the_server_stops() -> None:
    announcements = LocalAnnouncements()
    with announcements.watch(FILM) as changes:
        announcements.close()
        assert [each async for each in changes] == []


async def test_a_watch_that_begins_after_the_stop_ends_at_once() -> None:
    announcements = LocalAnnouncements()
    announcements.close()
    with announcements.watch(FILM) as changes:
        assert [each async for each in changes] == []


async def test_others_films_are_not_heard() -> None:
    announcements = LocalAnnouncements()
    with announcements.watch(FILM) as changes:
        announcements.publish(change(JobState.COMPLETED, 100, OTHER))
        waiting = asyncio.ensure_future(anext(changes, None))
        await asyncio.sleep(0)
        assert not waiting.done()
        announcements.publish(DONE)
        assert await waiting == DONE


async def test_every_watcher_of_a_film_hears_it() -> None:
    announcements = LocalAnnouncements()
    with announcements.watch(FILM) as one, announcements.watch(FILM) as two:
        announcements.publish(RUNNING)
        assert await anext(one) == await anext(two) == RUNNING


async def test_a_gap_sends_every_watcher_to_the_store() -> None:
    announcements = LocalAnnouncements()
    with announcements.watch(FILM) as changes:
        announcements.publish(RUNNING)
        announcements.publish_gap()
        assert await anext(changes) is None
        announcements.publish(DONE)
        assert await anext(changes) == DONE


def test_who_waits_for_any_end_hears_of_each_and_of_nothing_else() -> None:
    announcements, heard = LocalAnnouncements(), list[str]()
    announcements.on_final(lambda: heard.append("end"))
    announcements.publish(RUNNING)
    announcements.publish(DONE)
    announcements.publish(change(JobState.FAILED, 10, OTHER))
    assert heard == ["end", "end"]


class Recorder:
    """A listener that remembers what it was told."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    def put(self, change: Change) -> None:
        self.heard.append(change)

    def miss(self) -> None:
        self.heard.append("missed")

    def close(self) -> None:
        self.heard.append("closed")


async def test_a_listener_is_told_at_once_until_it_stops() -> None:
    announcements, film, ours = LocalAnnouncements(), Recorder(), Recorder()
    stops = [announcements.listen(FILM, film), announcements.listen_to_account(OURS, ours)]
    announcements.publish(RUNNING)
    announcements.publish(change(JobState.IN_PROGRESS, 1, OTHER, THEIRS))
    announcements.publish_gap()
    for stop in stops:
        stop()
    announcements.publish(DONE)
    assert film.heard == ours.heard == [RUNNING, "missed"]


async def test_a_listener_hears_that_the_server_stops_also_if_it_comes_later() -> None:
    announcements, early, late = LocalAnnouncements(), Recorder(), Recorder()
    announcements.listen(FILM, early)
    announcements.close()
    announcements.listen(FILM, late)
    assert early.heard == late.heard == ["closed"]
