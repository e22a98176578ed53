"""LightX2V's tasks as an upstream's."""

from __future__ import annotations

from typing import Any

import pytest

from matinee.core.errors import EngineError, EngineUnavailable, ModerationBlocked
from matinee.core.video import Lora, SamplingOptions
from matinee.engines.lightx2v import KIND, LightX2VOptions, read, wire_of
from matinee.net.upstream_options import UpstreamModel
from matinee.net.wire import Failed, Outcome, Ready, Unknown, Waiting
from tests.orders import IMAGE, IMAGE_BASE64, a_reply, a_setup, an_order

WIRE = wire_of(LightX2VOptions(base_url="http://gpu:8000"))


def fields_of(**changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = WIRE.submit(an_order(**changes)).json
    return fields


def outcome_of(body: Any, status: int = 200) -> Outcome:
    return read(a_reply(body, status)).outcome


def test_a_task_has_an_id_of_ours_and_every_number_outright() -> None:
    assert fields_of(fps=16, frames=65) == {
        "task_id": "video-1",
        "prompt": "a fox",
        "negative_prompt": "",
        "infer_steps": 40,
        "seed": 7,
        "target_video_length": 65,
        "target_fps": 16,
        "target_shape": [720, 1280],
    }


def test_the_server_s_own_five_steps_are_never_left_to_it() -> None:
    few = wire_of(LightX2VOptions(base_url="http://gpu:8000", steps=4))
    assert few.submit(an_order()).json["infer_steps"] == 4
    asked = an_order(options=SamplingOptions(steps=12))
    assert few.submit(asked).json["infer_steps"] == 12


def test_images_are_first_and_last_frame() -> None:
    fields = fields_of(images=(IMAGE, IMAGE))
    uri = f"data:image/png;base64,{IMAGE_BASE64}"
    assert (fields["image_path"], fields["last_frame_path"]) == (uri, uri)


def test_what_is_to_be_avoided_and_a_lora_are_passed_on() -> None:
    sampling = SamplingOptions(negative_prompt="rain", loras=(Lora(name="toon", weight=0.5),))
    fields = fields_of(options=sampling)
    assert fields["negative_prompt"] == "rain"
    assert (fields["lora_name"], fields["lora_strength"]) == ("toon", 0.5)


def test_a_task_waits_works_and_is_fetched() -> None:
    taken = read(a_reply({"task_id": "video-1", "task_status": "pending", "save_result_path": ""}))
    assert (taken.outcome, taken.upstream_id) == (Waiting(is_queued=True), "video-1")
    assert outcome_of({"task_id": "video-1", "status": "processing"}) == Waiting()
    done = outcome_of({"task_id": "video-1", "status": "completed"})
    assert isinstance(done, Ready)
    assert done.call is not None
    assert done.call.path == "/v1/tasks/video-1/result"


def test_a_task_that_it_has_already_is_found_although_it_says_503() -> None:
    standing = read(a_reply({"detail": "Task ID video-1 already exists"}, 503))
    assert (standing.outcome, standing.upstream_id) == (Waiting(), "video-1")


def test_a_full_queue_takes_nothing_and_may_be_tried_again() -> None:
    assert 503 in WIRE.refusals
    outcome = outcome_of({"detail": "Task queue is full (max 10 tasks)"}, 503)
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, EngineUnavailable)


def test_another_503_says_nothing() -> None:
    with pytest.raises(EngineError, match="tells of no task"):
        outcome_of({"detail": "upstream connect error"}, 503)


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        ("failed", "shape mismatch", EngineError),
        ("cancelled", None, EngineError),
        ("failed", "content policy", ModerationBlocked),
    ],
)
def test_a_task_that_failed_says_why(status: str, error: str | None, kind: type) -> None:
    outcome = outcome_of({"task_id": "video-1", "status": status, "error": error})
    assert isinstance(outcome, Failed)
    assert type(outcome.error) is kind


def test_a_task_that_is_gone_with_the_server_s_memory_is_unknown() -> None:
    assert outcome_of({"detail": "Task not found"}, 404) == Unknown()
    assert WIRE.is_forgetful
    assert WIRE.find == "/v1/tasks/{key}/status"


def test_its_models_heed_what_it_can_be_told() -> None:
    models = {"wan": UpstreamModel(sizes=("1280x720",), max_seconds=5)}
    setup = a_setup(LightX2VOptions(base_url="http://gpu:8000", models=models))
    assert KIND.models(setup)["wan"].options == ("negative_prompt", "steps", "loras")
