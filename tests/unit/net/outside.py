"""The outside world of the tests: resolvers, servers and a network, all on this machine."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from ipaddress import ip_address

import httpcore

from matinee.net.addresses import IPAddress, is_own
from tests.unit.net.payloads import NAMES, Answers

Serve = Callable[[bytes, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""Answers one request, whose head is given."""


class ConnectionWatch:
    """Hears of every connection and every look-up that this process attempts, by any library."""

    def __init__(self) -> None:
        self.attempts: list[str] = []
        self._is_watching = False

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        """Take an audit event of the interpreter."""
        if self._is_watching and event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
            self.attempts.append(f"{event} {arguments!r}")

    @contextmanager
    def watching(self) -> Iterator[list[str]]:
        """The attempts made inside the block."""
        self.attempts = []
        self._is_watching = True
        try:
            yield self.attempts
        finally:
            self._is_watching = False


class Names:
    """A resolver with a table. It reads odd numbers as the system does, and asks no server."""

    def __init__(self, answers: Iterable[Answers] = (), **more: tuple[str, ...]) -> None:
        self._rounds: dict[str, list[tuple[str, ...]]] = {
            **{name: [addresses] for name, addresses in NAMES.items()},
            **{name.replace("_", "."): [addresses] for name, addresses in more.items()},
            **{answer.name: list(answer.rounds) for answer in answers},
        }
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[IPAddress]:
        self.asked.append(host)
        rounds = self._rounds.get(host)
        if rounds is not None:
            texts = rounds.pop(0) if len(rounds) > 1 else rounds[0]
            return [ip_address(text) for text in texts]
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        return [ip_address(address[0]) for *_, address in found]


class Detour(httpcore.AsyncNetworkBackend):
    """A network in which every address is the server on one local port, and that remembers them.

    `peer` is the address that connections claim to lead to; the one asked for if None. The `dead`
    addresses have no route, the `silent` ones let whoever knocks wait.
    """

    def __init__(
        self,
        port: int,
        *,
        peer: str | None = None,
        dead: Sequence[str] = (),
        silent: Sequence[str] = (),
    ) -> None:
        self.connected: list[str] = []
        self._port = port
        self._peer = peer
        self._dead = dead
        self._silent = silent
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.connected.append(host)
        if host in self._dead:
            raise httpcore.ConnectError("no route")
        if host in self._silent:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.Event().wait(), timeout)
            raise httpcore.ConnectTimeout("nobody there")
        stream = await self._network.connect_tcp("127.0.0.1", self._port, timeout)
        return _Elsewhere(stream, (self._peer or host, port))


class _Elsewhere(httpcore.AsyncNetworkStream):
    def __init__(self, stream: httpcore.AsyncNetworkStream, peer: tuple[str, int]) -> None:
        self._stream = stream
        self._peer = peer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
    ) -> httpcore.AsyncNetworkStream:
        return await self._stream.start_tls(ssl_context, server_hostname, timeout)

    def get_extra_info(self, info: str) -> object:
        return self._peer if info == "server_addr" else self._stream.get_extra_info(info)


class Server:
    """A server on this machine: where it listens, and the heads of the requests that came."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.heads: list[bytes] = []
        self.is_left = asyncio.Event()
        """Set when a client has gone before its answer was complete."""


@asynccontextmanager
async def serving(
    serve: Serve, *, everywhere: bool = False, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    """A server that answers by `serve`, at 127.0.0.1 or at every address of this machine."""
    with socket.socket() as chooser:
        chooser.bind(("127.0.0.1", 0))
        server = Server(chooser.getsockname()[1])

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            server.heads.append(head)
            await serve(head, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            server.is_left.set()
        finally:
            writer.close()

    hosts = ["0.0.0.0", "::"] if is_own(ip_address("::1")) else ["0.0.0.0"]
    where = hosts if everywhere else "127.0.0.1"
    listener = await asyncio.start_server(answer, where, server.port, ssl=tls)
    try:
        yield server
    finally:
        listener.close()


def replying(*pieces: bytes) -> Serve:
    """Sends the pieces and hangs up."""

    async def serve(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    return serve


def holding(*pieces: bytes) -> Serve:
    """Sends the pieces and then nothing, until the client goes."""

    async def serve(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b"".join(pieces))
        await writer.drain()
        await reader.read()

    return serve


def repeating(piece: bytes, *, after: bytes = b"", every_s: float = 0.0) -> Serve:
    """Sends `after` and then `piece` again and again, until the client goes."""

    async def serve(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(after)
        gone = asyncio.ensure_future(reader.read())
        while not gone.done():
            writer.write(piece)
            await writer.drain()
            await asyncio.wait([gone], timeout=every_s)

    return serve
