"""From a video's end to its receivers, however they behave."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from matinee.core.ids import AccountId
from matinee.core.job import JobState
from matinee.core.webhook import Callback, Delivery, DeliveryState, Receiver
from matinee.policy.deliveries import DELAYS_S
from matinee.ports.store import Transaction
from matinee.webhooks.planner import Planner
from tests.fakes import CountingIdentities
from tests.integration.webhooks.conftest import BOTH, PATIENT, Street, a_later_office, a_street
from tests.receivers import (
    Behave,
    a_post_office,
    answering,
    drip,
    flood,
    hang,
    in_turn,
    receiving,
    reset,
)
from tests.samples import ALICE, BOB

OK = answering(200)
DAY_S = 24 * 3600


def are_attempted(count: int) -> Callable[[list[Delivery]], bool]:
    def is_so(deliveries: list[Delivery]) -> bool:
        return sum(delivery.attempts for delivery in deliveries) >= count

    return is_so


def a_planner(street: Street) -> Planner:
    """One that has just begun."""
    return Planner(street.store, street.clock, CountingIdentities())


def are_over(deliveries: list[Delivery]) -> bool:
    return all(delivery.state is not DeliveryState.WAITING for delivery in deliveries)


async def test_an_endpoint_is_told_of_each_end_as_the_guide_shows_it(street: Street) -> None:
    async with receiving(OK) as receiver, street.working():
        await street.endpoint(receiver.url)
        done = await street.end()
        failed = await street.end(state=JobState.FAILED)
        first, second = sorted(await receiver.until(2), key=lambda each: each.video_id)
    assert first.event == {
        "id": f"evt_{done.id}",
        "object": "event",
        "created_at": int(street.clock.now().timestamp()),
        "type": "video.completed",
        "data": {"id": f"video_{done.id}"},
    }
    assert (second.event["type"], second.video_id) == ("video.failed", f"video_{failed.id}")
    assert first.headers["content-type"] == "application/json"
    assert first.headers["webhook-id"].startswith("wh_")


async def test_only_the_account_s_own_endpoints_are_told_what_they_asked_for(
    street: Street,
) -> None:
    async with receiving(OK) as mine, receiving(OK) as failures, receiving(OK) as theirs:
        await street.endpoint(mine.url)
        await street.endpoint(failures.url, event_types=("video.failed", "batch.failed"))
        await street.endpoint(theirs.url, account_id=BOB)
        async with street.working():
            await street.end()
            await mine.until(1)
            await street.until(are_over)
    assert (len(mine.received), failures.received, theirs.received) == (1, [], [])


async def test_a_callback_is_told_as_the_video_is_then(street: Street) -> None:
    async with receiving(OK) as receiver, street.working():
        callback = Callback(url=receiver.url, link_base="https://films.example.org")
        await street.end(callback=callback)
        (received,) = await receiver.until(1)
    assert received.event == {"link_base": "https://films.example.org", "is_deleted": False}


async def test_a_callback_to_a_video_that_was_deleted_is_sent_all_the_same(street: Street) -> None:
    async with receiving(OK) as receiver:
        callback = Callback(url=receiver.url, link_base="https://films.example.org")
        video = await street.end(callback=callback)
        await street.store.write(lambda transaction: transaction.delete_video(video.id))
        async with street.working():
            (received,) = await receiver.until(1)
    assert received.event["is_deleted"]


async def test_a_retry_has_the_same_id_and_a_new_time(street: Street) -> None:
    async with receiving(answering(500), OK) as receiver, street.working():
        await street.endpoint(receiver.url)
        await street.end()
        await street.until(are_attempted(1))
        street.clock.move(DELAYS_S[0] + 1)
        street.office.outbox.wake()
        first, second = await receiver.until(2)
        (delivery,) = await street.until(are_over)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] < second.headers["webhook-timestamp"]
    assert first.body == second.body
    assert (delivery.state, delivery.attempts) == (DeliveryState.DELIVERED, 2)


HOSTILE: dict[str, Behave] = {
    "errors": answering(500),
    "hangs": hang,
    "resets": reset,
    "busy": answering(429, retry_after="3"),
    "redirects": answering(302, location="http://127.0.0.1:1/"),
    "gone": answering(410),
    "drips": drip,
    "floods": flood,
    "no HTTP": answering(0),
    "some of each": in_turn(hang, reset, answering(503, retry_after="9" * 999), drip, flood),
}


@pytest.mark.parametrize("behaviour", HOSTILE)
async def test_every_event_is_delivered_or_dead_and_a_healthy_receiver_is_not_delayed(
    street: Street, behaviour: str
) -> None:
    async with (
        receiving(HOSTILE[behaviour], host="127.0.0.2") as hostile,
        receiving(OK) as healthy,
    ):
        await street.endpoint(hostile.url)
        await street.endpoint(healthy.url)
        async with street.working():
            began_s = time.monotonic()
            for _ in range(5):
                await street.end()
            await healthy.until(5)
            took_s = time.monotonic() - began_s
            await street.until(all_attempted)
            await use_up_attempts(street)
            while not are_over(await street.deliveries()):
                await pass_time(street)
        deliveries = await street.deliveries()
    assert took_s < 1.0
    assert len(deliveries) == 10
    assert hostile.most_at_once <= 4
    assert len(healthy.received) == 5
    states = {each.state for each in deliveries if each.last_status != 200}
    assert states <= {DeliveryState.DEAD}


def all_attempted(deliveries: list[Delivery]) -> bool:
    return all(delivery.attempts for delivery in deliveries)


async def use_up_attempts(street: Street) -> None:
    """Leave two attempts to each delivery that waits."""

    def work(transaction: Transaction) -> None:
        for waiting in deliveries:
            late = replace(waiting, attempts=len(DELAYS_S) - 1)
            transaction.webhooks.save_delivery(waiting, late)

    deliveries = await street.deliveries(DeliveryState.WAITING)
    await street.store.write(work)


async def pass_time(street: Street) -> None:
    """Let a day go by, and what is due in it be tried."""
    before = sum(each.attempts for each in await street.deliveries())
    street.clock.move(DAY_S)
    street.office.outbox.wake()
    async with asyncio.timeout(20):
        await street.until(lambda now: are_over(now) or sum(each.attempts for each in now) > before)


async def test_many_hanging_receivers_delay_no_other_account(tmp_path: Path) -> None:
    async with (
        a_street(tmp_path, limits=PATIENT) as street,
        receiving(hang, host="0.0.0.0") as hostile,
        receiving(OK) as healthy,
    ):
        for number in range(20):
            account_id = AccountId(f"01khostile{number:016d}")
            url = hostile.url_at(f"127.0.1.{number}")
            await street.endpoint(url, account_id=account_id)
            for _ in range(4):
                await street.end(account_id=account_id)
        await street.endpoint(healthy.url)
        async with street.working():
            await hostile.until(48)
            began_s = time.monotonic()
            await street.end()
            await healthy.until(1)
            took_s = time.monotonic() - began_s
    assert took_s < 1.0
    assert 48 <= hostile.most_at_once <= 64


async def test_who_hangs_at_a_big_service_does_not_keep_others_out_of_it(tmp_path: Path) -> None:
    async with (
        a_street(tmp_path, limits=PATIENT) as street,
        receiving(hang) as hostile,
        receiving(OK) as healthy,
    ):
        await street.endpoint(hostile.url)
        await street.endpoint(healthy.url, account_id=BOB)
        for _ in range(20):
            await street.end()
        async with street.working():
            await hostile.until(4)
            await street.end(account_id=BOB)
            await healthy.until(1)
            assert len(hostile.received) == 4


async def test_a_backlog_of_one_receiver_is_no_matter_to_another(street: Street) -> None:
    async with receiving(OK) as busy, receiving(OK) as other:
        await street.endpoint(busy.url)
        for _ in range(100):
            await street.end()
        await street.endpoint(other.url, account_id=BOB)
        await street.end(account_id=BOB)
        async with street.working():
            await other.until(1)
            assert len(busy.received) < 50
            await busy.until(100)
            await street.until(are_over)
    assert busy.most_at_once <= 4
    assert len({each.headers["webhook-id"] for each in busy.received}) == 100


async def test_what_waits_goes_on_after_a_restart(tmp_path: Path) -> None:
    async with receiving(hang, hang, hang, hang, OK) as receiver:
        async with a_street(tmp_path) as street:
            await street.endpoint(receiver.url)
            for _ in range(8):
                await street.end()
            async with street.working():
                await receiver.until(4)
        async with a_street(tmp_path) as street, street.working():
            street.clock.move(DAY_S)
            await street.until(are_over)
            told = {each.video_id for each in receiver.received[4:]}
    assert len(told) == 8


async def test_a_planner_that_dies_after_its_commit_plans_nothing_twice(tmp_path: Path) -> None:
    async with a_street(tmp_path) as street:
        await street.endpoint("http://127.0.0.1:9/")
        await street.end()
        assert len(await a_planner(street).plan()) == 1
    async with a_street(tmp_path) as street:
        assert await a_planner(street).plan() == []
        assert len(await street.deliveries()) == 1


async def test_events_that_concern_nobody_cost_no_commit(street: Street) -> None:
    await street.end()
    await street.office.outbox.look()
    await street.endpoint("http://127.0.0.1:9/")
    await street.office.outbox.look()
    assert (await street.store.webhooks.marks()).sequence == 0
    assert await street.deliveries() == []


async def test_a_dead_delivery_is_sent_again_when_asked_for(street: Street) -> None:
    async with receiving(answering(410), OK) as receiver, street.working():
        await street.endpoint(receiver.url)
        await street.end()
        (dead,) = await street.until(lambda now: bool(now) and are_over(now))
        # As a command does beside the server: nobody wakes the outbox.
        await street.webhooks.resend(ALICE, f"wh_{dead.id}")
        first, second = await receiver.until(2)
        (delivered,) = await street.until(are_over)
    assert dead.state is DeliveryState.DEAD
    assert delivered.state is DeliveryState.DELIVERED
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


async def test_a_new_url_is_where_what_waits_goes_to(street: Street) -> None:
    async with receiving(answering(500)) as old, receiving(OK) as new, street.working():
        made = await street.endpoint(old.url)
        await street.end()
        await street.until(are_attempted(1))
        endpoint = replace(made.endpoint, url=new.url)
        await street.store.write(lambda each: each.webhooks.save_endpoint(endpoint))
        street.clock.move(DELAYS_S[0] + 1)
        street.office.outbox.wake()
        await new.until(1)


async def test_what_waits_for_a_deleted_endpoint_is_not_sent(street: Street) -> None:
    async with receiving(answering(500)) as receiver, street.working():
        made = await street.endpoint(receiver.url)
        await street.end()
        await street.until(are_attempted(1))
        await street.webhooks.delete(ALICE, f"we_{made.endpoint.id}")
        street.clock.move(DAY_S)
        await street.office.outbox.look()
    assert await street.deliveries() == []
    assert len(receiver.received) == 1


async def test_a_private_address_is_refused_at_each_sending(street: Street) -> None:
    async with street.working():
        made = await street.endpoint("http://127.0.0.1:9/")
        endpoint = replace(made.endpoint, url="http://169.254.169.254/latest/meta-data/")
        await street.store.write(lambda each: each.webhooks.save_endpoint(endpoint))
        await street.end()
        (delivery,) = await street.until(are_attempted(1))
    assert delivery.last_status is None
    assert "public addresses only" in (delivery.last_error or "")


async def test_a_delivery_names_its_receiver_by_origin_or_endpoint(street: Street) -> None:
    callback = Callback(url="http://127.0.0.1:9/a?b=c", link_base="")
    await street.end(callback=callback)
    (delivery,) = await a_planner(street).plan()
    assert delivery.receiver == Receiver(account_id=ALICE, name="http://127.0.0.1:9")


async def test_a_defect_in_one_delivery_stops_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def render(delivery: object, video: object, link_base: str) -> bytes:
        raise ZeroDivisionError

    async with receiving(OK) as receiver, a_street(tmp_path) as street:
        webhooks, office = a_post_office(
            street.store, street.clock, CountingIdentities(), render_callback=render
        )
        street.office = office
        await webhooks.create(ALICE, name="Films", url=receiver.url, event_types=BOTH)
        async with street.working():
            await street.end(callback=Callback(url=receiver.url, link_base=""))
            await receiver.until(1)
            deliveries = await street.until(lambda now: sum(each.attempts for each in now) == 2)
    waiting = next(each for each in deliveries if each.callback)
    assert waiting.state is DeliveryState.WAITING
    assert waiting.last_error == "The server met a defect while sending."
    assert "ZeroDivisionError" in caplog.text


async def test_old_deliveries_are_swept(street: Street) -> None:
    async with receiving(OK) as receiver:
        await street.endpoint(receiver.url)
        await street.end()
        async with street.working():
            await street.until(lambda now: bool(now) and are_over(now))
        street.clock.move(31 * DAY_S)
        async with a_later_office(street).working():
            await street.until(lambda now: not now)
