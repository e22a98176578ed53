"""Fetching a file by its URL: what is sent, what is kept, and what is said when it fails."""

from __future__ import annotations

import asyncio
import errno
import ssl
from base64 import b64encode

import httpcore
import pytest

from matinee.core.errors import AddressRefused, MediaInvalid, ServiceUnavailable, TooLarge
from matinee.net.fetch import FetchLimits, fetch_bytes, fetch_source
from matinee.net.fetched import Fetched
from matinee.net.guard import Guard
from tests.unit.net.outside import Detour, Names, Serve, holding, repeating, replying, serving

IMAGE = b"HTTP/1.1 200 OK\r\nContent-Type: Image/PNG; a=b\r\nContent-Length: 5\r\n\r\nimage"
HASTY = FetchLimits(total_s=0.3, connect_s=0.1, first_byte_s=0.1)


def moved(location: str, *fields: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 302 Found", f"Location: {location}", *fields, "", ""]).encode()


def by_path(answers: dict[str, bytes]) -> Serve:
    async def serve(
        head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(answers[head.decode().split(" ")[1]])

    return serve


async def fetch(serve: Serve, tls: ssl.SSLContext) -> tuple[Fetched, list[bytes]]:
    """What is fetched from the server's `/a`, and the heads of the requests that it took."""
    async with serving(serve) as server:
        guard = Guard(network=Detour(server.port), resolver=Names(), tls=tls)
        fetched = await fetch_bytes("http://films.example/a", limit_bytes=1000, guard=guard)
    return fetched, server.heads


async def failure(serve: Serve, tls: ssl.SSLContext) -> str:
    async with serving(serve) as server:
        guard = Guard(network=Detour(server.port), resolver=Names(), tls=tls)
        with pytest.raises(AddressRefused) as refused:
            await fetch_bytes(
                "http://films.example/a",
                limit_bytes=1000,
                guard=guard,
                param="image",
                limits=HASTY,
            )
    assert refused.value.param == "image"
    return str(refused.value)


async def test_a_file_comes_with_its_claimed_type(tls: ssl.SSLContext) -> None:
    fetched, _ = await fetch(replying(IMAGE), tls)
    assert fetched == Fetched(data=b"image", content_type="image/png")


async def test_a_request_says_no_more_than_it_must(
    tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    _, heads = await fetch(replying(IMAGE), tls)
    assert heads[0].startswith(b"GET /a HTTP/1.1\r\nHost: films.example\r\nUser-Agent: Matinee/")
    names = [line.split(b":")[0].lower() for line in heads[0].split(b"\r\n")[1:-2]]
    assert names == [b"host", b"user-agent", b"accept", b"accept-encoding", b"connection"]
    assert b"Accept-Encoding: identity\r\n" in heads[0]


async def test_three_redirects_are_followed_without_cookies_or_referrers(
    tls: ssl.SSLContext,
) -> None:
    answers = {
        "/a": moved("/b", "Set-Cookie: secret=1; Path=/"),
        "/b": moved("http://public.example/folder/c"),
        "/folder/c": moved("../d?e=f#g"),
        "/d?e=f": IMAGE,
    }
    fetched, heads = await fetch(by_path(answers), tls)
    assert fetched.data == b"image"
    assert [head.split(b" ")[1].decode() for head in heads] == list(answers)
    assert b"Host: public.example\r\n" in heads[2]
    assert not any(b"cookie" in head.lower() or b"referer" in head.lower() for head in heads)


async def test_the_fourth_redirect_is_not_followed(tls: ssl.SSLContext) -> None:
    answers = {path: moved(path + "a") for path in ("/a", "/aa", "/aaa", "/aaaa")}
    assert await failure(by_path(answers), tls) == "The URL was redirected more than 3 times."


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 302 Found\r\n\r\n", moved("/b", "Location: http://10.0.0.1/")]
)
async def test_a_redirect_must_name_one_place(head: bytes, tls: ssl.SSLContext) -> None:
    assert await failure(replying(head), tls) == str(Guard(tls=tls).refusal("redirect"))


@pytest.mark.parametrize(
    ("serve", "text"),
    [
        (replying(b"HTTP/1.1 404 Not Found\r\n\r\n"), "The URL's server answered 404"),
        (replying(b"HTTP/1.1 300 Multiple\r\nLocation: /b\r\n\r\n"), "server answered 300"),
        (replying(b"HTTP/1.1 503 Busy\r\n\r\n"), "answered 503 and sent no file"),
        (replying(), "broke off in the middle, or does not speak HTTP"),
        (replying(IMAGE[:-1]), "broke off in the middle"),
        (holding(), "sent nothing for 0.1 s"),
        (repeating(b"a", after=b"HTTP/1.1 200 O", every_s=0.02), "did not answer within 0.2 s"),
        (holding(IMAGE[:-1]), "sent nothing for 0.1 s"),
        (
            repeating(b"a", after=b"HTTP/1.1 200 OK\r\n\r\n", every_s=0.02),
            "took longer than 0.3 s to send the file",
        ),
        (replying(IMAGE.replace(b"Type", b"Encoding")), "compressed the file although"),
    ],
)
async def test_what_went_wrong_is_said(serve: Serve, text: str, tls: ssl.SSLContext) -> None:
    assert text in await failure(serve, tls)


async def test_a_server_that_is_not_there_is_named_as_unreachable(tls: ssl.SSLContext) -> None:
    guard = Guard(network=Detour(9, dead=["8.8.8.8"]), tls=tls)
    with pytest.raises(AddressRefused, match="could not be reached"):
        await fetch_bytes("http://8.8.8.8/", limit_bytes=1, guard=guard)


async def test_a_file_over_the_limit_names_the_limit_and_the_field(tls: ssl.SSLContext) -> None:
    async with serving(replying(IMAGE)) as server:
        guard = Guard(allow=[f"127.0.0.1:{server.port}"], tls=tls)
        with pytest.raises(TooLarge, match=r"larger than 3.81e-06 MiB") as refused:
            await fetch_bytes(
                f"http://127.0.0.1:{server.port}/", limit_bytes=4, guard=guard, param="images[1]"
            )
    assert refused.value.param == "images[1]"


async def test_a_source_may_be_a_url_a_data_uri_or_bare_base64(tls: ssl.SSLContext) -> None:
    encoded = b64encode(b"image").decode()
    async with serving(replying(IMAGE)) as server:
        guard = Guard(network=Detour(server.port), resolver=Names(), tls=tls)
        sources = ["http://films.example/a", f"Data:image/png;base64,{encoded}", encoded]
        found = [await fetch_source(text, limit_bytes=9, guard=guard) for text in sources]
    assert {fetched.data for fetched in found} == {b"image"}
    assert found[2].content_type == "application/octet-stream"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("films.example/cat.png", AddressRefused),
        ("file:///etc/passwd", AddressRefused),
        (" data:image/png;base64,aW1hZ2U=", AddressRefused),
        ("data:image/png,image", MediaInvalid),
        ("cat", MediaInvalid),
        ("", MediaInvalid),
    ],
)
async def test_a_source_of_no_known_form_names_its_field(
    text: str, error: type[AddressRefused | MediaInvalid], tls: ssl.SSLContext
) -> None:
    with pytest.raises(error) as refused:
        await fetch_source(text, limit_bytes=9, guard=Guard(tls=tls), param="image")
    assert refused.value.param == "image"


class NoNetwork(Detour):
    """A machine that can open no connection at all."""

    async def connect_tcp(self, *_: object, **__: object) -> httpcore.AsyncNetworkStream:
        """Fail before a URL is at fault."""
        raise OSError(errno.EMFILE, "Too many open files")


async def test_a_machine_out_of_descriptors_does_not_blame_the_url(tls: ssl.SSLContext) -> None:
    guard = Guard(network=NoNetwork(1), resolver=Names(), tls=tls)
    with pytest.raises(ServiceUnavailable, match="Too many open files"):
        await fetch_bytes("http://films.example/a", limit_bytes=1000, guard=guard)
