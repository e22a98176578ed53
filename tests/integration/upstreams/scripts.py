"""An upstream on loopback that answers as a test has written, request by request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from matinee.core.size import Size
from matinee.core.video import VideoSpec
from matinee.ports.engine import Engine, Progress, Report, Submission, Workspace

FILM = b"\x00\x00\x00\x18ftypfake" + bytes(1000)
SPEC = VideoSpec(model="films", prompt="a fox", size=Size(1280, 720), seconds=4, seed=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    json: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered: JSON, or `raw`, or events. `is_cut` breaks off before the end."""

    json: Any = None
    status: int = 200
    raw: bytes | None = None
    events: Sequence[str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False


Script = Callable[[Asked], Answer]


@dataclass(slots=True)
class ScriptedUpstream:
    """A server, what came in, and what it says to that."""

    script: Script
    port: int = 0
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def calls(self) -> list[str]:
        """Every request's method and path, in order."""
        return [f"{each.method} {each.path}" for each in self.asked]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and close the connection."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            asked = await _read(reader)
            self.asked.append(asked)
            answer = self.script(asked)
            writer.write(_written(answer))
            await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@asynccontextmanager
async def an_upstream(script: Script) -> AsyncIterator[ScriptedUpstream]:
    """An upstream that answers by `script`."""
    upstream = ScriptedUpstream(script)
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0)
    upstream.port = server.sockets[0].getsockname()[1]
    try:
        yield upstream
    finally:
        server.close()
        await server.wait_closed()


async def made(
    engine: Engine,
    folder: Path,
    model: str = "films",
    *,
    resume: Submission | None = None,
    reports: list[Report] | None = None,
) -> list[Report]:
    """Have a film made and return what the engine told; in `reports`, too, if it fails."""
    space = Workspace(folder=folder, model=model, submit_key="video-1", resume=resume)
    reports = [] if reports is None else reports
    try:
        async for report in engine.generate(SPEC, space):
            reports.append(report)
    finally:
        await engine.close()
    assert (folder / "film.mp4").read_bytes() == FILM
    return reports


def percents(reports: Sequence[Report]) -> list[int]:
    """The progress that was told."""
    return [each.done for each in reports if isinstance(each, Progress)]


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *rest = head.split("\r\n")
    method, path, _ = line.split(" ")
    headers = {
        name.strip().lower(): value.strip()
        for name, found, value in (each.partition(":") for each in rest)
        if found
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    json = msgspec.json.decode(body) if body else None
    return Asked(method=method, path=path, headers=headers, json=json)


def _written(answer: Answer) -> bytes:
    if answer.events is not None:
        body = "".join(f"data: {event}\n\n" for event in answer.events).encode()
        kind, length = "text/event-stream", len(body) + answer.is_cut
    elif answer.raw is not None:
        body, kind, length = answer.raw, "video/mp4", len(answer.raw) + answer.is_cut
    else:
        body = msgspec.json.encode(answer.json)
        kind, length = "application/json", len(body) + answer.is_cut
    headers = {
        "content-type": kind,
        "content-length": str(length),
        "connection": "close",
        **answer.headers,
    }
    head = f"HTTP/1.1 {answer.status} X\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return head.encode("latin-1") + b"\r\n" + body
