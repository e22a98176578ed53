"""Why there is no film and never will be, for the formats that have one word for that."""

from __future__ import annotations

from matinee.core.asset import AssetVariant
from matinee.core.errors import VideoExpired
from matinee.core.job import Failure, JobState
from matinee.core.video import Video


def why_lost(video: Video) -> Failure | None:
    """The reason why the film of `video` can never be fetched any more; None while it may be."""
    if video.job.failure is not None:
        return video.job.failure
    done = video.job.state is JobState.COMPLETED
    if done and video.asset(AssetVariant.VIDEO) is None:
        return Failure.of(VideoExpired("The video's files were removed when their time was over."))
    return None
