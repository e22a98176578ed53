"""What is asked of the simulation, and the tables of docs/scale.md that answer it.

Every experiment has its own seed, so its table is the same each time.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bench.fleet.arrivals import DAY_S, Demand, Model, Times, bursts, daily, films, flood, steady
from bench.fleet.figures import (
    jain,
    mean,
    mean_wait_of_fixed_s,
    mean_wait_of_many_s,
    quantile,
    seconds_by_account,
    utilisation,
    waits_s,
)
from bench.fleet.simulation import Fleet, Group, Outcome, Simulation
from bench.fleet.tables import Table, in_percent, in_seconds

LOAD_BYTES_PER_S = 2e9
"""Assumed: weights come from a local disk. With the start of a process it is a little more."""

FEW_STEPS = Model(name="few steps", film_s=16.0, load_s=12.0)
MANY_STEPS = Model(name="50 steps", film_s=95.0, load_s=12.0)
LARGE = Model(name="large", film_s=170.0, load_s=35.0)
SMALL = Model(name="small", film_s=29.0, load_s=8.0)
MODELS = (FEW_STEPS, MANY_STEPS, LARGE, SMALL)
"""Seconds on one large GPU; docs/scale.md says where they come from."""

Arrivals = Callable[[float, float, random.Random], Times]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A fleet and those who ask it for films, each for so many a second."""

    fleet: Fleet
    demands: Sequence[tuple[Demand, float]]
    arrivals: Arrivals = steady
    until_s: float = DAY_S
    drains: bool = True
    """Whether all films are made in the end; otherwise it stops at `until_s`."""

    def play(self, seed: int, *more: tuple[Demand, Times]) -> Outcome:
        """Run it; `more` ask for films at times of their own."""
        rng = random.Random(seed)
        asked = [
            (demand, self.arrivals(per_s, self.until_s, rng)) for demand, per_s in self.demands
        ]
        simulation = Simulation(self.fleet, films([*asked, *more], rng), rng)
        return simulation.run() if self.drains else simulation.run(self.until_s)


def check_with_theory() -> Table:
    """The simulation beside formulas that are known to be right."""
    table = Table("GPUs", "busy", "service", "mean wait, simulated", "by theory", "apart")
    for gpus, load, spread, count in (
        (1, 0.7, "fixed", 20_000),
        (8, 0.8, "exponential", 30_000),
        (32, 0.9, "exponential", 40_000),
    ):
        simulated = mean(waits_s(simple(gpus, load, count, spread=spread)))
        per_s = gpus * load / FEW_STEPS.film_s
        theory = mean_wait_of_fixed_s(per_s, FEW_STEPS.film_s)
        if spread == "exponential":
            theory = mean_wait_of_many_s(per_s, FEW_STEPS.film_s, gpus)
        apart = f"{100 * abs(simulated / theory - 1):.1f} %"
        waits = (in_seconds(simulated), in_seconds(theory))
        table.add(gpus, in_percent(load), spread, *waits, apart)
    return table


def simple(
    gpus: int,
    load: float,
    count: int,
    *,
    spread: str = "fixed",
    arrivals: Arrivals = steady,
    seed: int = 1,
) -> Outcome:
    """One account, one model that is never loaded, so many films."""
    demand = Demand(account="one", models=(FEW_STEPS,), spread=spread)
    per_s = gpus * load / FEW_STEPS.film_s
    scene = Scene(
        fleet=Fleet(groups=(Group(machines=gpus),)),
        demands=((demand, per_s),),
        arrivals=arrivals,
        until_s=count / per_s,
    )
    return scene.play(seed)


def size_of_fleet() -> Table:
    """How long films wait before fleets that are equally busy."""
    table = Table("GPUs", "busy", "arrivals", "wait p50", "p95", "p99")
    patterns: Mapping[str, Arrivals] = {
        "steady": steady,
        "ten at once": partial(bursts, size=10),
        "day and night, 1.8 times at noon": partial(daily, peak=1.8),
    }
    for gpus, load, names in (
        (1, 0.5, ("steady", "ten at once")),
        (10, 0.5, ("steady", "ten at once", "day and night, 1.8 times at noon")),
        (10, 0.7, ("day and night, 1.8 times at noon",)),
        (10, 0.8, ("steady", "ten at once")),
        (100, 0.8, ("steady", "ten at once")),
        (100, 0.95, ("steady",)),
    ):
        for name in names:
            is_daily = name.startswith("day")
            count = int(gpus * load / FEW_STEPS.film_s * DAY_S) if is_daily else 5_000
            outcome = simple(gpus, load, count, arrivals=patterns[name], seed=2)
            table.add(gpus, in_percent(load), name, *_quantiles(waits_s(outcome)))
    return table


def lines_and_models() -> Table:
    """Four models on 16 GPUs: what it costs that films are not sorted by model."""
    head = ("accounts", "rule", "most that is made", "loads a film", "wait p50", "p95", "p99")
    table = Table(*head)
    for accounts in (1, 40):
        for rule, fleet in rules(16).items():
            usual = of_all_models(fleet, 0.7, accounts, until_s=DAY_S / 2).play(3)
            most = of_all_models(fleet, 2.0, accounts, until_s=DAY_S / 8, drains=False).play(3)
            loads = f"{usual.loads / len(usual.made):.2f}"
            made = in_percent(utilisation(most))
            table.add(accounts, rule, made, loads, *_quantiles(waits_s(usual)))
    return table


def rules(gpus: int) -> Mapping[str, Fleet]:
    """Who may be next for a GPU that is free: as the server has it, and otherwise."""
    load_s = {model.name: model.load_s for model in MODELS}
    shared, pooled = (Group(machines=gpus),), (Group(machines=1, gpus=gpus),)
    return {
        "**one line, 16 machines (ours)**": Fleet(groups=shared, load_s=load_s),
        "**one line, one machine (ours)**": Fleet(groups=pooled, load_s=load_s),
        "a line for each model (`--queue`)": Fleet(groups=split(gpus), load_s=load_s),
        "warm model first, same round": Fleet(groups=shared, load_s=load_s, ahead=0),
        "warm model first, 8 rounds ahead": Fleet(groups=shared, load_s=load_s, ahead=8),
    }


def of_all_models(
    fleet: Fleet, load: float, accounts: int, *, until_s: float, drains: bool = True
) -> Scene:
    """`accounts` that are alike keep the fleet's GPUs that busy, each model as much as another."""
    gpus = sum(group.machines * group.gpus for group in fleet.groups)
    weights = weights_by_work()
    work_s = sum(share * each.film_s for share, each in zip(weights, MODELS, strict=True))
    demands = [
        (
            Demand(account=f"{number}", models=MODELS, weights=weights),
            load * gpus / work_s / accounts,
        )
        for number in range(accounts)
    ]
    return Scene(fleet=fleet, demands=demands, until_s=until_s, drains=drains)


def weights_by_work() -> tuple[float, ...]:
    """How often each model is asked for, so that each has the same share of the GPUs' time."""
    inverse = [1 / model.film_s for model in MODELS]
    return tuple(each / sum(inverse) for each in inverse)


def split(gpus: int) -> tuple[Group, ...]:
    """The machines divided among the models, evenly."""
    each = gpus // len(MODELS)
    return tuple(Group(machines=each, models=frozenset({model.name})) for model in MODELS)


def beside_a_flood() -> Table:
    """Twenty accounts that ask now and then, and one that asks for 1,000 films at once."""
    table = Table("order", "accounts", "films", "wait p50", "p95", "p99")
    for order, is_fair in (("who came first", False), ("**in turns (ours)**", True)):
        small = [
            (
                Demand(
                    account=f"small {number}" if is_fair else "all",
                    models=(FEW_STEPS,),
                    kind="20 small ones",
                ),
                0.5 * 10 / FEW_STEPS.film_s / 20,
            )
            for number in range(20)
        ]
        large = Demand(account="large" if is_fair else "all", models=(FEW_STEPS,), kind="the flood")
        scene = Scene(fleet=Fleet(groups=(Group(machines=10),)), demands=small, until_s=7200)
        outcome = scene.play(4, (large, flood(600.0, 1000)))
        for kind in ("20 small ones", "the flood"):
            waits = waits_of(outcome, kind)
            table.add(order, kind, f"{len(waits):,}", *_quantiles(waits))
    return table


def beside_another_line() -> Table:
    """A flood in one model's line, while the other model's line is served faster."""
    table = Table("order", "who, on the flooded model", "films", "wait p50", "p95", "p99")
    halves = tuple(
        Group(machines=5, models=frozenset({model.name})) for model in (FEW_STEPS, SMALL)
    )
    fleets = {
        "machines shared": Fleet(groups=(Group(machines=10),)),
        "**a line for each model (ours, `--queue`)**": Fleet(groups=halves),
        "the same, and each line counts its own rounds": Fleet(groups=halves, counts_by_model=True),
    }
    for name, fleet in fleets.items():
        busy = Demand(account="busy", models=(FEW_STEPS,), kind="the other model's account")
        small = [
            (Demand(account=f"{number}", models=(SMALL,), kind="20 small ones"), 0.001)
            for number in range(20)
        ]
        scene = Scene(
            fleet=fleet,
            demands=[(busy, 0.9 * 5 / FEW_STEPS.film_s), *small],
            until_s=3 * 3600,
        )
        large = Demand(account="large", models=(SMALL,), kind="the flood")
        outcome = scene.play(7, (large, flood(3600.0, 1000)))
        for kind in ("20 small ones", "the flood"):
            waits = waits_of(outcome, kind, after_s=3600.0)
            table.add(name, kind, f"{len(waits):,}", *_quantiles(waits))
    return table


def waits_of(outcome: Outcome, kind: str, *, after_s: float = 0.0) -> list[float]:
    """How long films of those tenants waited."""
    return waits_s(outcome, lambda made: made.film.kind == kind and made.film.arrives_s >= after_s)


def shares() -> Table:
    """Accounts that always want more than there is: who gets how much."""
    table = Table("accounts that never have enough", "films made", "shares of GPU time", "Jain")
    same = [(f"{n} times", n, FEW_STEPS) for n in (1, 2, 4, 8)]
    long = Model(name="long", film_s=3 * FEW_STEPS.film_s)
    lengths = [("films of 5 s", 4, FEW_STEPS), ("films of 15 s", 4, long)]
    for name, who in (
        ("four, up to 8 times as greedy", same),
        ("two, films of 5 and 15 s", lengths),
    ):
        demands = [
            (Demand(account=account, models=(model,)), factor * 0.6 * 10 / model.film_s)
            for account, factor, model in who
        ]
        fleet = Fleet(groups=(Group(machines=10),))
        outcome = Scene(fleet=fleet, demands=demands, until_s=7200, drains=False).play(5)
        given = seconds_by_account(outcome)
        parts = [given[account] for account, _, _ in who]
        spoken = " : ".join(f"{100 * part / sum(parts):.0f}" for part in parts)
        table.add(name, f"{len(outcome.made):,}", spoken, f"{jain(parts):.2f}")
    return table


def deaths() -> Table:
    """GPUs whose processes die in the middle of films."""
    table = Table("a GPU's process dies", "deaths", "of all films", "asked to done p50", "p99")
    for hours in (0, 24, 4, 1):
        fleet = Fleet(
            groups=(Group(machines=10),), hours_to_death=hours, load_s={MANY_STEPS.name: 12.0}
        )
        demand = Demand(account="one", models=(MANY_STEPS,))
        scene = Scene(fleet=fleet, demands=((demand, 0.7 * 10 / MANY_STEPS.film_s),))
        outcome = scene.play(6)
        taken = [made.done_s - made.film.arrives_s for made in outcome.made]
        quantiles = (in_seconds(quantile(taken, share)) for share in (0.5, 0.99))
        name = f"every {hours} h of work" if hours else "never"
        hit = f"{100 * outcome.deaths / len(outcome.made):.1f} %"
        table.add(name, outcome.deaths, hit, *quantiles)
    return table


def _quantiles(waits: Sequence[float]) -> Iterator[str]:
    return (in_seconds(quantile(waits, share)) for share in (0.5, 0.95, 0.99))


EXPERIMENTS: Mapping[str, Callable[[], Table]] = {
    "theory": check_with_theory,
    "sizes": size_of_fleet,
    "models": lines_and_models,
    "flood": beside_a_flood,
    "lines": beside_another_line,
    "shares": shares,
    "deaths": deaths,
}
"""By the names that docs/scale.md has for their tables."""
