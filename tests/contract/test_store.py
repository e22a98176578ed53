"""What every store does with videos, jobs, events and requests."""

from __future__ import annotations

import asyncio
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from matinee.core.asset import AssetVariant
from matinee.core.errors import LeaseLost, QueueFull, ServiceUnavailable
from matinee.core.event import Event, EventKind
from matinee.core.ids import VideoId
from matinee.core.job import Job, JobState, finish, renew, take
from matinee.core.video import Video
from matinee.ports.store import Store, Transaction
from tests.contract.stores import Stores
from tests.samples import ALICE, BOB, NOW, a_job, a_video, a_video_id, a_whole_video, an_asset

LEASE = timedelta(seconds=15)


async def add(store: Store, *videos: Video) -> None:
    def insert(transaction: Transaction) -> None:
        for video in videos:
            transaction.add_video(video)

    await store.write(insert)


async def save(store: Store, before: Job, after: Job) -> None:
    await store.write(lambda transaction: transaction.save_job(before, after))


async def tell(store: Store, event: Event) -> None:
    await store.write(lambda transaction: transaction.add_event(event))


async def stored(store: Store, video: Video) -> Video:
    found = await store.video(video.id)
    assert found is not None
    return found


async def test_a_video_comes_back_as_it_was_stored(store: Store) -> None:
    for video in (a_video(), a_whole_video()):
        await add(store, video)
        assert await store.video(video.id) == video


def test_the_whole_video_has_no_field_at_its_default() -> None:
    whole = a_whole_video()
    for value in (whole, whole.spec, whole.job):
        for each in fields(value):
            assert getattr(value, each.name) != each.default, each.name


async def test_a_transaction_reads_what_it_wrote(store: Store) -> None:
    def work(transaction: Transaction) -> Video | None:
        transaction.add_video(a_whole_video())
        return transaction.video(a_whole_video().id)

    assert await store.write(work) == a_whole_video()


async def test_an_unknown_video_is_none(store: Store) -> None:
    assert await store.video(a_video_id(404)) is None


async def test_what_a_write_raises_undoes_it_and_is_raised(store: Store) -> None:
    def work(transaction: Transaction) -> None:
        transaction.add_video(a_video())
        raise QueueFull("no room")

    with pytest.raises(QueueFull, match="no room"):
        await store.write(work)
    assert await store.video(a_video().id) is None


async def test_a_write_that_fails_leaves_those_beside_it_alone(store: Store) -> None:
    async def add_or_fail(number: int) -> int:
        def work(transaction: Transaction) -> int:
            transaction.add_video(a_video(number))
            if number % 3 == 0:
                raise QueueFull(str(number))
            return number

        return await store.write(work)

    results = await asyncio.gather(*map(add_or_fail, range(30)), return_exceptions=True)
    for number, result in enumerate(results):
        assert (result == number) is (number % 3 != 0)
        assert (await store.video(a_video_id(number)) is None) is (number % 3 == 0)


async def test_a_defect_in_a_write_reaches_the_caller_as_it_is(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        await store.write(lambda _: 1 // 0)
    await add(store, a_video())


async def test_actions_run_on_the_event_loop_once_all_is_committed(stores: Stores) -> None:
    store, other = stores.open(), stores.open()
    looks: list[asyncio.Task[Video | None]] = []

    def look() -> None:
        looks.append(asyncio.get_running_loop().create_task(other.video(a_video().id)))

    def work(transaction: Transaction) -> None:
        transaction.add_video(a_video())
        transaction.after_commit(look)

    await store.write(work)
    assert await looks[0] == a_video()


async def test_actions_run_before_the_writer_goes_on(store: Store) -> None:
    done: list[str] = []
    await store.write(lambda transaction: transaction.after_commit(lambda: done.append("action")))
    assert done == ["action"]


async def test_actions_of_a_failed_write_do_not_run(store: Store) -> None:
    done: list[str] = []

    def work(transaction: Transaction) -> None:
        transaction.after_commit(lambda: done.append("action"))
        raise QueueFull("no")

    with pytest.raises(QueueFull):
        await store.write(work)
    await store.ping()
    assert done == []


async def test_a_cancelled_caller_leaves_the_store_in_order(store: Store) -> None:
    writing = asyncio.ensure_future(add(store, a_video()))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await add(store, a_video(2))
    assert await store.video(a_video_id(2)) is not None


async def test_another_process_sees_what_was_written(stores: Stores) -> None:
    await add(stores.open(), a_video())
    assert await stores.open().video(a_video().id) == a_video()


async def test_processes_that_write_at_once_lose_nothing(stores: Stores) -> None:
    opened = [stores.open() for _ in range(3)]
    await asyncio.gather(*(add(opened[n % 3], a_video(n)) for n in range(60)))
    found = await opened[0].write(lambda transaction: transaction.unfinished())
    assert [video.id for video in found] == [a_video_id(n) for n in range(60)]


async def test_closing_finishes_what_is_being_written(stores: Stores) -> None:
    store = stores.open()
    writing = [asyncio.ensure_future(add(store, a_video(n))) for n in range(20)]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*writing)
    assert await stores.open().video(a_video_id(19)) is not None


async def test_a_closed_store_refuses_to_write(stores: Stores) -> None:
    store = stores.open()
    await store.close()
    with pytest.raises(ServiceUnavailable):
        await store.ping()


async def test_a_job_is_saved_over_what_it_was(store: Store) -> None:
    video = a_video()
    await add(store, video)
    taken, _ = take(video.job, NOW, LEASE)
    await save(store, video.job, taken)
    risen = renew(taken, 1, NOW + LEASE, LEASE, progress=37)
    await save(store, taken, risen)
    assert await stored(store, video) == replace(video, job=risen)


@pytest.mark.parametrize(
    "read",
    [
        pytest.param({"state": JobState.QUEUED, "attempt": 2}, id="another state"),
        pytest.param({"state": JobState.IN_PROGRESS, "attempt": 1}, id="an earlier attempt"),
        pytest.param({"state": JobState.IN_PROGRESS, "attempt": 3}, id="a later attempt"),
    ],
)
async def test_a_job_that_moved_since_it_was_read_is_not_saved(
    store: Store, read: dict[str, Any]
) -> None:
    video = a_video(state=JobState.IN_PROGRESS, attempt=2)
    await add(store, video)
    with pytest.raises(LeaseLost):
        await save(store, a_job(**read), a_job(state=JobState.COMPLETED, attempt=2, progress=100))
    assert await stored(store, video) == video


async def test_a_job_whose_video_was_deleted_is_not_saved(store: Store) -> None:
    with pytest.raises(LeaseLost):
        await save(store, a_job(), a_job(progress=5))


async def test_of_many_that_take_a_job_one_has_it(store: Store) -> None:
    video = a_video()
    await add(store, video)

    def work(transaction: Transaction) -> None:
        current = transaction.video(video.id)
        assert current is not None
        transaction.save_job(current.job, take(current.job, NOW, LEASE)[0])

    results = await asyncio.gather(*(store.write(work) for _ in range(9)), return_exceptions=True)
    assert sorted(isinstance(result, LeaseLost) for result in results) == [False] + 8 * [True]
    assert (await stored(store, video)).job.attempt == 1


async def test_assets_replace_those_before(store: Store) -> None:
    video = replace(a_video(), assets=(an_asset(AssetVariant.VIDEO, seconds=4.0),))
    await add(store, video)
    changed = replace(video, assets=(an_asset(AssetVariant.SPRITESHEET),), expires_at=NOW)
    await store.write(lambda transaction: transaction.save_assets(changed))
    assert await stored(store, video) == changed


async def test_deleting_a_video_leaves_only_its_events(store: Store) -> None:
    accepted = Event(video_id=a_video().id, kind=EventKind.ACCEPTED, at=NOW, attempt=0)

    def work(transaction: Transaction) -> None:
        transaction.add_video(a_video())
        transaction.add_event(accepted)
        transaction.remember_request(ALICE, "key", "digest", a_video().id, NOW)

    await store.write(work)
    await store.write(lambda transaction: transaction.delete_video(a_video().id))
    assert await store.video(a_video().id) is None
    assert await store.write(lambda each: each.video_of_request(ALICE, "key")) is None
    assert await store.events(a_video().id) == [accepted]


async def test_events_come_in_the_order_in_which_they_were_added(store: Store) -> None:
    told = [
        Event(video_id=a_video_id(), kind=EventKind.ACCEPTED, at=NOW, attempt=0),
        Event(video_id=a_video_id(), kind=EventKind.STARTED, at=NOW, attempt=1),
        Event(video_id=a_video_id(), kind=EventKind.FAILED, at=NOW, attempt=1, reason="cancelled"),
    ]
    other = Event(video_id=a_video_id(2), kind=EventKind.ACCEPTED, at=NOW, attempt=0)
    for number in (1, 2):
        await add(store, a_video(number))
    for event in (told[0], other, told[1], told[2]):
        await tell(store, event)
    assert await store.events(a_video_id()) == told


async def test_the_unfinished_are_those_that_wait_or_run_oldest_first(store: Store) -> None:
    running = take(a_job(3), NOW, LEASE)[0]
    done = finish(take(a_job(2), NOW, LEASE)[0], 1, NOW)[0]
    videos = [a_video(4), replace(a_video(3), job=running), replace(a_video(2), job=done)]
    await add(store, *videos, a_video(1, state=JobState.FAILED, finished_at=NOW))
    assert await store.write(lambda transaction: transaction.unfinished()) == [videos[1], videos[0]]


async def test_what_waits_for_an_engine_is_read_in_the_order_of_its_line(store: Store) -> None:
    await add(
        store,
        a_video(1, priority=2),
        a_video(2, priority=1),
        a_video(3, priority=2),
        a_video(4, priority=2, account_id=BOB),
        a_video(5, priority=3),
        a_video(6, priority=1, state=JobState.IN_PROGRESS),
        a_video(7, priority=1, state=JobState.FAILED),
        a_video(8, priority=1, engine="diffusers"),
    )
    found: list[VideoId] = []
    last: Video | None = None
    while page := await store.waiting("animatic", last, 2):
        found += [video.id for video in page]
        last = page[-1]
    assert found == [a_video_id(number) for number in (2, 1, 3, 4, 5)]


async def test_a_request_key_leads_to_its_video_for_its_account_alone(store: Store) -> None:
    def work(transaction: Transaction) -> None:
        transaction.remember_request(ALICE, "key", "digest", a_video_id(1), NOW)
        transaction.remember_request(BOB, "key", "digest", a_video_id(2), NOW)

    await store.write(work)

    def found(transaction: Transaction) -> list[object]:
        return [
            transaction.video_of_request(ALICE, "key"),
            transaction.video_of_request(BOB, "key"),
            transaction.video_of_request(ALICE, "other"),
        ]

    assert await store.write(found) == [(a_video_id(1), "digest"), (a_video_id(2), "digest"), None]


async def test_unfinished_videos_are_counted_and_their_priorities_known(store: Store) -> None:
    waiting, running = JobState.QUEUED, JobState.IN_PROGRESS
    await add(
        store,
        a_video(1, priority=3, state=running),
        a_video(2, priority=4, state=running),
        a_video(3, priority=5, state=waiting),
        a_video(4, priority=9, state=waiting),
        a_video(5, priority=7, state=waiting, account_id=BOB),
        a_video(6, priority=99, state=JobState.COMPLETED),
        a_video(7, priority=1, state=waiting, engine="diffusers", account_id=BOB),
    )

    def numbers(transaction: Transaction) -> list[int]:
        return [
            transaction.count_unfinished(),
            transaction.count_unfinished(ALICE),
            transaction.first_waiting_priority("animatic"),
            transaction.last_started_priority("animatic"),
            transaction.last_priority("animatic", ALICE),
            transaction.last_priority("animatic", BOB),
            transaction.first_waiting_priority("diffusers"),
            transaction.last_started_priority("diffusers"),
            transaction.last_priority("diffusers", ALICE),
        ]

    assert await store.write(numbers) == [6, 4, 5, 4, 9, 7, 1, 0, 0]


async def test_a_store_that_can_be_written_to_answers(store: Store) -> None:
    await store.ping()
