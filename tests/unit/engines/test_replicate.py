"""Replicate's predictions as an upstream: exchanges written after replicate.com/docs."""

from __future__ import annotations

from typing import Any

import pytest

from matinee.core.errors import EngineError, ModerationBlocked
from matinee.core.size import Size
from matinee.engines.replicate import KIND, ReplicateOptions, read, wire_of
from matinee.net.hosted import HostedModel
from matinee.net.wire import Failed, Outcome, Ready, Unknown, Waiting
from tests.orders import IMAGE, IMAGE_BASE64, a_reply, a_setup, an_order

WIRE = wire_of(ReplicateOptions())
URL = "https://replicate.delivery/xezq/a/output.mp4"
CREATED = {
    "id": "gm3qorzdhgbfurvjtvhg6dckhu",
    "model": "bytedance/seedance-1-lite",
    "version": "hidden",
    "input": {"prompt": "a fox"},
    "logs": "",
    "output": None,
    "error": None,
    "status": "starting",
    "urls": {
        "cancel": "https://api.replicate.com/v1/predictions/gm3qorzdhgbfurvjtvhg6dckhu/cancel",
        "get": "https://api.replicate.com/v1/predictions/gm3qorzdhgbfurvjtvhg6dckhu",
    },
}


def outcome_of(**changes: Any) -> Outcome:
    return read(a_reply({**CREATED, **changes})).outcome


def test_an_official_model_is_asked_by_its_name() -> None:
    order = an_order("bytedance/seedance-1-lite", images=(IMAGE,), size=Size(720, 1280))
    call = WIRE.submit(order)
    assert (call.method, call.path) == ("POST", "/v1/models/bytedance/seedance-1-lite/predictions")
    assert call.json == {
        "input": {
            "prompt": "a fox",
            "aspect_ratio": "9:16",
            "duration": 4,
            "resolution": "720p",
            "fps": 24,
            "image": f"data:image/png;base64,{IMAGE_BASE64}",
            "seed": 7,
        }
    }


def test_another_model_is_asked_by_its_version() -> None:
    described = HostedModel(input={"prompt": "{prompt}"}, sizes=("832x480",), max_seconds=5)
    wire = wire_of(ReplicateOptions(models={"acme/lens:5c7d5dc6": described}))
    call = wire.submit(an_order("acme/lens:5c7d5dc6"))
    assert call.path == "/v1/predictions"
    assert call.json == {"version": "5c7d5dc6", "input": {"prompt": "a fox"}}


def test_a_prediction_starts_works_and_is_done() -> None:
    standing = read(a_reply(CREATED, 201))
    assert standing.outcome == Waiting(is_queued=True)
    assert standing.upstream_id == "gm3qorzdhgbfurvjtvhg6dckhu"
    assert outcome_of(status="processing") == Waiting()


@pytest.mark.parametrize("output", [URL, [URL], ["https://x.example/0.png", URL], {"video": URL}])
def test_a_film_is_a_link_or_the_last_of_several_or_in_an_object(output: Any) -> None:
    if isinstance(output, dict):
        output = {"video_url": output["video"]}
    outcome = outcome_of(status="succeeded", output=output)
    assert isinstance(outcome, Ready)
    assert outcome.call is not None
    assert outcome.call.path == URL


def test_a_film_that_was_removed_an_hour_after_its_end_is_lost() -> None:
    outcome = outcome_of(status="succeeded", data_removed=True)
    assert isinstance(outcome, Failed)
    assert "no film any more" in str(outcome.error)


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        ("failed", "The input or output was flagged as sensitive. (E005)", ModerationBlocked),
        ("failed", "CUDA error", EngineError),
        ("canceled", None, EngineError),
        ("aborted", None, EngineError),
    ],
)
def test_a_prediction_that_failed_says_why(status: str, error: str | None, kind: type) -> None:
    outcome = outcome_of(status=status, error=error)
    assert isinstance(outcome, Failed)
    assert type(outcome.error) is kind
    assert str(outcome.error) == (error or f"The prediction was {status}.")


def test_a_refused_order_says_why() -> None:
    body = {
        "title": "Input validation failed",
        "detail": "- input: prompt is required",
        "status": 422,
    }
    outcome = read(a_reply(body, 422)).outcome
    assert isinstance(outcome, Failed)
    assert str(outcome.error) == "- input: prompt is required"


def test_a_prediction_that_is_gone_is_unknown() -> None:
    assert read(a_reply({"detail": "Not found", "status": 404}, 404)).outcome == Unknown()


def test_an_answer_that_tells_of_no_prediction_is_nonsense() -> None:
    with pytest.raises(EngineError, match="no prediction"):
        read(a_reply([]))


def test_a_prediction_can_be_stopped() -> None:
    assert WIRE.cancel == ("POST", "/v1/predictions/{id}/cancel")


def test_documented_models_are_there() -> None:
    models = KIND.models(a_setup(ReplicateOptions(api_key="k")))
    assert models["google/veo-3.1"].has_sound
    assert models["wan-video/wan-2.2-t2v-fast"].fps == 16
    assert not KIND.is_proven
