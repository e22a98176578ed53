"""LocalAI's one call as an upstream's."""

from __future__ import annotations

from typing import Any

import pytest

from matinee.core.errors import EngineError
from matinee.core.video import SamplingOptions
from matinee.engines.localai import LocalAIOptions, read, wire_of
from matinee.net.wire import Failed, Ready
from tests.orders import IMAGE, IMAGE_BASE64, a_reply, an_order

WIRE = wire_of(LocalAIOptions(base_url="http://gpu:8080"))


def film_of(item: dict[str, Any]) -> Ready:
    outcome = read(a_reply({"created": 1, "id": "x", "data": [item]})).outcome
    assert isinstance(outcome, Ready)
    return outcome


def test_a_film_is_ordered_with_every_number_outright() -> None:
    assert WIRE.submit(an_order("wan", frames=97)).json == {
        "model": "wan",
        "prompt": "a fox",
        "width": 1280,
        "height": 720,
        "num_frames": 97,
        "fps": 24,
        "seconds": "4",
        "seed": 7,
        "response_format": "url",
    }


def test_images_are_bare_base64_as_it_takes_no_data_uri() -> None:
    fields = WIRE.submit(an_order(images=(IMAGE, IMAGE))).json
    assert (fields["start_image"], fields["end_image"]) == (IMAGE_BASE64, IMAGE_BASE64)


def test_sampling_options_have_its_own_names() -> None:
    sampling = SamplingOptions(negative_prompt="rain", steps=9, guidance=2.5)
    fields = WIRE.submit(an_order(options=sampling)).json
    named = fields["negative_prompt"], fields["step"], fields["cfg_scale"]
    assert named == ("rain", 9, 2.5)


@pytest.mark.parametrize(
    "url",
    [
        "/generated-videos/b64123.mp4",
        "http://localhost:8080/generated-videos/b64123.mp4",
        "http://inside.proxy/generated-videos/b64123.mp4",
    ],
)
def test_its_film_is_fetched_where_it_was_ordered(url: str) -> None:
    call = film_of({"url": url}).call
    assert call is not None
    assert (call.path, call.is_link) == ("/generated-videos/b64123.mp4", False)


def test_a_film_elsewhere_is_fetched_there() -> None:
    call = film_of({"url": "https://cdn.example/a.mp4"}).call
    assert call is not None
    assert call.is_link


def test_a_film_in_base64_is_the_film() -> None:
    assert film_of({"b64_json": IMAGE_BASE64}).data == IMAGE.data


@pytest.mark.parametrize(
    "body", [None, {}, {"data": []}, {"data": [{}]}, {"data": [{"b64_json": "%%"}]}, {"data": [1]}]
)
def test_an_answer_without_a_film_is_nonsense(body: Any) -> None:
    with pytest.raises(EngineError):
        read(a_reply(body))


def test_a_refusal_says_why() -> None:
    outcome = read(a_reply({"error": {"message": "no such model", "code": 404}}, 404)).outcome
    assert isinstance(outcome, Failed)
    assert str(outcome.error) == "no such model"


def test_the_one_reply_may_take_hours() -> None:
    assert WIRE.submit_timeout_s == 4 * 3600
    assert WIRE.poll == ""
