"""When a video is tried again."""

from __future__ import annotations

from itertools import pairwise

from matinee.policy.retries import retry_delay_s


def test_a_first_fault_costs_little_and_each_further_one_more() -> None:
    delays = [retry_delay_s(faults) for faults in range(1, 5)]
    assert delays[0] <= 1
    assert all(later > earlier for earlier, later in pairwise(delays))


def test_the_usual_number_of_faults_outlasts_a_minute() -> None:
    assert sum(retry_delay_s(faults) for faults in range(1, 5)) > 60


def test_no_delay_grows_without_end() -> None:
    assert retry_delay_s(1000) == 120
