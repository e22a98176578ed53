"""fal's queue as an upstream: exchanges written after fal.ai/docs."""

from __future__ import annotations

from typing import Any

import pytest

from matinee.core.errors import EngineError, ModerationBlocked, SettingsInvalid
from matinee.core.size import Size
from matinee.engines.fal import KIND, FalOptions, read, wire_of
from matinee.net.hosted import HostedModel
from matinee.net.wire import Elsewhere, Failed, Outcome, Ready, Unknown, Waiting
from tests.orders import IMAGE, IMAGE_BASE64, a_reply, a_setup, an_order

KLING = "fal-ai/kling-video/v1.6/pro/text-to-video"
PLACE = "https://queue.fal.run/fal-ai/kling-video/requests/764cabcf-b745-4b3e"
SUBMITTED = {
    "status": "IN_QUEUE",
    "request_id": "764cabcf-b745-4b3e",
    "response_url": PLACE,
    "status_url": f"{PLACE}/status",
    "cancel_url": f"{PLACE}/cancel",
    "queue_position": 0,
}
WIRE = wire_of(FalOptions())


def outcome_of(body: Any, status: int = 200) -> Outcome:
    return read(a_reply(body, status)).outcome


def test_a_film_is_ordered_in_the_model_s_own_fields() -> None:
    call = WIRE.submit(an_order(KLING, seconds=7))
    assert (call.method, call.path) == ("POST", f"/{KLING}")
    assert call.json == {"prompt": "a fox", "aspect_ratio": "16:9", "duration": "10"}


def test_films_of_images_are_made_by_the_model_for_them() -> None:
    call = WIRE.submit(an_order("fal-ai/veo3.1", images=(IMAGE,), size=Size(1080, 1920)))
    assert call.path == "/fal-ai/veo3.1/image-to-video"
    assert call.json == {
        "prompt": "a fox",
        "aspect_ratio": "9:16",
        "duration": "4s",
        "resolution": "1080p",
        "generate_audio": True,
        "image_url": f"data:image/png;base64,{IMAGE_BASE64}",
    }


def test_the_id_is_where_the_request_lies() -> None:
    standing = read(a_reply(SUBMITTED))
    assert standing.outcome == Waiting(is_queued=True)
    assert standing.upstream_id == "fal-ai/kling-video/requests/764cabcf-b745-4b3e"
    assert (WIRE.poll, WIRE.cancel) == ("/{id}/status", ("PUT", "/{id}/cancel"))


def test_a_request_in_work_has_no_progress_to_tell() -> None:
    assert outcome_of({**SUBMITTED, "status": "IN_PROGRESS"}, 202) == Waiting()


def test_what_became_of_a_request_is_told_by_its_response() -> None:
    outcome = outcome_of({**SUBMITTED, "status": "COMPLETED"})
    assert isinstance(outcome, Elsewhere)
    assert outcome.call.path == PLACE
    film = outcome_of({"video": {"url": "https://v3.fal.media/files/a.mp4", "file_size": 1}})
    assert isinstance(film, Ready)
    assert film.call is not None
    assert film.call.path == "https://v3.fal.media/files/a.mp4"


def test_a_prompt_that_was_refused_was_refused_by_moderation() -> None:
    detail = [{"loc": ["body", "prompt"], "msg": "Refused.", "type": "content_policy_violation"}]
    outcome = outcome_of({"detail": detail}, 422)
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, ModerationBlocked)
    assert str(outcome.error) == "Refused. (body.prompt)"


def test_a_field_that_was_refused_is_named() -> None:
    detail = [{"loc": ["body", "duration"], "msg": "Input should be 5.", "type": "literal_error"}]
    outcome = outcome_of({"detail": detail}, 422)
    assert isinstance(outcome, Failed)
    assert str(outcome.error) == "Input should be 5. (body.duration)"


@pytest.mark.parametrize(
    "body",
    [
        {
            **SUBMITTED,
            "status": "COMPLETED",
            "error": "Timed out.",
            "error_type": "request_timeout",
        },
        {**SUBMITTED, "status": "FAILED", "error": "Timed out."},
    ],
)
def test_a_request_that_failed_says_why(body: dict[str, Any]) -> None:
    outcome = outcome_of(body)
    assert isinstance(outcome, Failed)
    assert str(outcome.error) == "Timed out."


def test_a_request_that_was_cancelled_there_has_failed() -> None:
    outcome = outcome_of({**SUBMITTED, "status": "CANCELED"})
    assert isinstance(outcome, Failed)
    assert str(outcome.error) == "The upstream's request was canceled."


def test_a_request_that_is_gone_is_unknown() -> None:
    assert outcome_of({"detail": "Request not found"}, 404) == Unknown()


@pytest.mark.parametrize(
    "body", [None, {}, {"images": []}, {**SUBMITTED, "status": "COMPLETED", "response_url": None}]
)
def test_an_answer_that_tells_of_no_film_is_nonsense(body: Any) -> None:
    with pytest.raises(EngineError):
        outcome_of(body)


def test_a_link_to_a_status_that_is_none_is_nonsense() -> None:
    with pytest.raises(EngineError, match="is none"):
        read(a_reply({**SUBMITTED, "status_url": "javascript:x"}))


def test_the_key_has_fal_s_own_word_before_it() -> None:
    assert WIRE.auth == ("authorization", "Key ")


def test_known_models_are_there_and_others_need_their_fields_described() -> None:
    described = HostedModel(
        input={"text": "{prompt}", "seconds": "{seconds}"}, sizes=("1280x720",), max_seconds=6
    )
    options = FalOptions(api_key="k", models={"acme/lens": described})
    models = KIND.models(a_setup(options))
    assert KLING in models
    assert models["acme/lens"].max_seconds == 6
    call = wire_of(options).submit(an_order("acme/lens"))
    assert (call.path, call.json) == ("/acme/lens", {"text": "a fox", "seconds": 4})


@pytest.mark.parametrize(
    ("model", "missing"),
    [
        (HostedModel(), "needs its fields described"),
        (HostedModel(input={"p": "{lens}"}), "which there is not"),
        (HostedModel(input={"p": "{prompt}"}), "needs 'sizes' and 'max_seconds'"),
    ],
)
def test_a_model_that_is_not_described_well_is_refused_at_the_start(
    model: HostedModel, missing: str
) -> None:
    with pytest.raises(SettingsInvalid, match=missing):
        KIND.models(a_setup(FalOptions(api_key="k", models={"acme/lens": model})))


def test_a_known_model_can_have_another_name_and_narrower_limits() -> None:
    options = FalOptions(api_key="k", models={"kling": HostedModel(served_as=KLING, max_seconds=5)})
    able = KIND.models(a_setup(options))["kling"]
    assert (able.min_seconds, able.max_seconds) == (5, 5)
    assert wire_of(options).submit(an_order(KLING)).json["duration"] == "5"


def test_the_model_s_own_refusal_is_known_from_one_of_the_question() -> None:
    refused = read(a_reply({"detail": [{"msg": "No."}]}, 422, x_fal_request_id="764cabcf"))
    assert refused.upstream_id == "764cabcf"
    assert read(a_reply({"detail": "Bad question."}, 422)).upstream_id is None
