"""Clients that order, look, repeat, cancel and delete while everything around them dies."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.chaos.promises import FINAL, Memory, Wish
from tests.chaos.site import a_client

WISHES: Mapping[str, Mapping[str, Any]] = {
    "plain": {"size": "160x96", "seconds": "1"},
    "again": {"size": "160x96", "seconds": "1"},
    "test-instant": {"size": "1280x720", "seconds": "4"},
}
"""The models that are asked for, each with the least work that it can be asked for."""

CAUSES = {"plain": frozenset({"submission_unknown"})}
"""Nobody can know what became of an order to an upstream that can't be asked."""

LEAVES_SOCKETS = pytest.mark.filterwarnings(
    "ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning"
)
"""For tests with clients that go away: httpcore leaves the socket of a request that is cancelled
while it connects to Python's garbage collection."""

_MOST_SENDS = 60
_PAUSE_S = 0.15
_PASSING = frozenset({429, 503, 507})


@dataclass(slots=True)
class Clients:
    """All clients of one site, with one memory."""

    name: str
    urls: Callable[[], Sequence[str]]
    memory: Memory
    chance: random.Random
    shares: Mapping[str, float]
    """How often each model is asked for, among all."""

    most_open: int = 10
    orders: int = 0
    open: dict[str, Wish] = field(default_factory=dict)
    """What is not seen at its end."""

    is_ordering: bool = True
    is_patient: bool = False
    """Whether no client goes away before it is answered."""

    client: httpx.AsyncClient = field(default_factory=a_client)
    can_cancel: bool = True

    async def run(self) -> None:
        """Order and look until nothing more is to be ordered and everything has ended."""
        async with self.client, asyncio.TaskGroup() as group:
            group.create_task(self.look())
            while self.is_ordering:
                if len(self.open) < self.most_open:
                    group.create_task(self.live(self.next_wish()))
                await asyncio.sleep(self.chance.uniform(0.01, 0.2))

    def next_wish(self) -> Wish:
        self.orders += 1
        words = f"film {self.orders} of {self.name}"
        (model,) = self.chance.choices(list(self.shares), list(self.shares.values()))
        manner = self.chance.choice(("key", "key", "count", "once"))
        return self.memory.wish(
            words,
            key=f"key of {words}" if manner == "key" else None,
            model=model,
            may_repeat=manner != "once",
        )

    async def live(self, wish: Wish) -> None:
        """All that a client does about one wish but looking."""
        video_id = await self.order(wish)
        if video_id is None:
            return
        self.open[video_id] = wish
        if wish.key is not None and self.chance.random() < 0.1:
            await self.order(wish)
        if self.chance.random() < 0.12:
            await asyncio.sleep(self.chance.uniform(0.0, 2.0))
            if self.can_cancel and self.chance.random() < 0.5:
                wish.is_cancelled = True
                await self.ask("POST", f"/v1/videos/{video_id}/cancel")
                return
            wish.is_unwanted = True
            await self.ask("DELETE", f"/v1/videos/{video_id}")
            self.open.pop(video_id, None)

    async def order(self, wish: Wish) -> str | None:
        """Send the wish until it is answered, or only once; the id it was given."""
        body = {"prompt": wish.words, "model": wish.model, **WISHES[wish.model]}
        for count in range(_MOST_SENDS if wish.may_repeat else 1):
            headers = {"x-stainless-retry-count": str(count)} if wish.key is None else {}
            if wish.key is not None:
                headers["Idempotency-Key"] = wish.key
            wish.sent += 1
            reply = await self._send("POST", "/v1/videos", json=body, headers=headers)
            if reply is not None and reply.status_code == 200:
                video_id: str = reply.json()["id"]
                self.memory.accept(wish, video_id)
                return video_id
            if reply is not None and reply.status_code not in _PASSING:
                self.memory.told_falsely.append(f"'{wish.words}': {reply.status_code} {reply.text}")
                return None
            await asyncio.sleep(self.chance.uniform(0.5, 1.5) * _PAUSE_S)
        return None

    async def ask(self, method: str, path: str) -> httpx.Response | None:
        """Ask until there is an answer."""
        for _ in range(_MOST_SENDS):
            reply = await self._send(method, path)
            if reply is not None and reply.status_code not in _PASSING:
                if reply.status_code >= 500:
                    said = f"{method} {path}: {reply.status_code} {reply.text}"
                    self.memory.told_falsely.append(said)
                return reply
            await asyncio.sleep(_PAUSE_S)
        return None

    async def _send(self, method: str, path: str, **what: Any) -> httpx.Response | None:
        """One request; None if no answer came. Now and then the client goes away in the middle."""
        url = self.chance.choice(list(self.urls()))
        goes = not self.is_patient and self.chance.random() < 0.05
        leaves_s = self.chance.uniform(0.0, 0.02) if goes else 30.0
        try:
            async with asyncio.timeout(leaves_s):
                return await self.client.request(method, url + path, **what)
        except (httpx.HTTPError, TimeoutError):
            return None

    async def look(self) -> None:
        """Look at what is open, one after the other, so that no answer overtakes another."""
        while self.is_ordering or self.open:
            for video_id, wish in list(self.open.items()):
                reply = await self._send("GET", f"/v1/videos/{video_id}")
                if reply is None:
                    await asyncio.sleep(_PAUSE_S)
                elif reply.status_code == 200:
                    self._note(video_id, reply.json())
                elif reply.status_code == 404:
                    self.memory.miss(wish, video_id)
                    self.open.pop(video_id, None)
                elif reply.status_code not in _PASSING:
                    self.memory.told_falsely.append(f"{video_id}: {reply.status_code}")
            await asyncio.sleep(_PAUSE_S)

    def _note(self, video_id: str, video: Mapping[str, Any]) -> None:
        self.memory.see(video_id, video["status"], video["progress"])
        if video["status"] in FINAL:
            self.open.pop(video_id, None)
