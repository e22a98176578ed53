"""One exchange with an ASGI application, looked at while it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.types import ASGIApp, Message, Scope


def a_scope(method: str = "GET", path: str = "/", **headers: str) -> Scope:
    """The scope of a request; `user_agent="x"` is the header `user-agent`."""
    path, _, query = path.partition("?")
    named = {"host": "localhost:8642"} | headers
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "scheme": "http",
        "server": ("127.0.0.1", 8642),
        "client": ("127.0.0.1", 50000),
        "headers": [
            (name.replace("_", "-").encode(), value.encode("latin-1"))
            for name, value in named.items()
        ],
    }


@dataclass(slots=True)
class Exchange:
    """A request under way. The client reads at its own pace, and may leave."""

    task: asyncio.Task[None] | None = None
    sent: asyncio.Queue[Message] = field(default_factory=asyncio.Queue)
    _arriving: asyncio.Queue[Message] = field(default_factory=asyncio.Queue)

    async def head(self) -> tuple[int, dict[str, str]]:
        """The status and the headers."""
        start = await self.sent.get()
        assert start["type"] == "http.response.start", start
        return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}

    async def piece(self) -> bytes:
        """The next piece of the body; empty at its end."""
        message = await self.sent.get()
        assert message["type"] == "http.response.body", message
        body: bytes = message.get("body", b"")
        return body

    async def content(self) -> str:
        """What the next event of a chat stream adds to its message."""
        event = await self.event()
        content: str = event["choices"][0]["delta"].get("content", "")
        return content

    async def event(self) -> dict[str, Any]:
        """The JSON in the next event."""
        piece = await self.piece()
        event: dict[str, Any] = msgspec.json.decode(piece.removeprefix(b"data: "))
        return event

    def leave(self) -> None:
        """Close the connection from the client's side."""
        self._arriving.put_nowait({"type": "http.disconnect"})

    async def over(self) -> None:
        """Wait until the application has returned."""
        assert self.task is not None
        await self.task

    def arrive(self, pieces: Iterable[bytes]) -> None:
        """The body comes in."""
        listed = list(pieces) or [b""]
        for number, piece in enumerate(listed, start=1):
            more = number < len(listed)
            self._arriving.put_nowait({"type": "http.request", "body": piece, "more_body": more})

    async def receive(self) -> Message:
        """What the application waits for."""
        return await self._arriving.get()

    async def send(self, message: Message) -> None:
        """What the application says."""
        self.sent.put_nowait(message)


@asynccontextmanager
async def an_exchange(
    app: ASGIApp, scope: Scope, *pieces: bytes, leave: bool = True
) -> AsyncIterator[Exchange]:
    """`app` at work on a request whose body comes in `pieces`; it is made to end afterwards."""
    exchange = Exchange()
    exchange.arrive(pieces)
    exchange.task = asyncio.create_task(_run(app, scope, exchange))
    try:
        yield exchange
    finally:
        if leave:
            exchange.leave()
        await asyncio.wait((exchange.task,))


async def _run(app: ASGIApp, scope: Scope, exchange: Exchange) -> None:
    await app(scope, exchange.receive, exchange.send)


def a_json_scope(path: str, **headers: str) -> Scope:
    """The scope of a POST of JSON."""
    return a_scope("POST", path, **({"content_type": "application/json"} | headers))


def json_bytes(value: Mapping[str, Any]) -> bytes:
    """`value` as a client would send it."""
    return msgspec.json.encode(value)
