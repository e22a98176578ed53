"""Reads a reply that is a stream of events.

Source: the HTML standard, server-sent events; of their fields only `data` is read.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator

import httpx

from matinee.net.upstream_client import Interrupted

_MOST_BYTES = 1024 * 1024
_LINE_END = b"\n"


def is_event_stream(response: httpx.Response) -> bool:
    """Whether the body of `response` is a stream of events."""
    content_type: str = response.headers.get("content-type", "")
    return content_type.partition(";")[0].strip().lower() == "text/event-stream"


async def read_events(response: httpx.Response) -> AsyncGenerator[str, None]:
    """The data of each event; comments, which only show that somebody is there, are passed over.

    Raises Interrupted if an event is larger than 1 MiB.
    """
    rest, data, size = bytearray(), list[str](), 0
    async for piece in response.aiter_raw():
        rest += piece
        if _LINE_END not in piece:
            _check_size(size + len(rest))
            continue
        *lines, rest = rest.split(_LINE_END)
        for line in lines:
            text = line.rstrip(b"\r").decode("utf-8", "replace")
            if text.startswith("data:"):
                data.append(text.removeprefix("data:").removeprefix(" "))
                size += len(line)
            elif not text and data:
                yield "\n".join(data)
                data, size = [], 0
        _check_size(size + len(rest))
    if data:
        # The last one may lack the empty line after it.
        yield "\n".join(data)


def _check_size(size_bytes: int) -> None:
    if size_bytes > _MOST_BYTES:
        raise Interrupted("The upstream sends an event without end.")
