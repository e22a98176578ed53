"""Two hundred kills of real processes under load break no promise; by hand it may be more."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.chaos.clients import LEAVES_SOCKETS
from tests.chaos.storm import shared_storm, storms, table
from tests.postgres import skip_without_postgres

KILLS_OF_SERVERS, KILLS_OF_MANY = 120, 80
TAKEN_UP_S = 30.0

pytestmark = [pytest.mark.timeout(900), pytest.mark.slow, LEAVES_SOCKETS]


@pytest.fixture
def seed() -> int:
    """What decides who is killed when; it is shown with a failure."""
    chosen = random.SystemRandom().randrange(1_000_000)
    print(f"seed {chosen}")  # noqa: T201
    return chosen


async def test_servers_that_are_killed_and_begun_again_break_no_promise(
    seed: int, tmp_path: Path
) -> None:
    outcomes = await storms(tmp_path, kills=KILLS_OF_SERVERS, sites=2, seed=seed)
    print(table(outcomes))  # noqa: T201
    assert [said for each in outcomes for said in each.reckoning.breaches.all()] == []
    assert sum(each.reckoning.take_ups.seen for each in outcomes) > 0
    assert all(each.reckoning.take_ups.longest_s < TAKEN_UP_S for each in outcomes)
    assert sum(sum(each.kills.values()) for each in outcomes) == KILLS_OF_SERVERS


async def test_many_machines_of_which_any_is_killed_break_no_promise(
    seed: int, tmp_path: Path
) -> None:
    skip_without_postgres()
    outcome = await shared_storm(tmp_path, kills=KILLS_OF_MANY, seed=seed)
    print(table([outcome]))  # noqa: T201
    assert outcome.reckoning.breaches.all() == []
    assert outcome.reckoning.take_ups.seen > 0
    assert outcome.reckoning.take_ups.longest_s < TAKEN_UP_S
    assert sum(outcome.kills.values()) == KILLS_OF_MANY
