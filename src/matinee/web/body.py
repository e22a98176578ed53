"""A request's body as plain values, whatever its encoding; nothing bigger than allowed is kept."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.types import Scope

from matinee.core.errors import InvalidType, MalformedBody, TooLarge
from matinee.web.connection import ClientGone
from matinee.web.forms import MultipartReader, nest, parse_urlencoded
from matinee.web.spool import Spool

_MIB = 1024 * 1024
_MAX_DEPTH = 32
_MAX_VALUES = 100_000
_MAX_SIGNS = 1_000_000
"""Every value but the first in a list or object has a comma before it. Texts may hold some, too."""

_LARGE_BYTES = 1024 * 1024
_LENGTH = re.compile(r"[0-9]{1,18}")
_SPOOL = "matinee.spool"


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyLimits:
    """The largest bodies taken.

    JSON holds at most text: an image as a data URI of the 20 971 520 characters that the official
    format allows, a prompt and some more. Forms may hold several files.
    """

    json_bytes: int = 32 * _MIB
    form_bytes: int = 64 * _MIB
    file_bytes: int | None = None
    """The largest file in a form; None: only the form's own limit counts."""

    folder: Path | None = None
    """Where large files of forms lie while their request lasts; None: they stay in memory."""

    check_room: Callable[[], None] = lambda: None
    """Raises StorageFull if there is no room for another large file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The values of a body. Beside what JSON knows there may be a FilePart."""

    values: dict[str, Any]


async def read_body(request: Request, limits: BodyLimits) -> Body:
    """The body of `request`: JSON, multipart or urlencoded; an empty one has no values.

    Raises TooLarge as soon as it exceeds its limit, whether or not its length was announced,
    MalformedBody naming the place, InvalidType if it is JSON and no object.
    """
    _refuse_compressed(request)
    content_type = request.headers.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _read_multipart(request, content_type, limits)
    data = await _read_all(request, limits.json_bytes)
    # curl -d says urlencoded whatever it sends, so what looks like JSON is taken for it.
    looks_like_json = data.lstrip()[:1] in (b"{", b"[")
    if kind == "application/x-www-form-urlencoded" and not looks_like_json:
        return Body(values=nest(parse_urlencoded(data)))
    if kind and not looks_like_json and not _is_json(kind) and data:
        raise MalformedBody(
            f"The Content-Type '{kind}' is not understood. Send application/json or "
            "multipart/form-data."
        )
    return Body(values=parse_json_object(data) if data.strip() else {})


def parse_json_object(data: bytes) -> dict[str, Any]:
    """The JSON object in `data`. Raises MalformedBody naming the place, InvalidType."""
    # Some Windows tools begin a file with a byte order mark.
    values = parse_json(data.removeprefix(b"\xef\xbb\xbf"))
    if not isinstance(values, dict):
        raise InvalidType("The body must be a JSON object.")
    return values


def parse_json(data: bytes, *, what: str = "The body", param: str | None = None) -> Any:
    """The JSON value in `data`, not nested deeper than is sane, nor of more values.

    Raises MalformedBody, which says `what` is malformed and names `param`.
    """
    # To read millions of tiny values takes seconds in which nobody else is answered.
    if sum(map(data.count, (b",", b"[", b"{"))) > _MAX_SIGNS:
        raise _too_many(what, param)
    try:
        value = msgspec.json.decode(data)
    except UnicodeDecodeError as error:
        place = _first_bad_byte(data)
        message = f"{what} is JSON but no UTF-8: byte {place} can't be read."
        raise MalformedBody(message, param=param) from error
    except msgspec.DecodeError as error:
        detail = str(error).removeprefix("JSON is malformed: ")
        raise MalformedBody(f"{what} is no valid JSON: {detail}.", param=param) from error
    except RecursionError as error:
        raise _too_deep(what, param) from error
    _check_shape(value, what, param)
    return value


async def _read_multipart(request: Request, content_type: str, limits: BodyLimits) -> Body:
    spool = Spool(limits.folder, limits.check_room) if limits.folder is not None else None
    request.scope[_SPOOL] = spool
    reader = MultipartReader(
        content_type.encode("latin-1"),
        spool=spool,
        file_bytes=limits.file_bytes,
        text_bytes=limits.json_bytes,
    )
    received = 0
    async for piece in _pieces(request, limits.form_bytes):
        received += len(piece)
        if spool is None or received < _LARGE_BYTES:
            reader.feed(piece)
        else:
            # It may write to the disk.
            await asyncio.to_thread(reader.feed, piece)
    return Body(values=nest(reader.items()) if received else {})


async def discard_uploads(scope: Scope) -> None:
    """Remove what a request uploaded; to be called when it is over."""
    spool: Spool | None = scope.get(_SPOOL)
    if spool is not None and not spool.is_empty:
        await asyncio.to_thread(spool.close)


async def _read_all(request: Request, limit_bytes: int) -> bytes:
    data = bytearray()
    async for piece in _pieces(request, limit_bytes):
        data += piece
    return bytes(data)


async def _pieces(request: Request, limit_bytes: int) -> AsyncIterator[bytes]:
    """The body as it comes in, refused once it is larger than allowed."""
    announced = request.headers.get("content-length", "")
    if _LENGTH.fullmatch(announced) and int(announced) > limit_bytes:
        raise _too_large(limit_bytes)
    received = 0
    more = True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece = message.get("body", b"")
        more = message.get("more_body", False)
        received += len(piece)
        if received > limit_bytes:
            raise _too_large(limit_bytes)
        if piece:
            yield piece


def _is_json(kind: str) -> bool:
    return kind in ("application/json", "text/json", "text/plain") or kind.endswith("+json")


def _refuse_compressed(request: Request) -> None:
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity":
        raise MalformedBody(
            f"The Content-Encoding '{coding[:40]}' is not understood: send the body uncompressed."
        )


def _first_bad_byte(data: bytes) -> int | None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def _check_shape(value: Any, what: str, param: str | None) -> None:
    level = [value] if isinstance(value, dict | list) else []
    count = 0
    for _ in range(_MAX_DEPTH):
        count += sum(map(len, level))
        if count > _MAX_VALUES:
            raise _too_many(what, param)
        level = [child for each in level for child in _children(each)]
        if not level:
            return
    raise _too_deep(what, param)


def _children(value: dict[str, Any] | list[Any]) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value
    return [child for child in inner if isinstance(child, dict | list)]


def _too_many(what: str, param: str | None) -> MalformedBody:
    return MalformedBody(f"{what} holds more than {_MAX_VALUES:,} values.", param=param)


def _too_deep(what: str, param: str | None) -> MalformedBody:
    return MalformedBody(f"{what} is nested deeper than {_MAX_DEPTH} levels.", param=param)


def _too_large(limit_bytes: int) -> TooLarge:
    return TooLarge(f"The body is larger than the {limit_bytes:,} bytes that this server takes.")
