"""The world outside, as a process that nobody kills: an upstream that counts, a webhook receiver.

`python -m tests.chaos.outside SEED ADDRESS [calm]` prints its port. It speaks OpenAI's format; a
film is begun, and would be paid for, by the time its order was read. What it says under `/report`
is evidence.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import signal
import socket
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.unit.media.films import make_film

PICTURES, WIDTH_PX, HEIGHT_PX = 24, 160, 96
IDEMPOTENT = "again"
"""The model of an upstream that knows a repeated order by its key."""


@dataclass(slots=True, kw_only=True)
class Begun:
    """A film that the upstream has begun."""

    words: str
    until_s: float


@dataclass(slots=True)
class Outside:
    """What came in, and how it is answered."""

    film: bytes
    chance: random.Random
    is_calm: bool
    """Whether everything is answered well, and at once."""

    numbers: itertools.count[int] = field(default_factory=itertools.count)
    begun: dict[str, Begun] = field(default_factory=dict)
    by_key: dict[str, str] = field(default_factory=dict)
    orders: Counter[str] = field(default_factory=Counter)
    letters: dict[str, set[str]] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    victims: dict[str, int] = field(default_factory=dict)
    """Who is killed by what comes in next: the process, by `order` or `letter`."""

    senders: dict[str, str] = field(default_factory=dict)
    """Which host ordered the film, by its words."""

    takes_s: float | None = None
    """How long a film takes, if that is not left to chance."""

    async def order(self, request: Request) -> Response:
        """Begin a film; sometimes the answer is late, or is an error all the same."""
        try:
            async with request.form() as form:
                words, model = str(form["prompt"]), str(form.get("model", ""))
        except ClientDisconnect:
            return Response(status_code=400)
        key = request.headers.get("idempotency-key", "")
        if model != IDEMPOTENT or key not in self.by_key:
            self.orders[words] += 1
            self.by_key[key] = f"video_{next(self.numbers)}"
            self.senders[words] = request.client.host if request.client else ""
            until_s = time.monotonic() + self._takes_s()
            self.begun[self.by_key[key]] = Begun(words=words, until_s=until_s)
        if self._kill("order"):
            return Response(status_code=500)
        if not self.is_calm:
            await asyncio.sleep(self.chance.choice((0.0, 0.02, 0.3)))
            if self.chance.random() < 0.03:
                return JSONResponse({"error": {"message": "By chance."}}, 500)
        return JSONResponse(self._video(self.by_key[key]))

    async def look(self, request: Request) -> Response:
        """A film as it stands."""
        video_id = request.path_params["id"]
        if video_id not in self.begun:
            return JSONResponse({"error": {"message": "There is no such video."}}, 404)
        return JSONResponse(self._video(video_id))

    async def content(self, request: Request) -> Response:
        """The film itself."""
        return Response(self.film, media_type="video/mp4")

    async def cancel(self, request: Request) -> Response:
        """Nobody wants it any more. What was begun is paid for."""
        video_id = request.path_params["id"]
        return JSONResponse({"id": video_id, "object": "video.deleted", "deleted": True})

    async def models(self, request: Request) -> Response:
        """It is there."""
        return JSONResponse({"object": "list", "data": []})

    async def letter(self, request: Request) -> Response:
        """A webhook: now and then the first try is answered badly."""
        try:
            video_id = (await request.json())["data"]["id"]
        except ClientDisconnect:
            return Response(status_code=400)
        name = request.headers["webhook-id"]
        if self._kill("letter"):
            return Response(status_code=500)
        is_bad = not self.is_calm and self.chance.random() < 0.05
        if is_bad and name not in self.refused:
            self.refused.add(name)
            return Response(status_code=500)
        self.letters.setdefault(video_id, set()).add(name)
        return Response(status_code=200)

    async def report(self, request: Request) -> Response:
        """All that came in."""
        letters = {video_id: sorted(names) for video_id, names in self.letters.items()}
        return JSONResponse({"orders": self.orders, "letters": letters, "senders": self.senders})

    async def doom(self, request: Request) -> Response:
        """Kill a process at what comes in next."""
        self.victims.update(await request.json())
        return Response(status_code=204)

    async def pace(self, request: Request) -> Response:
        """Let every film from now on take so many seconds; null: as before."""
        self.takes_s = (await request.json())["takes_s"]
        return Response(status_code=204)

    def _takes_s(self) -> float:
        if self.takes_s is not None:
            return self.takes_s
        return 0.15 if self.is_calm else self.chance.uniform(0.1, 1.0)

    def _kill(self, by: str) -> bool:
        victim = self.victims.pop(by, None)
        if victim is None:
            return False
        os.kill(victim, signal.SIGKILL)
        return True

    def _video(self, video_id: str) -> dict[str, object]:
        is_made = time.monotonic() >= self.begun[video_id].until_s
        status, progress = ("completed", 100) if is_made else ("in_progress", 40)
        return {"id": video_id, "object": "video", "status": status, "progress": progress}

    def site(self) -> Starlette:
        """All of it as an application."""
        one = "/v1/videos/{id}"
        return Starlette(
            routes=[
                Route("/v1/videos", self.order, methods=["POST"]),
                Route(one, self.look, methods=["GET"]),
                Route(one, self.cancel, methods=["DELETE"]),
                Route(f"{one}/content", self.content),
                Route("/v1/models", self.models),
                Route("/hooks", self.letter, methods=["POST"]),
                Route("/report", self.report),
                Route("/doom", self.doom, methods=["PUT"]),
                Route("/pace", self.pace, methods=["PUT"]),
            ]
        )


async def main(seed: int, address: str, *, is_calm: bool) -> None:
    """Answer until the process that began this one is gone."""
    with TemporaryDirectory() as folder:
        film = Path(folder) / "film.mp4"
        await make_film(film, frames=PICTURES, width_px=WIDTH_PX, height_px=HEIGHT_PX)
        chance = random.Random(seed)  # noqa: S311  # no secrets
        outside = Outside(film.read_bytes(), chance, is_calm)
    listener = socket.create_server((address, 0), backlog=1000)
    config = uvicorn.Config(outside.site(), log_level="error", lifespan="off")
    server = uvicorn.Server(config)

    def leave() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True

    asyncio.get_running_loop().run_in_executor(None, leave)
    print(listener.getsockname()[1], flush=True)  # noqa: T201  # the parent reads it
    await server.serve(sockets=[listener])


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], is_calm="calm" in sys.argv))
