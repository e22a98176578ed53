"""The guard's rules, and the operator's exceptions to them."""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network

import pytest

from matinee.core.errors import AddressRefused, SettingsInvalid
from matinee.net.addresses import IPAddress
from matinee.net.guard import Guard, Rule
from tests.unit.net.outside import Names
from tests.unit.net.payloads import PUBLIC


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("10.0.0.0/8", Rule(network=ip_network("10.0.0.0/8"))),
        ("10.0.0.7", Rule(network=ip_network("10.0.0.7/32"))),
        ("10.0.0.7:9000", Rule(network=ip_network("10.0.0.7/32"), port=9000)),
        ("fd00::/8", Rule(network=ip_network("fd00::/8"))),
        ("fd00::7", Rule(network=ip_network("fd00::7/128"))),
        ("[fd00::7]", Rule(network=ip_network("fd00::7/128"))),
        ("[fd00::7]:9000", Rule(network=ip_network("fd00::7/128"), port=9000)),
        ("minio", Rule(name="minio")),
        ("Minio.lan:9000", Rule(name="minio.lan", port=9000)),
    ],
)
def test_an_exception_is_a_network_or_a_host_with_or_without_port(text: str, rule: Rule) -> None:
    assert Rule.parse(text) == rule


@pytest.mark.parametrize(
    "text", ["", "10.0.0.1/8", "10.1", "minio:0", "minio:", "http://minio", "a b", "*", "[::1"]
)
def test_an_exception_of_another_form_is_named_as_a_mistake(text: str) -> None:
    with pytest.raises(SettingsInvalid, match="is no network, address or host name"):
        Guard(allow=[text])


@pytest.mark.parametrize(
    ("allowed", "host", "port", "is_open"),
    [
        ("10.0.0.0/8", "10.1.2.3", 80, True),
        ("10.0.0.0/8", "10.1.2.3", 9000, False),
        ("10.0.0.0/8", "11.1.2.3", 9000, False),
        ("10.0.0.0/8", "192.168.0.1", 80, False),
        ("10.1.2.3:9000", "10.1.2.3", 9000, True),
        ("10.1.2.3:9000", "10.1.2.3", 80, False),
        ("engine.internal", "engine.internal", 443, True),
        ("engine.internal:9000", "engine.internal", 9000, True),
        ("engine.internal:9000", "database", 9000, False),
        ("database:80", "database", 80, True),
        ("127.0.0.1:80", "localhost", 80, False),
        ("films.example:9000", "films.example", 443, True),
    ],
)
async def test_an_exception_opens_no_more_than_it_says(
    allowed: str, host: str, port: int, *, is_open: bool, tls: ssl.SSLContext
) -> None:
    guard = Guard(allow=[allowed], resolver=Names(), tls=tls)
    try:
        guard.check_url(f"http://{host}:{port}/")
        found = await guard.addresses(host, port)
    except AddressRefused:
        found = []
    assert bool(found) == is_open


@pytest.mark.parametrize("denied", ["films.example", "films.example:443", f"{PUBLIC}/32"])
async def test_what_is_denied_stays_closed_even_if_allowed(
    denied: str, tls: ssl.SSLContext
) -> None:
    guard = Guard(deny=[denied], allow=["films.example"], resolver=Names(), tls=tls)
    with pytest.raises(AddressRefused):
        await guard.addresses("films.example", 443)


async def test_a_name_without_a_dot_belongs_to_the_local_network(tls: ssl.SSLContext) -> None:
    guard = Guard(resolver=Names(intranet=(PUBLIC,)), tls=tls)
    with pytest.raises(AddressRefused):
        await guard.addresses("intranet", 80)


async def test_every_address_of_a_public_name_is_given_in_order(tls: ssl.SSLContext) -> None:
    names = Names(films_example=("2606:4700::1111", PUBLIC))
    found = await Guard(resolver=names, tls=tls).addresses("films.example", 443)
    assert [str(address) for address in found] == ["2606:4700::1111", PUBLIC]
    assert names.asked == ["films.example"]


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "http://films.example:9000/", "http://8.8.8.8:9000/", "ftp://a.b/"]
)
def test_what_the_text_of_a_url_tells_needs_no_resolver(url: str, tls: ssl.SSLContext) -> None:
    with pytest.raises(AddressRefused):
        Guard(tls=tls).check_url(url)


@pytest.mark.parametrize("answer", [UnicodeError("label too long"), OSError("no such name"), None])
async def test_a_name_without_an_address_is_refused(
    answer: Exception | None, tls: ssl.SSLContext
) -> None:
    async def resolver(host: str, port: int) -> Sequence[IPAddress]:
        if answer is not None:
            raise answer
        return []

    with pytest.raises(AddressRefused):
        await Guard(resolver=resolver, tls=tls).addresses("films.example", 80)


async def test_a_name_that_is_unknown_is_refused_like_a_forbidden_one(
    tls: ssl.SSLContext, caplog: pytest.LogCaptureFixture
) -> None:
    async def unknown(host: str, port: int) -> Sequence[IPAddress]:
        raise OSError("Name or service not known")

    texts = set()
    with caplog.at_level(logging.INFO, logger="matinee.net.guard"):
        for resolver in (unknown, Names(nowhere_example=("10.0.0.1",))):
            with pytest.raises(AddressRefused) as refused:
                await Guard(resolver=resolver, tls=tls).addresses("nowhere.example", 80)
            texts.add(str(refused.value))
    assert len(texts) == 1
    assert [vars(record)["reason"] for record in caplog.records] == ["no answer", "not public"]


@pytest.mark.parametrize(
    ("ports", "named"), [([80, 443, 8443], "80, 443 or 8443"), ([443], "on port 443,")]
)
def test_the_refusal_says_what_would_be_right(
    ports: list[int], named: str, tls: ssl.SSLContext
) -> None:
    assert named in str(Guard(ports=ports, tls=tls).refusal("port"))


async def test_the_system_is_asked_when_nothing_else_is_given(tls: ssl.SSLContext) -> None:
    guard = Guard(allow=["localhost:80"], tls=tls)
    found = await guard.addresses("localhost", 80)
    assert all(address.is_loopback for address in found)


async def test_look_ups_leave_the_loop_s_own_threads_to_others() -> None:
    end = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        asyncio.get_running_loop().set_default_executor(threads)
        threads.submit(end.wait, 30)
        try:
            async with asyncio.timeout(5):
                await Guard(allow=["localhost"]).addresses("localhost", 80)
        finally:
            end.set()
