"""Whether the server is ready, for supervisors and load balancers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from matinee.web.replies import json_reply


def health_routes(check: Callable[[], Awaitable[None]], *, version: str) -> list[Route]:
    """`GET /healthz`: 200 once `check` passes. It needs no key and tells no secrets."""

    async def answer(_: Request) -> ASGIApp:
        await check()
        return json_reply({"status": "ok", "version": version})

    return [Route("/healthz", answer, methods=["GET"])]
