"""What open models can make, told in the words of requests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matinee.core.open_models import CATALOGUE, OpenModel, open_model
from matinee.core.size import Size
from matinee.core.video import Relation, VideoSpec
from matinee.engines.diffusers.capabilities import SORA_SIZES, capabilities_of
from matinee.engines.diffusers.plan import plan_film
from tests.unit.engines.diffusers.known_models import TI2V_5B


def known(name: str) -> OpenModel:
    model = open_model(name)
    assert model is not None
    return model


def test_a_model_offers_its_own_sizes_and_those_of_sora() -> None:
    sizes = capabilities_of(TI2V_5B).sizes
    assert sizes == (Size(1280, 704), Size(704, 1280), *SORA_SIZES)


def test_one_that_keeps_its_size_offers_no_other() -> None:
    assert capabilities_of(replace(TI2V_5B, keeps_size=True)).sizes == TI2V_5B.sizes


def test_one_that_begins_with_an_image_makes_long_films_and_extends_them() -> None:
    able = capabilities_of(TI2V_5B)
    assert (able.min_seconds, able.max_seconds) == (1, 25)
    assert (able.min_references, able.max_references) == (0, 1)
    assert able.relations == (Relation.EXTEND,)


def test_one_for_text_alone_ends_where_its_training_ended() -> None:
    able = capabilities_of(known("wan2.2-t2v-a14b"))
    assert (able.fps, able.max_seconds) == (16, 5)
    assert able.relations == ()
    assert able.max_references == 0
    assert max(able.fps_choices) < 16


def test_one_for_images_alone_must_be_given_one() -> None:
    assert capabilities_of(known("wan2.2-i2v-a14b")).min_references == 1


def test_a_few_step_model_takes_no_other_steps() -> None:
    assert capabilities_of(known("fastwan2.2-ti2v-5b")).options == ()
    assert capabilities_of(TI2V_5B, has_loras=True).options == (
        *("negative_prompt", "steps", "guidance"),
        "loras",
    )


def test_a_model_into_which_no_lora_can_be_loaded_offers_none() -> None:
    hunyuan = known("hunyuanvideo-1.5-t2v-480p")
    assert "loras" not in capabilities_of(hunyuan, has_loras=True).options


@pytest.mark.parametrize("model", CATALOGUE, ids=lambda model: model.name)
def test_whatever_a_model_offers_can_be_planned(model: OpenModel) -> None:
    able = capabilities_of(model)
    begins_free = replace(model, takes_text=True)
    for seconds in (able.min_seconds, able.max_seconds):
        for fps in (able.fps, *able.fps_choices):
            spec = VideoSpec(
                model="x", prompt="x", size=able.sizes[0], seconds=seconds, seed=1, fps=fps
            )
            assert plan_film(spec, begins_free).frames == seconds * fps
