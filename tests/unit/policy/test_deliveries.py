"""What becomes of a delivery."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from matinee.core.webhook import Delivery, DeliveryState, Receipt
from matinee.policy.deliveries import (
    DELAYS_S,
    after_failure,
    after_receipt,
    resent,
    retry_after_s,
)
from tests.samples import NOW, a_delivery

DAY_S = 24 * 3600.0


def wait_s(delivery: Delivery) -> float:
    return (delivery.due_at - NOW).total_seconds()


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_is_success(status: int) -> None:
    after = after_receipt(a_delivery(), Receipt(status=status), NOW, 0.5)
    assert (after.state, after.attempts) == (DeliveryState.DELIVERED, 1)
    assert (after.finished_at, after.last_status, after.last_error) == (NOW, status, None)


@pytest.mark.parametrize("status", [199, 301, 307, 400, 404, 429, 500, 503])
def test_anything_else_is_tried_again_later(status: int) -> None:
    after = after_receipt(a_delivery(), Receipt(status=status), NOW, 0.5)
    assert (after.state, after.last_status) == (DeliveryState.WAITING, status)
    assert wait_s(after) == DELAYS_S[0]
    assert str(status) in (after.last_error or "")


def test_gone_ends_a_delivery_at_once() -> None:
    after = after_receipt(a_delivery(), Receipt(status=410), NOW, 0.5)
    assert (after.state, after.finished_at) == (DeliveryState.DEAD, NOW)


def test_the_attempts_are_spread_over_three_days() -> None:
    delivery, waits = a_delivery(), []
    while delivery.state is DeliveryState.WAITING:
        delivery = after_failure(delivery, "No answer.", NOW, 0.5)
        waits.append(wait_s(delivery))
    assert delivery.attempts == 17
    assert waits[:-1] == sorted(DELAYS_S)
    assert 70 < sum(DELAYS_S) / 3600 < 72


@pytest.mark.parametrize(("share", "factor"), [(0.0, 0.9), (0.5, 1.0), (1.0, 1.1)])
def test_chance_spreads_the_waits(share: float, factor: float) -> None:
    assert wait_s(after_failure(a_delivery(), "x", NOW, share)) == DELAYS_S[0] * factor


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_may_ask_for_more_patience(status: int) -> None:
    after = after_receipt(a_delivery(), Receipt(status=status, retry_after="600"), NOW, 0.5)
    assert wait_s(after) == 600


def test_a_receiver_can_not_use_up_the_attempts_sooner() -> None:
    late = replace(a_delivery(), attempts=5)
    after = after_receipt(late, Receipt(status=429, retry_after="1"), NOW, 0.5)
    assert wait_s(after) == DELAYS_S[5]


def test_only_who_is_busy_is_asked_how_long() -> None:
    after = after_receipt(a_delivery(), Receipt(status=500, retry_after="600"), NOW, 0.5)
    assert wait_s(after) == DELAYS_S[0]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("9" * 5000, DAY_S),
        ("100000", DAY_S),
        ("-5", 0),
        ("1e9", 0),
        ("٣", 0),
        ("soon", 0),
        ("", 0),
        ("Sat, 21 Nov 2026 09:31:00 GMT", 59.876544),
        ("Sat, 21 Nov 2026 09:31:00", 59.876544),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DAY_S),
        ("Sat, 21 Nov 2020 09:31:00 GMT", 0),
        ("Sat, 99 Nov 2020 09:31:00 GMT", 0),
        ("Sat, 21 Nov 99999999999 09:31:00 GMT", 0),
        ("Sat, 21 Nov 2026 99999999999:31:00 GMT", 0),
        ("Sat, 21 Nov 2026 09:31:00 +99999999999999", 0),
    ],
)
def test_retry_after_is_read_in_both_forms_and_within_bounds(text: str, seconds: float) -> None:
    assert retry_after_s(text, NOW) == seconds


def test_a_delivery_that_is_sent_again_has_all_its_attempts() -> None:
    dead = replace(a_delivery(), state=DeliveryState.DEAD, attempts=17, finished_at=NOW)
    again = resent(dead, NOW + timedelta(days=4))
    assert (again.state, again.attempts, again.finished_at) == (DeliveryState.WAITING, 0, None)
    assert (again.id, again.due_at) == (dead.id, NOW + timedelta(days=4))
