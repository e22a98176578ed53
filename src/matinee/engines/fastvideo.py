"""FastVideo as an upstream.

Source: inference-peers 1.3: it has no queue, so it gets one film at a time; an order without a
seed is always the same film; `output_path` would choose a folder of the server's and is never sent.
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
    """The call that submits `order`. What it leaves out is as the operator of the server set it."""
    fields = sampled_fields(order)
    if not order.images:
        return Call(method="POST", path=CREATE, json=fields)
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
    name="fastvideo",
    summary="A server of FastVideo, `fastvideo serve`.",
    options=UpstreamOptions,
    models=sampling_models,
    place=Place.SERVER,
    factory="matinee.engines.fastvideo:make",
    is_proven=False,
)
