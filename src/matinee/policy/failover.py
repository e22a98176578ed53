"""What becomes of a video whose attempt failed: tried again, given to another engine, or over.

Pure: what was tried already is told by the attempts that are remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matinee.core.attempt import LEASE_EXPIRED, Attempt
from matinee.core.errors import (
    Cancelled,
    EngineCrashed,
    EngineUnavailable,
    InspectionCrashed,
    InvalidRequest,
    MatineeError,
    MediaInvalid,
    ModerationBlocked,
    ServiceUnavailable,
    StorageFull,
    SubmissionUnknown,
    Watermarked,
)
from matinee.core.job import Job
from matinee.core.route import Route, Target
from matinee.core.video import Video, VideoSpec
from matinee.policy.retries import retry_delay_s
from matinee.policy.targets import IsUsable, can_make, in_order

_TRIES_IN_A_ROW = 2
"""How often an engine is tried before another one is preferred: most trouble is over at once."""

_ELSEWHERE = (EngineUnavailable, EngineCrashed, Watermarked)
"""Passing trouble of one engine. A full disk or a locked database would be met at any other."""

_PASSING = frozenset(
    {
        *(kind.code for kind in _ELSEWHERE),
        *(StorageFull.code, ServiceUnavailable.code, InspectionCrashed.code, LEASE_EXPIRED),
    }
)
"""Outcomes that may be other ones next time. With any other fault, an engine has shown that it
can't make this film."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """It waits for the same engine, `delay_s` at the least."""

    delay_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """It is given to another engine, and tried there after `delay_s` at the least."""

    target: Target
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It has failed."""


Verdict = Stay | Move | GiveUp


def after_error(
    video: Video,
    error: MatineeError,
    tried: Sequence[Attempt],
    route: Route | None,
    is_usable: IsUsable,
) -> Verdict:
    """What becomes of `video`, whose attempt has just ended in `error`.

    `tried` are its attempts, this one with its outcome among them. `route` is its model's, None if
    that is not there any more. What stands submitted to an upstream is resumed there and nowhere
    else.
    """
    job = video.job
    has_faults_left = job.faults + 1 < job.max_faults
    if is_final(error):
        return GiveUp()
    if job.submit_key is not None or (error.retryable and not isinstance(error, _ELSEWHERE)):
        may_stay = error.retryable and has_faults_left
        return Stay(delay_s=retry_delay_s(error, job.faults + 1)) if may_stay else GiveUp()
    others = _others(video, tried, route)
    if not error.retryable:
        chosen = _preferred(others, is_usable)
        return Move(target=chosen) if chosen is not None else GiveUp()
    if not has_faults_left:
        return GiveUp()
    well = [each for each in others if is_usable(each.engine)]
    tries = _TRIES_IN_A_ROW if is_usable(job.engine) else 1
    if not well or _faults(tried, job.engine, job.model) < tries:
        return Stay(delay_s=retry_delay_s(error, job.faults + 1))
    return _elsewhere(job, error, tried, well)


def is_final(error: MatineeError) -> bool:
    """Whether no engine at all is to be tried after `error`."""
    if isinstance(error, MediaInvalid):
        # Of the film that an engine made, or of an image that another one may read.
        return False
    return isinstance(error, InvalidRequest | ModerationBlocked | Cancelled | SubmissionUnknown)


def way_out(
    video: Video, tried: Sequence[Attempt], route: Route | None, is_usable: IsUsable
) -> Target | None:
    """An engine that is well for `video`, which waits for one that is away.

    None if it is to wait on. `tried` are its attempts.
    """
    if video.job.submit_key is not None:
        return None
    return next((each for each in _others(video, tried, route) if is_usable(each.engine)), None)


def refuge(video: Video, route: Route | None, is_usable: IsUsable) -> Target | None:
    """An engine for `video`, whose own is not there any more: one that is well, or else the first.

    None if no engine can make it, or what was submitted can't be left.
    """
    if video.job.submit_key is not None:
        return None
    return _preferred(_able(video.spec, route), is_usable)


def _elsewhere(
    job: Job, error: MatineeError, tried: Sequence[Attempt], well: Sequence[Target]
) -> Move:
    """To one of those that are `well`: where it went wrong least often."""
    chosen = min(well, key=lambda each: _faults(tried, each.engine, each.model))
    is_new = _faults(tried, chosen.engine, chosen.model) == 0
    return Move(target=chosen, delay_s=0.0 if is_new else retry_delay_s(error, job.faults + 1))


def _preferred(targets: Sequence[Target], is_usable: IsUsable) -> Target | None:
    """The first that is well, or else the first: the film waits for it."""
    return next((each for each in targets if is_usable(each.engine)), next(iter(targets), None))


def _others(video: Video, tried: Sequence[Attempt], route: Route | None) -> list[Target]:
    """Who else can make the film and has not shown that it can't."""
    spent = {
        (each.engine, each.model)
        for each in tried
        if each.is_fault and each.outcome not in _PASSING
    }
    here = (video.job.engine, video.job.model)
    return [
        target
        for target in _able(video.spec, route)
        if (target.engine, target.model) not in spent | {here}
    ]


def _able(spec: VideoSpec, route: Route | None) -> list[Target]:
    if route is None:
        return []
    return [each for each in in_order(route, watermark=spec.watermark) if can_make(each, spec)]


def _faults(tried: Sequence[Attempt], engine: str, model: str) -> int:
    return sum(each.is_fault for each in tried if (each.engine, each.model) == (engine, model))
