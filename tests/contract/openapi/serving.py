"""A house behind a real socket, in a thread of its own, with hands that finish its films."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from matinee.core.errors import EngineError, LeaseLost
from matinee.web.protocol import BoundedProtocol
from tests.fakes import a_png
from tests.houses import House, a_house

_FAILS_EVERY = 7
"""One film in so many fails, so that failures are seen too."""

_MAX_UNFINISHED = 1000
_FILM = bytes(range(256))
"""Short, since Schemathesis keeps every reply."""


@dataclass(frozen=True, slots=True)
class ServedHouse:
    """Where a served house is, and the key that opens it."""

    base: str
    secret: str


@contextmanager
def a_served_house(folder: Path) -> Iterator[ServedHouse]:
    """A house with one key on a port of loopback; every film is made as soon as it is asked for."""
    folder.mkdir(exist_ok=True)
    ready: Future[ServedHouse] = Future()
    stop = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(folder, ready, stop)))
    thread.start()
    try:
        yield ready.result(timeout=30)
    finally:
        stop.set()
        thread.join()


async def _serve(folder: Path, ready: Future[ServedHouse], stop: threading.Event) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # Else replies in two pieces wait for an acknowledgement each.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with a_house(folder, max_unfinished=_MAX_UNFINISHED) as house:
            house.pages.by_url["https://pictures.example.org/1.png"] = a_png()
            key = await house.access.create_key("fuzz", is_admin=True)
            server = uvicorn.Server(
                uvicorn.Config(house.site, http=BoundedProtocol, log_config=None, lifespan="off")
            )
            hands = asyncio.create_task(_make_films(house))
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            ready.set_result(ServedHouse(base=base, secret=key.secret))
            await asyncio.to_thread(stop.wait)
            server.should_exit = True
            house.announcements.close()
            await serving
            hands.cancel()
            await asyncio.wait((hands,))


async def _make_films(house: House) -> None:
    count = 0
    while True:
        video_id = await house.delivered.get()
        count += 1
        # A film that was deleted in the meantime is nobody's work any more.
        with suppress(AssertionError, LeaseLost):
            if count % _FAILS_EVERY:
                await house.complete(video_id, _FILM)
            else:
                await house.fail(video_id, EngineError("The engine could not make it."))
