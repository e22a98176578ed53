"""The whole of HTTP: every route, a name for each request, and an answer to each error."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence

from starlette.exceptions import HTTPException
from starlette.routing import Match, Route
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
        self.routes = tuple(routes)
        self._replies = ErrorReplies(self._route)
        self._new_request_id = new_request_id
        self._origins = origins
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            # So ASGI servers are told that there is nothing to start and stop.
            raise RuntimeError(f"Only HTTP is answered here, not '{scope['type']}'.")
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
        # By hand: what a router keeps of each request is a quarter of what a watcher costs.
        allowed: set[str] = set()
        for route in self.routes:
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope["route"] = route
                scope.update(found)
                await route.app(scope, receive, send)
                return
            if match is Match.PARTIAL:
                allowed |= route.methods or set()
        if not allowed:
            raise HTTPException(status_code=404)
        if not is_preflight(scope):
            raise HTTPException(status_code=405, headers={"Allow": ", ".join(sorted(allowed))})
        await preflight_reply(scope, sorted(allowed))(scope, receive, send)

    def _request_id(self, scope: Scope) -> bytes:
        for name, value in scope["headers"]:
            if name == b"x-request-id" and _SANE_REQUEST_ID.fullmatch(value):
                sent: bytes = value
                return sent
        return self._new_request_id().encode()
