"""The three locks agree with each other and with what pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-diffusers.lock"]

TORCH_AND_ITS_OWN = {"torch", "triton", "sympy", "networkx", "mpmath"}
"""With nvidia-*: pip chooses them by the machine, so the lock leaves them out."""


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_a_hash_for_every_pin_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert len(pins(lock)) > 30
    assert re.findall(r"^\S+==.*[^\\]$", text, re.MULTILINE) == []
    assert re.findall(r"\\\n(?!    --hash=sha256:)", text) == []
    assert "://" not in text


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-diffusers.lock"])
def test_what_two_locks_hold_has_one_version(lock: str) -> None:
    development = pins("requirements-dev.lock")
    here = pins(lock)
    shared = here.keys() & development.keys()
    assert shared
    assert {name: here[name] for name in shared} == {name: development[name] for name in shared}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_lock_holds_what_the_base_install_needs(lock: str) -> None:
    assert names(PROJECT["dependencies"]) <= pins(lock).keys()


def test_the_lock_of_the_extra_holds_all_but_torch_and_what_only_torch_needs() -> None:
    extra, there = names(PROJECT["optional-dependencies"]["diffusers"]), pins(LOCKS[2]).keys()
    assert extra - there == {"torch"}
    assert not there & TORCH_AND_ITS_OWN
    assert not [name for name in there if name.startswith("nvidia")]


def test_the_base_install_has_nothing_of_torch() -> None:
    extra = names(PROJECT["optional-dependencies"]["diffusers"])
    assert not extra & pins("requirements.lock").keys()


def test_the_torch_of_the_tests_satisfies_the_extra() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (pinned,) = re.findall(r"^TORCH := torch==(\S+)$", makefile, re.MULTILINE)
    (floor,) = [
        each for each in PROJECT["optional-dependencies"]["diffusers"] if each.startswith("torch>=")
    ]
    assert version(pinned) >= version(floor.removeprefix("torch>="))


def pins(lock: str) -> dict[str, set[str]]:
    """The versions of each package that `lock` pins: several where that depends on the Python."""
    versions: dict[str, set[str]] = {}
    text = (ROOT / lock).read_text(encoding="utf-8")
    for name, pinned in re.findall(r"^([a-z0-9._-]+)==(\S+)", text, re.MULTILINE):
        versions.setdefault(name, set()).add(pinned)
    return versions


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=;\[ ]", each)[0] for each in requirements}


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))
