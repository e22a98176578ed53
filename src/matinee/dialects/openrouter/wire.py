"""The format's JSON, as structs, and videos and models in its words.

Source: the models of OpenRouter's own SDK. What is not there is left out of a job, since a null
fails the schema of the AI SDK's provider, and null in a model.
"""

from __future__ import annotations

import math
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from matinee.core.errors import Cancelled, VideoExpired
from matinee.core.job import Failure, JobState
from matinee.core.route import MICROS_PER_USD, MODELS_SINCE, Route
from matinee.core.size import Size
from matinee.core.video import Video
from matinee.policy.prices import cost_micros
from matinee.web.links import film_link
from matinee.web.outcomes import why_lost

FIRST_FRAME = "first_frame"

JobStatus = Literal["pending", "in_progress", "completed", "failed", "cancelled", "expired"]

_STATUSES: dict[JobState, JobStatus] = {
    JobState.QUEUED: "pending",
    JobState.IN_PROGRESS: "in_progress",
    JobState.COMPLETED: "completed",
    JobState.FAILED: "failed",
}
_LOST: dict[str, JobStatus] = {Cancelled.code: "cancelled", VideoExpired.code: "expired"}
_RATIOS = tuple(
    Size(*sides)
    for sides in ((16, 9), (9, 16), (1, 1), (4, 3), (3, 4), (3, 2), (2, 3), (21, 9), (9, 21))
)
_RESOLUTIONS = (360, 480, 720, 768, 1080)
_SAME_SHAPE = 0.05
"""1024x1792 counts as 9:16, as everyone calls it."""

_MODELS_CREATED = int(MODELS_SINCE.timestamp())


class JobUsage(msgspec.Struct):
    """What the film costs, in US dollars."""

    cost: float
    is_byok: bool = False


class VideoJob(msgspec.Struct, kw_only=True):
    """The reply to create and to poll."""

    id: str
    polling_url: str
    status: JobStatus
    progress: int
    urls: list[str] | UnsetType = UNSET
    unsigned_urls: list[str] | UnsetType = UNSET
    usage: JobUsage | UnsetType = UNSET
    error: str | UnsetType = UNSET


class VideoModel(msgspec.Struct, kw_only=True):
    """A model with what it can make, so that nobody has to guess."""

    id: str
    canonical_slug: str
    name: str
    description: str
    created: int = _MODELS_CREATED
    hugging_face_id: str | None = None
    supported_resolutions: list[str]
    supported_aspect_ratios: list[str]
    supported_sizes: list[str]
    supported_durations: list[int]
    supported_frame_images: list[str]
    generate_audio: bool
    seed: bool = True
    pricing_skus: dict[str, str]
    allowed_passthrough_parameters: list[str] = []
    creativity: list[int] | None = None
    upscale_factor: dict[str, float] | None = None


class VideoModelList(msgspec.Struct):
    """Every model."""

    data: list[VideoModel]


def render_job(video: Video, base: str, route: Route | None) -> VideoJob:
    """The job as the format has it; links begin with `base`, `route` says what it costs."""
    film, lost = film_link(base, video), why_lost(video)
    spelled_id = f"task_{video.id}"
    return VideoJob(
        id=spelled_id,
        polling_url=f"{base}/api/v1/videos/{spelled_id}",
        status=_status(video, lost),
        progress=video.job.progress,
        urls=[film] if film else UNSET,
        unsigned_urls=[film] if film else UNSET,
        usage=JobUsage(cost=_cost_usd(video, route)) if film else UNSET,
        error=lost.message if lost else UNSET,
    )


def render_model(route: Route) -> VideoModel:
    """The model as the format has it."""
    able = route.capabilities
    sides_px = sorted({min(size.width_px, size.height_px) for size in able.sizes})
    return VideoModel(
        id=route.model,
        canonical_slug=route.model,
        name=route.model,
        description=f"Films by the engine '{route.targets[0].engine}' of this server.",
        supported_resolutions=[f"{side}p" for side in sides_px if side in _RESOLUTIONS],
        supported_aspect_ratios=list(dict.fromkeys(_ratio(size) for size in able.sizes)),
        supported_sizes=[str(size) for size in able.sizes],
        supported_durations=list(range(able.min_seconds, able.max_seconds + 1)),
        supported_frame_images=[FIRST_FRAME] if able.max_references else [],
        generate_audio=able.has_sound,
        pricing_skus={
            f"per-video-second-{price.name}": f"{price.usd_per_second:.6f}"
            for price in route.prices
        },
    )


def _status(video: Video, lost: Failure | None) -> JobStatus:
    return _LOST.get(lost.code, "failed") if lost else _STATUSES[video.job.state]


def _cost_usd(video: Video, route: Route | None) -> float:
    """What the film costs at today's prices. A model without one is free, or gone."""
    if route is None:
        return 0.0
    return cost_micros(route, video.spec.size, video.spec.seconds) / MICROS_PER_USD


def _ratio(size: Size) -> str:
    """The shape of `size`: the usual one that it is nearly, or its own in lowest terms."""
    shape = size.width_px / size.height_px
    near = min(_RATIOS, key=lambda each: abs(shape - each.width_px / each.height_px))
    if abs(shape * near.height_px / near.width_px - 1) < _SAME_SHAPE:
        return f"{near.width_px}:{near.height_px}"
    common = math.gcd(size.width_px, size.height_px)
    return f"{size.width_px // common}:{size.height_px // common}"
