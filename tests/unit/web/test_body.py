"""Bodies in every encoding, and none bigger, deeper or stranger than allowed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.types import Message

from matinee.core.errors import InvalidType, MalformedBody, TooLarge
from matinee.web.body import BodyLimits, parse_json, read_body
from matinee.web.connection import ClientGone
from matinee.web.forms import FilePart
from tests.exchanges import a_scope

LIMITS = BodyLimits(json_bytes=1000, form_bytes=2000)
MULTIPART = "multipart/form-data; boundary=b1"


def arriving(*messages: Message) -> Callable[[], Awaitable[Message]]:
    """What the server's `receive` gives, one after the other, then nothing any more."""
    waiting = list(messages)

    async def receive() -> Message:
        if waiting:
            return waiting.pop(0)
        await asyncio.Event().wait()
        raise AssertionError

    return receive


def a_request(*pieces: bytes, **headers: str) -> Request:
    """A POST whose body comes in `pieces`, without a length announced."""
    messages: list[Message] = [
        {"type": "http.request", "body": piece, "more_body": True} for piece in pieces
    ]
    messages.append({"type": "http.request", "body": b"", "more_body": False})
    return Request(a_scope("POST", "/v1/videos", **headers), arriving(*messages))


async def values_of(*pieces: bytes, content_type: str = "application/json") -> dict[str, Any]:
    return (await read_body(a_request(*pieces, content_type=content_type), LIMITS)).values


async def test_json_is_read_in_pieces() -> None:
    assert await values_of(b'{"prompt":', b'"a cat"}') == {"prompt": "a cat"}


@pytest.mark.parametrize("content_type", ["application/json", "", MULTIPART, "text/plain"])
async def test_an_empty_body_has_no_values(content_type: str) -> None:
    assert await values_of(content_type=content_type) == {}


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json; charset=utf-8",
        "application/vnd.api+json",
        "text/plain",
        "",
        "application/x-www-form-urlencoded",
        "application/octet-stream",
    ],
)
async def test_json_is_recognised_under_any_name(content_type: str) -> None:
    assert await values_of(b' {"a": 1}', content_type=content_type) == {"a": 1}


async def test_a_byte_order_mark_is_passed_over() -> None:
    assert await values_of(b"\xef\xbb\xbf{}") == {}


async def test_a_multipart_body_is_read_with_files_and_brackets() -> None:
    body = (
        b'--b1\r\nContent-Disposition: form-data; name="video[id]"\r\n\r\nv\r\n'
        b'--b1\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\n'
        b"Content-Type: image/png\r\n\r\n\x00\xff\r\n--b1--\r\n"
    )
    assert await values_of(body[:40], body[40:], content_type=MULTIPART) == {
        "video": {"id": "v"},
        "f": FilePart(name="a.png", media_type="image/png", data=b"\x00\xff"),
    }


async def test_an_unknown_content_type_names_those_that_are_taken() -> None:
    with pytest.raises(MalformedBody, match="application/json or multipart"):
        await values_of(b"<a/>", content_type="text/xml")


async def test_a_compressed_body_is_refused() -> None:
    request = a_request(b"\x1f\x8b", content_type="application/json", content_encoding="gzip")
    with pytest.raises(MalformedBody, match="uncompressed"):
        await read_body(request, LIMITS)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"prompt": "a cat",}', "byte 19"),
        (b'{"prompt": NaN}', "byte 11"),
        (b'{"prompt": "\xff"}', "byte 12"),
        (b'{"prompt": "a', "truncated"),
        (b'{"prompt": "\\ud800"}', "JSON"),
        (b'{"a": 1} trailing', "trailing characters"),
    ],
)
async def test_broken_json_names_the_place(body: bytes, place: str) -> None:
    with pytest.raises(MalformedBody, match=place):
        await values_of(body)


@pytest.mark.parametrize("body", [b"[]", b'"a"', b"null", b"3"])
async def test_json_that_is_no_object_is_the_wrong_type(body: bytes) -> None:
    with pytest.raises(InvalidType, match="object"):
        await values_of(body)


@pytest.mark.parametrize("depth", [33, 5000, 400_000])
def test_deep_json_is_refused(depth: int) -> None:
    with pytest.raises(MalformedBody, match="nested deeper"):
        parse_json(b"[" * depth + b"]" * depth)


def test_json_of_sane_depth_is_read() -> None:
    assert parse_json(b"[" * 32 + b"]" * 32)


async def test_an_announced_length_over_the_limit_is_refused_before_the_body_is_read() -> None:
    scope = a_scope("POST", "/v1/videos", content_type="application/json", content_length="1001")
    with pytest.raises(TooLarge, match=r"1,000 bytes"):
        await read_body(Request(scope, arriving()), LIMITS)


@pytest.mark.parametrize(("content_type", "limit"), [("application/json", 1000), (MULTIPART, 2000)])
async def test_an_unannounced_body_is_refused_as_soon_as_it_is_too_large(
    content_type: str, limit: int
) -> None:
    # Nothing comes after these two: a reader that wants more would wait forever.
    pieces = [b'--b1\r\nContent-Disposition: form-data; name="a"\r\n\r\n', b"x" * limit]
    messages: list[Message] = [
        {"type": "http.request", "body": piece, "more_body": True} for piece in pieces
    ]
    scope = a_scope("POST", "/v1/videos", content_type=content_type)
    with pytest.raises(TooLarge):
        await read_body(Request(scope, arriving(*messages)), LIMITS)


async def test_a_client_that_leaves_in_the_middle_is_gone() -> None:
    messages: tuple[Message, ...] = (
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    )
    scope = a_scope("POST", "/v1/videos", content_type="application/json")
    with pytest.raises(ClientGone):
        await read_body(Request(scope, arriving(*messages)), LIMITS)


@pytest.mark.parametrize("piece", [b'"a"', b"[]", b"{}", b"[" * 30 + b"]" * 30])
def test_more_values_than_any_request_has_are_refused(piece: bytes) -> None:
    parse_json(b"[" + b",".join([piece] * 1000) + b"]")
    with pytest.raises(MalformedBody, match="100,000 values") as refusal:
        parse_json(b"[" + b",".join([piece] * 100_001) + b"]", param="shots")
    assert refusal.value.param == "shots"


def test_a_body_of_tiny_values_is_refused_before_it_is_read() -> None:
    began_s = time.process_time()
    with pytest.raises(MalformedBody, match="100,000 values"):
        parse_json(b"[" + b"[]," * 10_000_000 + b"[]]")
    assert time.process_time() - began_s < 2


def test_a_long_text_is_one_value() -> None:
    assert parse_json(b'"' + b"a, " * 300_000 + b'"') == "a, " * 300_000
