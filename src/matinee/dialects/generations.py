"""`/v1/video/generations`, as the clients of new-api gateways send and read it.

Source: new-api's video structs for the flat reply, its task record for the wrapped one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from matinee.core.errors import InvalidRequest, UnsupportedParameter, VideoNotFound
from matinee.core.ids import AccountId
from matinee.core.job import Failure, JobState
from matinee.core.size import Size
from matinee.core.video import Video
from matinee.core.wish import WishDefaults
from matinee.web.body import parse_json
from matinee.web.context import DialectContext
from matinee.web.errors import ErrorForm, failure_status
from matinee.web.fields import Fields, mistyped, unsupported
from matinee.web.film_fields import REQUEST_KEY, WISH_ERRORS, FilmWish, FilmWishForm
from matinee.web.links import film_link
from matinee.web.operations import (
    Chapter,
    Link,
    Operation,
    Parameter,
    ReplyKind,
    RequestBody,
    shell,
)
from matinee.web.outcomes import why_lost
from matinee.web.replies import json_reply
from matinee.web.schemas import Flag
from matinee.web.wishes import FILM_FIELDS

_DEFAULT_SIZE = Size(720, 1280)
_DEFAULT_SECONDS = 10

TaskWord = Literal["NOT_START", "QUEUED", "IN_PROGRESS", "SUCCESS", "FAILURE"]

_WORDS: dict[JobState, TaskWord] = {
    JobState.QUEUED: "QUEUED",
    JobState.IN_PROGRESS: "IN_PROGRESS",
    JobState.COMPLETED: "SUCCESS",
    JobState.FAILED: "FAILURE",
}


class GenerationError(msgspec.Struct):
    """Why a film failed; the code is a number there."""

    code: int
    message: str


class GenerationFacts(msgspec.Struct, kw_only=True):
    """What the film is, or will be."""

    duration: float
    fps: int
    width: int
    height: int
    seed: int


class Generation(msgspec.Struct, kw_only=True):
    """The flat reply to create and to query."""

    task_id: str
    id: str
    object: Literal["video.generation"] = "video.generation"
    model: str
    status: Literal["processing", "succeeded", "failed"]
    progress: int
    created: int
    format: Literal["mp4"] = "mp4"
    metadata: GenerationFacts
    url: str | UnsetType = UNSET
    video_url: str | None
    error: GenerationError | UnsetType = UNSET
    fail_reason: str | UnsetType = UNSET


class GenerationRecord(msgspec.Struct, kw_only=True):
    """A task as new-api keeps it. Times are Unix seconds, 0 for what has not been."""

    task_id: str
    action: Literal["generate"] = "generate"
    status: TaskWord
    progress: str
    fail_reason: str
    submit_time: int
    start_time: int
    finish_time: int
    result_url: str | UnsetType = UNSET
    data: Generation


class WrappedGeneration(msgspec.Struct, kw_only=True):
    """The same in new-api's wrapping."""

    code: Literal["success"] = "success"
    message: str = ""
    data: GenerationRecord


class CreateGeneration(FilmWish, kw_only=True):
    """A film for new-api. Without size and length it is 720x1280 and 10 seconds long."""

    n: Annotated[Literal[0, 1, "0", "1"] | None, Meta(description="One task makes one film.")] = (
        None
    )
    response_format: Annotated[
        Literal["url"] | None, Meta(description="Films are handed out by their URL.")
    ] = None
    metadata: Annotated[
        dict[str, Any] | None, Meta(description="Any field of a film may stand in it.")
    ] = None


class CreateGenerationForm(FilmWishForm, kw_only=True):
    """The same as a form."""


_QUERY_FORM = ErrorForm(copies=True, transient_as_text=True)
_WRAPPED = Parameter(
    name="wrapped",
    description="Whether the reply comes in new-api's wrapping; else as the operator set it.",
    kind=Flag,
)
_REPLY_KIND = (Generation, WrappedGeneration)
CHAPTER = Chapter(
    title="new-api video",
    description="The format of new-api gateways and of their clients, flat or wrapped.",
    operations=(
        Operation(
            method="POST",
            path="/v1/video/generations",
            operation_id="createGeneration",
            summary="Create a generation",
            description="Accepts the film and replies at once.",
            parameters=(_WRAPPED, REQUEST_KEY),
            body=RequestBody(json=CreateGeneration, form=CreateGenerationForm),
            replies=(
                ReplyKind(
                    description="It is accepted.",
                    kind=_REPLY_KIND,
                    links=(
                        Link(
                            operation_id="getGeneration",
                            parameters={"id": "$response.body#/task_id"},
                        ),
                    ),
                ),
            ),
            errors=WISH_ERRORS,
            error_form=ErrorForm(copies=True),
            examples=(
                shell(
                    "/v1/video/generations",
                    '-H "Content-Type: application/json"',
                    '-d \'{"model": "sora-2", "prompt": "A paper boat in the rain."}\'',
                ),
            ),
        ),
        Operation(
            method="GET",
            path="/v1/video/generations/{id}",
            operation_id="getGeneration",
            summary="Get a generation",
            description="How far the film is, and its link at the end.",
            parameters=(
                Parameter(
                    name="id",
                    place="path",
                    description="The film's id, in any spelling.",
                    example="task_01kav3m5n70000000000000001",
                ),
                _WRAPPED,
            ),
            replies=(ReplyKind(description="The film as it is.", kind=_REPLY_KIND),),
            errors=(InvalidRequest, VideoNotFound),
            error_form=_QUERY_FORM,
            examples=(shell("/v1/video/generations/VIDEO_ID"),),
        ),
    ),
    notes={
        "Generation": {
            "progress": "A percentage that never falls.",
            "created": "When it was accepted, in Unix seconds.",
            "url": "A link to the film that needs no key, once it is there.",
            "video_url": "The same link, or null.",
            "error": "Why it failed; its code is a number.",
        },
        "GenerationRecord": {
            "progress": "A percentage with its sign, such as `36%`.",
            "submit_time": "When it was accepted, in Unix seconds.",
            "start_time": "When the work began, or 0.",
            "finish_time": "When it ended, or 0.",
            "result_url": "A link to the film that needs no key, once it is there.",
        },
    },
)


def routes(context: DialectContext) -> list[Route]:
    """Both routes of the format."""
    generations = Generations(context)
    path = "/v1/video/generations"
    return [
        Route(
            f"{path}/{{id}}",
            context.endpoint(generations.query, _QUERY_FORM),
            methods=["GET"],
        ),
        Route(path, context.endpoint(generations.create, ErrorForm(copies=True)), methods=["POST"]),
    ]


class Generations:
    """The endpoints."""

    def __init__(self, context: DialectContext) -> None:
        self._context = context
        self._defaults = WishDefaults(
            model=context.settings.default_model, size=_DEFAULT_SIZE, seconds=_DEFAULT_SECONDS
        )

    async def create(self, request: Request, account_id: AccountId) -> ASGIApp:
        """Accept a video."""
        is_wrapped = self._is_wrapped(request)
        video = await self._context.accept(
            request, account_id, self._defaults, exact=False, read=read_fields
        )
        return self._reply(request, video, is_wrapped=is_wrapped)

    async def query(self, request: Request, account_id: AccountId) -> ASGIApp:
        """The video as it is."""
        is_wrapped = self._is_wrapped(request)
        video = await self._context.videos.get(account_id, request.path_params["id"])
        return self._reply(request, video, is_wrapped=is_wrapped)

    def _is_wrapped(self, request: Request) -> bool:
        """Whether the client wants new-api's wrapping: as it asks, or as the operator set it."""
        asked = Fields({}, query=request.query_params).flag("wrapped")
        return self._context.settings.wrap_generations if asked is None else asked

    def _reply(self, request: Request, video: Video, *, is_wrapped: bool) -> ASGIApp:
        generation = render_generation(video, self._context.links.base(request.scope))
        return json_reply(_wrap(video, generation) if is_wrapped else generation)


def read_fields(values: Mapping[str, Any], query: Mapping[str, str]) -> Fields:
    """The fields of a film. What the format has no field for stands in `metadata`.

    Raises an InvalidRequest for more than one film at once, and for a reply that is a film.
    """
    fields = Fields(values, query=query, metadata=_parse_metadata(values), aliases=FILM_FIELDS)
    count = fields.whole("n")
    if count not in (None, 0, 1):
        raise unsupported("n", count, "1, since one task makes one film")
    if fields.value("response_format") == "b64_json":
        raise UnsupportedParameter(
            "Films are handed out by their URL: leave 'response_format' out or send 'url'.",
            param="response_format",
        )
    return fields


def render_generation(video: Video, base: str) -> Generation:
    """The flat reply; links begin with `base`. A film whose files are gone has failed."""
    spec, film, lost = video.spec, film_link(base, video), why_lost(video)
    return Generation(
        task_id=f"task_{video.id}",
        id=f"task_{video.id}",
        model=spec.model,
        status="failed" if lost else "succeeded" if film else "processing",
        progress=video.job.progress,
        created=int(video.created_at.timestamp()),
        metadata=GenerationFacts(
            duration=spec.seconds,
            fps=spec.fps,
            width=spec.size.width_px,
            height=spec.size.height_px,
            seed=spec.seed,
        ),
        url=film or UNSET,
        video_url=film,
        error=_render_error(lost) if lost else UNSET,
        fail_reason=lost.message if lost else UNSET,
    )


def _wrap(video: Video, generation: Generation) -> WrappedGeneration:
    job, lost = video.job, why_lost(video)
    return WrappedGeneration(
        data=GenerationRecord(
            task_id=generation.task_id,
            status="FAILURE" if lost else _WORDS[job.state],
            progress=f"{job.progress}%",
            fail_reason=lost.message if lost else "",
            submit_time=_unix(video.created_at),
            start_time=_unix(job.started_at),
            finish_time=_unix(job.finished_at),
            result_url=generation.url,
            data=generation,
        )
    )


def _render_error(failure: Failure) -> GenerationError:
    return GenerationError(code=failure_status(failure), message=failure.message)


def _parse_metadata(values: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = values.get("metadata")
    if isinstance(metadata, str) and metadata.strip():
        metadata = parse_json(metadata.encode(), what="The text of 'metadata'", param="metadata")
    if not metadata:
        return {}
    if not isinstance(metadata, Mapping):
        raise mistyped("metadata", "an object", metadata)
    return metadata


def _unix(at: datetime | None) -> int:
    return int(at.timestamp()) if at else 0
