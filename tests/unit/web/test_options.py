"""How a model is to draw, as clients write it."""

from __future__ import annotations

from typing import Any

import pytest

from matinee.core.errors import InvalidRequest
from matinee.core.video import Lora, SamplingOptions
from matinee.web.options import parse_fps, parse_options
from matinee.web.wishes import read_film_fields


def options(**values: Any) -> SamplingOptions:
    return parse_options(read_film_fields(values, {}))


def test_nothing_said_leaves_everything_to_the_engine() -> None:
    assert options(prompt="a cat", negative_prompt=" ", steps=None) == SamplingOptions()


@pytest.mark.parametrize("name", ["steps", "num_inference_steps", "infer_steps", "step"])
@pytest.mark.parametrize("value", [30, "30", 30.0])
def test_steps_have_many_names(name: str, value: object) -> None:
    assert options(**{name: value}).steps == 30


@pytest.mark.parametrize("name", ["guidance_scale", "guidance", "cfg_scale"])
@pytest.mark.parametrize("value", [5.5, "5.5"])
def test_so_has_guidance(name: str, value: object) -> None:
    assert options(**{name: value}).guidance == 5.5


@pytest.mark.parametrize(
    "values",
    [
        {"loras": "ink:0.8"},
        {"lora": {"name": "ink", "scale": 0.8}},
        {"lora_name": "ink", "lora_strength": "0.8"},
        {"loras": [{"path": "ink", "weight": 0.8}]},
        {"loras": {"ink": 0.8}},
        {"loras": '[{"name": "ink", "weight": 0.8}]'},
    ],
)
def test_a_lora_is_written_in_many_ways(values: dict[str, Any]) -> None:
    assert options(**values).loras == (Lora(name="ink", weight=0.8),)


def test_several_loras_keep_their_order() -> None:
    assert options(loras=["ink", "snow:0.5"]).loras == (
        Lora(name="ink"),
        Lora(name="snow", weight=0.5),
    )


@pytest.mark.parametrize(
    ("values", "param"),
    [
        ({"num_inference_steps": 0}, "num_inference_steps"),
        ({"steps": 201}, "steps"),
        ({"steps": "many"}, "steps"),
        ({"cfg_scale": -1}, "cfg_scale"),
        ({"guidance_scale": "nan"}, "guidance_scale"),
        ({"guidance_scale": 10**400}, "guidance_scale"),
        ({"loras": {"a": 10**400}}, "loras"),
        ({"guidance_scale": True}, "guidance_scale"),
        ({"lora": "../secret"}, "lora"),
        ({"loras": ["ink", 7]}, "loras[1]"),
        ({"loras": "ink:9"}, "loras"),
        ({"loras": {"a": {}}}, "loras"),
        ({"loras": [f"l{number}" for number in range(9)]}, "loras"),
        ({"loras": "[broken"}, "loras"),
        ({"negative_prompt": "x" * 8001}, "negative_prompt"),
        ({"negative_prompt": ["x", "y"]}, "negative_prompt"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name(values: dict[str, Any], param: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        options(**values)
    assert refused.value.param == param


def test_a_frame_rate_has_bounds() -> None:
    assert parse_fps(read_film_fields({"target_fps": "16"}, {})) == 16
    with pytest.raises(InvalidRequest):
        parse_fps(read_film_fields({"fps": 0}, {}))
