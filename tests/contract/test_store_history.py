"""What happened is read in order, by account, with each video as it is by then; in every store."""

from __future__ import annotations

from datetime import timedelta

from matinee.core.event import Event, EventKind
from matinee.core.ids import AccountId, VideoId
from matinee.core.job import take
from matinee.ports.store import Store, Transaction
from tests.samples import ALICE, BOB, NOW, a_video, a_video_id

LEASE = timedelta(seconds=15)


def an_event(video_id: VideoId, kind: EventKind) -> Event:
    return Event(video_id=video_id, kind=kind, at=NOW, attempt=0)


async def accept(store: Store, *numbers: int, owner: AccountId = ALICE) -> None:
    def insert(transaction: Transaction) -> None:
        for number in numbers:
            transaction.add_video(a_video(number, account_id=owner))
            transaction.add_event(an_event(a_video_id(number), EventKind.ACCEPTED))

    await store.write(insert)


async def start(store: Store, number: int) -> None:
    def work(transaction: Transaction) -> None:
        video = transaction.video(a_video_id(number))
        assert video is not None
        job, event = take(video.job, NOW, LEASE)
        transaction.save_job(video.job, job)
        transaction.add_event(event)

    await store.write(work)


async def delete(store: Store, number: int) -> None:
    def work(transaction: Transaction) -> None:
        transaction.add_event(an_event(a_video_id(number), EventKind.DELETED))
        transaction.delete_video(a_video_id(number))

    await store.write(work)


async def test_a_video_comes_with_the_number_of_its_newest_event(store: Store) -> None:
    await accept(store, 1, 2)
    before = await store.history.latest(a_video_id(1))
    await start(store, 1)
    after = await store.history.latest(a_video_id(1))
    assert before is not None
    assert after is not None
    assert after[0] == await store.video(a_video_id(1))
    assert after[1] > before[1]
    assert after[1] == await store.history.last_of_video(a_video_id(1))


async def test_a_deleted_video_has_only_its_events(store: Store) -> None:
    await accept(store, 1)
    before = await store.history.last_of_video(a_video_id(1))
    await delete(store, 1)
    assert await store.history.latest(a_video_id(1)) is None
    assert await store.history.last_of_video(a_video_id(1)) > before
    assert await store.history.last_of_video(a_video_id(9)) == 0


async def test_an_accounts_history_goes_on_behind_any_event(store: Store) -> None:
    await accept(store, 1, 2)
    await accept(store, 3, owner=BOB)
    await start(store, 2)
    whole = await store.history.of_account(ALICE, 0, 10)
    assert [(each.event.video_id, each.event.kind) for each in whole] == [
        (a_video_id(1), EventKind.ACCEPTED),
        (a_video_id(2), EventKind.ACCEPTED),
        (a_video_id(2), EventKind.STARTED),
    ]
    assert whole[1].video == await store.video(a_video_id(2))
    assert await store.history.of_account(ALICE, 0, 2) == whole[:2]
    assert await store.history.of_account(ALICE, whole[0].sequence, 10) == whole[1:]
    assert await store.history.last_of_account(ALICE) == whole[-1].sequence


async def test_what_happened_to_a_video_that_is_gone_comes_without_it(store: Store) -> None:
    await accept(store, 1)
    await delete(store, 1)
    assert [each.video for each in await store.history.of_account(ALICE, 0, 10)] == [None, None]
    assert await store.history.last_of_account(BOB) == 0
