"""All chance of the world: what goes wrong, and who goes on next."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from random import Random
from typing import TypeVar

_Value = TypeVar("_Value")


class WriteFault(Enum):
    """What a write may meet."""

    REFUSED = auto()
    """Nothing is run."""

    UNDONE = auto()
    """It is run, and the database gives all of it up."""

    LOST = auto()
    """It is durable, and whoever waits for that hears of an error."""

    REPEATED = auto()
    """It is run once in vain, then again."""


_KINDS = ("write", "read", "blob", "engine", "upstream", "answer")


class Weather:
    """Draws from one number. Each kind of trouble is more or less frequent, or there is none."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311  # a replay is what it is for
        self.is_calm = False
        self.next_faults: list[WriteFault | None] = []
        """What the next writes surely meet, in order."""

        self._risks = {kind: self.random.choice((0.0, 0.03, 0.1, 0.25)) for kind in _KINDS}

    def below(self, count: int) -> int:
        """A number from 0 to `count` - 1."""
        return int(self.random.random() * count)

    def choose(self, values: Sequence[_Value]) -> _Value:
        """One of `values`."""
        return values[self.below(len(values))]

    def happens(self, share: float) -> bool:
        """Whether something happens that does so in that share of all cases."""
        return self.random.random() < share

    def strikes(self, kind: str) -> bool:
        """Whether trouble of that kind comes now."""
        return not self.is_calm and self.random.random() < self._risks[kind]

    def write_fault(self) -> WriteFault | None:
        """What the next write meets."""
        if self.next_faults:
            return self.next_faults.pop(0)
        return self.choose(list(WriteFault)) if self.strikes("write") else None
