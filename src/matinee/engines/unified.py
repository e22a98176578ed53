"""The unified video format as an upstream: `/v1/video/create` and `/v1/video/query`.

Its siblings at other paths answer in the same words; what they are sent can be written out.
Source: relay-dialects 2, after seed 003 and what relays and their clients do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from matinee.core.errors import SettingsInvalid
from matinee.core.route import Capabilities
from matinee.core.size import Size
from matinee.net.relay import USUAL, read_relay, shape_of
from matinee.net.templates import check_template, fill, values_of
from matinee.net.upstream import UpstreamEngine
from matinee.net.upstream_options import UpstreamOptions, capabilities_of
from matinee.net.wire import Call, Order, Wire
from matinee.ports.engine import Engine
from matinee.ports.engine_kind import EngineKind, EngineSetup, Place

_LARGE_SHORT_SIDE_PX = 1000
"""From here on the format calls a film `large`, below `small`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnifiedOptions(UpstreamOptions):
    """The settings of a relay that speaks the unified format."""

    is_matinee: bool = False
    """Whether it is a Matinee: it is told sizes in pixels, knows a repeated submission by its key,
    and can be told to stop."""

    create_path: str = "/v1/video/create"
    """Where films are ordered."""

    query_path: str = "/v1/video/query?id={id}"
    """Where a film is asked for by its `{id}`."""

    input: Mapping[str, Any] | None = None
    """The fields of an order, where they are others than the format's: `{ model = "{model}",
    prompt = "{prompt}", duration = "{seconds:text}" }`."""


def wire_of(options: UnifiedOptions) -> Wire:
    """The format as this upstream speaks it."""
    return Wire(
        submit=partial(submit, options=options),
        read=read_relay,
        poll=options.query_path,
        cancel=("DELETE", "/v1/videos/{id}") if options.is_matinee else None,
        is_idempotent=options.is_matinee,
    )


def submit(order: Order, *, options: UnifiedOptions) -> Call:
    """The call that submits `order`."""
    if options.input is not None:
        fields = fill(options.input, values_of(order))
    else:
        fields = _fields(order, exact_size=options.is_matinee)
    return Call(
        method="POST",
        path=options.create_path,
        json=fields,
        headers={"idempotency-key": order.submit_key},
    )


def models_of(setup: EngineSetup) -> Mapping[str, Capabilities]:
    """What the upstream makes, by its settings. Raises SettingsInvalid."""
    options: UnifiedOptions = setup.options
    check_template(setup, options.input)
    if "{id}" not in options.query_path:
        raise SettingsInvalid(
            f"The engine '{setup.name}' has query_path = '{options.query_path}', which needs the "
            "film's id: '/v1/video/query?id={id}'.",
            param=f"engines.{setup.name}.query_path",
        )
    return capabilities_of(setup, usual=USUAL)


def make(setup: EngineSetup) -> Engine:
    """The engine of a relay."""
    return UpstreamEngine(setup, wire_of(setup.options))


def _fields(order: Order, *, exact_size: bool) -> dict[str, Any]:
    """The format's fields; all eight that seed 003 requires are always there."""
    spec = order.spec
    fields: dict[str, Any] = {
        "model": order.model,
        "prompt": spec.prompt,
        "images": [image.data_uri for image in order.images],
        "orientation": "portrait" if spec.size.is_portrait else "landscape",
        "aspect_ratio": shape_of(spec.size),
        "size": str(spec.size) if exact_size else _size_class(spec.size),
        "duration": spec.seconds,
        # True is the format's own default: it prefers a clean film and takes a marked one.
        "watermark": True if spec.watermark is None else spec.watermark,
        "private": spec.private,
        "seed": spec.seed,
    }
    if spec.style is not None:
        fields["style"] = spec.style
    return fields


def _size_class(size: Size) -> str:
    return "large" if min(size.width_px, size.height_px) >= _LARGE_SHORT_SIDE_PX else "small"


KIND = EngineKind(
    name="unified",
    summary="A relay with the unified video format, /v1/video/create; a Matinee, too.",
    options=UnifiedOptions,
    models=models_of,
    place=Place.SERVER,
    factory="matinee.engines.unified:make",
    slots=8,
)
