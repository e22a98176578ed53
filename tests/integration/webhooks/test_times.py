"""Before and after: new endpoints, restarts, and clocks that are set back."""

from __future__ import annotations

from matinee.core.webhook import Callback, DeliveryState
from tests.integration.webhooks.conftest import Street, a_later_office
from tests.receivers import answering, receiving

DAY_S = 24 * 3600


async def test_what_ended_before_an_endpoint_is_not_told_to_it(street: Street) -> None:
    await street.end()
    await street.office.outbox.look()
    await street.end()
    await street.endpoint("http://127.0.0.1:9/")
    for office in (street, a_later_office(street)):
        await office.office.outbox.look()
    assert await street.deliveries() == []


async def test_a_clock_that_is_set_back_hides_no_event(street: Street) -> None:
    await street.endpoint("http://127.0.0.1:9/")
    street.clock.move(-3600)
    await street.end()
    await street.office.outbox.look()
    assert len(await street.deliveries()) == 1


async def test_a_restart_passes_over_few_events_that_concern_nobody(street: Street) -> None:
    for _ in range(100):
        await street.end()
    await street.office.outbox.look()
    assert (await street.store.webhooks.marks()).sequence > 0


async def test_a_retry_is_not_put_off_by_a_clock_that_is_set_back(street: Street) -> None:
    async with receiving(answering(500), answering(200)) as receiver:
        await street.end(callback=Callback(url=receiver.url, link_base=""))
        async with street.working():
            await street.until(lambda now: bool(now) and now[0].attempts == 1)
        street.clock.move(-10 * DAY_S)
        async with a_later_office(street).working():
            await street.until(lambda now: now[0].state is DeliveryState.DELIVERED)


async def test_letters_in_a_host_s_name_make_no_other_receiver(street: Street) -> None:
    for url in ("http://LOCALhost:9/a", "http://localhost:9/b"):
        await street.end(callback=Callback(url=url, link_base=""))
    await street.office.outbox.look()
    assert {each.receiver.name for each in await street.deliveries()} == {"http://localhost:9"}
