"""Orders and replies, as an upstream's format meets them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from matinee.core.size import Size
from matinee.core.video import VideoSpec
from matinee.net.wire import Order, Reply, UpstreamImage
from matinee.ports.engine_kind import EngineSetup

IMAGE = UpstreamImage(data=b"\x89PNG", media_type="image/png")
IMAGE_BASE64 = "iVBORw=="


def an_order(
    model: str = "sora-2",
    *,
    frames: int = 97,
    images: tuple[UpstreamImage, ...] = (),
    **spec: Any,
) -> Order:
    """An order for four seconds in HD, but for the changes to its `spec`."""
    usual = VideoSpec(model="films", prompt="a fox", size=Size(1280, 720), seconds=4, seed=7)
    return Order(
        spec=replace(usual, **spec),
        model=model,
        images=images,
        submit_key="video-1",
        frames=frames,
    )


def a_reply(body: Any, status: int = 200, **headers: str) -> Reply:
    """A reply; `retry_after="3"` is the header `retry-after`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, body=body, headers=named)


def a_setup(options: Any, name: str = "upstream") -> EngineSetup:
    """What an engine is made from."""
    return EngineSetup(name=name, options=options)
