"""Every server and worker is replaced, one after the other, and no call of a client fails."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import dataclass, field
from itertools import count

import openai

from tests.chaos.promises import Wish
from tests.chaos.site import Post
from tests.e2e.machines import Balancer
from tests.network.installation import APIS, WORKERS
from tests.network.stage import Stage

_PATIENCE_MS = 100


@dataclass(slots=True)
class Callers:
    """Users of OpenAI's client as it comes, its retries included."""

    stage: Stage
    url: str
    is_done: asyncio.Event = field(default_factory=asyncio.Event)
    calls: int = 0
    films: int = 0
    failures: list[str] = field(default_factory=list)

    async def call(self, caller: int) -> None:
        """Order films and fetch them, one after the other, until it is done."""
        async with openai.AsyncOpenAI(
            base_url=f"{self.url}/v1", api_key=self.stage.house.key
        ) as client:
            for number in count():
                if self.is_done.is_set():
                    return
                wish = self.stage.customer.memory.wish(
                    f"rolling {caller} {number}", model="plain", may_repeat=True
                )
                try:
                    await self._a_film(client, wish)
                except openai.OpenAIError as error:
                    self.failures.append(f"{wish.words}: {type(error).__name__} {error}")

    async def _a_film(self, client: openai.AsyncOpenAI, wish: Wish) -> None:
        wish.sent += 1
        video = await client.videos.create(
            model="plain",
            prompt=wish.words,
            seconds="1",  # type: ignore[arg-type]  # less than OpenAI makes
            size="160x96",  # type: ignore[arg-type]
        )
        self.stage.customer.remember(wish, video.to_dict())
        video = await client.videos.poll(video.id, poll_interval_ms=_PATIENCE_MS)
        self.stage.customer.remember(wish, video.to_dict())
        await client.videos.download_content(video.id)
        self.calls += 4
        self.films += 1


async def rolling_restart(stage: Stage) -> None:
    """Replace all of them under load."""
    scene, site = "rolling restart", stage.house.site
    posts = [stage.house.post(name) for name in (*APIS, *WORKERS)]
    servers = [post for post in posts if post.port is not None]
    with Balancer().standing() as balancer:
        balancer.targets = [(post.address, post.port or 0) for post in servers]
        callers = Callers(stage, balancer.url)
        for name in WORKERS:
            await stage.until_at_work(name)
        calling = [asyncio.create_task(callers.call(each)) for each in range(3)]
        site.is_revived = False
        for post in posts:
            with stage.timed(scene, post.name, 60):
                await _replace(stage, post)
        site.is_revived = True
        callers.is_done.set()
        await asyncio.gather(*calling)
    stage.note(
        scene,
        "failed calls of OpenAI's client",
        f"{len(callers.failures)} (films: {callers.films}) {' '.join(callers.failures[:3])}",
        is_kept=not callers.failures and callers.films > 0,
    )


async def _replace(stage: Stage, post: Post) -> None:
    words = stage.house.site.last_words
    assert post.is_alive(), f"{post.name} ended by itself:\n{words()}"
    os.kill(post.process_id, signal.SIGTERM)
    await stage.house.site.until_down(post)
    stage.house.site.begin(post)
    await stage.house.site.until_up(post)
    if post.kind == "worker":
        await stage.until_at_work(post.name)
