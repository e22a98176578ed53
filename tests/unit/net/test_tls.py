"""TLS towards strangers: class 16 of section 9.1."""

from __future__ import annotations

import ssl
import warnings
from pathlib import Path

import pytest

from matinee.core.errors import AddressRefused
from matinee.net.fetch import FetchLimits, fetch_bytes
from matinee.net.guard import Guard
from tests.unit.net.certificates import Wish, authority, presenting
from tests.unit.net.outside import Detour, Names, Server, replying, serving
from tests.unit.net.payloads import PUBLIC

IMAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nimage"
CLIENT_USAGE = bytes.fromhex("06082b06010505070302")

WRONG_CERTIFICATES: dict[str, Wish] = {
    "expired": Wish(not_after="210101000000Z"),
    "not valid yet": Wish(not_before="490101000000Z"),
    "of an unknown authority": Wish(issuer="unknown"),
    "signed by itself": Wish(issuer="films.example"),
    "for another host": Wish(names=("other.example",)),
    "for a parent": Wish(names=("example",)),
    "for a wildcard below": Wish(names=("*.films.example",)),
    "for a common name only": Wish(names=()),
    "for an address only": Wish(names=(PUBLIC,)),
    "for clients": Wish(usage=CLIENT_USAGE),
}


def guard_towards(server: Server) -> Guard:
    """A guard as it is by default, which believes in the authority `trusted` besides the others."""
    guard = Guard(network=Detour(server.port), resolver=Names())
    guard.tls.load_verify_locations(cadata=authority("trusted"))
    return guard


async def fetched_over(
    server_tls: ssl.SSLContext | None, url: str = "https://films.example/", connect_s: float = 3.0
) -> bytes:
    """What comes from a server with `server_tls`."""
    async with serving(replying(IMAGE), tls=server_tls) as server:
        limits = FetchLimits(connect_s=connect_s)
        guard = guard_towards(server)
        fetched = await fetch_bytes(url, limit_bytes=100, guard=guard, limits=limits)
    return fetched.data


@pytest.mark.parametrize("url", ["https://films.example/", "https://films.example:8443/"])
async def test_a_certificate_for_the_name_is_accepted(url: str, tmp_path: Path) -> None:
    asked: list[str | None] = []
    context = presenting(Wish(), tmp_path)
    context.sni_callback = lambda socket, name, context: asked.append(name)
    assert await fetched_over(context, url) == b"image"
    assert asked == ["films.example"]


async def test_an_address_needs_a_certificate_for_the_address(tmp_path: Path) -> None:
    context = presenting(Wish(names=(PUBLIC,)), tmp_path)
    assert await fetched_over(context, f"https://{PUBLIC}/") == b"image"


@pytest.mark.parametrize("fault", WRONG_CERTIFICATES)
async def test_a_wrong_certificate_is_refused(fault: str, tmp_path: Path) -> None:
    with pytest.raises(AddressRefused, match="no valid certificate for its name"):
        await fetched_over(presenting(WRONG_CERTIFICATES[fault], tmp_path))


async def test_a_certificate_for_the_name_does_not_do_for_its_address(tmp_path: Path) -> None:
    with pytest.raises(AddressRefused, match="no valid certificate"):
        await fetched_over(presenting(Wish(), tmp_path), f"https://{PUBLIC}/")


async def test_a_server_that_picks_another_certificate_by_name_is_refused(tmp_path: Path) -> None:
    context = presenting(Wish(), tmp_path)
    other = presenting(Wish(names=("other.example",)), tmp_path)

    def pick(socket: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        socket.context = other

    context.sni_callback = pick
    with pytest.raises(AddressRefused, match="no valid certificate"):
        await fetched_over(context)


def speak(context: ssl.SSLContext, version: ssl.TLSVersion) -> None:
    """Have `context` speak an old version of TLS, which today's libraries must be talked into."""
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
async def test_an_old_protocol_is_refused(version: ssl.TLSVersion, tmp_path: Path) -> None:
    context = presenting(Wish(), tmp_path)
    speak(context, version)
    with pytest.raises(AddressRefused):
        await fetched_over(context)
    # The server is sound: a client that speaks the same gets the file.
    async with serving(replying(IMAGE), tls=context) as server:
        guard = guard_towards(server)
        speak(guard.tls, version)
        await fetch_bytes("https://films.example/", limit_bytes=100, guard=guard)


async def test_plain_http_behind_https_is_refused() -> None:
    with pytest.raises(AddressRefused):
        await fetched_over(None, connect_s=0.1)


async def test_a_redirect_from_https_to_http_is_refused(tmp_path: Path) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://films.example/\r\n\r\n"
    async with serving(replying(moved), tls=presenting(Wish(), tmp_path)) as server:
        guard = guard_towards(server)
        with pytest.raises(AddressRefused) as refused:
            await fetch_bytes("https://films.example/", limit_bytes=100, guard=guard)
    assert str(refused.value) == str(guard.refusal("a redirect from https to http"))
    assert len(server.heads) == 1


def test_the_roots_of_the_world_are_trusted_by_default() -> None:
    guard = Guard()
    assert guard.tls.verify_mode is ssl.CERT_REQUIRED
    assert guard.tls.check_hostname
    assert guard.tls.minimum_version >= ssl.TLSVersion.TLSv1_2
