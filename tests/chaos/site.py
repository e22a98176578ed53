"""The processes of one installation: begun, killed, begun again, each on an address of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from tests.chaos.nursery import Birth, Nursery
from tests.databases import an_empty_database

START_S = 60.0
_END_S = 60.0
_LOOK_S = 0.02
_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Nothing here speaks TLS, and to load the real roots costs 15 ms a client."""


def a_client(timeout_s: float = 20.0, key: str | None = None) -> httpx.AsyncClient:
    """A client of anything near by, who has `key` where one is needed."""
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=20)
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    return httpx.AsyncClient(
        timeout=timeout_s, trust_env=False, verify=_TLS, limits=limits, headers=headers
    )


@dataclass(slots=True)
class Post:
    """A place that one process at a time fills."""

    name: str
    kind: str
    """`server`, `api` or `worker`."""

    arguments: tuple[str, ...]
    port: int | None = None
    process_id: int = 0
    address: str = "127.0.0.1"
    namespace: str = ""
    """The network namespace of its host, as a file, where it has a host of its own."""

    @property
    def url(self) -> str:
        """Where it answers, if it does at all."""
        return f"http://{self.address}:{self.port}"

    def is_alive(self) -> bool:
        """Whether its process is there."""
        return bool(self.process_id) and psutil.pid_exists(self.process_id)

    def kill(self) -> None:
        """End it as a power cut would: at once, its children left to find out."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process_id, signal.SIGKILL)

    def children(self) -> list[psutil.Process]:
        """The processes it began, and those that they began."""
        with contextlib.suppress(psutil.NoSuchProcess):
            return psutil.Process(self.process_id).children(recursive=True)
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """What was done to somebody."""

    at_s: float
    """By the clock of the machine."""

    kind: str
    post: str = ""
    """Whose process it was, if it was a post's own."""


@dataclass(slots=True)
class Site:
    """Some posts that share their rows and their blobs."""

    name: str
    folder: Path
    nursery: Nursery
    posts: list[Post]
    environment: dict[str, str]
    database: str
    """An SQLite file, or the address of a PostgreSQL database."""

    is_revived: bool = False
    """Whether a process that ends by itself is begun again, as service managers do."""

    kills: list[Kill] = field(default_factory=list)
    logs: Path | None = None
    """Where its log is, if that is not beside its folder."""

    @property
    def blobs(self) -> Path:
        """Where the bytes lie."""
        return self.folder / "blobs"

    @property
    def log(self) -> Path:
        """Where all of them write what they have to say."""
        return (self.logs or self.folder.parent) / f"{self.name}.log"

    def urls(self) -> list[str]:
        """Where requests can be sent."""
        return [post.url for post in self.posts if post.port is not None]

    def begin(self, post: Post, *, doomed: bool = False, **more: str) -> None:
        """Fill the post; it may take a moment until it answers."""
        birth = Birth(
            arguments=post.arguments,
            environment=self.environment | more,
            log=str(self.log),
            doomed=doomed,
            namespace=post.namespace,
        )
        post.process_id = self.nursery.begin(birth)

    async def until_up(self, post: Post) -> None:
        """Return as soon as it answers. It must not end before."""
        if post.port is None:
            return
        give_up_s = time.monotonic() + START_S
        async with a_client() as client:
            while time.monotonic() < give_up_s:
                self.revive()
                assert post.is_alive(), f"{post.name} ended at its start:\n{self.last_words()}"
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get(f"{post.url}/healthz")).status_code == 200:
                        return
                await asyncio.sleep(_LOOK_S)
        raise AssertionError(f"{post.name} did not start in time:\n{self.last_words()}")

    def revive(self) -> None:
        """Begin again whoever ended by himself, where that is the custom."""
        if self.is_revived:
            for post in self.posts:
                if post.process_id and not post.is_alive():
                    self.begin(post)

    async def until_down(self, post: Post) -> None:
        """Return as soon as its process is gone."""
        give_up_s = time.monotonic() + _END_S
        while post.is_alive():
            assert time.monotonic() < give_up_s, f"{post.name} lives on"
            await asyncio.sleep(_LOOK_S)

    async def start(self) -> None:
        """Fill every post."""
        for post in self.posts:
            self.begin(post)
        for post in self.posts:
            await self.until_up(post)

    async def restart(self, post: Post) -> None:
        """Fill a post whose process was killed."""
        await self.until_down(post)
        self.begin(post)
        await self.until_up(post)

    def freeze(self, post: Post) -> None:
        """Let the process stand still, as a machine does that sleeps."""
        os.kill(post.process_id, signal.SIGSTOP)

    def thaw(self, post: Post) -> None:
        """Let it go on as if nothing had been."""
        os.kill(post.process_id, signal.SIGCONT)

    async def drop(self) -> None:
        """End everyone at once: nothing is to be said any more."""
        for post in self.posts:
            post.kill()
        for post in self.posts:
            await self.until_down(post)

    async def stop(self) -> None:
        """Ask everyone to end."""
        for post in self.posts:
            with contextlib.suppress(ProcessLookupError):
                os.kill(post.process_id, signal.SIGTERM)
        for post in self.posts:
            await self.until_down(post)

    def last_words(self) -> str:
        """The end of the log."""
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""


def an_embedded_site(
    name: str, folder: Path, nursery: Nursery, outside_port: int, **settings: str
) -> Site:
    """One server that owns its rows."""
    folder.mkdir(parents=True, exist_ok=True)
    an_empty_database(folder / "matinee.db")
    port = a_free_port()
    arguments = ("serve", "--data", str(folder), "--port", str(port))
    post = Post(name=name, kind="server", arguments=arguments, port=port)
    return Site(
        name=name,
        folder=folder,
        nursery=nursery,
        posts=[post],
        environment=settings_of(outside_port) | settings,
        database=str(folder / "matinee.db"),
    )


def settings_of(outside_port: int) -> dict[str, str]:
    """Two upstreams in the world outside, and nothing that gives a video up because of a kill."""
    return {
        "MATINEE_MAX_FAULTS": "1000",
        "MATINEE_LOG_LEVEL": "warning",
        "MATINEE_RENDER_PROCESSES": "1",
        "MATINEE_WEBHOOK_ALLOW": f"127.0.0.1:{outside_port}",
        "MATINEE_ENGINES": json.dumps(_engines(outside_port)),
    }


def _engines(outside_port: int) -> Mapping[str, object]:
    model = {"sizes": ["160x96"], "min_seconds": 1, "max_seconds": 1, "fps": 24, "references": 0}
    shared = {
        "kind": "openai",
        "base_url": f"http://127.0.0.1:{outside_port}",
        "download_allow": [f"127.0.0.1:{outside_port}"],
        "poll_s": 0.1,
    }
    return {
        "asked-once": {**shared, "models": {"plain": model}},
        "knows-keys": {**shared, "is_idempotent": True, "models": {"again": model}},
    }


def a_free_port() -> int:
    """A port that nobody listens on, outside of those that the kernel gives to clients."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def processes_of(posts: Sequence[Post]) -> list[psutil.Process]:
    """The children of them all."""
    return [child for post in posts for child in post.children()]
