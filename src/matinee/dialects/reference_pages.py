"""The reference of this server: `/openapi.json` for programs, `/docs` and `/` for people."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from matinee.web.context import DialectContext
from matinee.web.health import HEALTH
from matinee.web.links import Links
from matinee.web.openapi import make_document
from matinee.web.operations import EXAMPLE_BASE, Chapter, Operation, ReplyKind
from matinee.web.ranges import is_unchanged
from matinee.web.reference import CONTENT_SECURITY, page, render_reference
from matinee.web.replies import Header, Reply, empty_reply

_JSON = b"application/json"
_HTML = b"text/html; charset=utf-8"
_PAGE_HEADERS: tuple[Header, ...] = (
    (b"content-security-policy", CONTENT_SECURITY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
_WELCOME = [
    "<h1>Matinee</h1>",
    "<p>The Sora API, on machines you own. This server makes films.</p>",
    '<p><a href="/docs">How to ask it for one</a> · '
    '<a href="/openapi.json">openapi.json</a> · <a href="/healthz">health</a></p>',
    f"<pre>curl {EXAMPLE_BASE}/v1/videos -F prompt='A cat plays the piano.'</pre>",
]


_UNCHANGED = ReplyKind(status=304, description="It is what `If-None-Match` says.")


def _page(path: str, operation_id: str, summary: str, reply: ReplyKind) -> Operation:
    return Operation(
        method="GET",
        path=path,
        operation_id=operation_id,
        summary=summary,
        replies=(reply, _UNCHANGED),
        needs_key=False,
    )


_HTML_PAGE = ReplyKind(description="The page.", media_types=("text/html",))
_DOCUMENT = ReplyKind(description="The document.", kind=dict[str, Any])

CHAPTER = Chapter(
    title="This server",
    description="What the server says of itself. None of it needs a key.",
    operations=(
        _page("/", "getWelcome", "See where the reference is", _HTML_PAGE),
        _page("/docs", "getReference", "Read this page", _HTML_PAGE),
        _page("/openapi.json", "getDocument", "Get the OpenAPI document", _DOCUMENT),
        *HEALTH,
    ),
)


def routes(context: DialectContext, chapters: Sequence[Chapter]) -> list[Route]:
    """The pages of a server whose dialects declare `chapters`."""

    def make() -> Texts:
        document = make_document(
            [*chapters, CHAPTER], routes=context.videos.routes, version=context.settings.version
        )
        return Texts(msgspec.json.encode(document), render_reference(document))

    pages = Pages(context.links, make)
    return [
        Route("/openapi.json", pages.document, methods=["GET"]),
        Route("/docs", pages.reference, methods=["GET"]),
        Route("/", pages.welcome, methods=["GET"]),
    ]


@dataclass(frozen=True, slots=True)
class Texts:
    """The reference, for programs and for people."""

    document: bytes
    page: str


class Pages:
    """The endpoints. The reference is made once, when somebody first asks for it."""

    def __init__(self, links: Links, make: Callable[[], Texts]) -> None:
        self._links = links
        self._make = make
        self._made: Texts | None = None
        self._making = asyncio.Lock()
        self._welcome = page("Matinee", _WELCOME)

    async def document(self, request: Request) -> ASGIApp:
        """The OpenAPI document; any page may read it."""
        anyone = (b"access-control-allow-origin", b"*")
        return _reply(request, (await self._texts()).document, _JSON, (anyone,))

    async def reference(self, request: Request) -> ASGIApp:
        """Everything, for people."""
        return self._page(request, (await self._texts()).page)

    async def welcome(self, request: Request) -> ASGIApp:
        """What this is and where to go."""
        return self._page(request, self._welcome)

    async def _texts(self) -> Texts:
        async with self._making:
            if self._made is None:
                # A tenth of a second, which neither a start nor other requests should wait for.
                self._made = await asyncio.to_thread(self._make)
            return self._made

    def _page(self, request: Request, text: str) -> ASGIApp:
        # Examples are there to be copied, so they name the server as this reader reached it.
        shown = text.replace(EXAMPLE_BASE, self._links.base(request.scope))
        return _reply(request, shown.encode(), _HTML, _PAGE_HEADERS)


def _reply(
    request: Request, body: bytes, media_type: bytes, headers: tuple[Header, ...]
) -> ASGIApp:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = (*headers, (b"etag", etag.encode()), (b"cache-control", b"no-cache"))
    if is_unchanged(request.headers.get("if-none-match"), etag):
        return empty_reply(304, headers)
    return Reply(200, body, [(b"content-type", media_type), *headers])
