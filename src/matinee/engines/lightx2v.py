"""A LightX2V server as an upstream: `/v1/tasks/video/`.

Source: inference-peers 1.3, and ModelTC/LightX2V `lightx2v/server/api/tasks` and `task_manager.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from matinee.core.errors import EngineError, EngineUnavailable, SettingsInvalid
from matinee.core.route import Capabilities
from matinee.net.relay import failure
from matinee.net.upstream import UpstreamEngine
from matinee.net.upstream_options import UpstreamOptions, capabilities_of
from matinee.net.wire import (
    REFUSALS,
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

_KNOWN = re.compile(r"Task ID (\S+) already exists")
_SAMPLING = ("negative_prompt", "steps", "loras")


@dataclass(frozen=True, slots=True, kw_only=True)
class LightX2VOptions(UpstreamOptions):
    """The settings of a LightX2V server."""

    repeat_unknown: bool = True
    """Whether a film may be ordered again when nobody knows if the first order came. A lost one
    costs nothing here, as the server forgets its tasks with its end."""

    steps: int = 40
    """How many steps the sampler takes; 4 for a distilled model. The server's own default is 5,
    which spoils the films of all others."""


def wire_of(options: LightX2VOptions) -> Wire:
    """The format, with this server's number of steps."""
    return Wire(
        submit=partial(submit, steps=options.steps),
        read=read,
        poll="/v1/tasks/{id}/status",
        find="/v1/tasks/{key}/status",
        cancel=("DELETE", "/v1/tasks/{id}"),
        is_forgetful=True,
        # It says 503 where it did not take a task: its queue is full, or it has it already.
        refusals=REFUSALS | {503},
        check="/v1/tasks/queue/status",
    )


def submit(order: Order, *, steps: int) -> Call:
    """The call that submits `order`, under an id of our own."""
    spec, sampling = order.spec, order.spec.options
    fields: dict[str, Any] = {
        "task_id": order.submit_key,
        "prompt": spec.prompt,
        "negative_prompt": sampling.negative_prompt or "",
        "infer_steps": sampling.steps or steps,
        "seed": spec.seed,
        "target_video_length": order.frames,
        "target_fps": spec.fps,
        "target_shape": [spec.size.height_px, spec.size.width_px],
    }
    if order.images:
        fields["image_path"] = order.images[0].data_uri
    if len(order.images) > 1:
        fields["last_frame_path"] = order.images[1].data_uri
    if sampling.loras:
        fields |= {
            "lora_name": sampling.loras[0].name,
            "lora_strength": sampling.loras[0].weight,
        }
    return Call(method="POST", path="/v1/tasks/video/", json=fields)


def read(reply: Reply) -> Standing:
    """How the task stands by the reply to a submission or a question for its status."""
    body = reply.body if isinstance(reply.body, Mapping) else {}
    said = str(body.get("detail") or "")
    if known := _KNOWN.search(said):
        return Standing(outcome=Waiting(), upstream_id=known.group(1))
    if reply.status == 404:
        return Standing(outcome=Unknown())
    if reply.status == 503 and "queue is full" in said:
        return Standing(outcome=Failed(error=EngineUnavailable(f"The upstream is busy: {said}")))
    if not reply.is_good and reply.status != 503:
        return Standing(outcome=Failed(error=failure(said or "It refused.")))
    task_id, status = body.get("task_id"), body.get("task_status") or body.get("status")
    if not isinstance(task_id, str) or not isinstance(status, str):
        raise EngineError("The upstream's answer tells of no task.")
    return Standing(outcome=_outcome(task_id, status, body.get("error")), upstream_id=task_id)


def make(setup: EngineSetup) -> Engine:
    """The engine of a LightX2V server."""
    return UpstreamEngine(setup, wire_of(setup.options))


def models_of(setup: EngineSetup) -> Mapping[str, Capabilities]:
    """What the server makes, by its settings. Raises SettingsInvalid."""
    if setup.options.steps < 1:
        raise SettingsInvalid(
            f"The engine '{setup.name}' has steps = {setup.options.steps}; a whole number from 1 "
            "is right.",
            param=f"engines.{setup.name}.steps",
        )
    models = capabilities_of(setup)
    return {name: replace(able, options=_SAMPLING) for name, able in models.items()}


def _outcome(task_id: str, status: str, error: Any) -> Outcome:
    match status:
        case "completed":
            return Ready(call=Call(method="GET", path=f"/v1/tasks/{task_id}/result"))
        case "failed" | "cancelled":
            return Failed(error=failure(str(error or f"The task was {status}.")))
        case "pending":
            return Waiting(is_queued=True)
        case _:
            return Waiting()


KIND = EngineKind(
    name="lightx2v",
    summary="A LightX2V server.",
    options=LightX2VOptions,
    models=models_of,
    place=Place.SERVER,
    factory="matinee.engines.lightx2v:make",
    is_proven=False,
)
