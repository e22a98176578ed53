"""The whole of HTTP: every route, a name for each request, and an answer to each error."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from starlette.exceptions import HTTPException
from starlette.routing import Match, Route, Router
from starlette.types import Message, Receive, Scope, Send

from matinee.web.errors import ErrorReplies

_SANE_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{1,128}")


class Site:
    """The ASGI application.

    Every reply carries `x-request-id`: the client's own if it sent a sane one, else a new one from
    `new_request_id`. A slash at a path's end is passed over.
    """

    def __init__(
        self,
        routes: Sequence[Route],
        *,
        new_request_id: Callable[[], str],
    ) -> None:
        self._router = Router(routes, redirect_slashes=False, default=self._not_found)
        self._routes = routes
        self._replies = ErrorReplies(self._route)
        self._new_request_id = new_request_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or start and stop the server."""
        if scope["type"] != "http":
            await self._router(scope, receive, send)
            return
        request_id = self._request_id(scope)
        scope["matinee.request_id"] = request_id.decode()

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-request-id", request_id)]
            await send(message)

        await self._replies(scope, receive, send_named)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if len(path) > 1 and path.endswith("/"):
            scope["path"] = path.rstrip("/") or "/"
        # Tells the routes to raise what they can't answer instead of replying in plain text.
        scope["app"] = self
        try:
            await self._router(scope, receive, send)
        except HTTPException as error:
            if error.status_code == 405:
                error.headers = {"Allow": ", ".join(self._allowed(scope))}
            raise

    def _allowed(self, scope: Scope) -> list[str]:
        """The methods of every route on this path: several routes may share it."""
        allowed: set[str] = set()
        for route in self._routes:
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
