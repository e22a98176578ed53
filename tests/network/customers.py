"""A client that orders films where it is told to, and remembers what it was told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tests.chaos.promises import FINAL, Memory, Wish

_SIZES: Mapping[str, Mapping[str, str]] = {
    "plain": {"size": "160x96", "seconds": "1"},
    "again": {"size": "160x96", "seconds": "1"},
    "sora-2": {"size": "720x1280", "seconds": "4"},
    "test-instant": {"size": "720x1280", "seconds": "4"},
    "test-slow": {"size": "720x1280", "seconds": "4"},
}
_LOOK_S = 0.05
PATIENCE_S = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event of a stream."""

    kind: str
    video: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Customer:
    """Orders and looks, at the server that is named."""

    client: httpx.AsyncClient
    memory: Memory

    async def order(self, url: str, words: str, model: str) -> str:
        """The id of a new film."""
        wish = self.memory.wish(words, model=model, may_repeat=False)
        wish.sent += 1
        body = {"prompt": words, "model": model, **_SIZES[model]}
        reply = await self.client.post(f"{url}/v1/videos", json=body)
        assert reply.status_code == 200, reply.text
        video_id: str = reply.json()["id"]
        self.memory.accept(wish, video_id)
        return video_id

    async def look(self, url: str, video_id: str) -> Mapping[str, Any]:
        """The film as the server tells it."""
        reply = await self.client.get(f"{url}/v1/videos/{video_id}")
        assert reply.status_code == 200, reply.text
        return self._remembered(reply.json())

    async def until(self, url: str, video_id: str, *statuses: str) -> Mapping[str, Any]:
        """The film as soon as it has one of `statuses`; what ends is looked at no longer."""

        async def look() -> Mapping[str, Any] | None:
            with contextlib.suppress(httpx.HTTPError, AssertionError):
                video = await self.look(url, video_id)
                if video["status"] in (*statuses, *FINAL):
                    return video
            return None

        video: Mapping[str, Any] = await until(look, f"{video_id} being {' or '.join(statuses)}")
        assert video["status"] in statuses, video
        return video

    async def watch(self, url: str, video_id: str) -> AsyncIterator[Told]:
        """What the film's stream tells, until it ends."""
        kind = ""
        async with self.client.stream("GET", f"{url}/v1/videos/{video_id}/events") as reply:
            assert reply.status_code == 200, reply.status_code
            async for line in reply.aiter_lines():
                name, _, text = line.partition(": ")
                if name == "event":
                    kind = text
                elif name == "data":
                    yield Told(kind=kind, video=self._remembered(json.loads(text)))

    async def cancel(self, url: str, words: str, video_id: str) -> None:
        """Ask for the end of a film."""
        self.memory.wishes[words].is_cancelled = True
        reply = await self.client.post(f"{url}/v1/videos/{video_id}/cancel")
        assert reply.status_code == 200, reply.text

    def remember(self, wish: Wish, video: Mapping[str, Any]) -> None:
        """Someone else was told of this film as an answer to `wish`."""
        self.memory.accept(wish, video["id"])
        self._remembered(video)

    def _remembered(self, video: Mapping[str, Any]) -> Mapping[str, Any]:
        self.memory.see(video["id"], video["status"], video["progress"])
        return video


async def until(look: Callable[[], Any], what: str, patience_s: float = PATIENCE_S) -> Any:
    """What `look` gives, as soon as that is something."""
    give_up_s = time.monotonic() + patience_s
    while time.monotonic() < give_up_s:
        if found := await look():
            return found
        await asyncio.sleep(_LOOK_S)
    raise AssertionError(f"{what}: not within {patience_s:g} s")
