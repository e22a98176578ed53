"""When an upstream is asked again, and how far a film is by its words or by the clock."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from matinee.net.wire import Waiting
from matinee.ports.engine import Progress

_GROWTH, _MOST_S, _SHARE = 1.4, 10.0, 0.1
_LEAST_ASKED_S, _MOST_ASKED_S = 0.05, 60.0
_MOST_ESTIMATED = 95
"""Source: inference-peers 1.3, rule 4."""


def intervals(first_s: float, key: str) -> Iterator[float]:
    """How long to wait between questions: ever longer, up to ten seconds or `first_s`.

    Each is up to a tenth longer or shorter by `key` and its number, so that films that were
    ordered together are not asked for together.
    """
    interval_s, number = first_s, 0
    while True:
        chance = zlib.crc32(f"{key}/{number}".encode()) / 2**32
        yield interval_s * (1 + _SHARE * (2 * chance - 1))
        interval_s = max(first_s, min(_MOST_S, interval_s * _GROWTH))
        number += 1


def asked_pause_s(headers: Mapping[str, str]) -> float | None:
    """How long a reply asks to be left alone, within reason; None if it does not say.

    Source: the SDK's poll helper for `openai-poll-after-ms`, RFC 9110, 10.2.3 for `Retry-After`;
    a date in it is counted from the reply's own.
    """
    for name, unit_s in (("openai-poll-after-ms", 0.001), ("retry-after-ms", 0.001)):
        asked = _number(headers.get(name))
        if asked is not None:
            return _within_reason(asked * unit_s)
    text = headers.get("retry-after")
    if text is None:
        return None
    asked = _number(text)
    if asked is None:
        until, now = _date(text), _date(headers.get("date"))
        asked = (until - now).total_seconds() if until and now else None
    return None if asked is None else _within_reason(asked)


class Meter:
    """How far one film is: in the upstream's words where they are true, else by the clock.

    Without either it says nothing, since progress is never invented.
    """

    def __init__(self, expected_s: float | None, *, is_resumed: bool = False) -> None:
        """`expected_s` is how long such films took lately, if that is known.

        A film that `is_resumed` tells at its first question that it is still on its way.
        """
        self._expected_s = expected_s
        self._began_s: float | None = None
        self._percent = -1 if is_resumed else 0

    def progress(self, waiting: Waiting, now_s: float) -> Progress | None:
        """What can be told after the upstream said `waiting`; None if that is nothing new.

        An estimate is marked as such by its phase.
        """
        if waiting.is_queued:
            return self._risen(0, "queued")
        if self._began_s is None:
            self._began_s = now_s
        told = waiting.progress or 0
        # Most stay at 0 until they are at 100, which says nothing at all.
        if 1 <= told <= 99:
            return self._risen(told, "upstream")
        if self._expected_s:
            share = (now_s - self._began_s) / self._expected_s
            return self._risen(min(_MOST_ESTIMATED, int(100 * share)), "estimate")
        return self._risen(0, "upstream")

    def _risen(self, percent: int, phase: str) -> Progress | None:
        if percent <= self._percent:
            return None
        self._percent = percent
        return Progress(done=percent, total=100, phase=phase)


def _within_reason(pause_s: float) -> float:
    return min(_MOST_ASKED_S, max(_LEAST_ASKED_S, pause_s))


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None and len(text) < 20 else None
    except ValueError:
        return None


def _date(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text) if text is not None else None
    except (ValueError, OverflowError):
        return None
    return date if date is not None and date.tzinfo is not None else None
