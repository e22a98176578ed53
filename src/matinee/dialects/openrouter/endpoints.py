"""OpenRouter's video API: `/api/v1/videos`, which Open WebUI and the AI SDK's provider speak.

Source: OpenRouter's reference and its SDK. The links in a reply need no key: the AI SDK fetches
them without one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from matinee.core.asset import AssetVariant
from matinee.core.errors import ModelNotFound, UnsupportedParameter
from matinee.core.ids import AccountId
from matinee.core.size import Size
from matinee.core.video import Video
from matinee.core.wish import WishDefaults
from matinee.dialects.openrouter.wire import (
    FIRST_FRAME,
    VideoJob,
    VideoModelList,
    render_job,
    render_model,
)
from matinee.web.body import parse_json
from matinee.web.context import DialectContext
from matinee.web.errors import ErrorForm
from matinee.web.fields import Fields, unsupported
from matinee.web.files import FileReply
from matinee.web.replies import json_reply
from matinee.web.wishes import FILM_FIELDS

_DEFAULT_SIZE = Size(1280, 720)
_DEFAULT_SECONDS = 8
_NEUTRAL_PROMPT = "The picture comes to life: what it shows moves gently, as it would by itself."
"""What an image without words asks for: the AI SDK sends an empty prompt with it."""

_ALIASES = {
    **FILM_FIELDS,
    "input_reference": ("frame_images", "input_references", *FILM_FIELDS["input_reference"]),
    "remix_target_id": ("remix_target_id", "previous_job_id"),
}


def routes(context: DialectContext) -> list[Route]:
    """Every route of the format."""
    openrouter, form = OpenRouter(context), ErrorForm(numbered=True)
    path = "/api/v1/videos"
    return [
        Route(f"{path}/models", context.endpoint(openrouter.models, form), methods=["GET"]),
        Route(f"{path}/{{id}}", context.endpoint(openrouter.poll, form), methods=["GET"]),
        Route(path, context.endpoint(openrouter.create, form), methods=["POST"]),
        Route(
            f"{path}/{{id}}/content", context.endpoint(openrouter.content, form), methods=["GET"]
        ),
    ]


class OpenRouter:
    """The endpoints."""

    def __init__(self, context: DialectContext) -> None:
        self._context = context
        self._videos = context.videos
        self._defaults = WishDefaults(
            model=context.settings.default_model, size=_DEFAULT_SIZE, seconds=_DEFAULT_SECONDS
        )

    async def create(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Accept a video; with 202, which OpenRouter's SDK insists on."""
        video = await self._context.accept(
            request, account_id, self._defaults, exact=False, read=read_fields
        )
        return json_reply(self._render(request, video), status=202)

    async def poll(self, request: Request, account_id: AccountId) -> ASGIApp:
        """The video as it is."""
        video = await self._videos.get(account_id, request.path_params["id"])
        return json_reply(self._render(request, video))

    async def content(self, request: Request, account_id: AccountId) -> ASGIApp:
        """The film. A job makes one, so `index` is 0."""
        index = Fields({}, query=request.query_params).whole("index")
        if index not in (None, 0):
            raise unsupported("index", index, "0, since a job makes one film")
        video = await self._videos.get(account_id, request.path_params["id"])
        return FileReply(
            blobs=self._context.blobs,
            asset=self._videos.asset(video, AssetVariant.VIDEO),
            name=f"task_{video.id}{AssetVariant.VIDEO.extension}",
            attachment=True,
        )

    async def models(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Every model with what it can make."""
        listed = [render_model(route) for route in self._videos.routes.by_model.values()]
        return json_reply(VideoModelList(data=listed))

    def _render(self, request: Request, video: Video) -> VideoJob:
        base = self._context.links.base(request.scope)
        try:
            route = self._videos.routes.find(video.spec.model)
        except ModelNotFound:
            # Taken from the list since; the film is still there.
            route = None
        return render_job(video, base, route)


def read_fields(values: Mapping[str, Any], query: Mapping[str, str]) -> Fields:
    """The fields of a film, those that only OpenRouter has among them.

    Raises UnsupportedParameter for a last frame.
    """
    frames = _check_frames(_parts(values, "frame_images"))
    references = _pick_images(_parts(values, "input_references"))
    read = dict(values) | {"frame_images": frames, "input_references": references}
    if (frames or references) and not str(values.get("prompt") or "").strip():
        read["prompt"] = _NEUTRAL_PROMPT
    return Fields(read, query=query, aliases=_ALIASES)


def _parts(values: Mapping[str, Any], name: str) -> list[Any]:
    """The parts under `name`: a list, one alone, or either as JSON text, as forms hold it."""
    value = values.get(name)
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        value = parse_json(value.encode(), what=f"The text of '{name}'", param=name)
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def _check_frames(frames: list[Any]) -> list[Any]:
    """The first frame. Raises UnsupportedParameter for one at the end of the film."""
    for number, frame in enumerate(frames):
        place = frame.get("frame_type") if isinstance(frame, Mapping) else None
        if place not in (None, "", FIRST_FRAME):
            raise UnsupportedParameter(
                f"A film begins with an image and can't be made to end with one: send "
                f"'{FIRST_FRAME}'.",
                param=f"frame_images[{number}].frame_type",
            )
    return frames


def _pick_images(parts: list[Any]) -> list[Any]:
    """The images among references. Films and sound are passed over, as OpenRouter has it."""
    return [
        part
        for part in parts
        if not isinstance(part, Mapping) or part.get("type") in (None, "", "image_url")
    ]
