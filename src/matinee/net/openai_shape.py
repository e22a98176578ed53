"""What servers with OpenAI's video format share: the order as form fields, and the video object.

Source: openai-videos 3, 5 and 6; inference-peers 1.3 for what the servers make of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from matinee.core.errors import EngineError
from matinee.core.route import Capabilities
from matinee.net.relay import code_of, failure, percent_of, reason_of, refusal
from matinee.net.upstream_options import capabilities_of
from matinee.net.wire import (
    Call,
    Failed,
    FormFile,
    Order,
    Outcome,
    Ready,
    Reply,
    Standing,
    Unknown,
    Waiting,
)
from matinee.ports.engine_kind import EngineSetup

CREATE = "/v1/videos"
POLL = "/v1/videos/{id}"
CONTENT = "/v1/videos/{id}/content"
CANCEL = ("DELETE", "/v1/videos/{id}")
MODELS = "/v1/models"

_QUEUED = frozenset({"queued", "pending", "submitted", "created", "waiting"})
_DONE = frozenset({"completed", "succeeded", "success", "done", "finished"})
_FAILED = frozenset({"failed", "error", "cancelled", "canceled", "deleted", "expired", "rejected"})
_NO_REASON = "The upstream failed and did not say why."
_SAMPLING = ("negative_prompt", "steps", "guidance")


def sampled_fields(order: Order) -> dict[str, Any]:
    """The order for a server that runs an open model: everything is said, nothing left to it.

    Each server derives the number of frames in its own way, and for some a request without a seed
    is always the same film.
    """
    spec, sampling = order.spec, order.spec.options
    fields = {
        "model": order.model or None,
        "prompt": spec.prompt,
        "negative_prompt": sampling.negative_prompt,
        "seconds": spec.seconds,
        "size": str(spec.size),
        "fps": spec.fps,
        "num_frames": order.frames,
        "seed": spec.seed,
        "num_inference_steps": sampling.steps,
        "guidance_scale": sampling.guidance,
    }
    return {name: value for name, value in fields.items() if value is not None}


def form(fields: Mapping[str, Any]) -> dict[str, str]:
    """`fields` as a form has them."""
    return {name: _text(value) for name, value in fields.items()}


def first_image(order: Order) -> dict[str, FormFile]:
    """The image that a film begins with, as a form's file; none if there is none."""
    if not order.images:
        return {}
    image = order.images[0]
    file = FormFile(name=image.name, data=image.data, media_type=image.media_type)
    return {"input_reference": file}


def read_video(reply: Reply) -> Standing:
    """How the work stands by a video object, or by an error in its place."""
    body = reply.body
    if not reply.is_good:
        if reply.status in (404, 410):
            return Standing(outcome=Unknown())
        return Standing(outcome=Failed(error=refusal(body, reply.status)))
    video_id = body.get("id") if isinstance(body, Mapping) else None
    if not isinstance(video_id, str) or not video_id:
        raise EngineError("The upstream's answer is no video.")
    return Standing(outcome=_outcome(body), upstream_id=video_id)


def sampling_models(setup: EngineSetup) -> Mapping[str, Capabilities]:
    """What a server that runs open models makes, by its settings. Raises SettingsInvalid."""
    described = capabilities_of(setup)
    return {name: replace(able, options=_SAMPLING) for name, able in described.items()}


def _outcome(body: Mapping[str, Any]) -> Outcome:
    word = body.get("status")
    status = word.strip().lower() if isinstance(word, str) else ""
    if status in _DONE:
        return Ready(call=Call(method="GET", path=CONTENT))
    if status in _FAILED:
        return Failed(error=failure(reason_of(body, _NO_REASON), code_of(body)))
    # A word that nobody knows is no reason to give up a film that is perhaps paid for.
    return Waiting(progress=percent_of(body.get("progress")), is_queued=status in _QUEUED)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
