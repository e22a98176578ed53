"""The whole of HTTP: every route, a name for each request, and an answer to each error."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence

from starlette.exceptions import HTTPException
from starlette.routing import Match, Route, Router
from starlette.types import Message, Receive, Scope, Send

from matinee.web.azure import respell
from matinee.web.cors import Origins, add_for_pages, is_preflight, preflight_reply
from matinee.web.errors import ErrorReplies

_FIRST_ERROR = 400
_OPENAI_VERSION = (b"openai-version", b"2020-10-01")
_SANE_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{1,128}")


class Site:
    """The ASGI application.

    Every reply carries `x-request-id`: the client's own if it sent a sane one, else a new one from
    `new_request_id`. A good one carries `openai-processing-ms`, the time until it began by the
    clock `seconds`. A slash at a path's end is passed over, and Azure's paths are OpenAI's. Web
    pages of other addresses may call as far as `origins` lets them, and not at all without it.
    """

    def __init__(
        self,
        routes: Sequence[Route],
        *,
        new_request_id: Callable[[], str],
        origins: Origins | None = None,
        seconds: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._router = Router(routes, redirect_slashes=False, default=self._not_found)
        self.routes = tuple(routes)
        self._replies = ErrorReplies(self._route)
        self._new_request_id = new_request_id
        self._origins = origins
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or start and stop the server."""
        if scope["type"] != "http":
            await self._router(scope, receive, send)
            return
        began_s = self._seconds()
        request_id = self._request_id(scope)
        scope["matinee.request_id"] = request_id.decode()
        scope["matinee.asked_path"] = scope["path"]
        for_pages = await self._origins.headers_for(scope) if self._origins else []

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message["headers"], (b"x-request-id", request_id), _OPENAI_VERSION]
                # Of an error the time could tell whether what is not one's own exists.
                if message["status"] < _FIRST_ERROR:
                    taken_ms = round(1000 * (self._seconds() - began_s))
                    headers.append((b"openai-processing-ms", b"%d" % taken_ms))
                message["headers"] = add_for_pages(headers, for_pages)
            await send(message)

        await self._replies(scope, receive, send_named)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        respell(scope)
        path = scope["path"]
        if len(path) > 1 and path.endswith("/"):
            scope["path"] = path.rstrip("/") or "/"
        # Tells the routes to raise what they can't answer instead of replying in plain text.
        scope["app"] = self
        try:
            await self._router(scope, receive, send)
        except HTTPException as error:
            if error.status_code != 405:
                raise
            methods = self._allowed(scope)
            if not is_preflight(scope):
                error.headers = {"Allow": ", ".join(methods)}
                raise
            await preflight_reply(scope, methods)(scope, receive, send)

    def _allowed(self, scope: Scope) -> list[str]:
        """The methods of every route on this path: several routes may share it."""
        allowed: set[str] = set()
        for route in self.routes:
            match, _ = route.matches(scope)
            if match is not Match.NONE:
                allowed |= route.methods or set()
        return sorted(allowed)

    def _request_id(self, scope: Scope) -> bytes:
        for name, value in scope["headers"]:
            if name == b"x-request-id" and _SANE_REQUEST_ID.fullmatch(value):
                sent: bytes = value
                return sent
        return self._new_request_id().encode()

    @staticmethod
    async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
        raise HTTPException(status_code=404)
