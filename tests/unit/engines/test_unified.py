"""The unified format as an upstream's."""

from __future__ import annotations

from typing import Any

import pytest

from matinee.core.errors import SettingsInvalid
from matinee.core.size import Size
from matinee.engines.unified import KIND, UnifiedOptions, wire_of
from matinee.net.upstream_options import UpstreamModel
from tests.orders import IMAGE, IMAGE_BASE64, a_setup, an_order

RELAY = wire_of(UnifiedOptions(base_url="https://relay.example"))
MATINEE = wire_of(UnifiedOptions(base_url="https://relay.example", is_matinee=True))


def fields_of(**changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = RELAY.submit(an_order(**changes)).json
    return fields


def test_a_film_is_ordered_with_every_field_that_the_format_requires() -> None:
    call = RELAY.submit(an_order())
    assert (call.method, call.path) == ("POST", "/v1/video/create")
    assert call.json == {
        "model": "sora-2",
        "prompt": "a fox",
        "images": [],
        "orientation": "landscape",
        "aspect_ratio": "16:9",
        "size": "small",
        "duration": 4,
        "watermark": True,
        "private": False,
        "seed": 7,
    }


def test_every_order_carries_its_key() -> None:
    assert RELAY.submit(an_order()).headers == {"idempotency-key": "video-1"}


def test_images_are_sent_as_data() -> None:
    uri = f"data:image/png;base64,{IMAGE_BASE64}"
    assert fields_of(images=(IMAGE, IMAGE))["images"] == [uri, uri]


@pytest.mark.parametrize(
    ("size", "orientation", "size_class"),
    [
        (Size(720, 1280), "portrait", "small"),
        (Size(1080, 1920), "portrait", "large"),
        (Size(1792, 1024), "landscape", "large"),
    ],
)
def test_a_size_is_told_as_its_class(size: Size, orientation: str, size_class: str) -> None:
    fields = fields_of(size=size)
    assert (fields["orientation"], fields["size"]) == (orientation, size_class)


def test_what_a_request_said_of_marks_privacy_and_style_is_passed_on() -> None:
    fields = fields_of(watermark=False, private=True, style="anime")
    assert fields["watermark"] is False
    assert fields["private"] is True
    assert fields["style"] == "anime"


def test_a_matinee_is_told_the_size_in_pixels() -> None:
    assert MATINEE.submit(an_order(size=Size(1792, 1024))).json["size"] == "1792x1024"


def test_a_sibling_is_sent_the_fields_it_wants_where_it_wants_them() -> None:
    options = UnifiedOptions(
        base_url="https://relay.example",
        create_path="/v2/videos/generations",
        query_path="/v2/videos/generations/{id}",
        input={"model": "{model}", "prompt": "{prompt}", "duration": "{seconds:text}", "hd": True},
    )
    wire = wire_of(options)
    call = wire.submit(an_order())
    assert (call.path, wire.poll) == (options.create_path, options.query_path)
    assert call.json == {"model": "sora-2", "prompt": "a fox", "duration": "4", "hd": True}


def test_a_field_that_there_is_not_is_refused_at_the_start() -> None:
    models = {"sora-2": UpstreamModel()}
    options = UnifiedOptions(base_url="https://a.example", input={"p": "{lens}"}, models=models)
    with pytest.raises(SettingsInvalid, match=r"'\{lens\}'.*Fields: '\{aspect_ratio\}'"):
        KIND.models(a_setup(options))


def test_only_a_matinee_takes_a_repeated_order_for_the_same_and_can_be_told_to_stop() -> None:
    assert (MATINEE.is_idempotent, RELAY.is_idempotent) == (True, False)
    assert (MATINEE.cancel, RELAY.cancel) == (("DELETE", "/v1/videos/{id}"), None)


def test_a_model_needs_only_its_name() -> None:
    options = UnifiedOptions(base_url="https://relay.example", models={"sora-2": UpstreamModel()})
    able = KIND.models(a_setup(options))["sora-2"]
    assert Size(720, 1280) in able.sizes
    assert (able.min_seconds, able.max_seconds) == (4, 15)
