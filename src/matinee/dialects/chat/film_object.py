"""A film as one JSON object: what a message holds if `response_format` asks for JSON."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from matinee.core.asset import AssetVariant
from matinee.core.job import Failure
from matinee.core.video import Video
from matinee.dialects.chat.screening import Outcome
from matinee.web.links import file_link

_encoder = msgspec.json.Encoder()


class FilmProblem(msgspec.Struct, kw_only=True):
    """Why there is no film."""

    message: str
    code: str


class FilmObject(msgspec.Struct, kw_only=True):
    """A finished film, or one that failed. Without a prompt: who asked has it."""

    object: str = "video"
    id: str
    video_id: str
    status: str
    progress: int
    model: str
    size: str
    width: int
    height: int
    seconds: int
    fps: int
    seed: int
    style: str | UnsetType = UNSET
    created_at: int
    completed_at: int | UnsetType = UNSET
    expires_at: int | UnsetType = UNSET
    video_url: str | None
    thumbnail_url: str | UnsetType = UNSET
    remixed_from_video_id: str | UnsetType = UNSET
    note: str | UnsetType = UNSET
    error: FilmProblem | UnsetType = UNSET


def film_object_text(film: Video, outcome: Outcome, link_base: str, note: str | None) -> str:
    """`film`, which ended in `outcome`, as the text of one JSON object."""
    spec, job = film.spec, film.job
    told = FilmObject(
        id=f"task_{film.id}",
        video_id=f"video_{film.id}",
        status="failed" if isinstance(outcome, Failure) else "completed",
        progress=job.progress,
        model=spec.model,
        size=str(spec.size),
        width=spec.size.width_px,
        height=spec.size.height_px,
        seconds=spec.seconds,
        fps=spec.fps,
        seed=spec.seed,
        created_at=int(film.created_at.timestamp()),
        video_url=outcome if isinstance(outcome, str) else None,
    )
    if spec.style is not None:
        told.style = spec.style
    if job.finished_at is not None:
        told.completed_at = int(job.finished_at.timestamp())
    if film.expires_at is not None:
        told.expires_at = int(film.expires_at.timestamp())
    if film.remixed_from is not None:
        told.remixed_from_video_id = f"video_{film.remixed_from}"
    elif note is not None:
        told.note = note
    thumbnail = file_link(link_base, film, AssetVariant.THUMBNAIL)
    if thumbnail is not None:
        told.thumbnail_url = thumbnail
    if isinstance(outcome, Failure):
        told.error = FilmProblem(message=outcome.message, code=outcome.code)
    return _encoder.encode(told).decode()
