"""Requests by a template."""

from __future__ import annotations

import pytest

from matinee.core.size import Size
from matinee.core.video import SamplingOptions
from matinee.net.templates import FIELDS, fill, fill_text, resolution_of, unknown_field, values_of
from tests.orders import IMAGE, IMAGE_BASE64, an_order


def test_a_field_alone_keeps_its_type() -> None:
    values = values_of(an_order())
    assert fill({"a": "{seconds}", "b": "{seconds:text}", "c": "{seconds}s"}, values) == {
        "a": 4,
        "b": "4",
        "c": "4s",
    }


def test_what_is_no_text_stays_as_it_is() -> None:
    template = {"audio": True, "fps": 24, "nested": {"shape": ["{width}", "{height}"]}}
    filled = fill(template, values_of(an_order()))
    assert filled == {"audio": True, "fps": 24, "nested": {"shape": [1280, 720]}}


def test_what_an_order_does_not_have_is_left_out() -> None:
    template = {"image": "{image}", "uri": "x{image}", "avoid": "{negative_prompt}", "n": 1}
    assert fill(template, values_of(an_order())) == {"n": 1}


def test_images_are_sent_as_data() -> None:
    values = values_of(an_order(images=(IMAGE, IMAGE)))
    uri = f"data:image/png;base64,{IMAGE_BASE64}"
    assert fill({"first": "{image}", "all": "{images}"}, values) == {"first": uri, "all": [uri] * 2}


def test_sampling_options_can_be_named() -> None:
    order = an_order(options=SamplingOptions(negative_prompt="rain", steps=9, guidance=2.5))
    template = ["{negative_prompt}", "{steps}", "{guidance}"]
    assert fill(template, values_of(order)) == ["rain", 9, 2.5]


def test_a_prompt_with_braces_is_not_read_as_a_template() -> None:
    assert fill("{prompt}!", values_of(an_order(prompt="{seed}"))) == "{seed}!"


def test_a_model_s_name_can_be_a_template() -> None:
    order = an_order(size=Size(720, 1280), seconds=15)
    name = fill_text("sora_video2-{orientation}-{seconds}s", values_of(order))
    assert name == "sora_video2-portrait-15s"


def test_every_field_has_a_value_or_none() -> None:
    assert set(values_of(an_order())) == FIELDS


def test_a_field_that_there_is_not_is_found_at_the_start() -> None:
    assert unknown_field({"a": ["{prompt}", {"b": "{lens}"}]}) == "lens"
    assert unknown_field({"a": "{prompt}", "b": 3}) is None


@pytest.mark.parametrize(
    ("size", "name"),
    [
        (Size(832, 480), "480p"),
        (Size(720, 1280), "720p"),
        (Size(1920, 1080), "1080p"),
        (Size(1792, 1024), "1080p"),
        (Size(3840, 2160), "4k"),
    ],
)
def test_a_size_has_a_usual_class(size: Size, name: str) -> None:
    assert resolution_of(an_order(size=size)) == name
