"""Machines that share a database and a folder of films, as processes; what stands between them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.e2e.serving import STOP_S, ServerProcess

PATIENCE_S = 60.0
SECRET = "07" * 32
LEASE_S = 2
SMALL = {"size": "160x96", "seconds": "1"}
SMALL_MODEL = {
    "sizes": [SMALL["size"]],
    "min_seconds": 1,
    "max_seconds": 1,
    "fps": 24,
    "references": 0,
}
"""What the upstream makes: the least that there is to look at."""


class Worker:
    """`matinee worker` with a data folder of its own."""

    def __init__(self, folder: Path, engines: tuple[str, ...], environment: dict[str, str]) -> None:
        named = [part for engine in engines for part in ("--engine", engine)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "matinee", "worker", "--data", str(folder), *named],
            env={**os.environ, **environment},
            start_new_session=True,
        )

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(STOP_S)

    def stop(self) -> int:
        """Ask it to end and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_S)


class Machines:
    """What is started here ends with the context in which it is used."""

    def __init__(self, folder: Path, database: str, upstream: str) -> None:
        self._folder = folder
        self._count = 0
        self._stack = ExitStack()
        blobs = folder / "blobs"
        blobs.mkdir()
        cloud = {
            "kind": "openai",
            "base_url": upstream,
            "poll_s": 0.1,
            "models": {"far": SMALL_MODEL},
        }
        self.environment = {
            "MATINEE_DATABASE": database,
            "MATINEE_SECRET": SECRET,
            "MATINEE_BLOB_STORE": str(blobs),
            "MATINEE_LEASE_S": str(LEASE_S),
            "MATINEE_LOG_LEVEL": "warning",
            "MATINEE_ENGINES": json.dumps({"cloud": cloud}),
        }

    def __enter__(self) -> Machines:
        """Begin without any."""
        self._stack.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        """End all that still run."""
        self._stack.close()

    def an_api(self) -> ServerProcess:
        """One more server that makes no films."""
        server = ServerProcess(self._a_folder(), ("--no-worker",), dict(self.environment))
        server.start()
        self._stack.callback(_end, server.process)
        return server

    @contextmanager
    def a_worker(self, *engines: str) -> Iterator[Worker]:
        """One more worker, which may take a moment until it works; gone with the context."""
        worker = Worker(self._a_folder(), engines, self.environment)
        try:
            yield worker
        finally:
            worker.kill()

    def _a_folder(self) -> Path:
        self._count += 1
        return self._folder / f"machine-{self._count}"


def _end(process: subprocess.Popen[bytes] | None) -> None:
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def wait_until(look: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
    """What `look` gives as soon as that is something."""
    give_up_s = time.monotonic() + patience_s
    while time.monotonic() < give_up_s:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"nothing came in {patience_s:g} s")


class Cloud:
    """An upstream in OpenAI's format that makes films when the test says so."""

    def __init__(self, film: bytes) -> None:
        self.film = film
        self.is_done = threading.Event()
        self.created: list[str] = []
        self.deleted: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    @contextmanager
    def standing(self) -> Iterator[Cloud]:
        """The upstream, while the context is open."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()

    def answer(self, method: str, path: str) -> bytes:
        """The body of a good answer."""
        if path.endswith("/content"):
            return self.film
        video_id = path.rpartition("/")[2]
        if method == "POST":
            video_id = f"video_{len(self.created)}"
            self.created.append(video_id)
        if method == "DELETE":
            self.deleted.append(video_id)
        status = "completed" if self.is_done.is_set() else "in_progress"
        video = {"id": video_id, "object": "video", "model": "sora-2", "status": status}
        return json.dumps({**video, "progress": 40}).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        cloud = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _reply(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", "0")))
                body = cloud.answer(self.command, self.path)
                is_film = self.path.endswith("/content")
                self.send_response(200)
                self.send_header("content-type", "video/mp4" if is_film else "application/json")
                self.send_header("content-length", str(len(body)))
                # Who asked may have been killed meanwhile.
                with suppress(OSError):
                    self.end_headers()
                    self.wfile.write(body)

            do_GET = do_POST = do_DELETE = _reply  # noqa: N815  # the library's names

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


class Balancer:
    """One address before several servers: a connection goes to the first that takes it."""

    def __init__(self) -> None:
        self.targets: list[tuple[str, int]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @contextmanager
    def standing(self) -> Iterator[Balancer]:
        """The balancer, while the context is open."""
        thread = threading.Thread(target=self._accept, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            # To close a listener wakes nobody who waits at it.
            self._listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = self._connect()
            if server is None:
                client.close()
                continue
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=_carry, args=(source, sink), daemon=True).start()

    def _connect(self) -> socket.socket | None:
        for target in self.targets:
            with suppress(OSError):
                return socket.create_connection(target, timeout=None)
        return None


def _carry(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
