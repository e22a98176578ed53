"""Web pages of other addresses: which ones may call the API, and how their browsers are told.

A key is sent by header, which a page has to be given; no cookie speaks for the person at the
browser. So where keys are needed any page may ask, and where they are not only the named ones.
Source: the Fetch standard, CORS protocol.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence

from starlette.types import Scope

from matinee.core.errors import ServiceUnavailable
from matinee.web.replies import Header, Reply, empty_reply

_ANY_ORIGIN = "*"

_SANE_HEADERS = re.compile(rb"[A-Za-z0-9_, -]{1,4000}")
_EXPOSED = (
    b"x-request-id, openai-poll-after-ms, openai-processing-ms, openai-version, retry-after, "
    b"retry-after-ms, x-should-retry, location, etag, content-disposition, content-length, "
    b"content-range, accept-ranges"
)
_REMEMBERED_S = b"7200"


class Origins:
    """Knows the pages that may call. `named` are origins, or `*` for any where keys are needed."""

    def __init__(self, named: Sequence[str], needs_key: Callable[[], Awaitable[bool]]) -> None:
        self._named = frozenset(origin.lower().encode() for origin in named)
        self._takes_any = _ANY_ORIGIN in named
        self._needs_key = needs_key

    def names(self, origin: bytes) -> bool:
        """Whether the operator named that very origin."""
        return origin.strip().lower() in self._named

    async def headers_for(self, scope: Scope) -> list[Header]:
        """What lets the page behind a request read the reply; nothing if it may not, or is none."""
        origin = _header(scope, b"origin")
        if not origin:
            return []
        if self._takes_any and await self._is_behind_keys():
            allowed = [(b"access-control-allow-origin", b"*")]
        elif self.names(origin):
            allowed = [(b"access-control-allow-origin", origin), (b"vary", b"origin")]
        else:
            return []
        return [*allowed, (b"access-control-expose-headers", _EXPOSED)]

    async def _is_behind_keys(self) -> bool:
        try:
            return await self._needs_key()
        except ServiceUnavailable:
            # The database is away, which the request itself is about to meet and to tell.
            return False


def add_for_pages(headers: list[Header], for_pages: list[Header]) -> list[Header]:
    """A reply's headers with those for pages, unless it is for every page already: film links."""
    if not for_pages or any(name == b"access-control-allow-origin" for name, _ in headers):
        return headers
    return headers + for_pages


def is_preflight(scope: Scope) -> bool:
    """Whether a browser asks if a page may send a request."""
    asks = _header(scope, b"access-control-request-method") is not None
    return scope["method"] == "OPTIONS" and asks


def preflight_reply(scope: Scope, methods: Sequence[str]) -> Reply:
    """What a page may send: `methods`, with whatever headers it asks for."""
    wanted = _header(scope, b"access-control-request-headers") or b""
    headers: list[Header] = [
        (b"access-control-allow-methods", ", ".join(methods).encode()),
        (b"access-control-max-age", _REMEMBERED_S),
        (b"vary", b"access-control-request-headers"),
    ]
    if _SANE_HEADERS.fullmatch(wanted):
        headers.append((b"access-control-allow-headers", wanted))
    return empty_reply(204, headers)


def _header(scope: Scope, name: bytes) -> bytes | None:
    return next((value for key, value in scope["headers"] if key == name), None)
