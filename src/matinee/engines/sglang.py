"""SGLang-Diffusion as an upstream.

Source: inference-peers 1.3 and sglang's `openai/video_api.py`: a form had to bring an image in old
versions, so a film without one is ordered in JSON. With S3 the film is at `url` and `/content`
answers 400. A deleted video is told as one with the status `deleted`, and goes on being made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from matinee.net.openai_shape import (
    CANCEL,
    CREATE,
    MODELS,
    POLL,
    first_image,
    form,
    read_video,
    sampled_fields,
    sampling_models,
)
from matinee.net.upstream import UpstreamEngine
from matinee.net.upstream_options import UpstreamOptions
from matinee.net.wire import Call, Order, Ready, Reply, Standing, Wire
from matinee.ports.engine import Engine
from matinee.ports.engine_kind import EngineKind, EngineSetup, Place


def submit(order: Order) -> Call:
    """The call that submits `order`."""
    fields = sampled_fields(order)
    if order.has_sound:
        fields["generate_sound"] = True
    if not order.images:
        return Call(method="POST", path=CREATE, json=fields)
    return Call(method="POST", path=CREATE, form=form(fields), files=first_image(order))


def read(reply: Reply) -> Standing:
    """How the work stands; a film in a bucket is fetched from there."""
    standing = read_video(reply)
    link = reply.body.get("url") if isinstance(reply.body, Mapping) else None
    if not isinstance(link, str) or not link.startswith(("http://", "https://")):
        return standing
    if not isinstance(standing.outcome, Ready):
        return standing
    return replace(standing, outcome=Ready(call=Call.link(link)))


WIRE = Wire(
    submit=submit,
    read=read,
    poll=POLL,
    cancel=CANCEL,
    is_forgetful=True,
    names_models=False,
    check=MODELS,
)


def make(setup: EngineSetup) -> Engine:
    """The engine of one server."""
    return UpstreamEngine(setup, WIRE)


KIND = EngineKind(
    name="sglang",
    summary="A server of SGLang-Diffusion, `sglang serve`.",
    options=UpstreamOptions,
    models=sampling_models,
    place=Place.SERVER,
    factory="matinee.engines.sglang:make",
    is_proven=False,
)
