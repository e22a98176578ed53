"""The newest OpenAI SDKs against a real server; `make test-clients` drives all the others too."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator

import pytest
from tools.clients import drive, outcomes_of
from tools.clients_environments import is_ready
from tools.clients_house import ClientsHouse, clients_house, spoken
from tools.clients_table import NEWEST, Row

from tests.clients.openai_python import CHECKS
from tests.clients.stage import Outcome

pytestmark = [pytest.mark.timeout(300), pytest.mark.slow]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClientsHouse]:
    """Two real servers, one with a key."""
    with clients_house(tmp_path_factory.mktemp("clients")) as house:
        yield house


@pytest.fixture(scope="module")
def outcomes(house: ClientsHouse, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """What became of every check with the SDK that the development environment has."""
    driver = [sys.executable, "-W", "ignore", "-m", "tests.clients.openai_python"]
    log = tmp_path_factory.mktemp("log") / "openai_python.log"
    return {each.check: each for each in outcomes_of(driver, spoken(house.set_up()), log)}


@pytest.mark.parametrize("check", CHECKS)
def test_the_newest_sdk_for_python_can(outcomes: dict[str, Outcome], check: str) -> None:
    outcome = outcomes.get(check) or outcomes["driver"]
    assert outcome.state == "pass", outcome.detail


@pytest.mark.parametrize("row", NEWEST, ids=[row.name for row in NEWEST])
def test_the_newest_of_the_others_can_do_everything(row: Row, house: ClientsHouse) -> None:
    if not shutil.which("npm"):
        # The README asks for Python alone, so a machine without Node still passes `make test`.
        pytest.skip("npm is not installed here, and without it there is no client for Node")
    # Where there is npm, `make unit` has made it; a client that is left out would go unnoticed.
    assert is_ready(row.environment), "Run `make newest-clients` first."
    failed = [each for each in drive(row, house) if each.state == "fail"]
    assert failed == []
