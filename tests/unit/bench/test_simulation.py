"""The simulated fleet agrees with what is known of simple ones."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from bench.fleet.experiments import FEW_STEPS, simple
from bench.fleet.figures import (
    jain,
    mean,
    mean_wait_of_fixed_s,
    mean_wait_of_many_s,
    utilisation,
    waits_s,
)
from bench.fleet.line import Film
from bench.fleet.simulation import Fleet, Group, Outcome, Simulation


def a_film(number: int, *, at_s: float = 0.0, model: str = "wan") -> Film:
    return Film(number=number, account="a", model=model, arrives_s=at_s, takes_s=10.0)


def run(fleet: Fleet, films: Sequence[Film], seed: int = 1) -> Outcome:
    return Simulation(fleet, films, random.Random(seed)).run()  # noqa: S311  # no secrets


def test_one_gpu_makes_films_wait_as_theory_says() -> None:
    outcome = simple(1, 0.5, 10_000)
    assert mean(waits_s(outcome)) == pytest.approx(
        mean_wait_of_fixed_s(0.5 / FEW_STEPS.film_s, FEW_STEPS.film_s), rel=0.05
    )


def test_many_gpus_make_films_wait_as_theory_says() -> None:
    outcome = simple(8, 0.8, 30_000, spread="exponential")
    assert mean(waits_s(outcome)) == pytest.approx(
        mean_wait_of_many_s(8 * 0.8 / FEW_STEPS.film_s, FEW_STEPS.film_s, 8), rel=0.05
    )
    assert utilisation(outcome) == pytest.approx(0.8, rel=0.02)


def test_theory_knows_a_textbook_case() -> None:
    # Erlang C of 2 servers at 0.75 each is 0.642857; half a customer an hour is free.
    assert mean_wait_of_many_s(1.5, 1.0, 2) == pytest.approx(0.6428571 / 0.5)


def test_the_same_seed_gives_the_same_outcome() -> None:
    first, second = (simple(4, 0.9, 500, seed=3) for _ in range(2))
    assert first.made == second.made


def test_a_model_is_loaded_where_another_one_was() -> None:
    fleet = Fleet(groups=(Group(machines=1),), load_s={"wan": 3.0, "ltx": 5.0})
    films = [a_film(0), a_film(1), a_film(2, model="ltx"), a_film(3)]
    outcome = run(fleet, films)
    assert outcome.loads == 3
    assert [made.done_s for made in outcome.made] == [13.0, 23.0, 38.0, 51.0]


def test_a_film_goes_to_the_gpu_of_a_machine_that_has_its_model() -> None:
    fleet = Fleet(groups=(Group(machines=1, gpus=2),), load_s={"wan": 3.0, "ltx": 5.0})
    films = [a_film(0), a_film(1, model="ltx"), a_film(2, at_s=50.0), a_film(3, at_s=90.0)]
    assert run(fleet, films).loads == 2


def test_films_wait_for_the_machines_that_take_their_model() -> None:
    groups = (
        Group(machines=2, models=frozenset({"wan"})),
        Group(machines=1, models=frozenset({"ltx"})),
    )
    films = [a_film(0, model="ltx"), a_film(1, model="ltx"), a_film(2)]
    done = {made.film.number: made.done_s for made in run(Fleet(groups=groups), films).made}
    assert done == {0: 10.0, 2: 10.0, 1: 20.0}


def test_every_film_is_made_although_gpus_die() -> None:
    fleet = Fleet(groups=(Group(machines=3),), hours_to_death=0.01)
    outcome = run(fleet, [a_film(number, at_s=float(number)) for number in range(200)])
    assert sorted(made.film.number for made in outcome.made) == list(range(200))
    assert outcome.deaths > 10


def test_even_shares_have_the_index_one_and_a_lone_one_its_part() -> None:
    assert jain([2.0, 2.0, 2.0]) == pytest.approx(1.0)
    assert jain([1.0, 0.0, 0.0, 0.0]) == pytest.approx(0.25)
