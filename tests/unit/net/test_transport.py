"""The transport connects to checked addresses and nothing else, whoever uses it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence

import httpcore
import httpx
import pytest

from matinee.core.errors import AddressRefused
from matinee.net.addresses import IPAddress
from matinee.net.guard import Guard
from matinee.net.transport import GuardedTransport
from tests.unit.net.outside import (
    Detour,
    Names,
    Serve,
    Server,
    holding,
    repeating,
    replying,
    serving,
)
from tests.unit.net.payloads import OTHER_PUBLIC, PUBLIC

HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nSet-Cookie: a=b\r\n\r\nhello"


def client_of(guard: Guard) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=GuardedTransport(guard), trust_env=False, timeout=httpx.Timeout(1.0)
    )


def guard_of(server: Server, tls: ssl.SSLContext) -> Guard:
    return Guard(allow=[f"127.0.0.1:{server.port}"], tls=tls)


async def test_the_host_stays_the_name_although_an_address_is_connected_to(
    tls: ssl.SSLContext,
) -> None:
    async with serving(replying(HELLO)) as server:
        detour = Detour(server.port)
        guard = Guard(network=detour, resolver=Names(), tls=tls)
        async with client_of(guard) as client:
            response = await client.post("http://films.example:8443/v1/videos", content=b"{}")
    assert response.text == "hello"
    assert detour.connected == [PUBLIC]
    assert server.heads[0].startswith(b"POST /v1/videos HTTP/1.1\r\nHost: films.example:8443\r\n")


async def test_a_client_that_follows_redirects_is_stopped_at_the_private_one(
    tls: ssl.SSLContext,
) -> None:
    moved = b"HTTP/1.1 307 Moved\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n"
    async with serving(replying(moved)) as server:
        guard = Guard(network=Detour(server.port), resolver=Names(), tls=tls)
        async with client_of(guard) as client:
            with pytest.raises(AddressRefused):
                await client.get("http://films.example/", follow_redirects=True)
    assert len(server.heads) == 1


@pytest.mark.parametrize("url", ["http://a@films.example/", "ftp://films.example/", "http://127.1"])
async def test_the_url_of_every_request_is_read_strictly(url: str, tls: ssl.SSLContext) -> None:
    guard = Guard(network=Detour(9), resolver=Names(), tls=tls)
    transport = GuardedTransport(guard)
    with pytest.raises(AddressRefused):
        await transport.handle_async_request(httpx.Request("GET", url))


async def test_a_connection_that_leads_elsewhere_is_given_up(tls: ssl.SSLContext) -> None:
    async with serving(holding()) as server:
        guard = Guard(network=Detour(server.port, peer="10.0.0.1"), resolver=Names(), tls=tls)
        async with client_of(guard) as client:
            with pytest.raises(AddressRefused):
                await client.get("http://films.example/")
        await asyncio.wait_for(server.is_left.wait(), 5.0)
    assert server.heads == []


async def test_the_next_address_is_tried_when_one_is_dead(tls: ssl.SSLContext) -> None:
    async with serving(replying(HELLO)) as server:
        detour = Detour(server.port, dead=[OTHER_PUBLIC])
        names = Names(two_example=(OTHER_PUBLIC, PUBLIC))
        async with client_of(Guard(network=detour, resolver=names, tls=tls)) as client:
            assert (await client.get("http://two.example/")).text == "hello"
    assert detour.connected == [OTHER_PUBLIC, PUBLIC]
    assert names.asked == ["two.example"]


async def test_a_silent_address_leaves_time_for_the_next(tls: ssl.SSLContext) -> None:
    async with serving(replying(HELLO)) as server:
        detour = Detour(server.port, silent=[OTHER_PUBLIC])
        names = Names(two_example=(OTHER_PUBLIC, PUBLIC))
        async with client_of(Guard(network=detour, resolver=names, tls=tls)) as client:
            assert (await client.get("http://two.example/", timeout=0.4)).text == "hello"


async def test_at_most_three_addresses_are_tried(tls: ssl.SSLContext) -> None:
    addresses = tuple(f"93.184.215.{number}" for number in range(1, 9))
    detour = Detour(9, dead=addresses)
    guard = Guard(network=detour, resolver=Names(many_example=addresses), tls=tls)
    async with client_of(guard) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("http://many.example/")
    assert detour.connected == list(addresses[:3])


async def test_a_resolver_that_never_answers_is_a_refusal(tls: ssl.SSLContext) -> None:
    async def never(host: str, port: int) -> Sequence[IPAddress]:
        await asyncio.Event().wait()
        return []

    transport = GuardedTransport(Guard(resolver=never, tls=tls))
    timeouts = httpx.Timeout(0.05).as_dict()
    request = httpx.Request("GET", "http://films.example/", extensions={"timeout": timeouts})
    with pytest.raises(AddressRefused):
        await transport.handle_async_request(request)


async def test_a_socket_of_this_machine_is_never_opened(tls: ssl.SSLContext) -> None:
    transport = GuardedTransport(Guard(resolver=Names(), tls=tls))
    network = transport._pool._network_backend
    with pytest.raises(AddressRefused):
        await network.connect_unix_socket("docker.sock")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (replying(), httpx.RemoteProtocolError),
        (replying(HELLO[:-2]), httpx.RemoteProtocolError),
        (replying(b"SSH-2.0\r\n\r\n"), httpx.RemoteProtocolError),
        (holding(), httpx.ReadTimeout),
        (holding(HELLO[:-2]), httpx.ReadTimeout),
        (repeating(b"a: b\r\n" * 5000, after=HELLO[:17]), httpx.RemoteProtocolError),
    ],
)
async def test_errors_arrive_in_the_words_of_the_client_library(
    answer: Serve, error: type[httpx.HTTPError], tls: ssl.SSLContext
) -> None:
    async with serving(answer) as server, client_of(guard_of(server, tls)) as client:
        with pytest.raises(error):
            await client.get(f"http://127.0.0.1:{server.port}/", timeout=0.2)


async def test_a_port_where_nothing_listens_is_a_connect_error(tls: ssl.SSLContext) -> None:
    async with serving(replying(HELLO)) as server:
        guard = guard_of(server, tls)
    async with client_of(guard) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://127.0.0.1:{server.port}/")


async def test_connections_are_kept_and_used_again(tls: ssl.SSLContext) -> None:
    async def serve(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(HELLO)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HELLO)

    async with serving(serve) as server:
        names = Names(films_example=("127.0.0.1",))
        guard = Guard(allow=[f"films.example:{server.port}"], resolver=names, tls=tls)
        async with client_of(guard) as client:
            for _ in range(2):
                await client.get(f"http://films.example:{server.port}/")
    assert names.asked == ["films.example"]
    assert len(server.heads) == 1


def test_the_network_of_a_guard_is_the_plain_one_unless_given(tls: ssl.SSLContext) -> None:
    assert isinstance(Guard(tls=tls).network, httpcore.AnyIOBackend)
