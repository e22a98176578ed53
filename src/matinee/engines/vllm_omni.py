"""vLLM-Omni as an upstream.

Source: inference-peers 1.3 and vllm-omni's `protocol/videos.py`: it reads forms and no JSON; any
model but the one it serves is refused, so none is named unless the settings know it; films have
24 pictures a second unless told otherwise, whatever the model was made for.
"""

from __future__ import annotations

from matinee.net.openai_shape import (
    CANCEL,
    CREATE,
    POLL,
    first_image,
    form,
    read_video,
    sampled_fields,
    sampling_models,
)
from matinee.net.upstream import UpstreamEngine
from matinee.net.upstream_options import UpstreamOptions
from matinee.net.wire import Call, Order, Wire
from matinee.ports.engine import Engine
from matinee.ports.engine_kind import EngineKind, EngineSetup, Place


def submit(order: Order) -> Call:
    """The call that submits `order`."""
    fields = sampled_fields(order)
    if order.has_sound:
        fields["generate_sound"] = True
    return Call(method="POST", path=CREATE, form=form(fields), files=first_image(order))


WIRE = Wire(
    submit=submit,
    read=read_video,
    poll=POLL,
    cancel=CANCEL,
    is_forgetful=True,
    names_models=False,
    check="/health",
)


def make(setup: EngineSetup) -> Engine:
    """The engine of one server."""
    return UpstreamEngine(setup, WIRE)


KIND = EngineKind(
    name="vllm-omni",
    summary="A server of vLLM-Omni, `vllm serve --omni`.",
    options=UpstreamOptions,
    models=sampling_models,
    place=Place.SERVER,
    factory="matinee.engines.vllm_omni:make",
    is_proven=False,
)
