"""About how long a video still takes. Estimates, told as such: nothing depends on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from statistics import median

from matinee.core.attempt import COMPLETED, Attempt
from matinee.core.job import JobState
from matinee.core.video import Video

_TELLING_PROGRESS = 10
"""From so many percent on, a film's own speed tells more than what films usually take."""

_START_S = 1.0
"""What every film takes besides its pictures."""


def remaining_s(video: Video, *, ahead: int, pace: float, now: datetime) -> float:
    """The seconds until `video` is finished, if `ahead` films like it are made before it.

    `pace` is how many seconds the engine works for one second of film. 0 once it is over.
    """
    job = video.job
    whole_s = _START_S + video.spec.seconds * pace
    if job.state.is_final:
        return 0.0
    if job.state is JobState.QUEUED or job.started_at is None:
        return (ahead + 1) * whole_s
    if job.progress < _TELLING_PROGRESS:
        return whole_s * (100 - job.progress) / 100
    return (now - job.started_at).total_seconds() * (100 - job.progress) / job.progress


LATELY = 20
"""So many finished films tell how fast an engine is."""


def speed(latest: Sequence[Attempt]) -> float | None:
    """How many seconds of film an engine makes in one second, by its `latest` attempts.

    The middle of the last 20 that were completed, so that one that only resumed does not count.
    None if there was none.
    """
    speeds = [
        each.film_seconds / each.took_s
        for each in latest
        if each.outcome == COMPLETED and each.took_s
    ]
    return median(speeds[:LATELY]) if speeds else None


def expected_s(latest: Sequence[Attempt], model: str, film_seconds: int) -> float | None:
    """How long an engine will work on a film of one of its models, by its `latest` attempts."""
    usual = speed([each for each in latest if each.model == model])
    return film_seconds / usual if usual else None
