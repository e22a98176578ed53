"""The corpus of section 9.1: nothing in it may reach a forbidden address, or tell one from another.

Two oracles: a listener on every address of this machine, and the interpreter's own audit of every
connection that the process attempts.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from ipaddress import ip_address

import pytest

from matinee.core.errors import AddressRefused, MatineeError, TooLarge
from matinee.net.addresses import is_own
from matinee.net.fetch import FetchLimits, fetch_bytes
from matinee.net.fetched import Fetched
from matinee.net.guard import USUAL_PORTS, Guard
from matinee.net.post import PostLimits, check_receiver, post_letter
from matinee.ports.webhooks import Letter
from tests.unit.net import payloads
from tests.unit.net.answers import CONTENTS, LIMIT_BYTES, SIZES, SLOW, Sized
from tests.unit.net.outside import (
    ConnectionWatch,
    Detour,
    Names,
    Serve,
    Server,
    replying,
    serving,
)
from tests.unit.net.payloads import PUBLIC, Answers

IMAGE = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 5\r\n\r\nimage"
HASTY = FetchLimits(total_s=0.8, connect_s=0.2, first_byte_s=0.2)
OWN_NAME = "this-machine.example"


@pytest.fixture
async def listener() -> AsyncIterator[Server]:
    """Waits for what slips through, at every address of this machine."""
    async with serving(replying(IMAGE), everywhere=True) as server:
        yield server


def own_address() -> str:
    """The address that this machine is known by on its network, or loopback if there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((PUBLIC, 80))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def filled(text: str, listener: Server) -> str:
    for name, value in (("port", listener.port), ("own_address", own_address())):
        text = text.replace(f"{{{name}}}", str(value))
    return text.replace("{own_name}", OWN_NAME)


async def outcome_of(url: str, guard: Guard, limits: FetchLimits = HASTY) -> Fetched | MatineeError:
    try:
        return await fetch_bytes(
            url, limit_bytes=LIMIT_BYTES, guard=guard, param="image", limits=limits
        )
    except (AddressRefused, TooLarge) as error:
        return error


def refusal_of(guard: Guard) -> str:
    return str(guard.refusal("for comparison"))


def test_every_class_has_its_number_of_payloads() -> None:
    counts = {number: len(set(urls)) for number, urls in payloads.URLS.items()} | {
        6: len(set(payloads.DNS_ANSWERS)),
        7: len(payloads.FLIPS),
        8: len(payloads.REDIRECTS) + len(payloads.IGNORED_REDIRECTS),
        13: len(SLOW),
        14: len(SIZES),
        15: len(CONTENTS),
        16: 10,
        17: len(payloads.URL_FIELDS) * len(payloads.FIELD_URLS),
        18: len(payloads.SECOND_ORDER),
    }
    short = {number for number, least in payloads.MINIMUM.items() if counts[number] < least}
    assert short == set()
    assert sum(counts.values()) >= 450


async def test_the_listener_hears_what_is_let_through(
    listener: Server, watch: ConnectionWatch, tls: ssl.SSLContext
) -> None:
    guard = Guard(allow=[f"127.0.0.1:{listener.port}", f"[::1]:{listener.port}"], tls=tls)
    hosts = ["127.0.0.1", "[::1]"] if is_own(ip_address("::1")) else ["127.0.0.1"]
    with watch.watching() as attempts:
        for host in hosts:
            await outcome_of(f"http://{host}:{listener.port}/", guard)
    assert len(listener.heads) == len(attempts) == len(hosts)


@pytest.mark.parametrize("number", payloads.URLS)
async def test_a_hostile_url_is_refused_without_any_connection(
    number: int, listener: Server, watch: ConnectionWatch, tls: ssl.SSLContext
) -> None:
    names = Names([Answers(name=OWN_NAME, rounds=((own_address(),),))])
    ports = {*USUAL_PORTS, listener.port}
    guard = Guard(ports=ports, deny=["films.example"], resolver=names, tls=tls)
    urls = [filled(url, listener) for url in payloads.URLS[number]]
    with watch.watching() as attempts:
        outcomes = {url: str(await outcome_of(url, guard)) for url in urls}
    connections = [attempt for attempt in attempts if "getaddrinfo" not in attempt]
    assert {url for url, text in outcomes.items() if text != refusal_of(guard)} == set()
    assert connections == []
    assert listener.heads == []


@pytest.mark.parametrize("number", payloads.URLS)
async def test_no_letter_is_posted_to_a_hostile_url(
    number: int, listener: Server, watch: ConnectionWatch, tls: ssl.SSLContext
) -> None:
    names = Names([Answers(name=OWN_NAME, rounds=((own_address(),),))])
    ports = {*USUAL_PORTS, listener.port}
    guard = Guard(ports=ports, deny=["films.example"], resolver=names, tls=tls)
    urls = [filled(url, listener) for url in payloads.URLS[number]]
    with watch.watching() as attempts:
        for url in urls:
            letter = Letter(url=url, headers={}, body=b"{}")
            with pytest.raises(AddressRefused) as unposted:
                await post_letter(letter, guard=guard, limits=PostLimits(answer_s=1.0))
            with pytest.raises(AddressRefused) as unchecked:
                await check_receiver(url, guard=guard, param="callback_url")
            assert str(unposted.value) == str(unchecked.value) == refusal_of(guard)
    assert [attempt for attempt in attempts if "getaddrinfo" not in attempt] == []
    assert listener.heads == []


@pytest.mark.parametrize("answers", payloads.DNS_ANSWERS, ids=lambda answers: answers.name[:30])
async def test_one_private_answer_among_many_is_enough_to_refuse(
    answers: Answers, listener: Server, tls: ssl.SSLContext
) -> None:
    detour = Detour(listener.port)
    guard = Guard(resolver=Names([answers]), network=detour, tls=tls)
    outcome = await outcome_of(f"http://{answers.name}/cat.png", guard)
    assert str(outcome) == refusal_of(guard)
    assert detour.connected == []


@pytest.mark.parametrize(
    "flip", payloads.FLIPS, ids=lambda flip: "-".join(flip.rounds[1] + (flip.name,))
)
async def test_a_name_that_turns_private_is_never_connected_to(
    flip: Answers, tls: ssl.SSLContext
) -> None:
    moved = f"HTTP/1.1 302 Found\r\nLocation: http://{flip.name}/again.png\r\n\r\n".encode()
    async with serving(replying(moved if "redirect" in flip.name else IMAGE)) as server:
        detour, names = Detour(server.port), Names([flip])
        guard = Guard(resolver=names, network=detour, tls=tls)
        first = await outcome_of(f"http://{flip.name}/cat.png", guard)
        if "again" in flip.name:
            first = await outcome_of(f"http://{flip.name}/cat.png", guard)
    assert isinstance(first, Fetched) == ("connect" in flip.name)
    assert names.asked == [flip.name] * (1 if "connect" in flip.name else 2)
    assert detour.connected == [PUBLIC]


@pytest.mark.parametrize(("status", "location"), payloads.REDIRECTS)
async def test_a_redirect_is_checked_as_its_own_request(
    status: int, location: str, listener: Server, watch: ConnectionWatch, tls: ssl.SSLContext
) -> None:
    somewhere = filled(location, listener)

    async def serve(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        target = somewhere.replace("{front}", str(front.port))
        writer.write(f"HTTP/1.1 {status} Moved\r\nLocation: {target}\r\n\r\n".encode())

    async with serving(serve) as front:
        names, ports = Names(front_example=("127.0.0.1",)), {*USUAL_PORTS, listener.port}
        allow = [f"front.example:{front.port}"]
        guard = Guard(allow=allow, ports=ports, resolver=names, tls=tls)
        with watch.watching() as attempts:
            outcome = await outcome_of(f"http://front.example:{front.port}/front.png", guard)
    assert isinstance(outcome, AddressRefused)
    assert listener.heads == []
    assert len(front.heads) == len([a for a in attempts if "getaddrinfo" not in a]) <= 4


@pytest.mark.parametrize("field", payloads.IGNORED_REDIRECTS)
async def test_no_other_field_of_an_answer_leads_anywhere(
    field: bytes, listener: Server, watch: ConnectionWatch, tls: ssl.SSLContext
) -> None:
    named = filled(field.decode(), listener).encode()
    async with serving(replying(IMAGE.replace(b"\r\n\r\n", b"\r\n" + named + b"\r\n"))) as server:
        guard = Guard(allow=[f"127.0.0.1:{server.port}"], tls=tls)
        with watch.watching() as attempts:
            outcome = await outcome_of(f"http://127.0.0.1:{server.port}/", guard)
    assert isinstance(outcome, Fetched)
    assert len(attempts) == 1
    assert listener.heads == []


async def fetched_from(serve: Serve, tls: ssl.SSLContext) -> Fetched | MatineeError:
    async with serving(serve) as server:
        guard = Guard(allow=[f"127.0.0.1:{server.port}"], tls=tls)
        return await outcome_of(f"http://127.0.0.1:{server.port}/cat.png", guard)


async def test_a_slow_or_endless_server_is_left_in_time(tls: ssl.SSLContext) -> None:
    loop = asyncio.get_running_loop()
    before = loop.time()
    outcomes = await asyncio.gather(*(fetched_from(serve, tls) for serve in SLOW.values()))
    waited = {
        name: outcome
        for name, outcome in zip(SLOW, outcomes, strict=True)
        if not isinstance(outcome, AddressRefused | TooLarge)
    }
    assert waited == {}
    assert loop.time() - before < 5.0


@pytest.mark.parametrize("sized", SIZES, ids=lambda sized: sized.name)
async def test_no_more_bytes_are_kept_than_allowed(sized: Sized, tls: ssl.SSLContext) -> None:
    outcome = await fetched_from(replying(sized.head + sized.body), tls)
    if isinstance(outcome, Fetched):
        assert len(outcome.data) == sized.outcome
    else:
        assert type(outcome) is sized.outcome


async def test_contents_are_handed_over_unread(
    listener: Server, watch: ConnectionWatch, tls: ssl.SSLContext
) -> None:
    for claimed, content in CONTENTS:
        text = content.encode() if isinstance(content, str) else content
        body = text.replace(b"{port}", str(listener.port).encode())
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {claimed}; charset=x\r\n\r\n".encode()
        with watch.watching() as attempts:
            outcome = await fetched_from(replying(head + body), tls)
        assert isinstance(outcome, Fetched)
        assert (outcome.data, outcome.content_type) == (body, claimed or "application/octet-stream")
        assert len(attempts) == 1
    assert listener.heads == []


@pytest.mark.parametrize("field", payloads.URL_FIELDS)
async def test_a_refusal_names_the_field_of_the_url(
    field: str, listener: Server, watch: ConnectionWatch, tls: ssl.SSLContext
) -> None:
    names = Names(mixed_example=(PUBLIC, "10.0.0.1"))
    guard = Guard(ports={*USUAL_PORTS, listener.port}, resolver=names, tls=tls)
    urls = [filled(url, listener) for url in payloads.FIELD_URLS]
    with watch.watching() as attempts:
        for url in urls:
            with pytest.raises(AddressRefused) as refused:
                await fetch_bytes(url, limit_bytes=LIMIT_BYTES, guard=guard, param=field)
            assert refused.value.param == field
    assert attempts == []


@pytest.mark.parametrize("stored", payloads.SECOND_ORDER, ids=lambda stored: stored.name)
async def test_a_stored_url_is_checked_again_at_each_use(
    stored: Answers, tls: ssl.SSLContext
) -> None:
    async with serving(replying(IMAGE)) as server:
        detour = Detour(server.port)
        guard = Guard(resolver=Names([stored]), network=detour, tls=tls)
        first = await outcome_of(f"http://{stored.name}/", guard)
        second = await outcome_of(f"http://{stored.name}/", guard)
    assert isinstance(first, Fetched)
    assert str(second) == refusal_of(guard)
    assert detour.connected == [PUBLIC]
