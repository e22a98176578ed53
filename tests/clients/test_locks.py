"""What the matrix installs is pinned, whole and without an address."""

from __future__ import annotations

import json
import re

import openai
import pytest
from tools.clients_table import CLIENTS, OPENAI_PYTHON, ROWS, Environment

ENVIRONMENTS = {row.environment.name: row.environment for row in ROWS}.values()
PIP = [each for each in ENVIRONMENTS if not each.node]
NPM = [each for each in ENVIRONMENTS if each.node]


def test_every_lock_belongs_to_a_row() -> None:
    there = {path.name for path in (CLIENTS / "locks").iterdir()}
    assert there == {each.lock.name for each in ENVIRONMENTS}


def test_every_row_has_a_name_and_a_driver_of_its_own() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
    drivers = {row.driver if row.environment.node else f"{row.driver}.py" for row in ROWS}
    assert [name for name in drivers if not (CLIENTS / name).is_file()] == []


@pytest.mark.parametrize("environment", PIP, ids=lambda each: each.name)
def test_a_pip_lock_pins_what_the_row_names_and_hashes_all(environment: Environment) -> None:
    text = environment.lock.read_text(encoding="utf-8")
    pinned = re.findall(r"^([^\s#]+==\S+)(.*)$", text, re.MULTILINE)
    assert {re.sub(r"\[.*\]", "", each) for each in environment.packages} <= {
        name for name, _ in pinned
    }
    assert all(rest.endswith("\\") for _, rest in pinned)
    assert "://" not in text


@pytest.mark.parametrize("environment", NPM, ids=lambda each: each.name)
def test_an_npm_lock_pins_what_the_row_names_and_says_of_no_registry(
    environment: Environment,
) -> None:
    text = environment.lock.read_text(encoding="utf-8")
    root, *packages = json.loads(text)["packages"].values()
    named = [f"{name}@{version}" for name, version in root["dependencies"].items()]
    assert sorted(named) == sorted(environment.packages)
    assert all("integrity" in package for package in packages)
    assert '"resolved"' not in text


def test_the_newest_sdk_is_the_one_of_the_development_environment() -> None:
    assert OPENAI_PYTHON[-1] == openai.__version__
