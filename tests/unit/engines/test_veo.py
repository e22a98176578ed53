"""Veo as an upstream: exchanges written after ai.google.dev/gemini-api/docs/video."""

from __future__ import annotations

from typing import Any

import pytest

from matinee.core.errors import EngineError, EngineUnavailable, ModerationBlocked
from matinee.core.size import Size
from matinee.core.video import SamplingOptions
from matinee.engines.veo import KIND, WIRE, VeoOptions, length_of, read
from matinee.net.upstream_options import UpstreamModel
from matinee.net.wire import Failed, Outcome, Ready, Unknown, Waiting
from tests.orders import IMAGE, IMAGE_BASE64, a_reply, a_setup, an_order

MODEL = "veo-3.1-generate-preview"
NAME = f"models/{MODEL}/operations/iv1bx2o8z7"
URI = "https://generativelanguage.googleapis.com/v1beta/files/3f8k2:download?alt=media"


def outcome_of(**operation: Any) -> Outcome:
    return read(a_reply({"name": NAME, **operation})).outcome


def test_a_film_is_ordered_by_shape_class_and_length() -> None:
    sampling = SamplingOptions(negative_prompt="rain")
    call = WIRE.submit(an_order(MODEL, size=Size(720, 1280), options=sampling))
    assert (call.method, call.path) == ("POST", f"/v1beta/models/{MODEL}:predictLongRunning")
    assert call.json == {
        "instances": [{"prompt": "a fox"}],
        "parameters": {
            "aspectRatio": "9:16",
            "durationSeconds": 4,
            "resolution": "720p",
            "negativePrompt": "rain",
        },
    }


def test_one_image_is_the_first_frame_and_several_are_what_is_shown() -> None:
    image = {"bytesBase64Encoded": IMAGE_BASE64, "mimeType": "image/png"}
    one = WIRE.submit(an_order(MODEL, images=(IMAGE,))).json["instances"][0]
    assert one["image"] == image
    two = WIRE.submit(an_order(MODEL, images=(IMAGE, IMAGE))).json["instances"][0]
    assert two["referenceImages"] == [{"image": image, "referenceType": "asset"}] * 2


@pytest.mark.parametrize(
    ("model", "size", "seconds", "asked"),
    [
        (MODEL, Size(1280, 720), 4, 4),
        (MODEL, Size(1280, 720), 5, 6),
        (MODEL, Size(1280, 720), 7, 8),
        (MODEL, Size(1920, 1080), 4, 8),
        ("veo-2.0-generate-001", Size(1280, 720), 5, 5),
    ],
)
def test_the_next_length_that_there_is_is_asked_for(
    model: str, size: Size, seconds: int, asked: int
) -> None:
    assert length_of(an_order(model, size=size, seconds=seconds)) == asked


def test_films_of_several_images_are_made_in_eight_seconds_only() -> None:
    assert length_of(an_order(MODEL, images=(IMAGE, IMAGE))) == 8


def test_the_second_generation_is_told_no_resolution() -> None:
    parameters = WIRE.submit(an_order("veo-2.0-generate-001")).json["parameters"]
    assert "resolution" not in parameters


def test_an_operation_goes_on_until_it_is_done() -> None:
    standing = read(a_reply({"name": NAME}))
    assert (standing.outcome, standing.upstream_id) == (Waiting(), NAME)
    assert outcome_of(metadata={"@type": "x"}, done=False) == Waiting()
    assert WIRE.poll == "/v1beta/{id}"


def test_a_finished_film_is_fetched_by_its_link() -> None:
    made = {"generateVideoResponse": {"generatedSamples": [{"video": {"uri": URI}}]}}
    outcome = outcome_of(done=True, response=made)
    assert isinstance(outcome, Ready)
    assert outcome.call is not None
    assert (outcome.call.path, outcome.call.is_link) == (URI, True)


def test_a_film_that_was_withheld_was_refused_by_moderation() -> None:
    reasons = ["We encountered an issue with the audio for your prompt."]
    made = {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": reasons}
    outcome = outcome_of(done=True, response={"generateVideoResponse": made})
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, ModerationBlocked)
    assert str(outcome.error) == reasons[0]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (
            {"code": 3, "message": "It violates Google's Responsible AI practices."},
            ModerationBlocked,
        ),
        ({"code": 3, "message": "The image is too small."}, EngineError),
        ({"code": 8, "message": "Quota exceeded."}, EngineUnavailable),
        ({"code": 14, "message": "The service is overloaded."}, EngineUnavailable),
        ({}, EngineError),
    ],
)
def test_an_operation_that_failed_says_why(error: dict[str, Any], kind: type) -> None:
    outcome = outcome_of(done=True, error=error)
    assert isinstance(outcome, Failed)
    assert type(outcome.error) is kind


@pytest.mark.parametrize(
    "response", [None, {}, [], {"generateVideoResponse": 1}, {"generatedSamples": 1}]
)
def test_an_end_without_anything_is_a_failure(response: Any) -> None:
    outcome = outcome_of(done=True, response=response)
    assert isinstance(outcome, Failed)
    assert "without a film" in str(outcome.error)


def test_a_refused_order_says_why() -> None:
    body = {"error": {"code": 400, "message": "durationSeconds is out of bound.", "status": "X"}}
    outcome = read(a_reply(body, 400)).outcome
    assert isinstance(outcome, Failed)
    assert str(outcome.error) == "durationSeconds is out of bound."


def test_too_many_requests_may_be_tried_again() -> None:
    body = {"error": {"code": 429, "message": "Quota.", "status": "RESOURCE_EXHAUSTED"}}
    outcome = read(a_reply(body, 429)).outcome
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, EngineUnavailable)


def test_an_operation_that_is_gone_is_unknown() -> None:
    assert read(a_reply({"error": {"code": 404}}, 404)).outcome == Unknown()


def test_an_answer_without_a_name_is_nonsense() -> None:
    with pytest.raises(EngineError, match="names no operation"):
        read(a_reply({}))


def test_the_key_stands_in_google_s_own_header() -> None:
    assert WIRE.auth == ("x-goog-api-key", "")


def test_documented_models_are_there_and_others_can_be_described() -> None:
    options = VeoOptions(api_key="k", models={"veo-4": UpstreamModel(max_seconds=20)})
    models = KIND.models(a_setup(options))
    assert models[MODEL].max_references == 3
    assert models["veo-2.0-generate-001"].has_sound is False
    assert models["veo-4"].max_seconds == 20
    assert not KIND.is_proven
