"""Watchers hear the newest value, and always the last."""

from __future__ import annotations

import asyncio

from matinee.core.ids import VideoId
from matinee.core.job import JobState
from matinee.queue.announcements import LocalAnnouncements

FILM, OTHER = VideoId("film"), VideoId("other")


async def test_a_slow_watcher_gets_only_the_newest_value() -> None:
    announcements = LocalAnnouncements()
    with announcements.watch(FILM) as changes:
        for progress in (1, 2, 3):
            announcements.announce(FILM, JobState.IN_PROGRESS, progress)
        assert await anext(changes) == (JobState.IN_PROGRESS, 3)


async def test_a_watch_ends_after_a_final_state() -> None:
    announcements = LocalAnnouncements()
    with announcements.watch(FILM) as changes:
        announcements.announce(FILM, JobState.COMPLETED, 100)
        assert [change async for change in changes] == [(JobState.COMPLETED, 100)]


async def test_a_watch_ends_when_the_server_stops() -> None:
    announcements = LocalAnnouncements()
    with announcements.watch(FILM) as changes:
        announcements.close()
        assert [change async for change in changes] == []


async def test_a_watch_that_begins_after_the_stop_ends_at_once() -> None:
    announcements = LocalAnnouncements()
    announcements.close()
    with announcements.watch(FILM) as changes:
        assert [change async for change in changes] == []


async def test_others_films_are_not_heard() -> None:
    announcements = LocalAnnouncements()
    with announcements.watch(FILM) as changes:
        announcements.announce(OTHER, JobState.COMPLETED, 100)
        waiting = asyncio.ensure_future(anext(changes, None))
        await asyncio.sleep(0)
        assert not waiting.done()
        announcements.announce(FILM, JobState.FAILED, 7)
        assert await waiting == (JobState.FAILED, 7)


async def test_every_watcher_of_a_film_hears_it() -> None:
    announcements = LocalAnnouncements()
    with announcements.watch(FILM) as one, announcements.watch(FILM) as two:
        announcements.announce(FILM, JobState.IN_PROGRESS, 5)
        assert await anext(one) == await anext(two)


def test_who_waits_for_any_end_hears_of_each_and_of_nothing_else() -> None:
    announcements, heard = LocalAnnouncements(), list[str]()
    announcements.on_final(lambda: heard.append("end"))
    announcements.announce(FILM, JobState.IN_PROGRESS, 50)
    announcements.announce(FILM, JobState.COMPLETED, 100)
    announcements.announce(OTHER, JobState.FAILED, 10)
    assert heard == ["end", "end"]
