"""How orders are written for servers with OpenAI's format, and how their answers are read.

Source: openai-videos 3 to 6, inference-peers 1.3.
"""

from __future__ import annotations

from typing import Any

import pytest

from matinee.core.errors import EngineError, EngineUnavailable, ModerationBlocked, OutOfMemory
from matinee.core.size import Size
from matinee.core.video import VideoSpec
from matinee.engines import fastvideo, openai_videos, sglang, tensorrt_llm, vllm_omni
from matinee.net.openai_shape import CONTENT, read_video
from matinee.net.wire import (
    Call,
    Failed,
    Order,
    Ready,
    Reply,
    Standing,
    Unknown,
    UpstreamImage,
    Waiting,
    Wire,
)

IMAGE = UpstreamImage(data=b"jpeg", media_type="image/jpeg")
URL = "http://gpu-1"
WIRES = {
    "openai": openai_videos.wire_of(openai_videos.OpenAIOptions(base_url=URL)),
    "sglang": sglang.WIRE,
    "vllm-omni": vllm_omni.WIRE,
    "fastvideo": fastvideo.WIRE,
    "tensorrt-llm": tensorrt_llm.wire_of(tensorrt_llm.TensorRTOptions(base_url=URL)),
}
RUNNERS = {name: wire for name, wire in WIRES.items() if name != "openai"}
every_wire = pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
every_runner = pytest.mark.parametrize("wire", RUNNERS.values(), ids=RUNNERS)


def an_order(*images: UpstreamImage, model: str = "", **changes: Any) -> Order:
    spec = VideoSpec(
        model="sora-2",
        prompt="a fox",
        size=Size(832, 480),
        seconds=5,
        seed=11,
        fps=16,
        **changes,
    )
    return Order(spec=spec, model=model, images=images, submit_key="key", frames=81)


def said(call: Call) -> dict[str, Any]:
    return dict(call.json if call.json is not None else call.form or {})


def read(body: object, status: int = 200) -> Standing:
    return read_video(Reply(status=status, body=body))


@every_wire
def test_an_order_never_names_the_public_model_or_gives_an_image_by_url(wire: Wire) -> None:
    call = wire.submit(an_order(IMAGE))
    assert "sora-2" not in said(call).values()
    assert call.files["input_reference"].data == b"jpeg"
    assert call.files["input_reference"].name == "reference.jpeg"
    assert call.json is None


@every_runner
def test_an_order_for_an_open_model_leaves_nothing_to_the_server(wire: Wire) -> None:
    fields = said(wire.submit(an_order()))
    assert (str(fields["size"]), str(fields["fps"]), str(fields["seed"])) == ("832x480", "16", "11")
    frames = fields.get("num_frames") or int(float(fields["seconds"]) * 16)
    assert int(frames) == 81
    assert "model" not in fields


@every_runner
def test_the_exact_name_of_a_model_is_sent_if_it_is_known(wire: Wire) -> None:
    assert said(wire.submit(an_order(model="Wan-AI/Wan2.2")))["model"] == "Wan-AI/Wan2.2"
    assert not wire.names_models


@every_runner
def test_servers_of_open_models_forget_at_a_restart_and_know_no_keys(wire: Wire) -> None:
    assert wire.is_forgetful
    assert not wire.is_idempotent


def test_only_a_matinee_or_the_operators_word_makes_an_order_repeatable() -> None:
    for is_matinee in (False, True):
        options = openai_videos.OpenAIOptions(base_url=URL, is_matinee=is_matinee)
        wire = openai_videos.wire_of(options)
        assert wire.is_idempotent is is_matinee
        assert wire.submit(an_order()).headers == {"Idempotency-Key": "key"}


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ({"status": "queued", "progress": 0}, Waiting(progress=0, is_queued=True)),
        ({"status": "in_progress", "progress": 33}, Waiting(progress=33)),
        ({"status": "processing"}, Waiting()),
        ({"status": "pending"}, Waiting(is_queued=True)),
        ({}, Waiting()),
        ({"status": "completed", "progress": 100}, Ready(call=Call(method="GET", path=CONTENT))),
    ],
)
def test_a_video_object_tells_how_a_film_stands(body: dict[str, Any], outcome: object) -> None:
    assert read({"id": "video_1", **body}) == Standing(outcome=outcome, upstream_id="video_1")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        ({"message": "It broke.", "code": "internal_error"}, EngineError, "It broke."),
        ({"message": "It broke."}, EngineError, "It broke."),
        ("It broke.", EngineError, "It broke."),
        (None, EngineError, "did not say why"),
        ({"message": "No.", "code": "moderation_blocked"}, ModerationBlocked, "No."),
        ({"message": "CUDA out of memory. Tried"}, OutOfMemory, "CUDA out of memory"),
    ],
)
def test_a_failed_film_says_why_in_whatever_shape(
    error: object, kind: type[Exception], words: str
) -> None:
    outcome = read({"id": "video_1", "status": "failed", "error": error}).outcome
    assert isinstance(outcome, Failed)
    assert type(outcome.error) is kind
    assert words in str(outcome.error)


def test_a_refusal_says_why_and_what_is_not_there_is_unknown() -> None:
    refused = read({"error": {"message": "Bad size."}}, 400).outcome
    busy = read({"error": {"message": "slow_down"}}, 429).outcome
    assert isinstance(refused, Failed)
    assert str(refused.error) == "Bad size."
    assert isinstance(busy, Failed)
    assert isinstance(busy.error, EngineUnavailable)
    assert read({"detail": "Video not found"}, 404).outcome == Unknown()


@pytest.mark.parametrize("body", [None, [], "video", {"id": 1}, {"id": ""}, {"status": "queued"}])
def test_an_answer_that_is_no_video_is_an_error(body: object) -> None:
    with pytest.raises(EngineError, match="is no video"):
        read(body)


def test_a_film_of_sglang_in_a_bucket_is_fetched_by_its_link() -> None:
    body = {"id": "v", "status": "completed", "url": "https://bucket.example/v.mp4"}
    linked = sglang.read(Reply(status=200, body=body)).outcome
    assert linked == Ready(call=Call.link("https://bucket.example/v.mp4"))
    plain = sglang.read(Reply(status=200, body=body | {"url": None, "file_path": "/out/v.mp4"}))
    assert plain.outcome == Ready(call=Call(method="GET", path=CONTENT))
