"""Webhooks as the OpenAI SDK manages and verifies them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from openai import AsyncOpenAI, BadRequestError, NotFoundError
from standardwebhooks import Webhook

from matinee.core.event import Event, EventKind
from matinee.core.ids import AccountId
from matinee.core.webhook import Callback
from matinee.ports.store import Transaction
from matinee.services.access import LOCAL_ACCOUNT
from matinee.services.webhooks import Webhooks
from matinee.store.sql import SqlStore
from matinee.store.sqlite import SqliteDatabase
from matinee.system import SystemClock
from tests.contract.test_openai_sdk import listening
from tests.databases import an_empty_database
from tests.fakes import CountingIdentities
from tests.houses import House, a_house
from tests.receivers import Receiver, a_post_office, answering, receiving
from tests.samples import a_video

BOTH = ["video.completed", "video.failed"]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A server without engines."""
    async with a_house(tmp_path) as house:
        yield house


@pytest.fixture
async def openai(house: House) -> AsyncIterator[AsyncOpenAI]:
    """The SDK's client of it."""
    async with (
        listening(house) as url,
        AsyncOpenAI(base_url=f"{url}/v1", api_key="placeholder", max_retries=0) as client,
    ):
        yield client


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver that is content."""
    async with receiving(answering(200)) as receiver:
        yield receiver


async def test_an_endpoint_is_created_changed_listed_and_deleted(
    openai: AsyncOpenAI, receiver: Receiver
) -> None:
    made = await openai.webhooks.create(
        event_types=["video.completed", "response.completed"], name="Films", url=receiver.url
    )
    changed = await openai.webhooks.update(made.id, name="Other films")
    read = await openai.webhooks.retrieve(made.id)
    rotated = await openai.webhooks.rotate_secret(made.id, keep_old_secret_active_for_24_hours=True)
    gone = await openai.webhooks.delete(made.id)
    assert made.signing_secret.startswith("whsec_")
    assert made.signing_secret != rotated.signing_secret
    assert (changed.name, read.name, read.url) == ("Other films", "Other films", receiver.url)
    assert read.event_types == ["video.completed", "response.completed"]
    assert gone.deleted
    with pytest.raises(NotFoundError):
        await openai.webhooks.retrieve(made.id)


async def test_every_page_of_endpoints_is_walked(openai: AsyncOpenAI, receiver: Receiver) -> None:
    made = [
        (
            await openai.webhooks.create(
                event_types=["video.failed"], name=str(number), url=receiver.url
            )
        ).id
        for number in range(5)
    ]
    listed = [endpoint.id async for endpoint in openai.webhooks.list(limit=2)]
    assert listed == made[::-1]


async def test_the_types_of_events_are_those_that_are_sent(openai: AsyncOpenAI) -> None:
    assert (await openai.webhooks.event_types.list()).data == BOTH


async def test_a_sample_is_sent_and_its_status_told(
    openai: AsyncOpenAI, receiver: Receiver
) -> None:
    made = await openai.webhooks.create(
        event_types=["video.completed"], name="Films", url=receiver.url
    )
    result = await openai.webhooks.test(made.id, event_type="video.completed")
    (received,) = await receiver.until(1)
    assert (result.success, result.status_code, result.webhook_endpoint_id) == (True, 200, made.id)
    assert received.event["type"] == "video.completed"


async def test_a_bad_url_is_a_bad_request(openai: AsyncOpenAI) -> None:
    with pytest.raises(BadRequestError) as bad:
        await openai.webhooks.create(event_types=["video.failed"], name="x", url="http://10.0.0.1")
    assert (bad.value.param, bad.value.code) == ("url", "url_refused")


@asynccontextmanager
async def sending(folder: Path) -> AsyncIterator[tuple[SqlStore, Webhooks]]:
    """A post office at the real time of day, which verifiers compare with theirs."""
    store = SqlStore(SqliteDatabase(an_empty_database(folder / "matinee.db")))
    webhooks, office = a_post_office(store, SystemClock(), CountingIdentities())
    working = asyncio.ensure_future(office.outbox.run())
    try:
        yield store, webhooks
    finally:
        working.cancel()
        await asyncio.wait([working])
        await store.close()


async def end_a_video(store: SqlStore, callback: Callback | None = None) -> str:
    account_id: AccountId = LOCAL_ACCOUNT
    video = a_video(account_id=account_id)

    def work(transaction: Transaction) -> None:
        transaction.add_video(video)
        if callback is not None:
            transaction.webhooks.add_callback(video.id, account_id, callback)
        now = SystemClock().now()
        transaction.add_event(Event(video_id=video.id, kind=EventKind.COMPLETED, at=now, attempt=1))

    await store.write(work)
    return f"video_{video.id}"


async def test_both_verifiers_accept_a_delivery_by_either_secret_of_a_rotation(
    tmp_path: Path, receiver: Receiver
) -> None:
    async with sending(tmp_path) as (store, webhooks), AsyncOpenAI(api_key="x") as client:
        made = await webhooks.create(
            LOCAL_ACCOUNT, name="Films", url=receiver.url, event_types=BOTH
        )
        rotated = await webhooks.rotate_secret(
            LOCAL_ACCOUNT, f"we_{made.endpoint.id}", keep_old=True
        )
        video_id = await end_a_video(store)
        (received,) = await receiver.until(1)
        for secret in (made.secret, rotated.secret):
            event = client.webhooks.unwrap(received.body, received.headers, secret=secret)
            verified = Webhook(secret).verify(received.body, received.headers)
            assert event.type == "video.completed"  # type: ignore[comparison-overlap]  # the SDK has no class for it
            assert verified["data"]["id"] == event.data.id == video_id


async def test_both_verifiers_accept_a_callback_by_the_account_s_secret(
    tmp_path: Path, receiver: Receiver
) -> None:
    async with sending(tmp_path) as (store, webhooks), AsyncOpenAI(api_key="x") as client:
        callback = await webhooks.admit_callback(receiver.url, "https://films.example.org")
        await end_a_video(store, callback)
        (received,) = await receiver.until(1)
        secret = webhooks.callback_secret(LOCAL_ACCOUNT)
        client.webhooks.verify_signature(received.body, received.headers, secret=secret)
        verified = Webhook(secret).verify(received.body, received.headers)
    assert verified["link_base"] == "https://films.example.org"
