"""OpenAI's `/v1/videos` that answers at once, for a gateway to stand in front of: plain ASGI.

It stores nothing and makes nothing, so that a gateway is measured at its best.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Awaitable, Callable
from typing import Any

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_CREATED_AT = 1_800_000_000
_ids = itertools.count(1)


async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer a create, a status and a health check."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    await _read(receive)
    path: str = scope["path"]
    if path == "/health":
        await _reply(send, {})
    elif scope["method"] == "POST":
        await _reply(send, _video(f"video_mock{next(_ids):012x}", "queued", 0))
    else:
        await _reply(send, _video(path.rsplit("/", 1)[1], "in_progress", 42))


def _video(video_id: str, status: str, progress: int) -> dict[str, Any]:
    return {
        "id": video_id,
        "object": "video",
        "model": "sora-2",
        "status": status,
        "progress": progress,
        "created_at": _CREATED_AT,
        "completed_at": None,
        "expires_at": _CREATED_AT + 3600,
        "size": "720x1280",
        "seconds": "4",
        "prompt": "a fox in a meadow",
        "remixed_from_video_id": None,
        "error": None,
    }


async def _live(receive: Receive, send: Send) -> None:
    message: dict[str, Any] = {"type": ""}
    while message["type"] != "lifespan.shutdown":
        message = await receive()
        await send({"type": f"{message['type']}.complete"})


async def _read(receive: Receive) -> None:
    while (await receive()).get("more_body", False):
        pass


async def _reply(send: Send, value: dict[str, Any]) -> None:
    body = json.dumps(value).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
