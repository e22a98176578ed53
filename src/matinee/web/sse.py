"""Server-sent events: a raw stream that keeps the connection alive and notices when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable

from starlette.types import Receive, Scope, Send

from matinee.web.connection import departure, end_tasks
from matinee.web.replies import Header

KEEPALIVE = b": keepalive\n\n"
STREAM_HEADERS: tuple[Header, ...] = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    # Proxies must neither gather nor compress what is sent piece by piece.
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
)


def data_event(data: bytes) -> bytes:
    """An event that carries `data`, which is one line."""
    return b"data: " + data + b"\n\n"


def named_event(name: str, data: bytes, sequence: int | None = None) -> bytes:
    """The same under a name, and with an id where a client may take up a cut stream."""
    event = b"event: %s\ndata: %s\n\n" % (name.encode(), data)
    return event if sequence is None else b"id: %d\n%s" % (sequence, event)


DONE_EVENT = data_event(b"[DONE]")


class EventStream:
    """Sends events as they come. An ASGI application.

    Whenever nothing was sent for `keepalive_s`, a comment is. When the client leaves, `events` is
    closed.
    """

    def __init__(
        self,
        events: AsyncGenerator[bytes, None],
        *,
        keepalive_s: float,
        headers: Iterable[Header] = (),
    ) -> None:
        self._events = events
        self._keepalive_s = keepalive_s
        self._headers = [*STREAM_HEADERS, *headers]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the events end or the client leaves."""
        start = {"type": "http.response.start", "status": 200, "headers": self._headers}
        await send(start)
        leaving = asyncio.ensure_future(departure(receive))
        coming: asyncio.Future[bytes] | None = None
        try:
            while not leaving.done():
                coming = coming or asyncio.ensure_future(anext(self._events, b""))
                await asyncio.wait(
                    (coming, leaving),
                    timeout=self._keepalive_s,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if leaving.done():
                    return
                if not coming.done():
                    await send_piece(send, KEEPALIVE)
                    continue
                event, coming = coming.result(), None
                if not event:
                    await send({"type": "http.response.body", "more_body": False})
                    return
                await send_piece(send, event)
        finally:
            await end_tasks(leaving, *([coming] if coming is not None else []))
            await self._events.aclose()


async def send_piece(send: Send, piece: bytes) -> None:
    """Send a part of a body that goes on."""
    await send({"type": "http.response.body", "body": piece, "more_body": True})
