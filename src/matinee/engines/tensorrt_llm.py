"""TensorRT-LLM VisualGen as an upstream.

Source: inference-peers 1.3 and TensorRT-LLM's `openai_video_routes.py`: the length may be a
fraction, and the number of pictures follows from it; an error is a bare text; the container is
chosen by a field that newer versions call `format`, and may be AVI if it is not sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

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

_MARGIN = 0.01
"""A share of a picture, so that no rounding takes one away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorRTOptions(UpstreamOptions):
    """The settings of a server of TensorRT-LLM."""

    format_field: str = "output_format"
    """Which field chooses the container; `format` in newer versions."""


def wire_of(options: TensorRTOptions) -> Wire:
    """The format as this version speaks it."""
    return Wire(
        submit=partial(submit, format_field=options.format_field),
        read=read_video,
        poll=POLL,
        cancel=CANCEL,
        is_forgetful=True,
        names_models=False,
        check="/health",
    )


def submit(order: Order, *, format_field: str) -> Call:
    """The call that submits `order`."""
    fields = sampled_fields(order)
    # Its forms pass `num_frames` over, or refuse it as unknown: seconds times fps give the number.
    frames = fields.pop("num_frames")
    fields["seconds"] = (frames + _MARGIN) / order.spec.fps
    fields[format_field] = "mp4"
    return Call(method="POST", path=CREATE, form=form(fields), files=first_image(order))


def make(setup: EngineSetup) -> Engine:
    """The engine of one server."""
    return UpstreamEngine(setup, wire_of(setup.options))


KIND = EngineKind(
    name="tensorrt-llm",
    summary="A server of TensorRT-LLM VisualGen, `trtllm-serve`.",
    options=TensorRTOptions,
    models=sampling_models,
    place=Place.SERVER,
    factory="matinee.engines.tensorrt_llm:make",
    is_proven=False,
)
