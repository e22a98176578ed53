"""The OpenAI videos format: `/v1/videos`.

Source: the published OpenAPI description and SDKs; the extra fields are those that relays add.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from matinee.core.asset import AssetVariant
from matinee.core.ids import AccountId
from matinee.core.size import Size
from matinee.core.video import Video
from matinee.core.wish import WishDefaults
from matinee.dialects.openai_videos.characters import character_routes
from matinee.dialects.openai_videos.events import event_routes
from matinee.dialects.openai_videos.lineage import lineage_routes
from matinee.dialects.openai_videos.models import model_routes
from matinee.dialects.openai_videos.wire import (
    DeletedVideo,
    VideoList,
    VideoObject,
    render_video,
    spell_id,
)
from matinee.services.characters import Characters
from matinee.web.connection import unless_gone
from matinee.web.context import DialectContext
from matinee.web.cuts import Cuts
from matinee.web.errors import ErrorForm
from matinee.web.fields import Fields, unsupported
from matinee.web.files import FileReply
from matinee.web.pacing import ENOUGH_COUNTED, poll_after
from matinee.web.replies import json_reply

_DEFAULT_SIZE = Size(720, 1280)
_DEFAULT_SECONDS = 4
_DEFAULT_LIMIT = 20
_MAX_LIMIT = 100
_MAX_WAIT_S = 60
"""Proxies cut a connection on which nothing is said for longer."""


def routes(context: DialectContext, characters: Characters) -> list[Route]:
    """Every route of the format; literal parts come before ids."""
    videos = OpenAIVideos(context)
    status = context.endpoint(videos.retrieve, ErrorForm(transient_as_text=True))
    return [
        *event_routes(context),
        Route("/v1/videos/{id}", status, methods=["GET"]),
        Route("/v1/videos", context.endpoint(videos.create), methods=["POST"]),
        Route("/v1/videos/{id}/content", context.endpoint(videos.content), methods=["GET"]),
        Route("/v1/videos", context.endpoint(videos.list), methods=["GET"]),
        Route("/v1/videos/{id}", context.endpoint(videos.delete), methods=["DELETE"]),
        Route("/v1/videos/{id}/cancel", context.endpoint(videos.cancel), methods=["POST"]),
        *lineage_routes(context, videos.defaults),
        *character_routes(context, characters),
        *model_routes(context),
    ]


class OpenAIVideos:
    """The endpoints."""

    def __init__(self, context: DialectContext) -> None:
        self._context = context
        self._videos = context.videos
        self.defaults = WishDefaults(
            model=context.settings.default_model, size=_DEFAULT_SIZE, seconds=_DEFAULT_SECONDS
        )
        self._cuts = Cuts(self._videos.routes)

    async def create(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Accept a video."""
        video = await self._context.accept(request, account_id, self.defaults)
        return json_reply(self._render(request, video))

    async def retrieve(self, request: Request, account_id: AccountId) -> ASGIApp:
        """The video as it is, or as it is when it is over or `wait` seconds have passed."""
        spelled_id, seconds = request.path_params["id"], _parse_wait(request)
        if seconds is None:
            video = await self._videos.get(account_id, spelled_id)
        else:
            waiting = self._videos.get_when_over(account_id, spelled_id, seconds)
            video = await unless_gone(request.receive, waiting)
            await self._context.requirement(request.scope, account_id)()
        if video.job.state.is_final:
            return json_reply(self._render(request, video))
        outlook = await self._videos.outlook(video, ENOUGH_COUNTED)
        return json_reply(self._render(request, video), headers=(poll_after(outlook),))

    async def list(self, request: Request, account_id: AccountId) -> ASGIApp:
        """A page of the account's videos, newest first unless asked otherwise."""
        fields = Fields({}, query=request.query_params)
        limit = fields.whole("limit")
        limit = _DEFAULT_LIMIT if limit is None else limit
        if not 0 <= limit <= _MAX_LIMIT:
            raise unsupported("limit", limit, f"whole numbers from 0 to {_MAX_LIMIT}")
        order = (fields.text("order") or "desc").lower()
        if order not in ("asc", "desc"):
            raise unsupported("order", order, "'asc' and 'desc'")
        page = await self._videos.list(
            account_id, limit=limit, after=fields.text("after"), newest_first=order == "desc"
        )
        data = [self._render(request, video) for video in page.videos]
        listed = VideoList(
            data=data,
            first_id=data[0].id if data else None,
            last_id=data[-1].id if data else None,
            # A page of none leads nowhere: the SDKs would ask for its successor forever.
            has_more=page.has_more and bool(data),
        )
        return json_reply(listed)

    async def delete(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Remove the video; one that is being made is cancelled by it."""
        video = await self._videos.delete(account_id, request.path_params["id"])
        return json_reply(DeletedVideo(id=spell_id(video.id)))

    async def cancel(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Have the video made no further; the video as it is then."""
        video = await self._videos.cancel(account_id, request.path_params["id"])
        return json_reply(self._render(request, video))

    async def content(self, request: Request, account_id: AccountId) -> ASGIApp:
        """A file of the video."""
        video = await self._videos.get(account_id, request.path_params["id"])
        named = request.query_params.get("variant") or AssetVariant.VIDEO.value
        if named not in set(AssetVariant):
            raise unsupported("variant", named, ", ".join(f"'{each}'" for each in AssetVariant))
        variant = AssetVariant(named)
        return FileReply(
            blobs=self._context.blobs,
            asset=self._videos.asset(video, variant),
            name=spell_id(video.id) + variant.extension,
            attachment=True,
            is_cut=self._cuts.take(video, variant, request.method),
        )

    def _render(self, request: Request, video: Video) -> VideoObject:
        return render_video(video, self._context.links.base(request.scope))


def _parse_wait(request: Request) -> int | None:
    if "wait" not in request.query_params:
        return None
    seconds = Fields({}, query=request.query_params).whole("wait")
    if seconds is not None and not 1 <= seconds <= _MAX_WAIT_S:
        raise unsupported("wait", seconds, f"whole seconds from 1 to {_MAX_WAIT_S}")
    return seconds
