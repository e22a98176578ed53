"""What every Python client is driven with: a server, a list of checks, and one line per outcome.

Runs in the environment of the client, which has that client and the standard library, no more.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

PROMPT = "A paper boat drifts down a rain gutter, low camera, overcast light."
"""The wish of every film. What it shows is looked at elsewhere."""

SECONDS, SIZE = "4", "720x1280"
_MOST_DETAIL = 600

State = Literal["pass", "fail", "absent"]
Stage = TypeVar("Stage")


class NotInThisClient(Exception):
    """This version of the client can't do what a check asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """The servers and what lies ready for a client. Paths are absolute."""

    url: str
    """A server; `key` opens it, or it needs none and ignores `key`."""

    key: str
    model: str
    keyed_url: str
    """A server that needs `good_key`."""

    good_key: str
    picture: str
    """A PNG of the size of the films."""

    picture_url: str
    """The same, where the server can fetch it."""

    receiver_url: str
    """Answers every POST with 200."""

    delivery: Mapping[str, Any]
    """A webhook as it arrived (`body`, `headers`), and the `secret` of its endpoint; or empty."""

    def picture_bytes(self) -> bytes:
        """The PNG."""
        return Path(self.picture).read_bytes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one check."""

    check: str
    state: State
    detail: str = ""
    seconds: float = 0.0


def has(thing: object, name: str) -> None:
    """Raise NotInThisClient unless `thing` has all of the dotted `name`."""
    for part in name.split("."):
        if not hasattr(thing, part):
            raise NotInThisClient(name)
        thing = getattr(thing, part)


def expect(found: object, wanted: object, what: str) -> None:
    """Raise AssertionError, saying `what`, unless both are equal."""
    if found != wanted:
        raise AssertionError(f"{what}: wanted {wanted!r}, found {found!r}")


def expect_that(holds: object, what: str) -> None:
    """Raise AssertionError, saying `what`, unless it holds."""
    if not holds:
        raise AssertionError(what)


def outcome_of(name: str, check: Callable[[Stage], None], stage: Stage) -> Outcome:
    """Run one check. Whatever it raises is what the client's user would have met."""
    started_s = time.monotonic()
    state: State = "pass"
    detail = ""
    try:
        check(stage)
    except NotInThisClient as absent:
        state, detail = "absent", str(absent)
    except Exception as error:  # noqa: BLE001 - the report of a client says what it raised
        where = traceback.extract_tb(error.__traceback__)[1]
        state = "fail"
        detail = f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
    seconds = round(time.monotonic() - started_s, 2)
    return Outcome(check=name, state=state, detail=detail[:_MOST_DETAIL], seconds=seconds)


def drive(
    checks: Mapping[str, Callable[[Stage], None]], make_stage: Callable[[SetUp], Stage]
) -> None:
    """Run all checks on the set-up that stands on standard input; print each outcome as JSON."""
    stage = make_stage(SetUp(**json.load(sys.stdin)))
    for name, check in checks.items():
        outcome = outcome_of(name, check, stage)
        line = {
            "check": outcome.check,
            "state": outcome.state,
            "detail": outcome.detail,
            "seconds": outcome.seconds,
        }
        print(json.dumps(line), flush=True)  # noqa: T201 - read by the matrix
