"""What every store does when several processes write at once."""

from __future__ import annotations

import asyncio
from functools import partial

from matinee.core.account import Account
from matinee.core.event import Event, EventKind
from matinee.core.ids import AccountId
from matinee.ports.store import Store, Transaction
from tests.contract.stores import Stores
from tests.samples import ALICE, NOW, a_video, a_video_id

PROCESSES = 3
WRITES = 24


def accept(transaction: Transaction, number: int) -> None:
    video = a_video(number)
    transaction.add_video(video)
    transaction.add_event(
        Event(video_id=video.id, kind=EventKind.ACCEPTED, at=NOW, attempt=0),
    )


async def accept_many(opened: list[Store]) -> None:
    await asyncio.gather(
        *(opened[n % PROCESSES].write(partial(accept, number=n)) for n in range(WRITES))
    )


async def test_what_is_read_under_a_lock_can_not_change(stores: Stores) -> None:
    opened = [stores.open() for _ in range(PROCESSES)]

    def name_the_next(transaction: Transaction) -> int:
        transaction.lock("names")
        number = 0
        while transaction.account_named(str(number)) is not None:
            number += 1
        transaction.add_account(
            Account(id=AccountId(f"a{number}"), name=str(number), created_at=NOW)
        )
        return number

    numbers = await asyncio.gather(
        *(opened[n % PROCESSES].write(name_the_next) for n in range(WRITES))
    )
    assert sorted(numbers) == list(range(WRITES))


async def test_one_request_key_makes_one_video(stores: Stores) -> None:
    opened = [stores.open() for _ in range(PROCESSES)]

    def ask(transaction: Transaction, number: int) -> str:
        found = transaction.video_of_request(ALICE, "key")
        if found is not None:
            return found[0]
        transaction.add_video(a_video(number))
        transaction.remember_request(ALICE, "key", "digest", a_video_id(number), NOW)
        return a_video_id(number)

    given = await asyncio.gather(
        *(opened[n % PROCESSES].write(partial(ask, number=n)) for n in range(WRITES))
    )
    assert len(set(given)) == 1
    assert await opened[0].write(lambda each: each.count_unfinished()) == 1


async def test_who_reads_events_behind_a_number_misses_none(stores: Stores) -> None:
    opened, reader = [stores.open() for _ in range(PROCESSES)], stores.open()
    writing = asyncio.ensure_future(accept_many(opened))
    seen: list[str] = []
    last = 0
    while len(seen) < WRITES:
        for numbered in await reader.webhooks.events_after(last, 5):
            assert numbered.sequence > last
            last = numbered.sequence
            seen.append(numbered.event.video_id)
        await asyncio.sleep(0)
    await writing
    assert sorted(seen) == [a_video_id(n) for n in range(WRITES)]


async def test_who_follows_an_account_misses_nothing(stores: Stores) -> None:
    opened, reader = [stores.open() for _ in range(PROCESSES)], stores.open()
    writing = asyncio.ensure_future(accept_many(opened))
    seen: set[str] = set()
    last = 0
    while len(seen) < WRITES:
        for happening in await reader.history.of_account(ALICE, last, 5):
            assert happening.sequence > last
            last = happening.sequence
            seen.add(happening.event.video_id)
        await asyncio.sleep(0)
    await writing
    assert last == await reader.history.last_of_account(ALICE)


async def test_an_event_belongs_to_the_owner_of_its_video(stores: Stores) -> None:
    store = stores.open()
    await store.write(partial(accept, number=1))

    def start_and_delete(transaction: Transaction) -> None:
        transaction.add_event(
            Event(video_id=a_video_id(), kind=EventKind.DELETED, at=NOW, attempt=0)
        )
        transaction.delete_video(a_video_id())

    await store.write(start_and_delete)
    events = await store.webhooks.events_after(0, 9)
    assert [each.account_id for each in events] == [ALICE, ALICE]
