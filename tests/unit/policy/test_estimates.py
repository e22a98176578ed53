"""How long videos still take."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from matinee.core.job import JobState
from matinee.policy.estimates import remaining_s
from tests.samples import NOW, a_video

STARTED = NOW - timedelta(seconds=30)


def estimate(ahead: int = 0, **job: Any) -> float:
    return remaining_s(a_video(**job), ahead=ahead, pace=2.0, now=NOW)


def test_a_waiting_film_takes_its_turn_behind_those_ahead() -> None:
    assert estimate() == 9.0
    assert estimate(ahead=2) == 27.0


def test_a_film_that_has_begun_is_judged_by_what_films_take() -> None:
    begun = estimate(state=JobState.IN_PROGRESS, progress=5, started_at=NOW)
    assert begun == pytest.approx(9.0 * 0.95)


def test_a_film_well_under_way_is_judged_by_its_own_speed() -> None:
    assert estimate(state=JobState.IN_PROGRESS, progress=75, started_at=STARTED) == 10.0


def test_a_finished_film_takes_no_more() -> None:
    assert estimate(state=JobState.COMPLETED, progress=100, started_at=STARTED) == 0.0
