"""Streams cost no more than they may, whoever opens them and whatever becomes of the server."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from matinee.core.errors import ServiceUnavailable
from matinee.core.ids import KeyId
from matinee.services.access import LOCAL_ACCOUNT
from matinee.services.updates import Update, Wakening
from matinee.web.auth import Gate
from matinee.web.watching import WatchStream
from tests.exchanges import a_scope, an_exchange
from tests.houses import House, a_house
from tests.integration.web.streams import RETRY, SOON, a_video, watching


class Unreadable(Wakening):
    """A watch that can't be told what there is any more."""

    is_closed = False

    async def take(self) -> list[Update]:
        """Say so."""
        raise ServiceUnavailable("The database does not answer.")


async def test_what_can_not_be_told_ends_the_stream_and_says_when_to_come_back(
    house: House,
) -> None:
    scope, watch = a_scope(), Unreadable()
    admission = Gate(house.access).admission(scope, LOCAL_ACCOUNT)
    stream = WatchStream(lambda _: b"", admission, replace(SOON, check_s=60.0), ends=False)

    async def tell(scope: Scope, receive: Receive, send: Send) -> None:
        await stream.send(watch, [], scope, receive, send)

    async with an_exchange(tell, scope) as exchange:
        await exchange.head()
        assert [await exchange.piece() for _ in range(3)] == [b"retry: 3000\n\n"] * 2 + [b""]
        await exchange.over()


@pytest.mark.parametrize("path", ["/v1/videos/{id}/events", "/v1/videos/events"])
async def test_nothing_is_told_to_a_key_that_was_revoked(tmp_path: Path, path: str) -> None:
    rules = replace(SOON, heartbeat_s=60.0, check_s=60.0)
    async with a_house(tmp_path, stream_rules=rules) as house:
        revoked, good = [await house.access.create_key("alice") for _ in range(2)]
        async with house.client(**{"api-key": good.secret}) as client:
            video_id = await a_video(client)
        async with watching(house, path.format(id=video_id), api_key=revoked.secret) as stream:
            assert await stream.next() == RETRY
            await house.access.revoke_key(KeyId(revoked.key.id))
            await house.start(video_id)
            said = await stream.rest()
            await stream.exchange.over()
    assert [text for text in said if "in_progress" in text] == []


@pytest.mark.parametrize("is_stream", [True, False])
async def test_a_key_revoked_while_a_chat_is_answered_gets_no_film(
    is_stream: bool, tmp_path: Path
) -> None:
    async with a_house(tmp_path, stream_rules=SOON) as house:
        revoked, good = [await house.access.create_key("alice") for _ in range(2)]
        words = [{"role": "user", "content": "a cat"}]
        asked = {"model": "sora-2", "messages": words, "stream": is_stream}
        async with house.client(**{"api-key": good.secret}) as client:
            headers = {"api-key": revoked.secret}
            asking = client.post("/v1/chat/completions", json=asked, headers=headers)
            answering = asyncio.create_task(asking)
            while not (videos := (await client.get("/v1/videos")).json()["data"]):
                await house.store.ping()
            await house.access.revoke_key(KeyId(revoked.key.id))
            await house.complete(videos[0]["id"])
            reply = await answering
    assert reply.status_code == (200 if is_stream else 401)
    assert "invalid_api_key" in reply.text
    assert ".mp4" not in reply.text


async def test_a_key_revoked_while_it_waits_for_a_video_is_not_told_of_it(tmp_path: Path) -> None:
    async with a_house(tmp_path, stream_rules=SOON) as house:
        key = await house.access.create_key("alice")
        async with house.client(**{"api-key": key.secret}) as client:
            video_id = await a_video(client)
            waiting = asyncio.create_task(client.get(f"/v1/videos/{video_id}?wait=60"))
            while not house.videos.feeds.are_open:
                await house.store.ping()
            await house.access.revoke_key(KeyId(key.key.id))
            await house.complete(video_id)
            assert (await waiting).status_code == 401


async def test_much_that_was_missed_comes_in_pieces(
    house: House, client: httpx.AsyncClient
) -> None:
    prompt = "a cat " * 3000
    for _ in range(8):
        reply = await client.post("/v1/videos", json={"prompt": prompt})
        await house.complete(reply.json()["id"])
    headers = {"last_event_id": "0"}
    async with an_exchange(house.site, a_scope("GET", "/v1/videos/events", **headers)) as exchange:
        await exchange.head()
        pieces = [await exchange.piece() for _ in range(4)]
    assert sum(piece.count(b"event: video.completed") for piece in pieces) == 8
    assert max(map(len, pieces)) <= 64 * 1024


async def test_an_account_may_not_open_streams_without_end(
    house: House, client: httpx.AsyncClient
) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(100):
            await stack.enter_async_context(watching(house, "/v1/videos/events"))
        reply = await client.get("/v1/videos/events")
        one = await stack.enter_async_context(
            watching(house, f"/v1/videos/{await a_video(client)}/events")
        )
        assert (await one.told()).name == "video.queued"
    assert (reply.status_code, reply.json()["error"]["code"]) == (429, "too_many_streams")
    assert int(reply.headers["retry-after"]) > 0
