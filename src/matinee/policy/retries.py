"""When a video that met a fault is tried again."""

from __future__ import annotations

_FIRST_S, _GROWTH, _MOST_S = 0.5, 5.0, 120.0


def retry_delay_s(faults: int) -> float:
    """How long a video waits after its fault number `faults`, from 1: 0.5, 2.5, 12.5, 62.5 s.

    An engine that is away or a disk that is full for a minute must not use up the attempts of
    every waiting video in the first second.
    """
    return min(_MOST_S, _FIRST_S * _GROWTH ** min(9, max(0, faults - 1)))
