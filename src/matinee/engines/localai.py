"""A LocalAI server as an upstream: one call, `POST /video`, that lasts until the film is there.

Source: inference-peers 1.3, and mudler/LocalAI `core/http/endpoints/localai/video.go`.
"""

from __future__ import annotations

import binascii
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matinee.core.errors import EngineError
from matinee.net.relay import refusal
from matinee.net.upstream import UpstreamEngine
from matinee.net.upstream_options import UpstreamOptions, capabilities_of
from matinee.net.wire import Call, Failed, Order, Ready, Reply, Standing, Wire
from matinee.ports.engine import Engine
from matinee.ports.engine_kind import EngineKind, EngineSetup, Place

_FOLDER = "/generated-videos/"
_MOST_INLINE_MB = 64
"""The largest film that an answer itself may hold, as that is read into memory; a link is what is
asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalAIOptions(UpstreamOptions):
    """The settings of a LocalAI server."""

    repeat_unknown: bool = True
    """Whether a film may be ordered again when nobody knows what became of the first order, such
    as after a restart here: the server has no other way to ask."""

    timeout_s: float = 4 * 3600.0
    """How long one attempt at a film may take; the server itself sets no limit."""


def wire_of(options: LocalAIOptions) -> Wire:
    """The format, with this server's patience."""
    return Wire(
        submit=submit,
        read=read,
        poll="",
        check="/readyz",
        submit_timeout_s=options.timeout_s,
        most_reply_bytes=min(options.max_film_mb, _MOST_INLINE_MB) * 1024 * 1024 * 4 // 3 + 4096,
    )


def submit(order: Order) -> Call:
    """The call that submits `order`."""
    spec, sampling = order.spec, order.spec.options
    fields: dict[str, Any] = {
        "model": order.model,
        "prompt": spec.prompt,
        "width": spec.size.width_px,
        "height": spec.size.height_px,
        "num_frames": order.frames,
        "fps": spec.fps,
        "seconds": str(spec.seconds),
        "seed": spec.seed,
        "response_format": "url",
        "negative_prompt": sampling.negative_prompt,
        "cfg_scale": sampling.guidance,
        "step": sampling.steps,
    }
    # Bare base64: a data URI is none to it, and fails.
    names = zip(("start_image", "end_image"), order.images, strict=False)
    fields |= {name: b64encode(image.data).decode() for name, image in names}
    return Call(
        method="POST",
        path="/video",
        json={name: value for name, value in fields.items() if value is not None},
    )


def read(reply: Reply) -> Standing:
    """The film, by the one reply there is."""
    if not reply.is_good:
        return Standing(outcome=Failed(error=refusal(reply.body, reply.status)))
    items = reply.body.get("data") if isinstance(reply.body, Mapping) else None
    item = items[0] if isinstance(items, list) and items else None
    if not isinstance(item, Mapping):
        raise EngineError("The upstream's answer holds no film.")
    return Standing(outcome=_film(item))


def make(setup: EngineSetup) -> Engine:
    """The engine of a LocalAI server."""
    return UpstreamEngine(setup, wire_of(setup.options))


def _film(item: Mapping[str, Any]) -> Ready:
    url, encoded = item.get("url"), item.get("b64_json")
    if isinstance(url, str) and url:
        return Ready(call=_download(url))
    if not isinstance(encoded, str) or not encoded:
        raise EngineError("The upstream's answer holds no film.")
    try:
        return Ready(data=binascii.a2b_base64(encoded, strict_mode=True))
    except binascii.Error as error:
        raise EngineError("The upstream's film is no valid base64.") from error


def _download(url: str) -> Call:
    """The call for the film. Behind a proxy the server gives links to what it thinks its own host
    is, so a film of its own folder is fetched where it was ordered."""
    _, found, name = url.partition(_FOLDER)
    return Call(method="GET", path=_FOLDER + name) if found else Call.link(url)


KIND = EngineKind(
    name="localai",
    summary="A LocalAI server.",
    options=LocalAIOptions,
    models=capabilities_of,
    place=Place.SERVER,
    factory="matinee.engines.localai:make",
    is_proven=False,
)
