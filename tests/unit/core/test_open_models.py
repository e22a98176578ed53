"""The catalogue is complete, and says nothing that contradicts itself."""

from __future__ import annotations

import re

import pytest

from matinee.core.open_models import CATALOGUE, Grid, OpenModel, open_model
from matinee.core.size import Size

FAMILIES = {"wan", "ltx2", "hunyuan15", "cogvideox"}

each_model = pytest.mark.parametrize("model", CATALOGUE, ids=lambda model: model.name)


def test_a_canvas_is_the_smallest_of_the_grid_into_which_a_size_fits() -> None:
    grid = Grid(side_px=32, frame_step=4)
    assert grid.canvas(Size(1280, 720)) == Size(1280, 736)
    assert grid.canvas(Size(1280, 704)) == Size(1280, 704)


@pytest.mark.parametrize(("wanted", "drawn"), [(1, 1), (2, 5), (96, 97), (97, 97), (121, 121)])
def test_frames_are_the_next_number_of_the_grid(wanted: int, drawn: int) -> None:
    assert Grid(side_px=32, frame_step=4).frames(wanted) == drawn


def test_every_model_has_a_name_and_a_repository_of_its_own() -> None:
    assert len({model.name for model in CATALOGUE}) == len(CATALOGUE)
    assert len({model.repository for model in CATALOGUE}) == len(CATALOGUE)


def test_a_model_is_found_by_its_name_in_any_letters() -> None:
    found = open_model(" Wan2.2-TI2V-5B ")
    assert found is not None
    assert found.name == "wan2.2-ti2v-5b"
    assert open_model("wan") is None


@each_model
def test_a_name_can_be_a_folder_and_a_key(model: OpenModel) -> None:
    assert re.fullmatch(r"[a-z0-9.-]+", model.name)
    assert re.fullmatch(r"[\w-]+/[\w.-]+", model.repository)
    assert model.family in FAMILIES


@each_model
def test_what_a_model_was_trained_for_lies_on_its_grid(model: OpenModel) -> None:
    assert all(model.grid.canvas(size) == size for size in model.sizes)
    assert model.grid.frames(model.max_frames) == model.max_frames
    assert model.takes_text or model.takes_image


@each_model
def test_what_is_fetched_is_not_less_than_what_is_in_memory(model: OpenModel) -> None:
    assert {"transformer", "text_encoder"} <= set(model.memory_bytes)
    assert model.download_bytes >= model.weights_bytes * 0.99


@each_model
def test_a_licence_that_is_not_free_says_what_one_must_know(model: OpenModel) -> None:
    assert model.licence.is_free or model.licence.note
    assert model.licence.url.startswith("https://")


@each_model
def test_noise_levels_are_one_for_each_step_and_fall(model: OpenModel) -> None:
    assert len(model.sigmas) in {0, model.steps}
    assert list(model.sigmas) == sorted(model.sigmas, reverse=True)


@each_model
def test_a_few_step_sibling_is_there_and_of_the_same_kind(model: OpenModel) -> None:
    if model.turbo is None:
        return
    sibling = open_model(model.turbo)
    assert sibling is not None
    assert sibling.steps < model.steps
    assert (sibling.family, sibling.grid, sibling.fps) == (model.family, model.grid, model.fps)
    assert (sibling.takes_text, sibling.takes_image) == (model.takes_text, model.takes_image)
