"""OpenAI's video format as an upstream: any server that keeps the contract, Matinee itself too.

Source: openai-videos 3 to 12. The official service refused fields that it did not know, so nothing
but its own is sent, unless the settings name more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from matinee.core.errors import SettingsInvalid
from matinee.core.route import Capabilities
from matinee.core.size import Size
from matinee.net.openai_shape import (
    CANCEL,
    CREATE,
    MODELS,
    POLL,
    first_image,
    form,
    read_video,
    sampled_fields,
)
from matinee.net.upstream import UpstreamEngine
from matinee.net.upstream_options import UpstreamOptions, capabilities_of
from matinee.net.wire import Call, Order, Wire
from matinee.ports.engine import Engine
from matinee.ports.engine_kind import EngineKind, EngineSetup, Place

_OFFICIAL_FIELDS = ("model", "prompt", "seconds", "size")
_MATINEE_FIELDS = (
    *("seed", "fps", "negative_prompt", "num_inference_steps", "guidance_scale"),
    *("style", "watermark", "private"),
)
_OFFICIAL = Capabilities(
    sizes=(
        Size(720, 1280),
        Size(1280, 720),
        Size(1024, 1792),
        Size(1792, 1024),
        Size(1080, 1920),
        Size(1920, 1080),
    ),
    min_seconds=4,
    max_seconds=20,
    fps=24,
    max_references=1,
    has_sound=True,
    pace=15.0,
)
_ANY_MODEL = "*"
_SAMPLING = {
    "negative_prompt": "negative_prompt",
    "num_inference_steps": "steps",
    "guidance_scale": "guidance",
}
"""Which field carries which of the sampling options."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAIOptions(UpstreamOptions):
    """The settings of a server with OpenAI's format."""

    is_matinee: bool = False
    """Whether it is a Matinee: it takes more fields, and knows a repeated order by its key."""

    is_idempotent: bool = False
    """Whether it knows a repeated order by its `Idempotency-Key`."""

    fields: tuple[str, ...] = ()
    """Fields beyond the official ones that it takes: `seed`, `fps`, `num_frames`,
    `negative_prompt`, `num_inference_steps`, `guidance_scale`, `style`, `watermark`, `private`."""


def wire_of(options: OpenAIOptions) -> Wire:
    """The format as this upstream speaks it."""
    return Wire(
        submit=partial(submit, fields=(*_OFFICIAL_FIELDS, *_extra_fields(options))),
        read=read_video,
        poll=POLL,
        cancel=CANCEL,
        is_idempotent=options.is_matinee or options.is_idempotent,
        check=MODELS,
    )


def submit(order: Order, *, fields: tuple[str, ...]) -> Call:
    """The call that submits `order`, with no other fields than `fields`."""
    spec = order.spec
    said = sampled_fields(order) | {
        "style": spec.style,
        "watermark": spec.watermark,
        "private": spec.private or None,
    }
    texts = form({name: said[name] for name in fields if said.get(name) is not None})
    return Call(
        method="POST",
        path=CREATE,
        form=texts,
        files=first_image(order),
        headers={"Idempotency-Key": order.submit_key},
    )


def models_of(setup: EngineSetup) -> Mapping[str, Capabilities]:
    """What it makes: what the settings say, else what Sora made, under any name."""
    options: OpenAIOptions = setup.options
    _check_fields(setup)
    extra = _extra_fields(options)
    sampling = tuple(option for name, option in _SAMPLING.items() if name in extra)
    usual = replace(_OFFICIAL, options=sampling)
    if not options.models:
        return {_ANY_MODEL: usual}
    return capabilities_of(setup, usual=usual)


def make(setup: EngineSetup) -> Engine:
    """The engine of such a server."""
    return UpstreamEngine(setup, wire_of(setup.options))


def _check_fields(setup: EngineSetup) -> None:
    known = ("num_frames", *_MATINEE_FIELDS)
    unknown = next((name for name in setup.options.fields if name not in known), None)
    if unknown is not None:
        listed = ", ".join(f"'{name}'" for name in known)
        raise SettingsInvalid(
            f"The engine '{setup.name}' names the field '{unknown}', which there is not. "
            f"Fields: {listed}.",
            param=f"engines.{setup.name}.fields",
        )


def _extra_fields(options: OpenAIOptions) -> tuple[str, ...]:
    return (*options.fields, *(_MATINEE_FIELDS if options.is_matinee else ()))


KIND = EngineKind(
    name="openai",
    summary="Any server with OpenAI's video format, /v1/videos; a Matinee, too.",
    options=OpenAIOptions,
    models=models_of,
    place=Place.SERVER,
    factory="matinee.engines.openai_videos:make",
    slots=8,
)
