"""How fast films leave a server, and what it weighs meanwhile (20 MB, 16 at once).

One server process on a folder of its own; the readers are a process beside it that throws the
bytes away. `--store` keeps the films on an object store instead.
"""

from __future__ import annotations

import multiprocessing
import secrets
import selectors
import socket
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.e2e.serving import ServerProcess, serving
from tests.objects import an_object_store

FILM_BYTES = 20_000_000
SECONDS = 8.0
STANDING = 200
_LOOK_S = 0.02


def main() -> None:
    """Print megabytes per second, what they cost, and the server's peak."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = {"MATINEE_LOG_LEVEL": "error"}
        if "--store" in sys.argv:
            store = stack.enter_context(an_object_store())
            settings |= store.environment("bench")
        server = stack.enter_context(serving(folder / "data", **settings))
        assert server.process is not None
        process = psutil.Process(server.process.pid)
        path = upload(server)
        print(f"idle                 peak {process.memory_info().rss / 1e6:4.0f} MB")
        for readers in (1, 16):
            measure(server, path, readers, process)
        stand(server, path, process)


def upload(server: ServerProcess) -> str:
    """The path of a film's bytes; a client's file serves as one, and needs no engine."""
    with server.client() as client:
        reply = client.post(
            "/v1/files",
            data={"purpose": "user_data"},
            files={"file": ("film.mp4", secrets.token_bytes(FILM_BYTES), "video/mp4")},
        )
        return f"/v1/files/{reply.raise_for_status().json()['id']}/content"


def measure(server: ServerProcess, path: str, readers: int, process: psutil.Process) -> None:
    """Print what `readers` get together, and the server's peak in the meantime."""
    before = process.cpu_times()
    with multiprocessing.Pool(1) as pool:
        reading = pool.apply_async(read, (server.url, path, readers))
        peak = 0
        while not reading.ready():
            peak = max(peak, process.memory_info().rss)
            time.sleep(_LOOK_S)
        read_bytes, taken_s = reading.get()
    after = process.cpu_times()
    cpu_s = after.user + after.system - before.user - before.system
    print(
        f"{readers:4} at once         peak {peak / 1e6:4.0f} MB  {read_bytes / taken_s / 1e6:6.0f} "
        f"MB/s  {read_bytes / cpu_s / 1e6:6.0f} MB per second of the server's processor"
    )


def read(url: str, path: str, readers: int) -> tuple[int, float]:
    """The bytes that `readers` get, each asking again once it has a film, and the seconds."""
    room, total = bytearray(1024 * 1024), 0
    with selectors.DefaultSelector() as selector:
        for _ in range(readers):
            selector.register(ask(url, path), selectors.EVENT_READ)
        begun_s = time.perf_counter()
        while (taken_s := time.perf_counter() - begun_s) < SECONDS:
            for key, _ in selector.select(1.0):
                connection = key.fileobj
                assert isinstance(connection, socket.socket)
                count = connection.recv_into(room)
                total += count
                if not count:
                    selector.unregister(connection)
                    connection.close()
                    selector.register(ask(url, path), selectors.EVENT_READ)
    return total, taken_s


def ask(url: str, path: str) -> socket.socket:
    """A connection that a film will come from; it ends with it."""
    place = urlsplit(url)
    connection = socket.create_connection((place.hostname, place.port))
    connection.sendall(
        f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\nConnection: close\r\n\r\n".encode()
    )
    return connection


def stand(server: ServerProcess, path: str, process: psutil.Process) -> None:
    """Print the server's peak while readers ask and then read nothing."""
    with ExitStack() as stack:
        for _ in range(STANDING):
            stack.enter_context(ask(server.url, path))
        peak = 0
        for _ in range(100):
            peak = max(peak, process.memory_info().rss)
            time.sleep(_LOOK_S)
    print(f"{STANDING:4} that read nothing peak {peak / 1e6:4.0f} MB")


if __name__ == "__main__":
    main()
