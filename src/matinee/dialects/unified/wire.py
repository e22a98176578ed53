"""The format's JSON, as structs, and videos in its words.

The reply carries what the vendor's example shows and what its schema requires, together.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from matinee.core.asset import AssetVariant
from matinee.core.errors import ModerationBlocked
from matinee.core.job import Job, JobState
from matinee.core.video import Video, VideoSpec
from matinee.core.webhook import Delivery, EventType
from matinee.services.videos import Outlook
from matinee.web.links import file_link, film_link

Status = Literal["pending", "processing", "completed", "failed"]
"""The only words that every client of the format understands."""

_LARGE_SHORT_SIDE_PX = 1000
_STATUSES: dict[JobState, Status] = {
    JobState.QUEUED: "pending",
    JobState.IN_PROGRESS: "processing",
    JobState.COMPLETED: "completed",
    JobState.FAILED: "failed",
}
_ENDS: dict[EventType, Status] = {
    EventType.VIDEO_COMPLETED: "completed",
    EventType.VIDEO_FAILED: "failed",
}

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


class ModerationResult(msgspec.Struct):
    """What moderation refused."""

    code: str
    type: Literal["blocked"] = "blocked"


class PendingInfo(msgspec.Struct, omit_defaults=True):
    """How far the work is, 0 to 1, and what is to be expected, or why it ended."""

    progress_pct: float | UnsetType = UNSET
    progress_pos_in_queue: int | UnsetType = UNSET
    estimated_queue_wait_time: int | UnsetType = UNSET
    failure_reason: str | UnsetType = UNSET
    moderation_result: ModerationResult | UnsetType = UNSET


class TaskInput(msgspec.Struct, kw_only=True):
    """What the film was asked to be, as it was understood; `watermark` only if it was named."""

    model: str
    prompt: str
    orientation: Literal["portrait", "landscape"]
    size: Literal["small", "large"]
    duration: int
    private: bool
    watermark: bool | UnsetType = UNSET
    style: str | UnsetType = UNSET


class TaskDetail(msgspec.Struct, kw_only=True):
    """The same facts once more, where other clients look for them."""

    id: str
    status: Status
    input: TaskInput
    url: str | UnsetType = UNSET
    pending_info: PendingInfo | UnsetType = UNSET


class UnifiedTask(msgspec.Struct, kw_only=True):
    """The reply to create and to query. `error` and its kin are there only after a failure."""

    id: str
    task_id: str
    object: Literal["video"] = "video"
    model: str
    status: Status
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


class DeletedTask(msgspec.Struct, kw_only=True):
    """What a callback tells of a film that is there no more."""

    id: str
    task_id: str
    object: Literal["video"] = "video"
    status: Status
    video_url: None = None
    deleted: Literal[True] = True


class TaskList(msgspec.Struct, kw_only=True):
    """Several films asked for at once, in the order of their ids."""

    object: Literal["list"] = "list"
    data: list[UnifiedTask]
    not_found: list[str]
    """The ids that no film of the account has."""


def render_callback(delivery: Delivery, video: Video | None, base: str) -> bytes:
    """The reply to a query as a callback brings it; links begin with `base`.

    Of a video that was deleted after its end only that end is told.
    """
    if video is not None:
        return msgspec.json.encode(render_task(video, base))
    spelled_id = f"task_{delivery.video_id}"
    status = _ENDS[delivery.event_type]
    return msgspec.json.encode(DeletedTask(id=spelled_id, task_id=spelled_id, status=status))


def render_task(video: Video, base: str, outlook: Outlook | None = None) -> UnifiedTask:
    """The reply as the format has it; links begin with `base`.

    `outlook` is what is to be expected of a film that is not finished.
    """
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
        detail=_render_detail(video, film, outlook),
        url=film or UNSET,
        thumbnail_url=file_link(base, video, AssetVariant.THUMBNAIL) or UNSET,
        expires_at=int(video.expires_at.timestamp()) if video.expires_at else UNSET,
        error=TaskError(message=failure.message, code=failure.code) if failure else UNSET,
        error_message=failure.message if failure else UNSET,
        fail_reason=failure.message if failure else UNSET,
    )


def _render_detail(video: Video, film: str | None, outlook: Outlook | None) -> TaskDetail:
    return TaskDetail(
        id=f"task_{video.id}",
        status=_STATUSES[video.job.state],
        input=_render_input(video.spec),
        url=film or UNSET,
        pending_info=_render_pending(video.job, outlook),
    )


def _render_pending(job: Job, outlook: Outlook | None) -> PendingInfo | UnsetType:
    if job.state is JobState.COMPLETED:
        return UNSET
    if job.failure is not None:
        code = job.failure.code
        refused = code == ModerationBlocked.code
        return PendingInfo(
            failure_reason=job.failure.message,
            moderation_result=ModerationResult(code=code) if refused else UNSET,
        )
    if outlook is None:
        return PendingInfo(progress_pct=job.progress / 100)
    return PendingInfo(
        progress_pct=job.progress / 100,
        progress_pos_in_queue=outlook.ahead,
        estimated_queue_wait_time=round(outlook.remaining_s),
    )


def _render_input(spec: VideoSpec) -> TaskInput:
    is_large = min(spec.size.width_px, spec.size.height_px) >= _LARGE_SHORT_SIDE_PX
    return TaskInput(
        model=spec.model,
        prompt=spec.prompt,
        orientation="portrait" if spec.size.is_portrait else "landscape",
        size="large" if is_large else "small",
        duration=spec.seconds,
        private=spec.private,
        watermark=UNSET if spec.watermark is None else spec.watermark,
        style=spec.style or UNSET,
    )


def _unix_ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
