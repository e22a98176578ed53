"""What is read off a simulated run, and what theory says of the simple ones."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from bench.fleet.simulation import Made, Outcome


def quantile(values: Iterable[float], share: float) -> float:
    """The value below which `share` of all lie; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def mean(values: Sequence[float]) -> float:
    """Their mean; 0 of none."""
    return math.fsum(values) / len(values) if values else 0.0


def utilisation(outcome: Outcome) -> float:
    """The share of the GPUs' time in which films were made. To load a model is no such work."""
    return outcome.making_s / (outcome.gpus * outcome.ended_s)


def waits_s(outcome: Outcome, of: Callable[[Made], bool] = lambda made: True) -> list[float]:
    """How long films waited until they were begun."""
    return [made.wait_s for made in outcome.made if of(made)]


def seconds_by_account(outcome: Outcome) -> dict[str, float]:
    """How much of the GPUs' time each account was given."""
    given: dict[str, float] = defaultdict(float)
    for made in outcome.made:
        given[made.film.account] += made.film.takes_s
    return dict(given)


def jain(shares: Sequence[float]) -> float:
    """How even shares are: 1 if all are alike, 1/n if one has all.

    Source: Jain, Chiu, Hawe 1984, "A quantitative measure of fairness".
    """
    squares = math.fsum(share * share for share in shares)
    return math.fsum(shares) ** 2 / (len(shares) * squares) if squares else 1.0


def mean_wait_of_many_s(per_s: float, takes_s: float, servers: int) -> float:
    """The mean wait before `servers`, arrivals and service by chance (M/M/c: Erlang C)."""
    load = per_s * takes_s
    # Erlang B by its recursion, which does not overflow, then C from B.
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    waits = blocked / (1 - load / servers * (1 - blocked))
    return waits * takes_s / (servers - load)


def mean_wait_of_fixed_s(per_s: float, takes_s: float) -> float:
    """The mean wait before one server whose work always takes as long (M/D/1)."""
    load = per_s * takes_s
    return load * takes_s / (2 * (1 - load))
