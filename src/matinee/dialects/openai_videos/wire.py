"""The format's JSON, as structs, and videos in its words.

Source: the published OpenAPI description; what follows the 13 official keys is what relays add.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from matinee.core.asset import AssetVariant
from matinee.core.ids import VideoId
from matinee.core.job import JobState
from matinee.core.video import Video
from matinee.web.links import file_link, film_link


class VideoError(msgspec.Struct):
    """Why a video failed."""

    code: str
    message: str


class VideoObject(msgspec.Struct, kw_only=True):
    """The official object with its 13 keys, always all of them, then what relays add."""

    id: str
    object: Literal["video"] = "video"
    created_at: int
    status: JobState
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

    object: Literal["list"] = "list"
    data: list[VideoObject]
    first_id: str | None
    last_id: str | None
    has_more: bool


class DeletedVideo(msgspec.Struct, kw_only=True):
    """What is left of a video."""

    id: str
    object: Literal["video.deleted"] = "video.deleted"
    deleted: bool = True


def render_video(video: Video, base: str) -> VideoObject:
    """The object as the format has it; links begin with `base`."""
    job, spec = video.job, video.spec
    film = film_link(base, video)
    failure = job.failure
    return VideoObject(
        id=spell_id(video.id),
        created_at=_unix(video.created_at),
        status=job.state,
        completed_at=_unix(job.finished_at) if job.finished_at else None,
        error=VideoError(code=failure.code, message=failure.message) if failure else None,
        expires_at=_unix(video.expires_at) if video.expires_at else None,
        model=spec.model,
        progress=job.progress,
        prompt=spec.prompt,
        remixed_from_video_id=spell_id(video.remixed_from) if video.remixed_from else None,
        seconds=str(spec.seconds),
        size=str(spec.size),
        task_id=f"task_{video.id}",
        video_url=film,
        url=film,
        thumbnail_url=file_link(base, video, AssetVariant.THUMBNAIL),
    )


def spell_id(video_id: VideoId) -> str:
    return f"video_{video_id}"


def _unix(at: datetime) -> int:
    return int(at.timestamp())
