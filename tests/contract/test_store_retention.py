"""What is found to be over, in every store."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.dialects import sqlite

from matinee.core.event import Event, EventKind
from matinee.core.ids import VideoId, first_video_id
from matinee.core.job import JobState
from matinee.core.video import Video
from matinee.ports.store import Store, Transaction
from matinee.store.retention import EXPIRED
from matinee.store.statements import Texts
from tests.databases import an_empty_database
from tests.samples import ALICE, NOW, a_video, a_video_id, an_asset

DAY = timedelta(days=1)


def finished(number: int, *, ends_after: timedelta | None = None, has_files: bool = True) -> Video:
    video = a_video(number, state=JobState.COMPLETED, progress=100)
    return replace(
        video,
        expires_at=None if ends_after is None else NOW + ends_after,
        assets=(an_asset(),) if has_files else (),
    )


async def add(store: Store, *videos: Video) -> None:
    def work(transaction: Transaction) -> None:
        for video in videos:
            transaction.add_video(video)

    await store.write(work)


async def happened(store: Store, *days: int) -> None:
    """One more event so many days after now, one after the other."""

    def work(transaction: Transaction) -> None:
        for day in days:
            transaction.add_event(
                Event(video_id=a_video_id(), kind=EventKind.STARTED, at=NOW + day * DAY, attempt=1)
            )

    await store.write(work)


async def first_at(store: Store) -> datetime | None:
    event = await store.retention.first_event()
    return event.at if event else None


async def test_expired_are_those_with_files_whose_time_is_over_the_longest_first(
    store: Store,
) -> None:
    await add(
        store,
        finished(1, ends_after=2 * DAY),
        finished(2, ends_after=DAY),
        finished(3, ends_after=3 * DAY),
        finished(4, ends_after=DAY, has_files=False),
        finished(5),
    )
    found = await store.write(lambda each: each.retention.expired(NOW + 2 * DAY, 10))
    assert [video.id for video in found] == [a_video_id(2), a_video_id(1)]
    (first,) = await store.write(lambda each: each.retention.expired(NOW + 2 * DAY, 1))
    assert first.id == a_video_id(2)


async def test_old_are_finished_videos_without_files(store: Store) -> None:
    await add(
        store,
        finished(1),
        finished(2, has_files=False),
        a_video(3, state=JobState.FAILED),
        a_video(4),
        a_video(6, state=JobState.FAILED),
    )
    found = await store.write(lambda each: each.retention.old_videos(a_video_id(5), 10))
    assert [video.id for video in found] == [a_video_id(2), a_video_id(3)]


async def test_stale_are_unfinished_videos_of_long_ago(store: Store) -> None:
    recent = replace(a_video(2), created_at=NOW + DAY)
    await add(store, a_video(1), recent, finished(3))
    found = await store.write(lambda each: each.retention.stale(NOW + DAY, 10))
    assert [video.id for video in found] == [a_video_id(1)]


async def test_a_request_is_forgotten_when_it_is_old(store: Store) -> None:
    await add(store, a_video())

    def ask(transaction: Transaction) -> None:
        for days in (0, 1, 2):
            at = NOW + days * DAY
            transaction.remember_request(ALICE, f"key-{days}", "digest", a_video_id(), at)

    await store.write(ask)
    assert await store.write(lambda each: each.retention.forget_requests(NOW + 2 * DAY, 10)) == 2
    assert await store.write(lambda each: each.video_of_request(ALICE, "key-1")) is None
    assert await store.write(lambda each: each.video_of_request(ALICE, "key-2")) is not None


async def test_events_are_forgotten_from_the_oldest_on_and_never_the_newest(store: Store) -> None:
    await add(store, a_video())
    await happened(store, 0, 1, 2)
    await store.write(lambda each: each.webhooks.move_cursor(3))
    assert await first_at(store) == NOW
    assert await store.write(lambda each: each.retention.forget_events(NOW + DAY, 10)) == 1
    assert await first_at(store) == NOW + DAY
    assert await store.write(lambda each: each.retention.forget_events(NOW + 9 * DAY, 10)) == 1
    assert await first_at(store) == NOW + 2 * DAY
    assert await store.write(lambda each: each.retention.forget_events(NOW + 9 * DAY, 10)) == 0


async def test_an_event_stays_until_webhooks_were_planned_from_it(store: Store) -> None:
    await add(store, a_video())
    await happened(store, 0, 0, 0)
    await store.write(lambda each: each.webhooks.move_cursor(1))
    assert await store.write(lambda each: each.retention.forget_events(NOW + DAY, 10)) == 1
    assert len(await store.events(a_video_id())) == 2


async def test_all_videos_are_read_in_pieces(store: Store) -> None:
    await add(store, a_video(1), a_video(2), finished(3))
    first = await store.retention.videos(None, 2)
    rest = await store.retention.videos(first[-1].id, 2)
    assert [video.id for video in (*first, *rest)] == [a_video_id(each) for each in (1, 2, 3)]


def test_the_end_of_files_is_looked_up_in_its_index(tmp_path: Path) -> None:
    with closing(sqlite3.connect(an_empty_database(tmp_path / "matinee.db"))) as connection:
        text = Texts(sqlite.dialect(paramstyle="named")).of(EXPIRED)
        plan = connection.execute(f"EXPLAIN QUERY PLAN {text}", {"now": 5, "most": 5}).fetchall()
    assert "USING INDEX videos_by_end" in str(plan)


def test_the_first_id_of_a_moment_is_before_all_later_ones() -> None:
    first = first_video_id(NOW)
    assert first_video_id(NOW - DAY) < first < VideoId("7" + 25 * "z")
    assert len(first) == 26
