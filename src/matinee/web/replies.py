"""A whole reply, made once and sent: what most routes answer with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from starlette.types import Receive, Scope, Send

Header = tuple[bytes, bytes]

_JSON = (b"content-type", b"application/json")
_TEXT = (b"content-type", b"text/plain; charset=utf-8")
_encoder = msgspec.json.Encoder()


class Reply:
    """A status, headers and a body that is complete. An ASGI application.

    Leaner than the framework's response: status reads are the most frequent request there is.
    """

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, body: bytes, headers: list[Header]) -> None:
        self.status = status
        self.body = body
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; to `HEAD` without its body."""
        headers = [*self.headers, (b"content-length", b"%d" % len(self.body))]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        body = b"" if scope["method"] == "HEAD" else self.body
        await send({"type": "http.response.body", "body": body})


def json_reply(value: Any, *, status: int = 200, headers: Iterable[Header] = ()) -> Reply:
    """`value`, a wire model or plain values, as JSON."""
    return Reply(status, _encoder.encode(value), [_JSON, *headers])


def text_reply(text: str, *, status: int = 200, headers: Iterable[Header] = ()) -> Reply:
    """`text` for people."""
    return Reply(status, text.encode(), [_TEXT, *headers])


def empty_reply(status: int, headers: Iterable[Header] = ()) -> Reply:
    """No body at all."""
    return Reply(status, b"", list(headers))
