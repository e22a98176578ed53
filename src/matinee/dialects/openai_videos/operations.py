"""What the OpenAI videos format takes and gives, for the reference."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from matinee.core.asset import AssetVariant
from matinee.core.errors import (
    InvalidRequest,
    ModelNotFound,
    VideoExpired,
    VideoNotFound,
    VideoNotReady,
)
from matinee.dialects.openai_videos.character_operations import CHARACTER_NOTES, CHARACTERS
from matinee.dialects.openai_videos.event_operations import CANCEL, EVENT_NOTES, WATCHING
from matinee.dialects.openai_videos.lineage_operations import CREATED, LINEAGE, VIDEO_ID
from matinee.dialects.openai_videos.models import ModelList, ModelObject
from matinee.dialects.openai_videos.wire import (
    DeletedVideo,
    VideoList,
    VideoObject,
)
from matinee.web.errors import ErrorForm
from matinee.web.files import FILE_REPLIES, RANGE
from matinee.web.film_fields import REQUEST_KEY, WISH_ERRORS, ExactFilmWish, ExactFilmWishForm
from matinee.web.operations import (
    EXAMPLE_BASE,
    Chapter,
    Example,
    Operation,
    Parameter,
    ReplyKind,
    RequestBody,
    shell,
)

_DESCRIPTION = """\
The format of OpenAI's SDKs. Give them `base_url` `/v1` of this server and any key, and they work \
as they are. A video is created, polled until it is `completed`, and downloaded."""


class CreateVideo(ExactFilmWish, kw_only=True):
    """A film in OpenAI's words. Without size and seconds it is 720x1280 and 4 seconds long."""


class CreateVideoForm(ExactFilmWishForm, kw_only=True):
    """A film in OpenAI's words, as a form."""


_CREATE_PYTHON = f"""\
from openai import OpenAI

client = OpenAI(base_url="{EXAMPLE_BASE}/v1", api_key="any")
video = client.videos.create_and_poll(
    prompt="A calico cat plays the piano on a small stage.",
    size="1280x720",
    seconds="8",
)
client.videos.download_content(video.id).write_to_file("film.mp4")"""

_CREATE = Operation(
    method="POST",
    path="/v1/videos",
    operation_id="createVideo",
    summary="Create a video",
    description="Accepts the video and replies at once; poll it until it is `completed`.",
    parameters=(REQUEST_KEY,),
    body=RequestBody(json=CreateVideo, form=CreateVideoForm),
    replies=(CREATED,),
    errors=WISH_ERRORS,
    examples=(
        shell(
            "/v1/videos",
            '-F prompt="A calico cat plays the piano on a small stage."',
            "-F size=1280x720",
            "-F seconds=8",
        ),
        Example(language="Python", source=_CREATE_PYTHON),
    ),
)
_RETRIEVE = Operation(
    method="GET",
    path="/v1/videos/{id}",
    operation_id="getVideo",
    summary="Get a video",
    description="How far the video is. What will pass is answered as text, never as JSON.",
    parameters=(
        VIDEO_ID,
        Parameter(
            name="wait",
            description="Answer when the video is over, or after so many seconds as it is then.",
            kind=Annotated[int, Meta(ge=1, le=60)],
        ),
    ),
    replies=(
        ReplyKind(
            description="The video as it is.",
            kind=VideoObject,
            headers={"openai-poll-after-ms": "When to ask again; the SDKs obey it."},
        ),
    ),
    errors=(InvalidRequest, VideoNotFound),
    error_form=ErrorForm(transient_as_text=True),
    examples=(shell("/v1/videos/VIDEO_ID"),),
)
_LIST = Operation(
    method="GET",
    path="/v1/videos",
    operation_id="listVideos",
    summary="List videos",
    description="The account's videos, page by page.",
    parameters=(
        Parameter(
            name="limit",
            description="How many, 20 unless told.",
            kind=Annotated[int, Meta(ge=0, le=100)],
        ),
        Parameter(
            name="order",
            description="`desc`, the newest first, unless told.",
            kind=Literal["asc", "desc"],
        ),
        Parameter(name="after", description="The last id of the page before."),
    ),
    replies=(ReplyKind(description="A page of videos.", kind=VideoList),),
    errors=(InvalidRequest, VideoNotFound),
    examples=(shell("/v1/videos?limit=5"),),
)
_DELETE = Operation(
    method="DELETE",
    path="/v1/videos/{id}",
    operation_id="deleteVideo",
    summary="Delete a video",
    description="Removes the video and its files. One that is being made is cancelled by it.",
    parameters=(VIDEO_ID,),
    replies=(ReplyKind(description="It is gone.", kind=DeletedVideo),),
    errors=(VideoNotFound,),
    examples=(shell("/v1/videos/VIDEO_ID", "-X DELETE"),),
)
_CONTENT = Operation(
    method="GET",
    path="/v1/videos/{id}/content",
    operation_id="getVideoContent",
    summary="Download a video",
    description="A file of a completed video: the film, its thumbnail or its spritesheet.",
    parameters=(
        VIDEO_ID,
        Parameter(
            name="variant", description="Which file; the film unless told.", kind=AssetVariant
        ),
        RANGE,
    ),
    replies=FILE_REPLIES,
    errors=(InvalidRequest, VideoNotFound, VideoNotReady, VideoExpired),
    examples=(shell("/v1/videos/VIDEO_ID/content", "-o film.mp4"),),
)
_MODELS = Operation(
    method="GET",
    path="/v1/models",
    operation_id="listModels",
    summary="List models",
    description="Every model of this server.",
    replies=(ReplyKind(description="The models.", kind=ModelList),),
    examples=(shell("/v1/models"),),
)
_MODEL = Operation(
    method="GET",
    path="/v1/models/{id:path}",
    operation_id="getModel",
    summary="Get a model",
    description="One model, by any name that leads to it.",
    parameters=(
        Parameter(name="id", place="path", description="The model's name.", example="sora-2"),
    ),
    replies=(ReplyKind(description="The model.", kind=ModelObject),),
    errors=(ModelNotFound,),
)

CHAPTER = Chapter(
    title="OpenAI videos",
    description=_DESCRIPTION,
    operations=(
        *(_CREATE, _RETRIEVE, *WATCHING, _LIST, CANCEL, _DELETE, _CONTENT),
        *LINEAGE,
        *CHARACTERS,
        *(_MODELS, _MODEL),
    ),
    notes={
        "VideoObject": {
            "id": "`video_` and a ULID.",
            "created_at": "When it was accepted, in Unix seconds.",
            "completed_at": "When it ended, in Unix seconds.",
            "expires_at": "When its files are removed, in Unix seconds.",
            "error": "Why it failed.",
            "progress": "A percentage that never falls; 100 only when the film can be fetched.",
            "seconds": "Its length as text, which is OpenAI's way.",
            "remixed_from_video_id": "The video it was made from.",
            "task_id": "The same id as relays spell it.",
            "video_url": "A link to the film that needs no key.",
            "url": "The same link.",
            "thumbnail_url": "A link to a still picture that needs no key.",
        },
        **CHARACTER_NOTES,
        **EVENT_NOTES,
        "ModelObject": {
            "root": "The model that the name means; its id unless the name has parts.",
            "preset": "What the parts of the name say, for requests that are silent about it.",
            "capabilities": "What it can make; requests are checked against these values.",
        },
        "ModelCapabilities": {
            "inputs": "Some of `text`, `image`, `film`, `characters` and `storyboard`.",
            "relations": "How it makes a film out of another one.",
            "pricing": "What a second costs; null if it is free.",
        },
        "ModelLimits": {"extended_seconds": "The longest film that extensions may lead to."},
        "ModelPricing": {"per_second": "By size class or exact size; the exact size counts."},
        "VideoList": {"has_more": "Whether there is another page."},
    },
)
