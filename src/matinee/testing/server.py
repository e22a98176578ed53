"""A real server process for tests, on a free port and a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matinee.core.errors import ServiceUnavailable
from matinee.data_folder import DataFolder

if TYPE_CHECKING:
    from openai import OpenAI

_START_S, _STOP_S, _LOOK_S = 30.0, 20.0, 0.01
_PLACEHOLDER_KEY = "unused"
"""The SDKs insist on a key; a server without keys passes over it."""

_OWN_VARIABLES = "MATINEE_"
_LOG_TAIL = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class MatineeServer:
    """A server that runs: where it is, and the key that it wants."""

    url: str
    """`http://127.0.0.1:PORT`, for what does not begin with `/v1`."""

    api_key: str | None
    """None if it has no keys: then it takes any."""

    folder: Path
    """Its data folder; `server.log` in it is what it said."""

    @property
    def base_url(self) -> str:
        """What the OpenAI SDKs call `base_url`."""
        return f"{self.url}/v1"

    @property
    def environment(self) -> dict[str, str]:
        """The variables from which the OpenAI SDKs read where to go and with which key."""
        return {
            "OPENAI_BASE_URL": self.base_url,
            "OPENAI_API_KEY": self.api_key or _PLACEHOLDER_KEY,
        }

    def openai(self, **options: Any) -> OpenAI:
        """A client of OpenAI's SDK, made with `options`. Raises ImportError without that SDK."""
        # Nobody else needs it, so Matinee does not bring it along.
        from openai import DefaultHttpxClient, OpenAI

        # The server is this machine's own: a proxy from the environment has no part in it.
        given = {"http_client": DefaultHttpxClient(trust_env=False)} | options
        return OpenAI(base_url=self.base_url, api_key=self.api_key or _PLACEHOLDER_KEY, **given)


@contextmanager
def serving(
    folder: Path, settings: Mapping[str, Any] | None = None, *, needs_key: bool = False
) -> Iterator[MatineeServer]:
    """A server on the data folder `folder` while the context is open.

    `settings` are those of `matinee.toml`, None for a default; nothing is read from the
    environment, and the test models are there unless told otherwise. With `needs_key` it has a key.
    Raises ServiceUnavailable, with what it said, if it can't start.
    """
    environment = _environment({"test_models": True} | dict(settings or {}))
    data = DataFolder(folder)
    data.prepare()
    api_key = _make_key(folder, environment) if needs_key else None
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  # our own command
            _command("serve", folder, "--host", "127.0.0.1", "--port", "0"),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        url = _wait_until_ready(data, process, log)
        yield MatineeServer(url=url, api_key=api_key, folder=folder)
    finally:
        _stop(process)


def _command(name: str, folder: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "matinee", *name.split(), "--data", str(folder), *arguments]


def _environment(settings: Mapping[str, Any]) -> dict[str, str]:
    """The variables of this process without ours, and `settings` as ours."""
    inherited = {
        name: text for name, text in os.environ.items() if not name.startswith(_OWN_VARIABLES)
    }
    given = {name.upper(): _text(value) for name, value in settings.items() if value is not None}
    return inherited | {f"{_OWN_VARIABLES}{name}": text for name, text in given.items()}


def _text(value: object) -> str:
    if isinstance(value, bool | Mapping):
        return json.dumps(value)
    if isinstance(value, list | tuple):
        return ",".join(str(each) for each in value)
    return str(value)


def _make_key(folder: Path, environment: Mapping[str, str]) -> str:
    made = subprocess.run(  # noqa: S603  # our own command
        _command("keys create", folder, "--account", "tests", "--json"),
        env=environment,
        capture_output=True,
        check=False,
    )
    if made.returncode != 0:
        raise ServiceUnavailable(f"No key could be made: {made.stderr.decode()}")
    key: str = json.loads(made.stdout)["key"]
    return key


def _wait_until_ready(data: DataFolder, process: subprocess.Popen[bytes], log: Path) -> str:
    give_up_s = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < give_up_s:
        running = data.running_server()
        if running is not None and running.process_id == process.pid:
            return running.url
        time.sleep(_LOOK_S)
    said = log.read_text(encoding="utf-8", errors="replace")[-_LOG_TAIL:]
    raise ServiceUnavailable(f"The server did not start. It said:\n{said}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
