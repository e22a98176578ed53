"""Plain histories, each from one number: many that hold, and defects that do not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulation.defects import DEFECTS
from tests.simulation.history import play, quiet
from tests.simulation.processes import WorldAttempts

pytestmark = pytest.mark.timeout(300)

_SEEDS = 150
_ENOUGH = 400
"""So many worlds are enough to find each of the defects."""


@pytest.fixture(autouse=True)
def _silence() -> Iterator[None]:
    with quiet():
        yield


def test_whatever_goes_wrong_no_promise_is_broken() -> None:
    histories = [play(seed) for seed in range(_SEEDS)]
    assert [(each.seed, each.breach) for each in histories if each.breach is not None] == []


def test_a_seed_is_the_same_history_to_the_letter() -> None:
    first, second = play(55), play(55)
    assert first.lines == second.lines
    assert len(first.lines) > 50


def test_other_seeds_are_other_histories() -> None:
    assert len({play(seed).digest for seed in range(20)}) == 20


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_found(name: str) -> None:
    histories = (play(seed, DEFECTS[name]) for seed in range(_ENOUGH))
    assert any(history.breach is not None for history in histories)


def test_the_attempts_of_the_world_are_matinees_but_for_what_runs_at_the_same_time() -> None:
    own = {name for name, value in vars(WorldAttempts).items() if callable(value)}
    assert own == {"_work", "_prepare", "_keep", "_fail"}
