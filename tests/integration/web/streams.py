"""Streams of events as a client reads them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec

from matinee.web.watching import StreamRules
from tests.exchanges import Exchange, a_scope, an_exchange
from tests.houses import House

RETRY = "retry: 3000"
SOON = StreamRules(heartbeat_s=0.002, check_s=0.001, trust_s=0.0, chance=lambda: 0.5)


@dataclass(frozen=True, slots=True)
class Told:
    """One event as a client reads it."""

    name: str
    id: int | None
    data: dict[str, Any]


@dataclass(slots=True)
class Stream:
    """The client's side of a stream."""

    exchange: Exchange
    waiting: list[str]

    async def next(self) -> str:
        """The next event or comment as it was sent; empty at the end."""
        while not self.waiting:
            piece = (await self.exchange.piece()).decode()
            if not piece:
                return ""
            self.waiting += piece.removesuffix("\n\n").split("\n\n")
        return self.waiting.pop(0)

    async def rest(self) -> list[str]:
        """All that comes until the end."""
        said = []
        while text := await self.next():
            said.append(text)
        return said

    async def told(self) -> Told:
        """The next event; comments and hints are passed over."""
        while (text := await self.next()).startswith((":", "retry:")):
            pass
        lines = dict(line.split(": ", 1) for line in text.split("\n"))
        number = int(lines["id"]) if "id" in lines else None
        return Told(lines["event"], number, msgspec.json.decode(lines["data"]))


@asynccontextmanager
async def watching(house: House, path: str, **headers: str) -> AsyncIterator[Stream]:
    """A stream that has begun."""
    async with an_exchange(house.site, a_scope("GET", path, **headers)) as exchange:
        status, sent = await exchange.head()
        assert (status, sent["content-type"]) == (200, "text/event-stream; charset=utf-8")
        yield Stream(exchange, [])


async def a_video(client: httpx.AsyncClient, **headers: str) -> str:
    """The id of a video that waits."""
    reply = await client.post("/v1/videos", json={"prompt": "a cat"}, headers=headers)
    spelled_id: str = reply.raise_for_status().json()["id"]
    return spelled_id
