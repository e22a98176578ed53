"""fal's queue: a request is submitted, its status asked for, its response fetched.

Source: https://fal.ai/docs/api-reference/inference-api and https://docs.fal.ai/model-endpoints/queue
(the calls), https://fal.ai/docs/inference-api/queue/cancel, https://fal.ai/docs/model-apis/errors,
and https://fal.ai/models/<model>/llms.txt for the fields of each model.
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
from matinee.net.relay import code_of, failure, link_of, reason_of, refusal
from matinee.net.upstream import UpstreamEngine
from matinee.net.url import parse_url
from matinee.net.wire import (
    Call,
    Elsewhere,
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
_VEO_INPUT: Mapping[str, Any] = {
    "prompt": "{prompt}",
    "aspect_ratio": "{aspect_ratio}",
    "duration": "{seconds}s",
    "resolution": "{resolution}",
    "negative_prompt": "{negative_prompt}",
    "generate_audio": True,
}
_VEO = Capabilities(
    sizes=_HD + _FULL_HD,
    min_seconds=4,
    max_seconds=8,
    max_references=1,
    has_sound=True,
    pace=12.0,
    options=("negative_prompt",),
)
_KNOWN: Mapping[str, KnownModel] = {
    "fal-ai/veo3.1": KnownModel(
        able=_VEO,
        input=_VEO_INPUT,
        image_model="fal-ai/veo3.1/image-to-video",
        image_input={**_VEO_INPUT, "image_url": "{image}"},
        lengths=(4, 6, 8),
    ),
    "fal-ai/veo3.1/fast": KnownModel(
        able=_VEO,
        input=_VEO_INPUT,
        image_model="fal-ai/veo3.1/fast/image-to-video",
        image_input={**_VEO_INPUT, "image_url": "{image}"},
        lengths=(4, 6, 8),
    ),
    "fal-ai/kling-video/v4/text-to-video": KnownModel(
        able=Capabilities(
            sizes=_FULL_HD + _HD, min_seconds=3, max_seconds=30, max_references=0, pace=20.0
        ),
        input={
            "prompt": "{prompt}",
            "aspect_ratio": "{aspect_ratio}",
            "duration": "{seconds}",
            "resolution": "{resolution}",
        },
    ),
    "fal-ai/kling-video/v1.6/pro/text-to-video": KnownModel(
        able=Capabilities(
            sizes=_HD,
            min_seconds=5,
            max_seconds=10,
            max_references=0,
            pace=30.0,
            options=("negative_prompt", "guidance"),
        ),
        input={
            "prompt": "{prompt}",
            "aspect_ratio": "{aspect_ratio}",
            "duration": "{seconds:text}",
            "negative_prompt": "{negative_prompt}",
            "cfg_scale": "{guidance}",
        },
        lengths=(5, 10),
    ),
    "fal-ai/ltx-2.3/text-to-video": KnownModel(
        able=Capabilities(
            sizes=_FULL_HD[:1],
            min_seconds=6,
            max_seconds=10,
            fps=25,
            max_references=0,
            has_sound=True,
            pace=8.0,
        ),
        input={"prompt": "{prompt}", "duration": "{seconds}", "resolution": "{resolution}"},
        lengths=(6, 8, 10),
    ),
}
_SOME_REQUEST = "request"
_STATUSES = frozenset({"IN_QUEUE", "IN_PROGRESS", "COMPLETED", "FAILED", "CANCELED", "CANCELLED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FalOptions(HostedOptions):
    """The settings of an account at fal."""

    base_url: str = "https://queue.fal.run"
    """Where the queue is."""

    poll_s: float = 3.0
    """How soon a request is asked for the first time."""


def wire_of(options: FalOptions) -> Wire:
    """The queue, with the models of the settings."""
    return Wire(
        submit=partial(submit, options=options),
        read=read,
        poll="/{id}/status",
        cancel=("PUT", "/{id}/cancel"),
        auth=("authorization", "Key "),
    )


def submit(order: Order, *, options: FalOptions) -> Call:
    """The call that submits `order`."""
    request = request_of(order, _KNOWN, options)
    return Call(method="POST", path=f"/{request.model}", json=request.input)


def read(reply: Reply) -> Standing:
    """How a request stands by the reply to its submission, a status, or its response.

    The upstream's id is the path of the request: only what the submission gave may be asked, as
    the paths of statuses leave out the last part of some models' names.
    """
    body = reply.body if isinstance(reply.body, Mapping) else {}
    status = body.get("status")
    if not isinstance(status, str) or status not in _STATUSES:
        # A list of details is the model's own word on the request, and not one on the question.
        request_id = reply.headers.get("x-fal-request-id") or _SOME_REQUEST
        is_model_s = isinstance(body.get("detail"), list)
        return Standing(outcome=_response(reply), upstream_id=request_id if is_model_s else None)
    return Standing(outcome=_outcome(status, body), upstream_id=_id_of(body))


def models_of(setup: EngineSetup) -> Mapping[str, Capabilities]:
    """The models that are known, and those that the settings describe. Raises SettingsInvalid."""
    return hosted_models(setup, _KNOWN)


def make(setup: EngineSetup) -> Engine:
    """The engine of an account at fal."""
    return UpstreamEngine(setup, wire_of(setup.options))


def _outcome(status: str, body: Mapping[str, Any]) -> Outcome:
    if body.get("error") or status not in ("IN_QUEUE", "IN_PROGRESS", "COMPLETED"):
        reason = reason_of(body, f"The upstream's request was {status.lower()}.")
        return Failed(error=failure(reason, code_of(body)))
    if status != "COMPLETED":
        return Waiting(is_queued=status == "IN_QUEUE")
    response_url = body.get("response_url")
    if not isinstance(response_url, str):
        raise EngineError("The upstream's answer does not say where the film is told of.")
    return Elsewhere(call=Call.link(response_url))


def _response(reply: Reply) -> Outcome:
    if reply.status == 404:
        return Unknown()
    if not reply.is_good:
        return Failed(error=refusal(reply.body, reply.status))
    link = link_of(reply.body)
    if link is None:
        raise EngineError("The upstream's answer tells of no film.")
    return Ready(call=Call.link(link))


def _id_of(body: Mapping[str, Any]) -> str | None:
    status_url = body.get("status_url")
    if not isinstance(status_url, str):
        return None
    try:
        path = parse_url(status_url).target.partition("?")[0]
    except ValueError as error:
        raise EngineError("The upstream's link to its status is none.") from error
    return path.removesuffix("/status").strip("/")


KIND = EngineKind(
    name="fal",
    summary="Models hosted by fal: Veo, Kling, LTX and others.",
    options=FalOptions,
    models=models_of,
    place=Place.SERVER,
    factory="matinee.engines.fal:make",
    slots=4,
    is_proven=False,
)
