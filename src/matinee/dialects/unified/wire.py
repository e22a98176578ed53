"""The format's JSON, as structs, and videos in its words.

The reply carries what the vendor's example shows and what its schema requires, together.
"""

from __future__ import annotations

import re
from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType

from matinee.core.asset import AssetVariant
from matinee.core.job import Job, JobState
from matinee.core.video import Video, VideoSpec
from matinee.core.wish import Orientation, SizeClass
from matinee.web.links import file_link, film_link

_LARGE_SHORT_SIDE_PX = 1000
_STATUSES = {
    JobState.QUEUED: "pending",
    JobState.IN_PROGRESS: "processing",
    JobState.COMPLETED: "completed",
    JobState.FAILED: "failed",
}
"""The only words that every client of the format understands."""

_UNSPEAKABLE = re.compile(r"[^A-Za-z0-9._-]")
"""What a model's name may hold and an id in a path had better not."""


class Usage(msgspec.Struct):
    """Required by the format's schema; a film is not made of tokens."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


class TaskError(msgspec.Struct):
    """Why a film failed."""

    message: str
    code: str


class PendingInfo(msgspec.Struct, omit_defaults=True):
    """How far the work is, 0 to 1, or why it ended."""

    progress_pct: float | UnsetType = UNSET
    failure_reason: str | UnsetType = UNSET


class TaskInput(msgspec.Struct):
    """What the film was asked to be, as it was understood."""

    model: str
    prompt: str
    orientation: str
    size: str


class TaskDetail(msgspec.Struct, kw_only=True):
    """The same facts once more, where other clients look for them."""

    id: str
    status: str
    input: TaskInput
    url: str | UnsetType = UNSET
    pending_info: PendingInfo | UnsetType = UNSET


class UnifiedTask(msgspec.Struct, kw_only=True):
    """The reply to create and to query. `error` and its kin are there only after a failure."""

    id: str
    task_id: str
    object: str = "video"
    model: str
    status: str
    progress: int
    created: int
    status_update_time: int
    enhanced_prompt: str
    width: int
    height: int
    duration: int
    seed: int
    video_url: str | None
    choices: tuple[()] = ()
    usage: Usage
    detail: TaskDetail
    url: str | UnsetType = UNSET
    thumbnail_url: str | UnsetType = UNSET
    expires_at: int | UnsetType = UNSET
    error: TaskError | UnsetType = UNSET
    error_message: str | UnsetType = UNSET
    fail_reason: str | UnsetType = UNSET


def render_task(video: Video, base: str) -> UnifiedTask:
    """The reply as the format has it; links begin with `base`."""
    spec, job = video.spec, video.job
    film = film_link(base, video)
    failure = job.failure
    return UnifiedTask(
        id=f"{_UNSPEAKABLE.sub('-', spec.model)}:task_{video.id}",
        task_id=f"task_{video.id}",
        model=spec.model,
        status=_STATUSES[job.state],
        progress=job.progress,
        created=int(video.created_at.timestamp()),
        status_update_time=_unix_ms(job.finished_at or job.started_at or video.created_at),
        enhanced_prompt=spec.prompt,
        width=spec.size.width_px,
        height=spec.size.height_px,
        duration=spec.seconds,
        seed=spec.seed,
        video_url=film,
        usage=Usage(),
        detail=_render_detail(video, film),
        url=film or UNSET,
        thumbnail_url=file_link(base, video, AssetVariant.THUMBNAIL) or UNSET,
        expires_at=int(video.expires_at.timestamp()) if video.expires_at else UNSET,
        error=TaskError(message=failure.message, code=failure.code) if failure else UNSET,
        error_message=failure.message if failure else UNSET,
        fail_reason=failure.message if failure else UNSET,
    )


def _render_detail(video: Video, film: str | None) -> TaskDetail:
    return TaskDetail(
        id=f"task_{video.id}",
        status=_STATUSES[video.job.state],
        input=_render_input(video.spec),
        url=film or UNSET,
        pending_info=_render_pending(video.job),
    )


def _render_pending(job: Job) -> PendingInfo | UnsetType:
    if job.state is JobState.COMPLETED:
        return UNSET
    if job.failure is not None:
        return PendingInfo(failure_reason=job.failure.message)
    return PendingInfo(progress_pct=job.progress / 100)


def _render_input(spec: VideoSpec) -> TaskInput:
    short_side_px = min(spec.size.width_px, spec.size.height_px)
    size = SizeClass.LARGE if short_side_px >= _LARGE_SHORT_SIDE_PX else SizeClass.SMALL
    stands = Orientation.PORTRAIT if spec.size.is_portrait else Orientation.LANDSCAPE
    return TaskInput(
        model=spec.model, prompt=spec.prompt, orientation=stands.value, size=size.value
    )


def _unix_ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
