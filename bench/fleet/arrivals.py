"""Films that are asked for: steadily, by the hour of the day, in bursts, as a flood."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import count

from bench.fleet.line import Film

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What one model costs on a GPU."""

    name: str
    film_s: float
    """Seconds for a film of the usual length."""

    load_s: float = 0.0
    """Seconds until it is ready where another one was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What one account asks for."""

    account: str
    models: Sequence[Model]
    kind: str = ""
    weights: Sequence[float] = ()
    """How often each model is asked for beside the others; all alike if none are given."""

    spread: str = "fixed"
    """How long films take around the model's figure: `fixed`, `exponential`, or `lengths`, which
    are half, once and twice the usual one."""

    def film(self, number: int, at_s: float, rng: random.Random) -> Film:
        """One film that is asked for at that second."""
        model = rng.choices(self.models, self.weights or None)[0]
        return Film(
            number=number,
            account=self.account,
            model=model.name,
            arrives_s=at_s,
            takes_s=model.film_s * _factor(self.spread, rng),
            kind=self.kind,
        )


Times = Iterator[float]


def steady(per_s: float, until_s: float, rng: random.Random) -> Times:
    """Arrivals that know nothing of each other (Poisson)."""
    at_s = rng.expovariate(per_s)
    while at_s < until_s:
        yield at_s
        at_s += rng.expovariate(per_s)


def daily(per_s: float, until_s: float, rng: random.Random, *, peak: float) -> Times:
    """The same around a curve of one day, whose top is `peak` times the mean; 2 at the most."""
    for at_s in steady(per_s * peak, until_s, rng):
        wave = 1 - (peak - 1) * math.cos(2 * math.pi * at_s / DAY_S)
        if rng.random() * peak < max(0.0, wave):
            yield at_s


def bursts(per_s: float, until_s: float, rng: random.Random, *, size: int) -> Times:
    """`size` films at once, as often as makes `per_s` in the mean."""
    for at_s in steady(per_s / size, until_s, rng):
        for _ in range(size):
            yield at_s


def flood(at_s: float, size: int) -> Times:
    """`size` films at one moment."""
    for _ in range(size):
        yield at_s


def films(demands: Sequence[tuple[Demand, Times]], rng: random.Random) -> Iterator[Film]:
    """What all of them ask for, in the order of time."""
    numbers = count()
    streams = (_named(index, times) for index, (_, times) in enumerate(demands))
    for at_s, index in merge(*streams):
        yield demands[index][0].film(next(numbers), at_s, rng)


def _named(index: int, times: Times) -> Iterator[tuple[float, int]]:
    for at_s in times:
        yield at_s, index


def _factor(spread: str, rng: random.Random) -> float:
    factors: dict[str, Callable[[], float]] = {
        "fixed": lambda: 1.0,
        "exponential": lambda: rng.expovariate(1.0),
        "lengths": lambda: rng.choice((0.5, 1.0, 2.0)),
    }
    return factors[spread]()
