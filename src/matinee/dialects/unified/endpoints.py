"""The unified video format: `/v1/video/create` and `/v1/video/query`.

Source: the vendor's page for the format, and what relays and their clients were seen to send and
to read.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from matinee.core.errors import InvalidRequest, MissingParameter, VideoNotFound
from matinee.core.ids import AccountId
from matinee.core.size import Size
from matinee.core.video import Video
from matinee.core.wish import WishDefaults
from matinee.dialects.unified.wire import TaskList, UnifiedTask, render_task
from matinee.web.body import read_body
from matinee.web.context import DialectContext
from matinee.web.errors import ErrorForm
from matinee.web.fields import Fields
from matinee.web.replies import json_reply

_DEFAULT_SIZE = Size(720, 1280)
_DEFAULT_SECONDS = 10
_ID_FIELDS = {
    "id": ("id", "task_id", "video_id"),
    "ids": ("ids", "id", "task_ids", "task_id"),
}
_MOST_IDS = 100
_WORDS = {
    "create": "Films are created by POST /v1/video/create.",
    "generations": "Films are created by POST /v1/video/generations.",
}
"""Parts of the paths that stand where an id stands, and what they are for."""


def routes(context: DialectContext) -> list[Route]:
    """Every route of the format, the most frequent first."""
    unified = Unified(context)
    form = ErrorForm(copies=True, transient_as_text=True)
    query = context.endpoint(unified.query, form)
    return [
        Route("/v1/video/query", query, methods=["GET", "POST"]),
        Route(
            "/v1/video/create",
            context.endpoint(unified.create, ErrorForm(copies=True)),
            methods=["POST"],
        ),
        Route("/v1/video/get", context.endpoint(unified.query_several, form), methods=["GET"]),
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
        video = await self._context.accept(request, account_id, self._defaults, exact=False)
        return json_reply(await self._render(request, video))

    async def query(self, request: Request, account_id: AccountId) -> ASGIApp:
        """The video as it is, by the id in the path, the query or the body."""
        video = await self._videos.get(account_id, await self._id_of(request))
        return json_reply(await self._render(request, video))

    async def query_several(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Several videos as they are, by their ids with commas between them."""
        tasks: list[UnifiedTask] = []
        not_found: list[str] = []
        for spelled_id in _ids_of(request):
            try:
                video = await self._videos.get(account_id, spelled_id)
            except VideoNotFound:
                not_found.append(spelled_id)
            else:
                tasks.append(await self._render(request, video))
        if not tasks:
            raise VideoNotFound(f"No video has any of the ids {', '.join(not_found)}.")
        return json_reply(TaskList(data=tasks, not_found=not_found))

    async def _render(self, request: Request, video: Video) -> UnifiedTask:
        base = self._context.links.base(request.scope)
        if video.job.state.is_final:
            return render_task(video, base)
        return render_task(video, base, await self._videos.outlook(video))

    async def _id_of(self, request: Request) -> str:
        named: str | None = request.path_params.get("id")
        if named is not None:
            if named in _WORDS:
                raise VideoNotFound(_WORDS[named])
            return named
        posted = request.method == "POST"
        body = await read_body(request, self._context.limits) if posted else None
        fields = Fields(body.values if body else {}, query=request.query_params, aliases=_ID_FIELDS)
        named = fields.text("id")
        if named is None:
            raise MissingParameter("Missing required parameter: 'id'.", param="id")
        return named


def _ids_of(request: Request) -> list[str]:
    """The ids in the query, each once, in their order. A parameter may come several times."""
    listed: dict[str, list[str]] = {}
    for name, text in request.query_params.multi_items():
        listed.setdefault(name, []).append(text)
    spelled_ids = []
    for _, text in Fields(listed, aliases=_ID_FIELDS).many("ids"):
        spelled_ids += [part.strip() for part in str(text).split(",") if part.strip()]
    if not spelled_ids:
        raise MissingParameter("Missing required parameter: 'ids'.", param="ids")
    if len(spelled_ids) > _MOST_IDS:
        raise InvalidRequest(
            f"{len(spelled_ids)} ids were sent; at most {_MOST_IDS} are answered at once.",
            param="ids",
        )
    return list(dict.fromkeys(spelled_ids))
