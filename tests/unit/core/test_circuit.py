"""When an engine is thought to be away, and when it is asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from matinee.core.circuit import (
    THRESHOLD,
    Circuit,
    CircuitState,
    fail_check,
    healthiest,
    note_failure,
    note_other_error,
    note_success,
    pass_check,
    reopen,
)
from matinee.core.errors import EngineError, EngineUnavailable
from matinee.core.job import Failure
from tests.samples import NOW

AWAY = EngineUnavailable("It is away.")
CLOSED = Circuit(engine="gpu")


def an_open_circuit(failures: int = THRESHOLD) -> Circuit:
    circuit = CLOSED
    for _ in range(THRESHOLD):
        circuit = note_failure(circuit, AWAY, NOW)
    return replace(circuit, failures=failures)


def test_a_circuit_opens_at_the_third_failure_in_a_row() -> None:
    twice = note_failure(note_failure(CLOSED, AWAY, NOW), AWAY, NOW)
    assert (twice.state, twice.failures) == (CircuitState.CLOSED, 2)
    opened = note_failure(twice, AWAY, NOW)
    assert (opened.state, opened.since) == (CircuitState.OPEN, NOW)
    assert opened.last_error == Failure(code="engine_unavailable", message="It is away.")


def test_a_success_between_failures_ends_their_row() -> None:
    twice = note_failure(note_failure(CLOSED, AWAY, NOW), AWAY, NOW)
    assert note_failure(note_success(twice, NOW), AWAY, NOW).failures == 1


def test_an_error_of_another_kind_ends_the_row_and_is_remembered() -> None:
    twice = note_failure(note_failure(CLOSED, AWAY, NOW), AWAY, NOW)
    after = note_other_error(twice, EngineError("No such prompt."), NOW)
    assert (after.failures, after.last_error) == (
        0,
        Failure(code="engine_error", message="No such prompt."),
    )


def test_a_success_changes_nothing_of_a_healthy_circuit() -> None:
    assert note_success(CLOSED, NOW) is CLOSED


@pytest.mark.parametrize(
    ("failures", "wait_s"), [(3, 5), (4, 10), (5, 20), (8, 160), (9, 300), (99, 300)]
)
def test_an_engine_that_is_away_is_asked_ever_more_seldom(failures: int, wait_s: int) -> None:
    assert an_open_circuit(failures).check_at(NOW) == NOW + timedelta(seconds=wait_s)


def test_failures_of_attempts_under_way_do_not_prolong_the_wait() -> None:
    opened = an_open_circuit()
    assert note_failure(opened, AWAY, NOW + timedelta(seconds=4)).check_at(NOW) == opened.check_at(
        NOW
    )


def test_a_failed_check_waits_longer_and_the_outage_goes_on() -> None:
    later = NOW + timedelta(seconds=5)
    after = fail_check(an_open_circuit(), AWAY, later)
    assert (after.since, after.failures) == (NOW, 4)
    assert after.check_at(later) == later + timedelta(seconds=10)


def test_a_passed_check_lets_one_film_try() -> None:
    trial = pass_check(an_open_circuit(), NOW + timedelta(seconds=5))
    assert (trial.state, trial.since) == (CircuitState.HALF_OPEN, NOW)


def test_a_trial_that_fails_opens_the_circuit_for_longer() -> None:
    later = NOW + timedelta(seconds=9)
    again = note_failure(pass_check(an_open_circuit(), NOW), AWAY, later)
    assert (again.state, again.since, again.failures) == (CircuitState.OPEN, NOW, 4)
    assert again.check_at(later) == later + timedelta(seconds=10)


@pytest.mark.parametrize("before", [an_open_circuit(), pass_check(an_open_circuit(), NOW)])
def test_a_film_that_succeeds_closes_the_circuit(before: Circuit) -> None:
    later = NOW + timedelta(seconds=9)
    closed = note_success(before, later)
    assert (closed.state, closed.since, closed.failures) == (CircuitState.CLOSED, later, 0)


def test_a_server_that_starts_asks_at_once_and_counts_anew() -> None:
    reopened = reopen(an_open_circuit(failures=9))
    assert reopened.check_at(NOW + timedelta(days=1)) == NOW + timedelta(days=1)
    assert (reopened.is_open, reopened.failures, reopened.since) == (True, THRESHOLD, NOW)
    assert reopen(CLOSED) is CLOSED


def test_an_engine_of_several_workers_is_as_well_as_the_best_of_them() -> None:
    away, trial = an_open_circuit(), pass_check(an_open_circuit(), NOW)
    assert healthiest("gpu", [away, trial, away]) == trial
    assert healthiest("gpu", [away, CLOSED]) == CLOSED


def test_of_workers_that_find_it_away_the_first_to_do_so_says_since_when() -> None:
    early = an_open_circuit()
    late = replace(early, since=NOW + timedelta(seconds=60))
    assert healthiest("gpu", [late, early]) == early


def test_an_engine_of_which_nobody_knows_is_well() -> None:
    assert healthiest("gpu", []) == CLOSED
