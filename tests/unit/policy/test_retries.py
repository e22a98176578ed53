"""When a video is tried again."""

from __future__ import annotations

from itertools import pairwise

from matinee.core.errors import EngineCrashed, EngineUnavailable, InspectionCrashed
from matinee.policy.retries import retry_delay_s

AWAY = EngineUnavailable("away")


def test_a_first_fault_costs_little_and_each_further_one_more() -> None:
    delays = [retry_delay_s(AWAY, faults) for faults in range(1, 5)]
    assert delays[0] <= 1
    assert all(later > earlier for earlier, later in pairwise(delays))


def test_the_usual_number_of_faults_outlasts_a_minute() -> None:
    assert sum(retry_delay_s(AWAY, faults) for faults in range(1, 5)) > 60


def test_no_delay_grows_without_end() -> None:
    assert retry_delay_s(AWAY, 1000) == 120


def test_a_crash_is_tried_again_soon_however_often_it_happened() -> None:
    assert retry_delay_s(EngineCrashed("gone"), 20) < 1
    assert retry_delay_s(InspectionCrashed("gone"), 20) < 1
