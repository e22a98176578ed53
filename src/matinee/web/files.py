"""Stored files as replies: ranges, `HEAD`, entity tags, sent piece by piece."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from matinee.core.asset import AssetVariant
from matinee.core.errors import NotFound, ServiceUnavailable, VideoExpired
from matinee.ports.blobs import Blobs
from matinee.web.connection import departure, end_tasks
from matinee.web.errors import ErrorBody, ErrorEnvelope
from matinee.web.operations import Parameter, ReplyKind
from matinee.web.ranges import ByteRange, RangeUnsatisfiable, is_unchanged, may_resume, parse_range
from matinee.web.replies import Header, Reply, empty_reply, json_reply

logger = logging.getLogger(__name__)

# As much as is held for a client that reads slowly, twice.
_PIECE_BYTES = 128 * 1024
# Only Linux has it, and not for every file system.
_WITHOUT_WAIT: int = getattr(os, "RWF_NOWAIT", 0)
_GONE = "The video's files were removed while they were asked for."

RANGE = Parameter(
    name="Range", place="header", description="Which bytes are wanted, such as `bytes=0-1023`."
)


def file_replies(*media_types: str) -> tuple[ReplyKind, ...]:
    """What a FileReply with a file of `media_types` may answer, for the reference."""
    return (
        ReplyKind(
            description="The file.",
            media_types=media_types,
            headers={"etag": "Its hash.", "accept-ranges": "Always `bytes`."},
        ),
        ReplyKind(
            status=206,
            description="The part of the file that `Range` names.",
            media_types=media_types,
            headers={"content-range": "Which part it is."},
        ),
        ReplyKind(status=304, description="It is what `If-None-Match` says."),
        ReplyKind(
            status=416,
            description="It ends before the range begins.",
            kind=ErrorEnvelope,
            headers={"content-range": "How long it is."},
        ),
    )


FILE_REPLIES = file_replies(*(variant.media_type for variant in AssetVariant))
"""What the files of a video are answered with."""


class Servable(Protocol):
    """A stored file, as far as sending it needs to know."""

    @property
    def blob_key(self) -> str:
        """Where its bytes lie."""

    @property
    def size_bytes(self) -> int:
        """How long it is."""

    @property
    def media_type(self) -> str:
        """Its content type."""

    @property
    def entity_tag(self) -> str:
        """What tells it from any other file that was ever served in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReply:
    """A stored file, whole or in part. An ASGI application.

    It is named `name` when saved; `attachment` asks browsers to save it rather than show it.
    `is_cut` breaks the connection off in the middle of it.
    """

    blobs: Blobs
    asset: Servable
    name: str
    attachment: bool = False
    is_cut: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what the request's headers ask for. Raises VideoExpired if the file is gone."""
        asked = Headers(scope=scope)
        etag = f'"{self.asset.entity_tag}"'
        headers = self._headers(etag)
        size_bytes = self.asset.size_bytes
        if is_unchanged(asked.get("if-none-match"), etag):
            await empty_reply(304, headers)(scope, receive, send)
            return
        part: ByteRange | None = None
        # Ranges are defined for GET alone.
        if scope["method"] == "GET" and may_resume(asked.get("if-range"), etag):
            try:
                part = parse_range(asked.get("range"), size_bytes)
            except RangeUnsatisfiable:
                await _unsatisfiable(size_bytes)(scope, receive, send)
                return
        sent = part or ByteRange(start=0, length=size_bytes)
        headers.append((b"content-type", self.asset.media_type.encode()))
        headers.append((b"content-length", b"%d" % sent.length))
        if part is not None:
            headers.append((b"content-range", part.content_range(size_bytes)))
        status = 200 if part is None else 206
        start = {"type": "http.response.start", "status": status, "headers": headers}
        if scope["method"] == "HEAD":
            await send(start)
            await send({"type": "http.response.body"})
        else:
            leaving = asyncio.ensure_future(departure(receive))
            try:
                await self._send_bytes(sent, start, send, leaving)
            finally:
                await end_tasks(leaving)

    async def _send_bytes(
        self,
        sent: ByteRange,
        start: dict[str, object],
        send: Send,
        leaving: asyncio.Future[None],
    ) -> None:
        length = sent.length // 2 if self.is_cut else sent.length
        async with aclosing(self._pieces(ByteRange(start=sent.start, length=length))) as pieces:
            # The head goes out with the first piece in hand: until then there can be an error.
            piece = await anext(pieces, b"")
            await send(start)
            left = sent.length
            # Nobody tells `send` that the client left: the rest would be read in vain.
            while piece and not leaving.done():
                left -= len(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": left > 0})
                piece = await anext(pieces, b"") if left > 0 else b""
            if left > 0 and not self.is_cut and not leaving.done():
                # The server sees that the reply is short and cuts the connection.
                logger.error("blob is shorter than its asset", extra={"missing_bytes": left})

    async def _pieces(self, sent: ByteRange) -> AsyncGenerator[bytes, None]:
        path = self.blobs.local_path(self.asset.blob_key)
        pieces: AsyncIterator[bytes] = (
            read_pieces(path, sent.start, sent.length)
            if path is not None
            else self.blobs.open(self.asset.blob_key, sent.start, sent.length)
        )
        try:
            async for piece in pieces:
                yield piece
        except (FileNotFoundError, NotFound) as error:
            raise VideoExpired(_GONE) from error
        except OSError as error:
            raise ServiceUnavailable(
                f"The video's file can't be read for now: {error.strerror}."
            ) from error

    def _headers(self, etag: str) -> list[Header]:
        disposition = "attachment" if self.attachment else "inline"
        return [
            (b"accept-ranges", b"bytes"),
            (b"etag", etag.encode()),
            (b"content-disposition", f'{disposition}; filename="{self.name}"'.encode()),
            (b"cache-control", b"private, max-age=3600"),
            (b"access-control-allow-origin", b"*"),
            (b"access-control-expose-headers", b"content-range, content-length, etag"),
            (b"cross-origin-resource-policy", b"cross-origin"),
            (b"x-content-type-options", b"nosniff"),
        ]


async def read_pieces(path: Path, start: int, length: int) -> AsyncGenerator[bytes, None]:
    """The bytes of a local file. Ends early if the file does."""
    file = _OpenFile(await asyncio.to_thread(os.open, path, os.O_RDONLY | os.O_CLOEXEC))
    try:
        while length > 0:
            piece = await file.read(min(_PIECE_BYTES, length), start)
            if not piece:
                return
            start, length = start + len(piece), length - len(piece)
            yield piece
    finally:
        file.close()


class _OpenFile:
    """A file that is read at once where the kernel has its bytes in memory, else in a thread.

    A film that is asked for mostly is in memory, and a thread costs more than its bytes.
    """

    __slots__ = ("_handle", "_is_quick")

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._is_quick = _WITHOUT_WAIT != 0

    async def read(self, most_bytes: int, start: int) -> bytes:
        """Some bytes from `start`; none only at the file's end."""
        if self._is_quick and (piece := self._read_now(most_bytes, start)):
            # Whoever reads as fast as this must not keep others from the loop.
            await asyncio.sleep(0)
            return piece
        return await asyncio.to_thread(os.pread, self._handle, most_bytes, start)

    def close(self) -> None:
        os.close(self._handle)

    def _read_now(self, most_bytes: int, start: int) -> bytes:
        room = bytearray(most_bytes)
        try:
            count = os.preadv(self._handle, [room], start, _WITHOUT_WAIT)
        except BlockingIOError:
            return b""
        except OSError as error:
            if error.errno != errno.EOPNOTSUPP:
                raise
            self._is_quick = False
            return b""
        return bytes(room if count == most_bytes else room[:count])


def _unsatisfiable(size_bytes: int) -> Reply:
    body = ErrorBody(
        message=f"The range begins behind the file's end: it has {size_bytes} bytes.",
        type="invalid_request_error",
        param="Range",
        code="range_not_satisfiable",
    )
    headers = (
        (b"content-range", b"bytes */%d" % size_bytes),
        (b"access-control-allow-origin", b"*"),
    )
    return json_reply(ErrorEnvelope(error=body), status=416, headers=headers)
