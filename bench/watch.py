"""Watchers at one event a second each: delay, memory, processor (PROMISES F4).

One server process with the real store, keys and routes, over real sockets; the client is another
process. Progress is announced in the server, spread over each second, as attempts would do it. The
delay of an event is from the moment at which it was due until its bytes are read.

`python bench/watch.py [WATCHERS [VIDEOS]]`: 10,000 unless told, each with a video of its own. Both
processes need a descriptor for each watcher (`ulimit -n`).
"""

from __future__ import annotations

import asyncio
import re
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import uvicorn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.samples import a_video

from matinee.app import Application
from matinee.core.ids import AccountId, VideoId
from matinee.core.job import JobState
from matinee.data_folder import DataFolder
from matinee.foundations import open_foundations
from matinee.ports.events import Change
from matinee.ports.store import Transaction
from matinee.server import calm_collector
from matinee.settings import Settings
from matinee.web.protocol import BoundedProtocol

SECONDS = 20
_LATE_S = 2.0
_STEP_S = 0.002
_PROGRESS = re.compile(rb'"progress":(\d+)}')


def main(watchers: int, videos: int) -> None:
    """Print one row of the table."""
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder), videos) as server:
        crowd = Crowd(server, watchers, videos)
        idle_mb = server.memory_mb
        crowd.connect()
        connected_mb = server.memory_mb
        began_cpu_s, began_s = server.cpu_s, time.monotonic()
        crowd.follow(server.begin())
        cores = (server.cpu_s - began_cpu_s) / (time.monotonic() - began_s)
        delays = sorted(crowd.delays_s)
        told = f"{len(delays):,} of {watchers * SECONDS:,} events"
        at = [1000 * delays[int(len(delays) * share)] for share in (0.5, 0.99, 0.999)]
        print(
            f"{watchers:,} watchers of {videos:,} videos, {told}: "
            f"p50 {at[0]:.0f} ms, p99 {at[1]:.0f} ms, p99.9 {at[2]:.0f} ms; "
            f"{idle_mb:.0f} MB idle, {connected_mb:.0f} MB connected, {server.memory_mb:.0f} MB "
            f"after; {cores:.2f} cores"
        )


class Server:
    """The server process, seen from outside."""

    def __init__(self, process: subprocess.Popen[str], secret: str, ids: list[VideoId]) -> None:
        self._process = process
        self._seen = psutil.Process(process.pid)
        self.secret = secret
        self.ids = ids
        self.port = int(self._line())

    @property
    def memory_mb(self) -> float:
        """What it holds in memory."""
        return float(self._seen.memory_info().rss) / 1e6

    @property
    def cpu_s(self) -> float:
        """The processor time that it has used."""
        times = self._seen.cpu_times()
        return float(times.user + times.system)

    def begin(self) -> float:
        """Let it announce; the moment at which the first second begins."""
        assert self._process.stdin is not None
        self._process.stdin.write("begin\n")
        self._process.stdin.flush()
        return float(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@dataclass(slots=True)
class Crowd:
    """The watchers."""

    server: Server
    watchers: int
    videos: int
    delays_s: list[float] = field(default_factory=list)
    _videos_by_socket: dict[int, int] = field(default_factory=dict)
    _sockets: dict[int, socket.socket] = field(default_factory=dict)
    _epoll: select.epoll = field(default_factory=select.epoll)

    def connect(self) -> None:
        """Open every stream and read its first event."""
        for number in range(self.watchers):
            video = number % self.videos
            connection = socket.create_connection(("127.0.0.1", self.server.port))
            path = f"/v1/videos/video_{self.server.ids[video]}/events"
            connection.sendall(
                f"GET {path} HTTP/1.1\r\nHost: localhost\r\n"
                f"Authorization: Bearer {self.server.secret}\r\n\r\n".encode()
            )
            self._sockets[connection.fileno()] = connection
            self._videos_by_socket[connection.fileno()] = video
            self._epoll.register(connection, select.EPOLLIN)
        waiting = set(self._sockets)
        while waiting:
            for number, _ in self._epoll.poll(1):
                if b"in_progress" in self._sockets[number].recv(4096):
                    waiting.discard(number)

    def follow(self, began_s: float) -> None:
        """Read everything that is told, and note how late it came."""
        sockets, videos, share = self._sockets, self._videos_by_socket, 1 / self.videos
        end_s = began_s + SECONDS + 1 + _LATE_S
        while (now_s := time.monotonic()) < end_s:
            for number, _ in self._epoll.poll(max(0.0, end_s - now_s), 512):
                read = sockets[number].recv(4096)
                now_s = time.monotonic()
                for second in _PROGRESS.findall(read):
                    due_s = began_s + int(second) + videos[number] * share
                    self.delays_s.append(now_s - due_s)


@contextmanager
def _server(folder: Path, videos: int) -> Iterator[Server]:
    # Made by another process than the server, whose memory is measured.
    account_id, secret, ids = asyncio.run(_prepare(folder, videos))
    (folder / "ids").write_text("\n".join(ids))
    process = subprocess.Popen(
        [sys.executable, __file__, "serve", str(folder), account_id],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Server(process, secret, ids)
    finally:
        process.kill()
        process.wait()


async def _prepare(folder: Path, videos: int) -> tuple[AccountId, str, list[VideoId]]:
    """An account with a key and running videos: its id, its secret and theirs."""
    settings, data = Settings(), DataFolder(folder)
    async with open_foundations(settings, data) as foundations:
        application = Application(settings, data, foundations, needs_key=True)
        key = await application.access.create_key("bench")
        account_id = key.key.account_id
        return account_id, key.secret, await _insert(application, account_id, videos)


async def _serve(folder: Path, account_id: AccountId) -> None:
    """What the server process does: tell where it is, wait for its word, announce."""
    settings, data = Settings(), DataFolder(folder)
    ids = [VideoId(each) for each in (folder / "ids").read_text().split()]
    async with open_foundations(settings, data) as foundations:
        application = Application(settings, data, foundations, needs_key=True)
        with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
            config = uvicorn.Config(
                application.site,
                http=BoundedProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
            )
            calm_collector()
            serving = asyncio.create_task(uvicorn.Server(config).serve(sockets=[listener]))
            print(listener.getsockname()[1], flush=True)
            await asyncio.to_thread(sys.stdin.readline)
            began_s = time.monotonic()
            print(began_s, flush=True)
            await _announce(application, account_id, ids, began_s)
            await serving


async def _insert(application: Application, account_id: AccountId, count: int) -> list[VideoId]:
    running = [
        a_video(number, account_id=account_id, state=JobState.IN_PROGRESS, attempt=1)
        for number in range(count)
    ]

    def work(transaction: Transaction) -> None:
        for video in running:
            transaction.add_video(video)

    await application.store.write(work)
    return [video.id for video in running]


async def _announce(
    application: Application, account_id: AccountId, ids: list[VideoId], began_s: float
) -> None:
    """Let each video come further once a second, each at its own moment."""
    share = 1 / len(ids)
    for second in range(1, SECONDS + 1):
        number = 0
        while number < len(ids):
            due = int((time.monotonic() - began_s - second) / share) + 1
            while number < min(due, len(ids)):
                change = Change(
                    video_id=ids[number],
                    account_id=account_id,
                    state=JobState.IN_PROGRESS,
                    progress=second,
                )
                application.announcements.publish(change)
                number += 1
            await asyncio.sleep(_STEP_S)


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        with asyncio.Runner(
            loop_factory=uvicorn.Config("", loop="auto", log_config=None).get_loop_factory()
        ) as runner:
            runner.run(_serve(Path(sys.argv[2]), AccountId(sys.argv[3])))
    else:
        count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
        main(count, int(sys.argv[2]) if len(sys.argv) > 2 else count)
