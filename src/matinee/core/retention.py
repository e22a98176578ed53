"""What is kept of a video, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta

from matinee.core.asset import blob_folder
from matinee.core.errors import ServiceUnavailable
from matinee.core.job import JobState
from matinee.core.video import Video

LONGEST_TO_ACCEPT = timedelta(minutes=30)
"""So long after its id was made a row may still be written that names blobs stored before it."""


def require_in_time(created_at: datetime, now: datetime) -> None:
    """Raise ServiceUnavailable if it is too late for a row that names blobs.

    Its process stood still, as a laptop does that sleeps; the blobs may be taken for nobody's.
    """
    if now - created_at > LONGEST_TO_ACCEPT:
        raise ServiceUnavailable("The server stood still for a while. Send the request again.")


def end_of_files(stored_at: datetime, retention: timedelta | None) -> datetime | None:
    """When files that were stored then are removed; None: never."""
    return None if retention is None else stored_at + retention


def needed_blobs(video: Video) -> frozenset[str]:
    """The keys of all blobs that the video still needs.

    An unfinished one needs what it is made from. A completed one needs its files and, for what
    may come out of it, its images; its source is in the film. What failed, or has no files any
    more, needs nothing.
    """
    spec = video.spec
    images = [reference.blob_key for reference in spec.references]
    images += [role.poster.blob_key for role in spec.roles]
    match video.job.state:
        case JobState.QUEUED | JobState.IN_PROGRESS:
            return frozenset([*images, *([spec.source.blob_key] if spec.source else [])])
        case JobState.COMPLETED if video.assets:
            return frozenset([*images, *(asset.blob_key for asset in video.assets)])
        case JobState.COMPLETED | JobState.FAILED:
            return frozenset()


def is_needed(video: Video, blob_key: str) -> bool:
    """Whether the video needs that blob of its folder, or an attempt may just be writing it."""
    if blob_key in needed_blobs(video):
        return True
    return not video.job.state.is_final and _attempt_of(video, blob_key) == video.job.attempt


def _attempt_of(video: Video, blob_key: str) -> int | None:
    """The attempt that wrote the blob; None if it came with the request."""
    first, _, rest = blob_key.removeprefix(blob_folder(video.id) + "/").partition("/")
    return int(first) if rest and first.isdecimal() else None
