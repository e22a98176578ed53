"""What every store does with endpoints, callbacks and deliveries."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from matinee.core.event import Event, EventKind
from matinee.core.webhook import (
    Callback,
    Delivery,
    DeliveryState,
    FormerSecret,
    Receiver,
    WebhookEndpoint,
)
from matinee.ports.store import Store, Transaction
from tests.contract.stores import Stores
from tests.samples import ALICE, BOB, NOW, a_delivery, a_video, a_video_id, an_endpoint

CALLBACK = Callback(url="https://hooks.example.org/x?a=b", link_base="https://films.example.org")
LATER = NOW + timedelta(hours=1)


async def add(store: Store, *rows: WebhookEndpoint | Delivery) -> None:
    def insert(transaction: Transaction) -> None:
        for row in rows:
            if isinstance(row, Delivery):
                transaction.webhooks.add_delivery(row)
            else:
                transaction.webhooks.add_endpoint(row)

    await store.write(insert)


async def save(store: Store, before: Delivery, after: Delivery) -> bool:
    return await store.write(lambda each: each.webhooks.save_delivery(before, after))


async def listed(store: Store, **asked: object) -> tuple[list[str], bool]:
    wanted = {"endpoint_id": None, "state": None, "limit": 10, "after": None} | asked
    page = await store.webhooks.list_deliveries(ALICE, **wanted)  # type: ignore[arg-type]  # named above
    return [delivery.id for delivery in page.deliveries], page.has_more


async def test_an_endpoint_comes_back_as_it_was_stored(store: Store) -> None:
    former = (FormerSecret(secret_number=2, until=LATER), FormerSecret(secret_number=1, until=NOW))
    endpoint = an_endpoint(secret_number=3, former_secrets=former, name="猫 'x'")
    await add(store, endpoint)
    assert await store.webhooks.endpoint(endpoint.id) == endpoint
    changed = replace(endpoint, url="http://x.example/", event_types=(), updated_at=LATER)
    await store.write(lambda transaction: transaction.webhooks.save_endpoint(changed))
    assert await store.webhooks.endpoint(endpoint.id) == changed


async def test_endpoints_are_listed_newest_first_page_by_page(store: Store) -> None:
    mine = [an_endpoint(number) for number in range(5)]
    await add(store, *mine, an_endpoint(9, account_id=BOB))
    first = await store.webhooks.list_endpoints(ALICE, limit=3, after=None)
    rest = await store.webhooks.list_endpoints(ALICE, limit=3, after=mine[2].id)
    everyone = await store.webhooks.list_endpoints(None, limit=9, after=None)
    assert (first.endpoints, first.has_more) == ((mine[4], mine[3], mine[2]), True)
    assert (rest.endpoints, rest.has_more) == ((mine[1], mine[0]), False)
    assert len(everyone.endpoints) == 6


async def test_an_endpoint_is_deleted_with_its_deliveries(store: Store) -> None:
    kept = a_delivery(2, endpoint_id=None, callback=CALLBACK)
    await add(store, an_endpoint(), a_delivery(1), kept)
    await store.write(lambda each: each.webhooks.delete_endpoint(an_endpoint().id))
    assert await store.webhooks.endpoint(an_endpoint().id) is None
    assert await store.webhooks.delivery(a_delivery(1).id) is None
    assert await store.webhooks.delivery(kept.id) == kept


async def test_a_delivery_comes_back_as_it_was_stored(store: Store) -> None:
    whole = a_delivery(
        2,
        endpoint_id=None,
        callback=CALLBACK,
        state=DeliveryState.DEAD,
        attempts=3,
        finished_at=LATER,
        last_status=500,
        last_error="The receiver answered 500.",
    )
    await add(store, a_delivery(), whole)
    for delivery in (a_delivery(), whole):
        assert await store.webhooks.delivery(delivery.id) == delivery


async def test_a_callback_is_taken_once(store: Store) -> None:
    await store.write(lambda each: each.webhooks.add_callback(a_video_id(), ALICE, CALLBACK))
    take = [
        await store.write(lambda each: each.webhooks.take_callback(a_video_id())) for _ in range(2)
    ]
    assert take == [CALLBACK, None]


@pytest.mark.parametrize(
    "change", [{"attempts": 1}, {"state": DeliveryState.DEAD}, {"due_at": LATER}]
)
async def test_a_delivery_that_was_changed_meanwhile_is_not_written_over(
    store: Store, change: dict[str, object]
) -> None:
    read = a_delivery()
    await add(store, read)
    changed = replace(read, **change)  # type: ignore[arg-type]  # named above
    assert await save(store, read, changed)
    assert not await save(store, read, replace(read, attempts=9))
    assert await store.webhooks.delivery(read.id) == changed


async def test_deliveries_are_listed_by_state_and_by_endpoint(store: Store) -> None:
    dead = [a_delivery(number, state=DeliveryState.DEAD) for number in (1, 3)]
    waiting = a_delivery(2)
    told = a_delivery(4, endpoint_id=None, callback=CALLBACK, state=DeliveryState.DELIVERED)
    await add(store, *dead, waiting, told, a_delivery(5, account_id=BOB))
    endpoint_id = an_endpoint().id
    assert await listed(store) == ([told.id, dead[1].id, waiting.id, dead[0].id], False)
    assert await listed(store, limit=2) == ([told.id, dead[1].id], True)
    assert await listed(store, after=dead[1].id) == ([waiting.id, dead[0].id], False)
    assert await listed(store, state=DeliveryState.DEAD) == ([dead[1].id, dead[0].id], False)
    by_endpoint = await listed(store, endpoint_id=endpoint_id, state=DeliveryState.WAITING)
    assert waiting.id in by_endpoint[0]
    assert told.id not in by_endpoint[0]


async def test_receivers_are_known_by_what_waits_for_them(store: Store) -> None:
    other = Receiver(account_id=ALICE, name="https://b.example")
    await add(
        store,
        a_delivery(1, due_at=LATER),
        a_delivery(2, due_at=NOW),
        a_delivery(3, state=DeliveryState.DEAD, due_at=NOW - timedelta(days=1)),
        a_delivery(4, receiver=other, due_at=LATER),
        a_delivery(5, receiver=replace(other, name="gone"), state=DeliveryState.DELIVERED),
    )
    receivers = await store.webhooks.receivers()
    waiting = await store.webhooks.waiting_for(a_delivery().receiver, 5)
    assert sorted(receivers, key=lambda each: each[0].name) == [
        (a_delivery().receiver, NOW),
        (other, LATER),
    ]
    assert [delivery.id for delivery in waiting] == [a_delivery(2).id, a_delivery(1).id]


async def test_events_are_read_behind_the_cursor(store: Store) -> None:
    def happen(transaction: Transaction) -> None:
        transaction.add_video(a_video())
        for kind in (EventKind.ACCEPTED, EventKind.STARTED, EventKind.COMPLETED):
            transaction.add_event(Event(video_id=a_video_id(), kind=kind, at=NOW, attempt=1))

    start = (await store.webhooks.marks()).sequence
    await store.write(happen)
    events = await store.webhooks.events_after(start, 2)
    rest = await store.webhooks.events_after(events[-1].sequence, 2)
    assert [each.event.kind for each in events] == [EventKind.ACCEPTED, EventKind.STARTED]
    assert [(each.event.kind, each.account_id) for each in rest] == [(EventKind.COMPLETED, ALICE)]


async def test_cursor_and_resends_are_kept(store: Store) -> None:
    def work(transaction: Transaction) -> None:
        transaction.webhooks.move_cursor(7)
        transaction.webhooks.note_resend()
        transaction.webhooks.note_resend()

    await store.write(work)
    marks = await store.webhooks.marks()
    assert (marks.sequence, marks.resends) == (7, 2)


async def test_an_event_is_awaited_by_an_endpoint_or_a_callback(store: Store) -> None:
    assert not await store.webhooks.is_awaited(ALICE, a_video_id())
    await add(store, an_endpoint())
    assert await store.webhooks.is_awaited(ALICE, a_video_id())
    assert not await store.webhooks.is_awaited(BOB, a_video_id(2))
    await store.write(lambda each: each.webhooks.add_callback(a_video_id(2), BOB, CALLBACK))
    assert await store.webhooks.is_awaited(BOB, a_video_id(2))


async def test_only_old_and_finished_deliveries_are_swept(store: Store) -> None:
    old = NOW - timedelta(days=40)
    await add(
        store,
        a_delivery(1, created_at=old, state=DeliveryState.DELIVERED),
        a_delivery(2, created_at=old, state=DeliveryState.DEAD),
        a_delivery(3, created_at=old),
        a_delivery(4, state=DeliveryState.DEAD),
    )
    before = NOW - timedelta(days=30)
    swept = [
        await store.write(lambda each: each.webhooks.sweep_deliveries(before)) for _ in range(2)
    ]
    assert swept == [2, 0]
    assert (await listed(store))[0] == [a_delivery(4).id, a_delivery(3).id]


async def test_what_the_first_account_takes_over_is_told_to_it(stores: Stores) -> None:
    store = stores.open()
    await add(store, an_endpoint(), a_delivery())
    await store.write(lambda each: each.webhooks.add_callback(a_video_id(2), ALICE, CALLBACK))
    await store.write(lambda transaction: transaction.give_all(ALICE, BOB))
    endpoint = await store.webhooks.endpoint(an_endpoint().id)
    delivery = await store.webhooks.delivery(a_delivery().id)
    assert endpoint is not None
    assert delivery is not None
    assert (endpoint.account_id, delivery.receiver.account_id) == (BOB, BOB)
