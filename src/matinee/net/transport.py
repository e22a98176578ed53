"""The transport under every outbound request: it connects only where the guard lets it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from types import TracebackType
from typing import Self

import httpcore
import httpx

from matinee.net.addresses import IPAddress
from matinee.net.guard import Guard

# A name with hundreds of addresses must not spread the time so thin that none can answer.
_MAX_TRIES = 3

_TRANSLATIONS: tuple[tuple[type[Exception], type[httpx.HTTPError]], ...] = (
    (httpcore.ConnectTimeout, httpx.ConnectTimeout),
    (httpcore.PoolTimeout, httpx.PoolTimeout),
    (httpcore.WriteTimeout, httpx.WriteTimeout),
    (httpcore.TimeoutException, httpx.ReadTimeout),
    (httpcore.ConnectError, httpx.ConnectError),
    (httpcore.WriteError, httpx.WriteError),
    (httpcore.NetworkError, httpx.ReadError),
    (httpcore.LocalProtocolError, httpx.LocalProtocolError),
    (httpcore.ProtocolError, httpx.RemoteProtocolError),
)


class GuardedTransport(httpx.AsyncBaseTransport):
    """HTTP/1.1 for httpx that checks each request's URL, and each address it connects to.

    Hand it to `httpx.AsyncClient(transport=…, trust_env=False)`, which then uses no proxy either.
    Raises AddressRefused besides httpx's own errors.
    """

    def __init__(
        self, guard: Guard, *, most_connections: int = 10, idle_s: float | None = None
    ) -> None:
        """A connection is kept for the next request, for `idle_s` at most."""
        self._guard = guard
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=guard.tls,
            max_connections=most_connections,
            keepalive_expiry=idle_s,
            network_backend=_GuardedNetwork(guard),
        )

    async def __aenter__(self) -> Self:
        await self._pool.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self._pool.__aexit__(kind, error, traceback)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` to where the guard's own reading of its URL leads."""
        url = self._guard.check_url(str(request.url))
        with _translated():
            response = await self._pool.handle_async_request(
                httpcore.Request(
                    request.method,
                    httpcore.URL(
                        scheme=url.scheme, host=url.host, port=url.port, target=url.target
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _translated():
            async for piece in self._response.aiter_stream():
                yield piece

    async def aclose(self) -> None:
        await self._response.aclose()


class _GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to an address that was just checked, never to a name."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        deadline = None if timeout is None else loop.time() + timeout
        try:
            async with asyncio.timeout_at(deadline):
                addresses = await self._guard.addresses(host, port)
        except TimeoutError as error:
            # As for a name that does not exist: both would tell of the inner network's names.
            raise self._guard.refusal("the resolver is slow", host) from error
        tries = addresses[:_MAX_TRIES]
        for number, address in enumerate(tries, start=1):
            left = None if deadline is None else max(0.0, deadline - loop.time())
            share = None if left is None else left / (len(tries) - number + 1)
            try:
                stream = await self._guard.network.connect_tcp(
                    str(address), port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(tries):
                    raise
            else:
                return await self._checked(stream, host, address)
        raise self._guard.refusal("no address", host)

    async def _checked(
        self, stream: httpcore.AsyncNetworkStream, host: str, address: IPAddress
    ) -> httpcore.AsyncNetworkStream:
        peer = stream.get_extra_info("server_addr")
        if not peer or ip_address(peer[0]) != address:
            await stream.aclose()
            raise self._guard.refusal("connected elsewhere", host)
        return stream

    async def connect_unix_socket(self, *_: object, **__: object) -> httpcore.AsyncNetworkStream:
        raise self._guard.refusal("a socket of this machine")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        ours = next(ours for theirs, ours in _TRANSLATIONS if isinstance(error, theirs))
        raise ours(str(error)) from error
