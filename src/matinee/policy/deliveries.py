"""What becomes of a delivery after each attempt.

    waiting ──2xx──► delivered          resend: dead or delivered ──► waiting, with all attempts
    waiting ──410──► dead
    waiting ──anything else──► waiting, later; dead after the last attempt

Pure: a delivery and a fact go in, the delivery afterwards comes out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from matinee.core.webhook import Delivery, DeliveryState, Receipt

_MINUTE_S, _HOUR_S = 60.0, 3600.0
DELAYS_S = (
    *(5.0, 30.0, 2 * _MINUTE_S, 10 * _MINUTE_S, 30 * _MINUTE_S),
    *(1 * _HOUR_S, 2 * _HOUR_S, 4 * _HOUR_S),
    *(8 * _HOUR_S,) * 8,
)
"""The wait after each failed attempt: 17 attempts within 72 hours.

Source: the guide of the official API, which retries for up to 72 hours, and the example schedule
of Standard Webhooks.
"""

_JITTER = 0.1
"""A wait is longer or shorter by up to this share, so that what failed together returns apart."""

_MOST_RETRY_AFTER_S = 24 * _HOUR_S
_LONGEST_WAIT = timedelta(seconds=_MOST_RETRY_AFTER_S)
_GONE = 410
_ASK_FOR_PATIENCE = frozenset({429, 503})


def after_receipt(delivery: Delivery, receipt: Receipt, now: datetime, share: float) -> Delivery:
    """`delivery` after an attempt that was answered. `share`, 0 to 1, is the chance in the wait."""
    answered = replace(delivery, attempts=delivery.attempts + 1, last_status=receipt.status)
    if receipt.is_success:
        return replace(answered, state=DeliveryState.DELIVERED, finished_at=now, last_error=None)
    failed = replace(answered, last_error=_explain(receipt.status))
    if receipt.status == _GONE:
        # The endpoint stays as it is: to switch it off would lose what comes after a mistake.
        return replace(failed, state=DeliveryState.DEAD, finished_at=now)
    asked_s = 0.0
    if receipt.status in _ASK_FOR_PATIENCE and receipt.retry_after is not None:
        asked_s = retry_after_s(receipt.retry_after, now)
    return _later(failed, now, share, at_least_s=asked_s)


def after_failure(delivery: Delivery, reason: str, now: datetime, share: float) -> Delivery:
    """`delivery` after an attempt without an answer, for `reason`."""
    failed = replace(delivery, attempts=delivery.attempts + 1, last_status=None, last_error=reason)
    return _later(failed, now, share)


def resent(delivery: Delivery, now: datetime) -> Delivery:
    """`delivery` due at once, with all its attempts before it."""
    return replace(delivery, state=DeliveryState.WAITING, attempts=0, due_at=now, finished_at=None)


def due_moment(due_at: datetime, now: datetime) -> datetime:
    """When a delivery that says `due_at` is due.

    No wait is longer than a day. What would wait longer was put off by a clock that has been set
    back since, and is due now.
    """
    return now if due_at - now > _LONGEST_WAIT else due_at


def retry_after_s(text: str, now: datetime) -> float:
    """How long a `Retry-After` asks to wait, in seconds or as a date; a day at most.

    What can't be read asks for nothing.
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        # The length is looked at first: to read a number of a million digits takes long.
        asked_s = float(text) if len(text) < 10 else _MOST_RETRY_AFTER_S
    else:
        asked_s = _until(text, now)
    return min(max(asked_s, 0.0), _MOST_RETRY_AFTER_S)


def _until(date: str, now: datetime) -> float:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return 0.0
    # A date without a zone is one in UTC (RFC 9110, 5.6.7).
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - now).total_seconds()


def _later(delivery: Delivery, now: datetime, share: float, at_least_s: float = 0.0) -> Delivery:
    if delivery.attempts > len(DELAYS_S):
        return replace(delivery, state=DeliveryState.DEAD, finished_at=now)
    delay_s = DELAYS_S[delivery.attempts - 1] * (1 - _JITTER + 2 * _JITTER * share)
    return replace(delivery, due_at=now + timedelta(seconds=max(delay_s, at_least_s)))


def _explain(status: int) -> str:
    if 300 <= status < 400:
        return f"The receiver answered {status}. Redirects are not followed: change the URL."
    if status == _GONE:
        return "The receiver answered 410: it is gone, so this delivery is not tried again."
    return f"The receiver answered {status}."
