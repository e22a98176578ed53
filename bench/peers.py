"""LiteLLM's proxy in front of a mock upstream: what Matinee is measured beside.

Its environment is the one of the client matrix (`python -m tools.clients --make --only litellm`),
made from a lock; nothing of it is in Matinee's own.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from tools.clients_environments import make
from tools.clients_table import ROWS

from bench.load import Request

_KEY = "sk-bench-not-a-secret"
_AUTH = {"Authorization": f"Bearer {_KEY}"}
_START_S = 120.0
_QUIET = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # no list of prices is fetched
    "LITELLM_MODE": "PRODUCTION",
    "LITELLM_LOG": "ERROR",
    "DISABLE_ADMIN_UI": "True",
    "NO_DOCS": "True",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A gateway that runs: one worker, a key, no database."""

    name: str
    url: str
    process: psutil.Process

    def create(self, body: str) -> Request:
        """A request that makes a video at the upstream."""
        return Request(url=f"{self.url}/v1/videos", headers=_AUTH, body=body)

    def read(self, body: str) -> Request:
        """A request for the status of a video, which it makes first."""
        headers = {**_AUTH, "Content-Type": "application/json"}
        reply = httpx.post(f"{self.url}/v1/videos", content=body, headers=headers, timeout=60)
        video_id = reply.raise_for_status().json()["id"]
        return Request(url=f"{self.url}/v1/videos/{video_id}", headers=_AUTH)


@contextmanager
def litellm(folder: Path) -> Iterator[Peer]:
    """LiteLLM's proxy, ready to answer, with what it needs in `folder`."""
    environment = next(row.environment for row in ROWS if row.environment.name.startswith("litell"))
    program = make(environment) / "bin" / "litellm"
    with _running(_MOCK, _free_port(), "/health", {}) as (upstream_url, _):
        config = folder / "litellm.yaml"
        config.write_text(json.dumps(_config(upstream_url)), encoding="utf-8")  # JSON is YAML
        command = [str(program), "--config", str(config), "--num_workers", "1"]
        with _running(command, _free_port(), "/health/liveliness", _QUIET) as (url, process):
            yield Peer(name=environment.name.replace("-", " "), url=url, process=process)


_MOCK = (
    *(sys.executable, "-m", "uvicorn", "bench.mock_upstream:app", "--loop", "uvloop"),
    *("--http", "httptools", "--no-access-log", "--log-level", "warning"),
)


def _config(upstream_url: str) -> dict[str, object]:
    model = {"model": "openai/sora-2", "api_base": f"{upstream_url}/v1", "api_key": "sk-mock"}
    return {
        "model_list": [{"model_name": "sora-2", "litellm_params": model}],
        "litellm_settings": {"drop_params": True, "set_verbose": False},
        "general_settings": {"master_key": _KEY},
    }


@contextmanager
def _running(
    command: Sequence[str], port: int, ready: str, environment: dict[str, str]
) -> Iterator[tuple[str, psutil.Process]]:
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )
    try:
        _wait(url + ready, process)
        yield url, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    give_up_s = time.monotonic() + _START_S
    while time.monotonic() < give_up_s and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(url, timeout=5, trust_env=False).is_success:
                return
        time.sleep(0.05)
    sys.exit(f"{url} did not answer in time")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port
