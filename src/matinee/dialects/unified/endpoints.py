"""The unified video format: `/v1/video/create` and `/v1/video/query`.

Source: the vendor's page for the format, and what relays and their clients were seen to send and
to read.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from matinee.core.errors import MissingParameter, VideoNotFound
from matinee.core.ids import AccountId
from matinee.core.size import Size
from matinee.core.wish import WishDefaults
from matinee.dialects.unified.wire import render_task
from matinee.web.body import read_body
from matinee.web.context import DialectContext
from matinee.web.errors import ErrorForm
from matinee.web.fields import Fields
from matinee.web.replies import json_reply

_DEFAULT_SIZE = Size(720, 1280)
_DEFAULT_SECONDS = 10
_ID_FIELDS = {"id": ("id", "task_id", "video_id")}


def routes(context: DialectContext) -> list[Route]:
    """Every route of the format, the most frequent first."""
    unified = Unified(context)
    query = context.endpoint(unified.query, ErrorForm(copies=True, transient_as_text=True))
    create = context.endpoint(unified.create, ErrorForm(copies=True))
    return [
        Route("/v1/video/query", query, methods=["GET", "POST"]),
        Route("/v1/video/create", create, methods=["POST"]),
        Route("/v1/video/query/{id}", query, methods=["GET"]),
        Route("/v1/video/{id}", query, methods=["GET"]),
    ]


class Unified:
    """The endpoints."""

    def __init__(self, context: DialectContext) -> None:
        self._context = context
        self._videos = context.videos
        self._defaults = WishDefaults(
            model=context.settings.default_model, size=_DEFAULT_SIZE, seconds=_DEFAULT_SECONDS
        )

    async def create(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Accept a video."""
        video = await self._context.accept(request, account_id, self._defaults)
        return json_reply(render_task(video, self._context.links.base(request.scope)))

    async def query(self, request: Request, account_id: AccountId) -> ASGIApp:
        """The video as it is, by the id in the path, the query or the body."""
        video = await self._videos.get(account_id, await self._id_of(request))
        return json_reply(render_task(video, self._context.links.base(request.scope)))

    async def _id_of(self, request: Request) -> str:
        named: str | None = request.path_params.get("id")
        if named == "create":
            raise VideoNotFound("Films are created by POST /v1/video/create.")
        if named is not None:
            return named
        posted = request.method == "POST"
        body = await read_body(request, self._context.limits) if posted else None
        fields = Fields(body.values if body else {}, query=request.query_params, aliases=_ID_FIELDS)
        named = fields.text("id")
        if named is None:
            raise MissingParameter("Missing required parameter: 'id'.", param="id")
        return named
