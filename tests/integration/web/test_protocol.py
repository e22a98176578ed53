"""What comes in before a request is complete, over real connections."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Config
from uvicorn.server import ServerState

from matinee.web.connection import Departure
from matinee.web.protocol import MOST_UNHEARD_BYTES, BoundedProtocol, LeanEvent
from matinee.web.replies import text_reply

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class HastyProtocol(BoundedProtocol):
    """Gives up soon, so that tests need not wait."""

    patience_s = 0.2


async def _count(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the size of the body."""
    size_bytes, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size_bytes += len(message.get("body", b""))
        more = message.get("more_body", False)
    await text_reply(f"{size_bytes}")(scope, receive, send)


@asynccontextmanager
async def connected(
    kind: type[BoundedProtocol] = BoundedProtocol, app: ASGIApp = _count
) -> AsyncIterator[Connection]:
    """A connection to a server that speaks `kind`."""
    config, state = Config(app, lifespan="off", log_config=None), ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: kind(config, state, {}), "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        try:
            yield reader, writer
        finally:
            writer.close()


async def whole(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """The status of the one reply there is, and its error."""
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), json.loads(body)["error"]


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: ", b"a" * 1000),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", b"X: " + b"a" * 995 + b"\r\n"),
        (b"GET /", b"a" * 1000),
        (b"", b"\r\n" * 500),
    ],
)
async def test_a_head_without_end_is_refused(first: bytes, again: bytes) -> None:
    async with connected() as (reader, writer):
        writer.write(first)
        for _ in range(MOST_UNHEARD_BYTES // 1000 + 1):
            writer.write(again)
        status, error = await whole(reader)
    assert (status, error["code"]) == (431, "head_too_large")


async def test_trailers_without_end_close_the_connection() -> None:
    head = (
        b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    async with connected() as (reader, writer):
        writer.write(head)
        # What comes in one piece with the head is not counted.
        await reader.readuntil(b"100 Continue\r\n\r\n")
        writer.write(b"0\r\nX: " + b"a" * (MOST_UNHEARD_BYTES + 1))
        async with asyncio.timeout(10):
            assert await reader.read() == b""


async def test_a_large_body_is_no_large_head() -> None:
    size_bytes = 10 * MOST_UNHEARD_BYTES
    async with connected() as (reader, writer):
        head = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
        writer.write(head % size_bytes + bytes(size_bytes))
        assert (await reader.read()).endswith(b"\r\n\r\n%d" % size_bytes)


async def test_what_is_no_http_is_refused_in_the_form_of_every_error() -> None:
    async with connected() as (reader, writer):
        writer.write(b"\x16\x03\x01\x02\x00\x01\r\n\r\n")
        status, error = await whole(reader)
    assert (status, error["code"]) == (400, "malformed_request")


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET / HTTP/1.1\r\nHo",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf",
    ],
)
async def test_a_client_that_falls_silent_in_a_request_is_let_go(said: bytes) -> None:
    async with connected(HastyProtocol) as (reader, writer):
        writer.write(said)
        async with asyncio.timeout(3):
            await reader.read()


async def test_many_requests_of_one_connection_are_answered() -> None:
    async with connected(HastyProtocol) as (reader, writer):
        for _ in range(3):
            writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody")
            assert (await reader.readuntil(b"\r\n\r\n4")).startswith(b"HTTP/1.1 200")


async def test_a_second_request_that_never_ends_is_let_go_too() -> None:
    async with connected(HastyProtocol) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n0")
        writer.write(b"GET / HT")
        async with asyncio.timeout(3):
            assert await reader.read() == b""


async def test_a_chunked_body_that_ended_leaves_nothing_to_wait_for() -> None:
    async with connected(HastyProtocol) as (reader, writer):
        writer.write(
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n"
        )
        await writer.drain()
        writer.write(b"0\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n4")).startswith(b"HTTP/1.1 200")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2 * HastyProtocol.patience_s):
                await reader.read()


async def test_a_departure_is_told_to_whoever_asked_for_it() -> None:
    told = asyncio.Event()

    async def wait(scope: Scope, receive: Receive, send: Send) -> None:
        async with Departure(scope, receive, told.set) as departure:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"now", "more_body": True})
            await told.wait()
            assert departure.has_left

    async with connected(app=wait) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await reader.readuntil(b"now")
        assert not told.is_set()
        writer.close()
        await asyncio.wait_for(told.wait(), 10)


async def test_a_client_that_reads_nothing_is_cut_off() -> None:
    left = asyncio.Event()

    async def tell(scope: Scope, receive: Receive, send: Send) -> None:
        async with Departure(scope, receive, left.set) as departure:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            while not departure.has_left:
                await send({"type": "http.response.body", "body": bytes(65536), "more_body": True})

    async with connected(HastyProtocol, tell) as (_, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await asyncio.wait_for(left.wait(), 10)


class SlowTransport(asyncio.Transport):
    """What waits in it goes out bit by bit, and then no more."""

    def __init__(self, *unread_bytes: int) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)})
        self.unread_bytes = list(unread_bytes)
        self.aborted = asyncio.Event()

    def get_write_buffer_size(self) -> int:
        """Less each time, until the end."""
        return self.unread_bytes.pop(0)

    def abort(self) -> None:
        """The client is cut off."""
        self.aborted.set()


async def test_a_client_that_reads_slowly_is_waited_for_until_it_stops() -> None:
    transport = SlowTransport(300_000, 200_000, 100_000, 100_000)
    config = Config(_count, lifespan="off", log_config=None)
    protocol = HastyProtocol(config, ServerState(), {})
    protocol.connection_made(transport)
    protocol.pause_writing()
    await asyncio.wait_for(transport.aborted.wait(), 10)
    assert transport.unread_bytes == []
    protocol.connection_lost(ConnectionResetError())


async def test_pipelined_requests_are_answered_in_their_order() -> None:
    async with connected() as (reader, writer):
        for body in (b"1", b"22", b"333"):
            head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
            writer.write(head % len(body) + body)
        replies = [await one_reply(reader) for _ in range(3)]
    assert replies == [b"1", b"2", b"3"]


async def one_reply(reader: asyncio.StreamReader) -> bytes:
    """The body of the next reply, which is one byte long."""
    await reader.readuntil(b"\r\n\r\n")
    return await reader.readexactly(1)


async def test_everyone_who_waits_for_an_event_is_let_go_and_later_ones_at_once() -> None:
    event = LeanEvent()
    waiting = [asyncio.create_task(event.wait()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    event.set()
    await event.wait()
    assert await asyncio.gather(*waiting[1:]) == [None, None]
    event.clear()
    again = asyncio.create_task(event.wait())
    await asyncio.sleep(0)
    assert not again.done()
    event.set()
    await again
