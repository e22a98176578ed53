"""A real server process for tests: started, asked, killed, started again."""

from __future__ import annotations

import contextlib
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from matinee.data_folder import DataFolder

START_S = 20.0
STOP_S = 20.0


@dataclass(slots=True)
class ServerProcess:
    """`matinee serve` on a data folder of its own."""

    folder: Path
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    url: str = ""

    def start(self) -> None:
        """Start it and wait until it answers; a server that ends instead fails the test."""
        command = [
            *(sys.executable, "-m", "matinee", "serve"),
            *("--data", str(self.folder), "--port", "0", *self.arguments),
        ]
        self.process = subprocess.Popen(
            command, env={**os.environ, **self.environment}, start_new_session=True
        )
        give_up_s = time.monotonic() + START_S
        while time.monotonic() < give_up_s:
            assert self.process.poll() is None, "the server ended at its start"
            running = DataFolder(self.folder).running_server()
            if running is not None and running.process_id == self.process.pid:
                self.url = running.url
                return
            time.sleep(0.02)
        raise AssertionError("the server did not start in time")

    def kill(self) -> None:
        """End it as a power cut would: at once, its children left to find out."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(STOP_S)

    def stop(self) -> int:
        """Ask it to end and return its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_S)

    def children(self) -> list[psutil.Process]:
        """The processes it started, and those that they started."""
        assert self.process is not None
        with contextlib.suppress(psutil.NoSuchProcess):
            return psutil.Process(self.process.pid).children(recursive=True)
        return []

    def client(self, **headers: str) -> httpx.Client:
        """A client of it."""
        # It speaks no TLS, and to load the real roots costs 15 ms.
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return httpx.Client(
            base_url=self.url, headers=headers, timeout=60, trust_env=False, verify=tls
        )


@contextmanager
def serving(folder: Path, *arguments: str, **environment: str) -> Iterator[ServerProcess]:
    """A server that runs while the context is open."""
    server = ServerProcess(folder, arguments, environment)
    server.start()
    try:
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            try:
                server.stop()
            except subprocess.TimeoutExpired:
                server.kill()
                raise
