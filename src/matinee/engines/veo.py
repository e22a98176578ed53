"""Google's Veo by the Gemini API: `predictLongRunning`, then its operation.

Source: https://ai.google.dev/gemini-api/docs/video (request, operation, models and their limits)
and https://ai.google.dev/api/models (errors as `google.rpc.Status`).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from matinee.core.errors import EngineError, EngineUnavailable, MatineeError, ModerationBlocked
from matinee.core.route import Capabilities
from matinee.core.size import Size
from matinee.net.relay import failure, refusal, shape_of
from matinee.net.templates import resolution_of
from matinee.net.upstream import UpstreamEngine
from matinee.net.upstream_options import UpstreamModel, UpstreamOptions, capabilities_of, need_key
from matinee.net.wire import (
    Call,
    Failed,
    Order,
    Outcome,
    Ready,
    Reply,
    Standing,
    Unknown,
    UpstreamImage,
    Waiting,
    Wire,
)
from matinee.ports.engine import Engine
from matinee.ports.engine_kind import EngineKind, EngineSetup, Place

_HD = (Size(1280, 720), Size(720, 1280))
_FULL_HD = (Size(1920, 1080), Size(1080, 1920))
_VEO_3 = Capabilities(
    sizes=_HD + _FULL_HD,
    min_seconds=4,
    max_seconds=8,
    max_references=1,
    has_sound=True,
    pace=12.0,
    options=("negative_prompt",),
)
_MODELS: Mapping[str, Capabilities] = {
    "veo-3.1-generate-preview": replace(_VEO_3, max_references=3),
    "veo-3.1-fast-generate-preview": _VEO_3,
    "veo-3.0-generate-001": replace(_VEO_3, sizes=_HD + _FULL_HD[:1]),
    "veo-3.0-fast-generate-001": replace(_VEO_3, sizes=_HD + _FULL_HD[:1]),
    "veo-2.0-generate-001": replace(_VEO_3, sizes=_HD, min_seconds=5, has_sound=False),
}
_SILENT = "veo-2"
_LENGTHS = (4, 6, 8)
_LENGTHS_OF_VEO_2 = (5, 6, 8)
_LONGEST = 8

# google.rpc.Code, in the operations' errors.
_INVALID_ARGUMENT = 3
_AWAY = frozenset({4, 8, 10, 13, 14})
"""DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL and UNAVAILABLE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VeoOptions(UpstreamOptions):
    """The settings of an account at Google."""

    base_url: str = "https://generativelanguage.googleapis.com"
    """Where the Gemini API is."""

    poll_s: float = 10.0
    """How soon an operation is looked at for the first time; Google's own clients wait as long."""


def submit(order: Order) -> Call:
    """The call that submits `order`; the length is the next one that there is, to be cut to size.

    One image is the first frame. Several are what the film is to show, which only 3.1 can.
    """
    spec = order.spec
    instance: dict[str, Any] = {"prompt": spec.prompt}
    if len(order.images) == 1:
        instance["image"] = _image(order.images[0])
    elif order.images:
        instance["referenceImages"] = [
            {"image": _image(image), "referenceType": "asset"} for image in order.images
        ]
    parameters: dict[str, Any] = {
        "aspectRatio": shape_of(spec.size),
        "durationSeconds": length_of(order),
    }
    if not order.model.startswith(_SILENT):
        parameters["resolution"] = resolution_of(order)
    if spec.options.negative_prompt:
        parameters["negativePrompt"] = spec.options.negative_prompt
    return Call(
        method="POST",
        path=f"/v1beta/models/{order.model}:predictLongRunning",
        json={"instances": [instance], "parameters": parameters},
    )


def length_of(order: Order) -> int:
    """How many seconds are asked for: those that are wanted, or more where it has none so short.

    1080p and films of several images are made in eight seconds only.
    """
    if order.spec.size in _FULL_HD or len(order.images) > 1:
        return _LONGEST
    lengths = _LENGTHS_OF_VEO_2 if order.model.startswith(_SILENT) else _LENGTHS
    return next((each for each in lengths if each >= order.spec.seconds), _LONGEST)


def read(reply: Reply) -> Standing:
    """How the operation stands by the reply to a submission or to a look at it."""
    body = reply.body
    if reply.status == 404:
        return Standing(outcome=Unknown())
    if not reply.is_good:
        return Standing(outcome=Failed(error=refusal(body, reply.status)))
    name = body.get("name") if isinstance(body, Mapping) else None
    if not isinstance(name, str) or not name:
        raise EngineError("The upstream's answer names no operation.")
    return Standing(outcome=_outcome(body), upstream_id=name)


def models_of(setup: EngineSetup) -> Mapping[str, Capabilities]:
    """The models that Google documents, and those described. Raises SettingsInvalid."""
    need_key(setup)
    described: Mapping[str, UpstreamModel] = setup.options.models
    own = capabilities_of(setup, usual=_VEO_3) if described else {}
    return {**_MODELS, **own}


def make(setup: EngineSetup) -> Engine:
    """The engine of an account at Google."""
    return UpstreamEngine(setup, WIRE)


def _outcome(operation: Mapping[str, Any]) -> Outcome:
    if not operation.get("done"):
        return Waiting()
    error = operation.get("error")
    if isinstance(error, Mapping):
        return Failed(error=_failure(error))
    response = operation.get("response")
    response = response if isinstance(response, Mapping) else {}
    made = response.get("generateVideoResponse", response)
    made = made if isinstance(made, Mapping) else {}
    samples = made.get("generatedSamples")
    for sample in samples if isinstance(samples, list) else ():
        video = sample.get("video") if isinstance(sample, Mapping) else None
        uri = video.get("uri") if isinstance(video, Mapping) else None
        if isinstance(uri, str) and uri:
            return Ready(call=Call.link(uri))
    reasons = made.get("raiMediaFilteredReasons")
    if reasons or made.get("raiMediaFilteredCount"):
        texts = [str(each) for each in reasons] if isinstance(reasons, list) else []
        return Failed(error=ModerationBlocked(texts[0] if texts else "Google withheld the film."))
    return Failed(error=EngineError("The upstream finished without a film."))


def _failure(status: Mapping[str, Any]) -> MatineeError:
    code, message = status.get("code"), str(status.get("message") or "Google gave no reason.")
    if code in _AWAY:
        return EngineUnavailable(message)
    if code == _INVALID_ARGUMENT and "Responsible AI" in message:
        return ModerationBlocked(message)
    return failure(message)


def _image(image: UpstreamImage) -> dict[str, str]:
    return {
        "bytesBase64Encoded": b64encode(image.data).decode(),
        "mimeType": image.media_type,
    }


WIRE = Wire(
    submit=submit,
    read=read,
    poll="/v1beta/{id}",
    auth=("x-goog-api-key", ""),
    check="/v1beta/models",
)

KIND = EngineKind(
    name="veo",
    summary="Google's Veo by the Gemini API.",
    options=VeoOptions,
    models=models_of,
    place=Place.SERVER,
    factory="matinee.engines.veo:make",
    slots=4,
    is_proven=False,
)
