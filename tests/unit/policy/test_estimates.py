"""How long videos still take."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from matinee.core.attempt import Attempt
from matinee.core.job import JobState
from matinee.policy.estimates import expected_s, remaining_s, speed
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


def an_attempt(took_s: float, *, outcome: str = "completed", model: str = "wan") -> Attempt:
    return Attempt(
        video_id=a_video().id,
        number=1,
        engine="gpu",
        model=model,
        film_seconds=8,
        started_at=NOW,
        finished_at=NOW + timedelta(seconds=took_s),
        outcome=outcome,
    )


def test_the_speed_is_the_middle_of_what_was_completed_lately() -> None:
    latest = [an_attempt(4), an_attempt(8), an_attempt(80), an_attempt(1, outcome="engine_error")]
    assert speed(latest) == 1.0
    assert speed([*[an_attempt(4)] * 20, *[an_attempt(80)] * 60]) == 2.0
    assert speed([an_attempt(1, outcome="engine_error")]) is None


def test_a_film_is_expected_to_take_as_long_as_others_of_its_model() -> None:
    latest = [an_attempt(16), an_attempt(4, model="ltx")]
    assert expected_s(latest, "wan", 4) == 8.0
    assert expected_s(latest, "hunyuan", 4) is None
