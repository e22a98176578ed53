"""Replicate's predictions: created, looked at, cancelled.

Source: https://replicate.com/docs/topics/predictions (the object and its states),
https://replicate.com/docs/topics/predictions/create-a-prediction (official models and versions),
https://replicate.com/docs/topics/predictions/input-files, https://replicate.com/docs/reference/http
and https://replicate.com/<model>/api for the fields of each model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from matinee.core.errors import EngineError
from matinee.core.route import Capabilities
from matinee.core.size import Size
from matinee.net.hosted import HostedOptions, KnownModel, hosted_models, request_of
from matinee.net.relay import failure, link_of, reason_of, refusal
from matinee.net.upstream import UpstreamEngine
from matinee.net.wire import (
    Call,
    Failed,
    Order,
    Outcome,
    Ready,
    Reply,
    Standing,
    Unknown,
    Waiting,
    Wire,
)
from matinee.ports.engine import Engine
from matinee.ports.engine_kind import EngineKind, EngineSetup, Place

_HD = (Size(1280, 720), Size(720, 1280))
_FULL_HD = (Size(1920, 1080), Size(1080, 1920))
_WAN_480 = (Size(832, 480), Size(480, 832))
_KNOWN: Mapping[str, KnownModel] = {
    "google/veo-3.1": KnownModel(
        able=Capabilities(
            sizes=_HD + _FULL_HD,
            min_seconds=4,
            max_seconds=8,
            has_sound=True,
            pace=12.0,
            options=("negative_prompt",),
        ),
        input={
            "prompt": "{prompt}",
            "aspect_ratio": "{aspect_ratio}",
            "duration": "{seconds}",
            "resolution": "{resolution}",
            "image": "{image}",
            "negative_prompt": "{negative_prompt}",
            "generate_audio": True,
            "seed": "{seed}",
        },
        lengths=(4, 6, 8),
    ),
    "bytedance/seedance-1-lite": KnownModel(
        able=Capabilities(sizes=_HD + _FULL_HD, min_seconds=2, max_seconds=12, pace=8.0),
        input={
            "prompt": "{prompt}",
            "aspect_ratio": "{aspect_ratio}",
            "duration": "{seconds}",
            "resolution": "{resolution}",
            "fps": 24,
            "image": "{image}",
            "seed": "{seed}",
        },
    ),
    "kwaivgi/kling-v1.6-standard": KnownModel(
        able=Capabilities(
            sizes=_HD,
            min_seconds=5,
            max_seconds=10,
            pace=30.0,
            options=("negative_prompt", "guidance"),
        ),
        input={
            "prompt": "{prompt}",
            "aspect_ratio": "{aspect_ratio}",
            "duration": "{seconds}",
            "start_image": "{image}",
            "negative_prompt": "{negative_prompt}",
            "cfg_scale": "{guidance}",
        },
        lengths=(5, 10),
    ),
    "wan-video/wan-2.2-t2v-fast": KnownModel(
        able=Capabilities(
            sizes=_WAN_480, min_seconds=5, max_seconds=5, fps=16, max_references=0, pace=8.0
        ),
        input={
            "prompt": "{prompt}",
            "aspect_ratio": "{aspect_ratio}",
            "resolution": "{resolution}",
            "num_frames": 81,
            "frames_per_second": 16,
            "seed": "{seed}",
        },
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicateOptions(HostedOptions):
    """The settings of an account at Replicate."""

    base_url: str = "https://api.replicate.com"
    """Where the API is."""

    poll_s: float = 3.0
    """How soon a prediction is looked at for the first time."""


def wire_of(options: ReplicateOptions) -> Wire:
    """The predictions, with the models of the settings."""
    return Wire(
        submit=partial(submit, options=options),
        read=read,
        poll="/v1/predictions/{id}",
        cancel=("POST", "/v1/predictions/{id}/cancel"),
        check="/v1/account",
    )


def submit(order: Order, *, options: ReplicateOptions) -> Call:
    """The call that submits `order`: by an official model's name, or by a version after a colon."""
    request = request_of(order, _KNOWN, options)
    _, is_version, version = request.model.partition(":")
    if is_version:
        fields: dict[str, Any] = {"version": version, "input": request.input}
        return Call(method="POST", path="/v1/predictions", json=fields)
    path = f"/v1/models/{request.model}/predictions"
    return Call(method="POST", path=path, json={"input": request.input})


def read(reply: Reply) -> Standing:
    """How the prediction stands by the reply to its creation or to a look at it."""
    body = reply.body
    if reply.status == 404:
        return Standing(outcome=Unknown())
    if not reply.is_good:
        return Standing(outcome=Failed(error=refusal(body, reply.status)))
    if not isinstance(body, Mapping) or not isinstance(body.get("id"), str):
        raise EngineError("The upstream's answer tells of no prediction.")
    return Standing(outcome=_outcome(body), upstream_id=body["id"])


def models_of(setup: EngineSetup) -> Mapping[str, Capabilities]:
    """The models that are known, and those that the settings describe. Raises SettingsInvalid."""
    return hosted_models(setup, _KNOWN)


def make(setup: EngineSetup) -> Engine:
    """The engine of an account at Replicate."""
    return UpstreamEngine(setup, wire_of(setup.options))


def _outcome(prediction: Mapping[str, Any]) -> Outcome:
    status = prediction.get("status")
    match status:
        case "succeeded":
            return _film(prediction.get("output"))
        case "failed" | "canceled" | "aborted":
            return Failed(error=failure(reason_of(prediction, f"The prediction was {status}.")))
        case _:
            return Waiting(is_queued=status == "starting")


def _film(output: Any) -> Outcome:
    """The film of an output: a link, several of them, or an object that holds one."""
    if isinstance(output, list) and output:
        output = output[-1]
    link = output if isinstance(output, str) else link_of(output)
    if not link:
        # An hour after the end outputs are removed, and nobody gets them back.
        return Failed(error=EngineError("The upstream's prediction holds no film any more."))
    return Ready(call=Call.link(link))


KIND = EngineKind(
    name="replicate",
    summary="Models hosted by Replicate: Veo, Seedance, Kling, Wan and others.",
    options=ReplicateOptions,
    models=models_of,
    place=Place.SERVER,
    factory="matinee.engines.replicate:make",
    slots=4,
    is_proven=False,
)
