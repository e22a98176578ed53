"""The page of sizes says what the model computes."""

from __future__ import annotations

import pytest
from bench.fleet.__main__ import main
from bench.fleet.experiments import EXPERIMENTS
from bench.fleet.inputs import Inputs
from bench.fleet.page import MODEL_TABLES, PAGE, TABLES, blocks
from bench.fleet.sizing import Needs

CHEAP = (*MODEL_TABLES, "flood", "lines")
"""The other tables take seconds: `make bench-fleet` compares them."""


@pytest.mark.parametrize("name", CHEAP)
def test_the_page_has_the_table_as_it_is_computed(name: str) -> None:
    assert blocks(PAGE.read_text(encoding="utf-8"))[name] == str(TABLES[name]())


def test_the_page_has_every_table_once() -> None:
    marked = PAGE.read_text(encoding="utf-8").count("<!-- table: ")
    assert set(blocks(PAGE.read_text(encoding="utf-8"))) == set(TABLES)
    assert marked == len(TABLES)
    assert set(EXPERIMENTS) < set(TABLES)


def test_a_day_of_films_needs_its_gpus_at_the_peak() -> None:
    needs = Needs(inputs=Inputs(films_per_day=86_400, peak=2, gpu_s=12, gpu_busy=0.75))
    assert needs.films == pytest.approx(2.0)
    assert needs.gpus == pytest.approx(2 * 12 / 0.75)


def test_films_upstream_are_as_many_as_come_while_one_is_made() -> None:
    needs = Needs(inputs=Inputs(films_per_day=86_400, peak=1, upstream_share=0.5, upstream_s=120))
    assert needs.upstream_films == pytest.approx(60.0)


def test_own_figures_are_put_in_by_their_names(capsys: pytest.CaptureFixture[str]) -> None:
    main(["model", "--films-per-day", "8640000", "--peak", "1", "--gpu-s", "8", "--gpu-busy", "1"])
    assert "| films a second | 100 |" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("option", "value", "why"),
    [
        ("--gpu-busy", "0", "'gpu_busy' must be more than 0"),
        ("--upstream-share", "2", "'upstream_share' must be 1 at the most, not 2"),
        ("--peak", "nan", "'peak' must be 0 or more, not nan"),
    ],
)
def test_figures_that_make_no_sense_are_refused_by_name(
    capsys: pytest.CaptureFixture[str], option: str, value: str, why: str
) -> None:
    with pytest.raises(SystemExit):
        main(["model", option, value])
    assert why in capsys.readouterr().err


def test_an_experiment_is_printed_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    main(["simulate", "flood"])
    assert "in turns" in capsys.readouterr().out
