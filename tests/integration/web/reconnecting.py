"""Watchers whose streams are cut again and again, over real sockets (PROMISES R6).

`python -m tests.integration.web.reconnecting 10000` runs so many and says what they saw.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import uvicorn

from matinee.web.protocol import BoundedProtocol
from tests.houses import House, a_house

_WATCHERS_OF_A_VIDEO = 10
_WAVE = 2000
_PATIENCE = (0, 1, 2, 2, 2, 3, 3)
"""After how many events a stream is cut. The first comes at once, the others with changes."""

_STEPS = (10, 40, 70)
_NO_CONTENT = b"HTTP/1.1 204"
_FINAL = ("video.completed", "video.failed")


@dataclass(slots=True)
class Seen:
    """What one watcher was told over all its streams."""

    streams: int = 0
    progress: list[int] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    last_id: str | None = None
    was_sent_away: bool = False
    """Whether it came once more with the last id and was told not to come again."""


@asynccontextmanager
async def served(house: House) -> AsyncIterator[int]:
    """The port on which the house answers."""
    config = uvicorn.Config(
        house.site, port=0, http=BoundedProtocol, log_config=None, lifespan="off"
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    await server.begun.wait()
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        house.announcements.close()
        await serving


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.begun = asyncio.Event()

    async def startup(self, sockets: Any = None) -> None:
        """Say when it has begun."""
        await super().startup(sockets)
        self.begun.set()


async def watch_all(house: House, port: int, watchers: int, seed: int) -> list[Seen]:
    """Make films while `watchers` watch, every stream of whom is cut at random until the end."""
    async with house.client() as client:
        count = max(1, watchers // _WATCHERS_OF_A_VIDEO)
        replies = [await client.post("/v1/videos", json={"prompt": "a cat"}) for _ in range(count)]
    ids = [reply.json()["id"] for reply in replies]
    dice = [Random(seed + number) for number in range(watchers)]  # noqa: S311  # no secrets
    async with asyncio.TaskGroup() as group:
        watching = [
            group.create_task(_watch(port, ids[number % count], random))
            for number, random in enumerate(dice)
        ]
        group.create_task(_make_films(house, ids, dice[0]))
    return [each.result() for each in watching]


async def _make_films(house: House, ids: list[str], random: Random) -> None:
    waiting = [(spelled_id, step) for step in (0, *_STEPS, 100) for spelled_id in ids]
    for spelled_id, step in waiting:
        if step == 0:
            await house.start(spelled_id)
        elif step < 100:
            await house.progress(spelled_id, step + random.randrange(10))
        else:
            await house.complete(spelled_id, b"film", None)


async def _watch(port: int, spelled_id: str, random: Random) -> Seen:
    seen, names_last = Seen(), random.random() < 0.7
    while not seen.ends:
        patience = random.choice(_PATIENCE)
        await _one_stream(port, spelled_id, seen, patience, names_last)
    while not seen.was_sent_away:
        await _one_stream(port, spelled_id, seen, 1, names_last=True)
    return seen


async def _one_stream(
    port: int, spelled_id: str, seen: Seen, patience: int, names_last: bool
) -> None:
    """Read so many events, or to the end; then cut it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    seen.streams += 1
    last = f"Last-Event-ID: {seen.last_id}\r\n" if names_last and seen.last_id else ""
    writer.write(
        f"GET /v1/videos/{spelled_id}/events HTTP/1.1\r\nHost: localhost\r\n{last}\r\n".encode()
    )
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        if head.startswith(_NO_CONTENT):
            seen.was_sent_away = True
        else:
            assert head.startswith(b"HTTP/1.1 200"), head
            await _read_events(reader, seen, patience)
    finally:
        writer.transport.abort()


async def _read_events(reader: asyncio.StreamReader, seen: Seen, patience: int) -> None:
    lines: dict[str, str] = {}
    while patience > 0 and (line := (await reader.readline()).decode()):
        name, colon, value = line.rstrip("\r\n").partition(": ")
        if colon and name in ("id", "event", "data"):
            lines[name] = value
        elif "event" in lines:
            _note(seen, lines)
            patience -= 1
            lines = {}


def _note(seen: Seen, lines: dict[str, str]) -> None:
    seen.last_id = lines.get("id", seen.last_id)
    seen.progress.append(msgspec.json.decode(lines["data"])["progress"])
    if lines["event"] in _FINAL:
        seen.ends.append(lines["event"])


async def main(watchers: int) -> None:
    """Print what they saw. In waves, as each stream takes two descriptors of this process."""
    crowd: list[Seen] = []
    with tempfile.TemporaryDirectory() as folder:
        async with a_house(Path(folder), max_unfinished=watchers) as house, served(house) as port:
            while len(crowd) < watchers:
                wave = min(_WAVE, watchers - len(crowd))
                crowd += await watch_all(house, port, wave, seed=len(crowd))
    fell = sum(each.progress != sorted(each.progress) for each in crowd)
    sys.stdout.write(
        f"{len(crowd):,} watchers, {sum(each.streams for each in crowd):,} streams: "
        f"{sum(bool(each.ends) for each in crowd):,} saw the end, progress fell for {fell:,}\n"
    )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
