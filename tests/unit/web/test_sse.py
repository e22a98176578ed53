"""Streams live as long as both sides want them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from matinee.web.sse import DONE_EVENT, EventStream, data_event
from tests.exchanges import a_scope, an_exchange

LONG_S = 3600.0


async def test_events_are_sent_as_they_come_and_the_stream_ends_with_them() -> None:
    async def events() -> AsyncGenerator[bytes, None]:
        yield data_event(b"1")
        yield DONE_EVENT

    stream = EventStream(events(), keepalive_s=LONG_S, headers=[(b"x-task-id", b"t")])
    async with an_exchange(stream, a_scope()) as exchange:
        status, headers = await exchange.head()
        assert [await exchange.piece() for _ in range(3)] == [
            b"data: 1\n\n",
            b"data: [DONE]\n\n",
            b"",
        ]
        await exchange.over()
    assert status == 200
    assert headers == {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache, no-transform",
        "x-accel-buffering": "no",
        "x-task-id": "t",
    }


async def test_silence_is_filled_with_comments_without_disturbing_the_events() -> None:
    spoken = asyncio.Event()

    async def events() -> AsyncGenerator[bytes, None]:
        await spoken.wait()
        yield data_event(b"1")

    async with an_exchange(EventStream(events(), keepalive_s=0.001), a_scope()) as exchange:
        await exchange.head()
        assert await exchange.piece() == b": keepalive\n\n"
        assert await exchange.piece() == b": keepalive\n\n"
        spoken.set()
        while (piece := await exchange.piece()).startswith(b":"):
            pass
        assert piece == b"data: 1\n\n"


async def test_a_client_that_leaves_ends_the_stream_and_closes_its_source() -> None:
    closed = asyncio.Event()

    async def events() -> AsyncGenerator[bytes, None]:
        try:
            yield data_event(b"1")
            await asyncio.Event().wait()
        finally:
            closed.set()

    async with an_exchange(EventStream(events(), keepalive_s=LONG_S), a_scope()) as exchange:
        await exchange.head()
        await exchange.piece()
        exchange.leave()
        await exchange.over()
    assert closed.is_set()
