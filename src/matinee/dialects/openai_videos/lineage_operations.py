"""What remix, edits and extensions take and give, for the reference."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from matinee.dialects.openai_videos.wire import VideoObject
from matinee.web.film_fields import (
    REQUEST_KEY,
    WISH_ERRORS,
    ExactFilmWish,
    ExactFilmWishForm,
)
from matinee.web.operations import Link, Operation, Parameter, ReplyKind, RequestBody, shell
from matinee.web.schemas import AddedSeconds, FileBytes

VIDEO_ID = Parameter(
    name="id",
    place="path",
    description="The video's id, in any spelling: `video_…`, `task_…` or `MODEL:task_…`.",
    example="video_01kav3m5n70000000000000001",
)
CREATED = ReplyKind(
    description="The video, accepted.",
    kind=VideoObject,
    links=(
        Link(operation_id="getVideo", parameters={"id": "$response.body#/id"}),
        Link(operation_id="getVideoContent", parameters={"id": "$response.body#/id"}),
        Link(operation_id="watchVideo", parameters={"id": "$response.body#/id"}),
        Link(operation_id="cancelVideo", parameters={"id": "$response.body#/id"}),
        Link(operation_id="remixVideo", parameters={"id": "$response.body#/id"}),
        Link(operation_id="deleteVideo", parameters={"id": "$response.body#/id"}),
    ),
)

_AT_NIGHT = '"prompt": "The same at night, in the rain."'
_UNDER_A_BRIDGE = '"prompt": "The boat passes under a bridge.", "seconds": "8"'
_SourceFile = Annotated[
    FileBytes, Meta(description="A film, or the text `video[id]` with the id of one of yours.")
]


class VideoReference(msgspec.Struct, kw_only=True):
    """A film of yours by its `id`; or any film by `file_id`, `url` or `video_url`."""

    id: Annotated[str, Meta(min_length=1, pattern=r"\S", description="The video's id.")]


_Source = Annotated[
    VideoReference, Meta(description="The film it comes out of. An id or a URL may stand bare.")
]


class RemixVideo(ExactFilmWish, kw_only=True):
    """What is to be different. Size and length stay as they are unless told."""


class RemixVideoForm(ExactFilmWishForm, kw_only=True):
    """The same as a form."""


class EditVideo(ExactFilmWish, kw_only=True):
    """Which film, and what is to be different."""

    video: _Source


class EditVideoForm(ExactFilmWishForm, kw_only=True):
    """The same as a form."""

    video: _SourceFile


class ExtendVideo(ExactFilmWish, kw_only=True):
    """Which film, and how it goes on. `seconds` is the length of the new part."""

    video: _Source
    seconds: Annotated[AddedSeconds, Meta(description="How long the new part is.")]


class ExtendVideoForm(ExactFilmWishForm, kw_only=True):
    """The same as a form."""

    video: _SourceFile
    seconds: Annotated[AddedSeconds, Meta(description="How long the new part is.")]


class ExtendThisVideo(ExactFilmWish, kw_only=True):
    """How the film goes on. `seconds` is the length of the new part."""

    seconds: Annotated[AddedSeconds, Meta(description="How long the new part is.")]


class ExtendThisVideoForm(ExactFilmWishForm, kw_only=True):
    """The same as a form."""

    seconds: Annotated[AddedSeconds, Meta(description="How long the new part is.")]


def _behind_an_id(
    word: str, names: tuple[str, str], body: RequestBody, description: str, wish: str = _AT_NIGHT
) -> Operation:
    operation_id, summary = names
    return Operation(
        method="POST",
        path=f"/v1/videos/{{id}}/{word}",
        operation_id=operation_id,
        summary=summary,
        description=description,
        parameters=(VIDEO_ID, REQUEST_KEY),
        body=body,
        replies=(CREATED,),
        errors=WISH_ERRORS,
        examples=(
            shell(
                f"/v1/videos/VIDEO_ID/{word}",
                '-H "Content-Type: application/json"',
                f"-d '{{{wish}}}'",
            ),
        ),
    )


def _by_body(word: str, operation_id: str, summary: str, body: RequestBody, wish: str) -> Operation:
    return Operation(
        method="POST",
        path=f"/v1/videos/{word}",
        operation_id=operation_id,
        summary=summary,
        description="The film may also be uploaded, as the file `video` of a form.",
        parameters=(REQUEST_KEY,),
        body=body,
        replies=(CREATED,),
        errors=WISH_ERRORS,
        examples=(
            shell(
                f"/v1/videos/{word}",
                '-H "Content-Type: application/json"',
                f'-d \'{{"video": {{"id": "VIDEO_ID"}}, {wish}}}\'',
            ),
        ),
    )


LINEAGE = (
    _behind_an_id(
        "remix",
        ("remixVideo", "Remix a video"),
        RequestBody(json=RemixVideo, form=RemixVideoForm),
        "A new video of the same shots, changed by the new prompt.",
    ),
    _by_body(
        "edits",
        "editVideo",
        "Edit a video",
        RequestBody(json=EditVideo, form=EditVideoForm),
        '"prompt": "Make the light golden."',
    ),
    _behind_an_id(
        "edits",
        ("editThisVideo", "Edit a video by path"),
        RequestBody(json=RemixVideo, form=RemixVideoForm),
        "The same with the id in the path, as older texts have it.",
    ),
    _by_body(
        "extensions",
        "extendVideo",
        "Extend a video",
        RequestBody(json=ExtendVideo, form=ExtendVideoForm),
        _UNDER_A_BRIDGE,
    ),
    _behind_an_id(
        "extensions",
        ("extendThisVideo", "Extend a video by path"),
        RequestBody(json=ExtendThisVideo, form=ExtendThisVideoForm),
        "The same with the id in the path.",
        _UNDER_A_BRIDGE,
    ),
)
