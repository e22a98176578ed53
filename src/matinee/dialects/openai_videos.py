"""The OpenAI videos format: `/v1/videos` and `/v1/models`.

Source: the published OpenAPI description and SDKs; the extra fields are those that relays add.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from matinee.core.asset import AssetVariant
from matinee.core.errors import UnsupportedParameter
from matinee.core.ids import AccountId, VideoId
from matinee.core.size import Size
from matinee.core.video import Video
from matinee.core.wish import WishDefaults
from matinee.web.context import DialectContext
from matinee.web.errors import ErrorForm
from matinee.web.fields import Fields, unsupported
from matinee.web.files import FileReply
from matinee.web.links import file_link, film_link
from matinee.web.replies import json_reply

_DEFAULT_SIZE = Size(720, 1280)
_DEFAULT_SECONDS = 4
_DEFAULT_LIMIT = 20
_MAX_LIMIT = 100
_LATER = ("characters", "edits", "extensions")
"""Literal parts of the official paths that stand where an id stands."""

_MODELS_CREATED = 1_759_708_800
"""2025-10-06, when the Videos API began: models of one's own have no better date."""


class VideoError(msgspec.Struct):
    """Why a video failed."""

    code: str
    message: str


class VideoObject(msgspec.Struct, kw_only=True):
    """The official object with its 13 keys, always all of them, then what relays add."""

    id: str
    object: str = "video"
    created_at: int
    status: str
    completed_at: int | None
    error: VideoError | None
    expires_at: int | None
    model: str
    progress: int
    prompt: str | None
    remixed_from_video_id: str | None
    seconds: str
    size: str
    task_id: str
    video_url: str | None
    url: str | None
    thumbnail_url: str | None


class VideoList(msgspec.Struct, kw_only=True):
    """A page of videos."""

    object: str = "list"
    data: list[VideoObject]
    first_id: str | None
    last_id: str | None
    has_more: bool


class DeletedVideo(msgspec.Struct, kw_only=True):
    """What is left of a video."""

    id: str
    object: str = "video.deleted"
    deleted: bool = True


class ModelObject(msgspec.Struct, kw_only=True):
    """A model by name."""

    id: str
    object: str = "model"
    created: int = _MODELS_CREATED
    owned_by: str = "matinee"


class ModelList(msgspec.Struct, kw_only=True):
    """Every model."""

    object: str = "list"
    data: list[ModelObject]


def routes(context: DialectContext) -> list[Route]:
    """Every route of the format, the most frequent first."""
    videos = OpenAIVideos(context)
    status = context.endpoint(videos.retrieve, ErrorForm(transient_as_text=True))
    later = context.endpoint(videos.refuse_later)
    return [
        Route("/v1/videos/{id}", status, methods=["GET"]),
        Route("/v1/videos", context.endpoint(videos.create), methods=["POST"]),
        Route("/v1/videos/{id}/content", context.endpoint(videos.content), methods=["GET"]),
        Route("/v1/videos", context.endpoint(videos.list), methods=["GET"]),
        Route("/v1/videos/{id}", context.endpoint(videos.delete), methods=["DELETE"]),
        *(Route(f"/v1/videos/{word}", later, methods=["POST"]) for word in _LATER),
        Route("/v1/videos/characters/{id}", later, methods=["GET"]),
        Route("/v1/videos/{id}/remix", later, methods=["POST"]),
        Route("/v1/videos/{id}/edits", later, methods=["POST"]),
        Route("/v1/models", context.endpoint(videos.models), methods=["GET"]),
        Route("/v1/models/{id:path}", context.endpoint(videos.model), methods=["GET"]),
    ]


class OpenAIVideos:
    """The endpoints."""

    def __init__(self, context: DialectContext) -> None:
        self._context = context
        self._videos = context.videos
        self._defaults = WishDefaults(
            model=context.settings.default_model, size=_DEFAULT_SIZE, seconds=_DEFAULT_SECONDS
        )
        self._poll_after = (b"openai-poll-after-ms", b"%d" % context.settings.poll_after_ms)

    async def create(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Accept a video."""
        video = await self._context.accept(request, account_id, self._defaults)
        return json_reply(self._render(request, video))

    async def retrieve(self, request: Request, account_id: AccountId) -> ASGIApp:
        """The video as it is."""
        video = await self._videos.get(account_id, _id_of(request))
        headers = () if video.job.state.is_final else (self._poll_after,)
        return json_reply(self._render(request, video), headers=headers)

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
        video = await self._videos.delete(account_id, _id_of(request))
        return json_reply(DeletedVideo(id=_spell(video.id)))

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
            name=_spell(video.id) + variant.extension,
            attachment=True,
        )

    async def models(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Every model there is."""
        names = self._videos.routes.by_model
        return json_reply(ModelList(data=[ModelObject(id=name) for name in names]))

    async def model(self, request: Request, account_id: AccountId) -> ASGIApp:
        """One model, by any name that leads to it."""
        name = request.path_params["id"]
        self._videos.routes.find(name)
        return json_reply(ModelObject(id=name))

    async def refuse_later(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Say that a part of the official format is not here yet."""
        raise _not_yet(request)

    def _render(self, request: Request, video: Video) -> VideoObject:
        return render_video(video, self._context.links.base(request.scope))


def render_video(video: Video, base: str) -> VideoObject:
    """The object as the format has it; links begin with `base`."""
    job, spec = video.job, video.spec
    film = film_link(base, video)
    failure = job.failure
    return VideoObject(
        id=_spell(video.id),
        created_at=_unix(video.created_at),
        status=job.state.value,
        completed_at=_unix(job.finished_at) if job.finished_at else None,
        error=VideoError(code=failure.code, message=failure.message) if failure else None,
        expires_at=_unix(video.expires_at) if video.expires_at else None,
        model=spec.model,
        progress=job.progress,
        prompt=spec.prompt,
        remixed_from_video_id=_spell(video.remixed_from) if video.remixed_from else None,
        seconds=str(spec.seconds),
        size=str(spec.size),
        task_id=f"task_{video.id}",
        video_url=film,
        url=film,
        thumbnail_url=file_link(base, video, AssetVariant.THUMBNAIL),
    )


def _id_of(request: Request) -> str:
    """The id in the path. Raises UnsupportedParameter for a word that only stands in its place."""
    spelled: str = request.path_params["id"]
    if spelled in _LATER:
        raise _not_yet(request)
    return spelled


def _not_yet(request: Request) -> UnsupportedParameter:
    return UnsupportedParameter(
        f"{request.method} {request.scope['path']} is not available in this version. "
        "POST /v1/videos makes a film."
    )


def _spell(video_id: VideoId) -> str:
    return f"video_{video_id}"


def _unix(at: datetime) -> int:
    return int(at.timestamp())
