"""Whether the server is ready, for supervisors and load balancers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from matinee.web.operations import Operation, ReplyKind
from matinee.web.replies import json_reply


class Health(msgspec.Struct, kw_only=True):
    """That the server is ready, and which it is."""

    status: str = "ok"
    version: str


def _operation(path: str, operation_id: str, summary: str) -> Operation:
    return Operation(
        method="GET",
        path=path,
        operation_id=operation_id,
        summary=summary,
        replies=(ReplyKind(description="It is.", kind=Health),),
        needs_key=False,
    )


HEALTH = (
    _operation("/healthz", "getHealthz", "Ask whether the server is ready"),
    _operation("/health", "getHealth", "Ask whether the server is ready, by another name"),
)


def health_routes(check: Callable[[], Awaitable[None]], *, version: str) -> list[Route]:
    """`GET /healthz`, also as `/health`: 200 once `check` passes. It needs no key."""

    async def answer(_: Request) -> ASGIApp:
        await check()
        return json_reply(Health(version=version))

    return [Route(path, answer, methods=["GET"]) for path in ("/healthz", "/health")]
