"""When a video that met a fault is tried again."""

from __future__ import annotations

from matinee.core.errors import EngineCrashed, InspectionCrashed, MatineeError, Watermarked

_AFTER_CRASH_S = 0.2
_FIRST_S, _GROWTH, _MOST_S = 0.5, 5.0, 120.0


def retry_delay_s(error: MatineeError, faults: int) -> float:
    """How long a video waits after `error`, its fault number `faults`, from 1.

    A crash or a mark says something of this film alone, and the engine is there. Else something
    is away or full that may be back later: 0.5, 2.5, 12.5, 62.5, 120 s, so that a bad minute does
    not use up the attempts of every video that waits.
    """
    if isinstance(error, EngineCrashed | InspectionCrashed | Watermarked):
        return _AFTER_CRASH_S
    return min(_MOST_S, _FIRST_S * _GROWTH ** min(9, max(0, faults - 1)))
