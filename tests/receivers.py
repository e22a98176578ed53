"""Receivers of webhooks on loopback: good ones, and such as nobody would wish for."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec

from matinee.net.guard import Guard
from matinee.net.post import DEFAULT_LIMITS, PostLimits, check_receiver, post_letter
from matinee.net.signing import SigningSecrets
from matinee.ports.clock import Clock, Identities
from matinee.ports.store import Store
from matinee.services.webhooks import Webhooks
from matinee.webhooks.letters import RenderCallback
from matinee.webhooks.office import OfficePorts, PostOffice

Behave = Callable[["Received", asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""Answers one request that was read whole."""

PEPPER = b"pepper"


@dataclass(slots=True, kw_only=True)
class Received:
    """A request as it came in."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """The JSON in it."""
        event: dict[str, Any] = msgspec.json.decode(self.body)
        return event

    @property
    def video_id(self) -> str:
        """Which video it tells of, as an endpoint is told."""
        video_id: str = self.event["data"]["id"]
        return video_id


@dataclass(slots=True, kw_only=True)
class Receiver:
    """A server, what came in, and how it answers."""

    host: str
    port: int
    behave: Behave
    received: list[Received] = field(default_factory=list)
    most_at_once: int = 0
    at_once: int = 0
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.url_at(self.host)

    def url_at(self, host: str) -> str:
        """Where it listens, by another of its addresses."""
        return f"http://{host}:{self.port}/hooks"

    async def until(self, count: int) -> list[Received]:
        """Everything, as soon as so much has come in."""
        async with self._came:
            await self._came.wait_for(lambda: len(self.received) >= count)
        return self.received

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read a request and behave."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            received = await _read(reader)
            async with self._came:
                self.received.append(received)
                self._came.notify_all()
            await self.behave(received, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.at_once -= 1
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(line=line, headers=headers, body=body)


@asynccontextmanager
async def receiving(*behaviours: Behave, host: str = "127.0.0.1") -> AsyncIterator[Receiver]:
    """A receiver that goes through `behaviours`, the last of them again and again.

    With another `host` it is another machine to the sender: all of 127.0.0.0/8 is this one.
    """
    listener = socket.create_server((host, 0), backlog=1000)
    port = listener.getsockname()[1]
    receiver = Receiver(host=host, port=port, behave=in_turn(*behaviours))
    answering: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(receiver.answer(reader, writer))
        answering.add(task)
        task.add_done_callback(answering.discard)

    server = await asyncio.start_server(accept, sock=listener)
    try:
        yield receiver
    finally:
        server.close()
        for task in answering:
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)


def in_turn(*behaviours: Behave) -> Behave:
    """Each of `behaviours` once, then the last for good."""
    rest: Iterator[Behave] = iter(behaviours[:-1])

    async def behave(
        received: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await next(rest, behaviours[-1])(received, reader, writer)

    return behave


def answering(status: int, body: bytes = b"", **headers: str) -> Behave:
    """A whole reply."""
    named = {"content_length": str(len(body))} | headers
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in named.items()]
    head = "\r\n".join([f"HTTP/1.1 {status} Whatever", *lines, "", ""]).encode()

    async def behave(
        received: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(head + body)
        await writer.drain()

    return behave


async def hang(
    received: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Nothing at all, until the sender goes."""
    await reader.read()


async def reset(
    received: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """The connection is torn."""
    ours = writer.get_extra_info("socket")
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def drip(
    received: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """A head that never ends, byte by byte."""
    writer.write(b"HTTP/1.1 200 OK\r\nx-drip: ")
    gone = asyncio.ensure_future(reader.read())
    while not gone.done():
        writer.write(b"x")
        with suppress(ConnectionError):
            await writer.drain()
        await asyncio.wait([gone], timeout=0.02)


async def flood(
    received: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Success, and then a body without end."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not writer.transport.is_closing():
        writer.write(bytes(64 * 1024))
        await writer.drain()


def render_facts(delivery: object, video: object, link_base: str) -> bytes:
    """A callback's body where its words do not matter: only what it was made of."""
    del delivery
    return msgspec.json.encode({"link_base": link_base, "is_deleted": video is None})


def a_post_office(
    store: Store,
    clock: Clock,
    identities: Identities,
    *,
    render_callback: RenderCallback = render_facts,
    limits: PostLimits = DEFAULT_LIMITS,
) -> tuple[Webhooks, PostOffice]:
    """Webhooks that may go to every port of loopback, with waits of no chance."""
    # Nothing here speaks TLS, and to load the real roots costs 15 ms.
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    guard = Guard(allow=["127.0.0.0/8"], ports=range(1, 65_536), tls=tls)
    secrets = SigningSecrets(PEPPER)
    ports = OfficePorts(
        store=store,
        clock=clock,
        identities=identities,
        secrets=secrets,
        post=partial(post_letter, guard=guard, limits=limits),
        render_callback=render_callback,
        chance=lambda: 0.5,
    )
    check = partial(check_receiver, guard=guard)
    return Webhooks(store, clock, identities, secrets, check), PostOffice(ports)
