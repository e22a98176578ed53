"""How long a film takes, by its numbers alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matinee.core.size import Size
from matinee.engines.diffusers.workload import FilmWork, arithmetic_seconds, working_bytes
from tests.unit.engines.diffusers.known_models import TI2V_5B

FILM = FilmWork(model=TI2V_5B, size=Size(1280, 704), frames=121, steps=50)


def test_drawing_takes_as_long_as_the_layers_of_the_model_say() -> None:
    seconds = arithmetic_seconds(FILM)["denoise"]
    assert seconds == pytest.approx(51.7e15 / 3e14, rel=0.1)


def test_drawing_outweighs_all_else_in_a_film_of_many_steps() -> None:
    seconds = arithmetic_seconds(replace(FILM, is_loaded=True))
    assert seconds["denoise"] > 5 * (sum(seconds.values()) - seconds["denoise"])


def test_a_loaded_model_takes_no_time_to_load() -> None:
    assert arithmetic_seconds(replace(FILM, is_loaded=True))["loading"] == 0
    assert replace(FILM, is_loaded=True).units()["loading"] == 0


def test_without_guidance_each_step_takes_half() -> None:
    unguided = arithmetic_seconds(replace(FILM, is_guided=False))
    assert unguided["denoise"] == pytest.approx(arithmetic_seconds(FILM)["denoise"] / 2)


def test_segments_are_drawn_faster_than_one_film_of_their_length() -> None:
    chained = arithmetic_seconds(replace(FILM, frames=242, steps=100, segments=2))
    at_once = arithmetic_seconds(replace(FILM, frames=242, steps=50))
    assert chained["denoise"] == pytest.approx(2 * arithmetic_seconds(FILM)["denoise"], rel=0.01)
    assert chained["denoise"] < at_once["denoise"]


def test_of_two_experts_one_works_at_a_time() -> None:
    model = replace(TI2V_5B, memory_bytes={**TI2V_5B.memory_bytes, "transformer_2": 10**10})
    two = arithmetic_seconds(replace(FILM, model=model))
    assert two["denoise"] == arithmetic_seconds(FILM)["denoise"]


def test_films_that_differ_by_their_side_up_are_of_one_kind() -> None:
    assert replace(FILM, size=Size(704, 1280)).kind == FILM.kind
    assert replace(FILM, size=Size(832, 480)).kind != FILM.kind
    assert replace(FILM, profile="fast").kind != FILM.kind


def test_a_larger_film_needs_more_memory_to_work_in() -> None:
    small = working_bytes(TI2V_5B, Size(832, 480), 121, device="cuda:0")
    large = working_bytes(TI2V_5B, Size(1280, 704), 121, device="cuda:0")
    assert small < large < 8 * 10**9
