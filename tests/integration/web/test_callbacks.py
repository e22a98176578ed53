"""A video's own callback, from the request to its receiver."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from matinee.core.errors import EngineError
from matinee.services.access import LOCAL_ACCOUNT
from tests.houses import House
from tests.receivers import Receiver, answering, receiving

CREATE = "/v1/video/create"


@pytest.fixture
async def receiver(house: House) -> AsyncIterator[Receiver]:
    """A receiver that is content, while the house's outbox works."""
    working = asyncio.ensure_future(house.office.outbox.run())
    async with receiving(answering(200)) as receiver:
        yield receiver
    working.cancel()
    await asyncio.wait([working])


async def create(client: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    wish = {"model": "sora-2", "prompt": "a cat"}
    reply = await client.post(CREATE, json=wish | fields)
    assert reply.status_code == 200, reply.text
    made: dict[str, Any] = reply.json()
    return made


@pytest.mark.parametrize("name", ["callback_url", "notify_hook", "callBackUrl"])
async def test_a_callback_brings_what_a_query_would_say(
    house: House, client: httpx.AsyncClient, receiver: Receiver, name: str
) -> None:
    made = await create(client, **{name: receiver.url})
    await house.complete(made["task_id"])
    (received,) = await receiver.until(1)
    asked = (await client.get("/v1/video/query", params={"id": made["id"]})).json()
    assert received.event == asked
    assert asked["status"] == "completed"
    assert received.event["video_url"].startswith("http://localhost:8642/f/")


async def test_a_failure_is_told_too(
    house: House, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    made = await create(client, callback_url=receiver.url)
    await house.fail(made["task_id"], EngineError("It broke."))
    (received,) = await receiver.until(1)
    assert (received.event["status"], received.event["fail_reason"]) == ("failed", "It broke.")


async def test_a_video_that_is_deleted_before_its_end_is_told_to_nobody(
    house: House, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    made = await create(client, callback_url=receiver.url)
    await client.delete(f"/v1/videos/{made['task_id']}")
    other = await create(client, callback_url=receiver.url)
    await house.complete(other["task_id"])
    (received,) = await receiver.until(1)
    assert received.event["id"] == other["id"]
    page = await house.webhooks.list_deliveries(LOCAL_ACCOUNT, limit=9, after=None)
    assert len(page.deliveries) == 1


@pytest.mark.parametrize("url", ["http://10.0.0.1/x", "ftp://127.0.0.1/", "http://u:p@127.0.0.1/"])
async def test_a_callback_that_must_not_be_refuses_the_video(
    house: House, client: httpx.AsyncClient, url: str
) -> None:
    wish = {"model": "sora-2", "prompt": "a cat", "notify_hook": url}
    reply = await client.post(CREATE, json=wish)
    error = reply.json()["error"]
    assert (reply.status_code, error["param"], error["code"]) == (400, "notify_hook", "url_refused")
    assert house.is_idle
