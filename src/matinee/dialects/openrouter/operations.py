"""What OpenRouter's video API takes and gives, for the reference."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from matinee.core.errors import InvalidRequest, VideoExpired, VideoNotFound, VideoNotReady
from matinee.dialects.openrouter.wire import FIRST_FRAME, VideoJob, VideoModelList
from matinee.web.errors import ErrorForm
from matinee.web.files import FILE_REPLIES, RANGE
from matinee.web.film_fields import REQUEST_KEY, WISH_ERRORS, FilmWish, ImageText, ImageUrl
from matinee.web.operations import (
    Chapter,
    Link,
    Operation,
    Parameter,
    ReplyKind,
    RequestBody,
    shell,
)

_DESCRIPTION = """\
The video API of OpenRouter, which Open WebUI and the AI SDK's provider speak. Without size and \
length a film is 1280x720 and 8 seconds long. Models may be named with their maker, such as \
`openai/sora-2`."""

_FORM = ErrorForm(numbered=True)


class FramePart(msgspec.Struct, kw_only=True):
    """The image with which the film begins."""

    type: Literal["image_url"]
    image_url: ImageText | ImageUrl
    frame_type: Annotated[
        Literal["first_frame"] | None, Meta(description="A film can't be made to end with one.")
    ] = None


class ReferencePart(msgspec.Struct, kw_only=True):
    """An image that guides the film. Parts of other types are passed over."""

    type: Literal["image_url"]
    image_url: ImageText | ImageUrl


class CreateVideoJob(FilmWish, kw_only=True):
    """A film in OpenRouter's words. An image may stand without a prompt."""

    frame_images: Annotated[
        list[FramePart] | None, Meta(description="The image with which it begins.")
    ] = None
    input_references: Annotated[
        list[ReferencePart] | None, Meta(description="Images that guide it.")
    ] = None
    previous_job_id: Annotated[
        str | None, Meta(description="The film that it is a remix of, by its id.")
    ] = None


_ID = Parameter(
    name="id",
    place="path",
    description="The job's id: that of its film, in any spelling.",
    example="task_01kav3m5n70000000000000001",
)

CHAPTER = Chapter(
    title="OpenRouter videos",
    description=_DESCRIPTION,
    operations=(
        Operation(
            method="POST",
            path="/api/v1/videos",
            operation_id="createVideoJob",
            summary="Create a video job",
            description="Accepts the film and replies at once; poll it until it is `completed`.",
            parameters=(REQUEST_KEY,),
            body=RequestBody(json=CreateVideoJob),
            replies=(
                ReplyKind(
                    status=202,
                    description="The job, accepted.",
                    kind=VideoJob,
                    links=(
                        Link(operation_id="getVideoJob", parameters={"id": "$response.body#/id"}),
                        Link(
                            operation_id="getVideoJobContent",
                            parameters={"id": "$response.body#/id"},
                        ),
                    ),
                ),
            ),
            errors=WISH_ERRORS,
            error_form=_FORM,
            examples=(
                shell(
                    "/api/v1/videos",
                    '-H "Content-Type: application/json"',
                    '-d \'{"model": "openai/sora-2", "prompt": "A paper boat in the rain."}\'',
                ),
            ),
        ),
        Operation(
            method="GET",
            path="/api/v1/videos/{id}",
            operation_id="getVideoJob",
            summary="Get a video job",
            description="How far it is, and the film's links at the end.",
            parameters=(_ID,),
            replies=(ReplyKind(description="The job as it is.", kind=VideoJob),),
            errors=(VideoNotFound,),
            error_form=_FORM,
            examples=(shell("/api/v1/videos/VIDEO_ID"),),
        ),
        Operation(
            method="GET",
            path="/api/v1/videos/{id}/content",
            operation_id="getVideoJobContent",
            summary="Download a job's film",
            description="The film of a completed job.",
            parameters=(
                _ID,
                Parameter(
                    name="index",
                    description="Which film; a job makes one.",
                    kind=Annotated[int, Meta(ge=0, le=0)],
                ),
                RANGE,
            ),
            replies=FILE_REPLIES,
            errors=(InvalidRequest, VideoNotFound, VideoNotReady, VideoExpired),
            error_form=_FORM,
            examples=(shell("/api/v1/videos/VIDEO_ID/content", "-o film.mp4"),),
        ),
        Operation(
            method="GET",
            path="/api/v1/videos/models",
            operation_id="listVideoModels",
            summary="List models with what they can make",
            description="Every model of this server, in OpenRouter's words.",
            replies=(ReplyKind(description="The models.", kind=VideoModelList),),
            error_form=_FORM,
            examples=(shell("/api/v1/videos/models"),),
        ),
    ),
    notes={
        "VideoJob": {
            "id": "`task_` and a ULID.",
            "polling_url": "Where to ask again.",
            "progress": "A percentage that never falls.",
            "unsigned_urls": "Links to the film that need no key.",
            "urls": "The same links.",
            "usage": "What the film costs.",
            "error": "Why it failed.",
        },
        "JobUsage": {"cost": "In US dollars, at today's prices."},
        "VideoModel": {
            "supported_frame_images": f"`{FIRST_FRAME}` if it takes images.",
            "generate_audio": "Whether its films have sound.",
            "pricing_skus": "What a second costs in US dollars, by size.",
        },
    },
)
