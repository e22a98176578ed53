"""`matinee generate`: one film, through the same HTTP API that every client uses."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from matinee.cli.exits import INTERRUPTED
from matinee.core.errors import (
    AuthenticationFailed,
    EngineError,
    InvalidRequest,
    MatineeError,
    NotFound,
    ServiceUnavailable,
    SettingsInvalid,
)
from matinee.data_folder import DataFolder
from matinee.settings import api_key, default_data_folder

_SERVE = (
    *(sys.executable, "-m", "matinee", "serve"),
    *("--host", "127.0.0.1", "--port", "0", "--log-level", "warning"),
)
_POLL_S = 0.25
_START_S = 30.0
_STOP_S = 30.0
_TIMEOUT_S = 60.0
_ERRORS: dict[int, type[MatineeError]] = {
    400: InvalidRequest,
    401: AuthenticationFailed,
    404: NotFound,
    503: ServiceUnavailable,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmRequest:
    """What the film shall be."""

    prompt: str
    model: str
    seconds: int
    size: str
    style: str | None
    seed: int | None
    image: Path | None

    def fields(self) -> dict[str, str]:
        """The fields of `POST /v1/videos`, without those that were not given."""
        given = {
            "prompt": self.prompt,
            "model": self.model,
            "seconds": str(self.seconds),
            "size": self.size,
            "style": self.style,
            "seed": None if self.seed is None else str(self.seed),
        }
        return {name: value for name, value in given.items() if value is not None}


def make_film(request: FilmRequest, output: Path, data: Path | None) -> None:
    """Make the film of `request` and save it at `output`. Raises what `explain_errors` explains."""
    _check_output(output)
    folder = DataFolder(default_data_folder(data))
    with _server(folder) as url, _client(url) as client:
        video = _call(client, "POST", "/v1/videos", request)
        try:
            _follow(client, video)
            _download(client, video["id"], output)
        except KeyboardInterrupt:
            client.delete(f"/v1/videos/{video['id']}")
            Console(stderr=True).print("Cancelled.")
            sys.exit(INTERRUPTED)
    print(output)


@contextmanager
def _server(folder: DataFolder) -> Iterator[str]:
    running = folder.running_server()
    if running is not None:
        yield running.url
        return
    process = subprocess.Popen(  # noqa: S603  # our own command
        [*_SERVE, "--data", str(folder.root)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield _wait_until_ready(folder, process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(folder: DataFolder, process: subprocess.Popen[bytes]) -> str:
    give_up_s = time.monotonic() + _START_S
    while time.monotonic() < give_up_s:
        if process.poll() is not None:
            raise ServiceUnavailable("The server could not start; its reason stands above.")
        running = folder.running_server()
        if running is not None and running.process_id == process.pid:
            return running.url
        time.sleep(_POLL_S / 5)
    raise ServiceUnavailable(f"The server did not start within {_START_S:.0f} seconds.")


def _client(url: str) -> httpx.Client:
    key = api_key()
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    # The server is this machine's own: a proxy from the environment has no part in it.
    return httpx.Client(base_url=url, headers=headers, timeout=_TIMEOUT_S, trust_env=False)


def _call(
    client: httpx.Client, method: str, path: str, request: FilmRequest | None = None
) -> dict[str, Any]:
    try:
        if request is None:
            reply = client.request(method, path)
        elif request.image is None:
            reply = client.request(method, path, data=request.fields())
        else:
            with request.image.open("rb") as image:
                files = {"input_reference": (request.image.name, image)}
                reply = client.request(method, path, data=request.fields(), files=files)
    except httpx.TransportError as error:
        raise ServiceUnavailable(f"The server does not answer: {error}.") from error
    except OSError as error:
        raise SettingsInvalid(f"{request and request.image}: {error.strerror}.") from error
    if reply.is_success:
        answer: dict[str, Any] = reply.json()
        return answer
    raise _error_of(reply)


def _error_of(reply: httpx.Response) -> MatineeError:
    try:
        said = reply.json()["error"]
    except (ValueError, KeyError, TypeError):
        return MatineeError(f"The server answered {reply.status_code} without a reason.")
    if reply.status_code == 401:
        how = "is wrong or revoked" if api_key() else "is not set"
        return AuthenticationFailed(
            f"The server needs an API key, and MATINEE_API_KEY {how}. "
            "'matinee keys create' makes one."
        )
    kind = _ERRORS.get(reply.status_code, MatineeError)
    field = f" (field '{said['param']}')" if said.get("param") else ""
    return kind(f"{said['message']}{field}")


def _follow(client: httpx.Client, video: dict[str, Any]) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bar:
        row = bar.add_task("queued", total=100)
        while video["status"] in ("queued", "in_progress"):
            bar.update(row, completed=video["progress"], description=video["status"])
            time.sleep(_POLL_S)
            video = _call(client, "GET", f"/v1/videos/{video['id']}")
        bar.update(row, completed=video["progress"], description=video["status"])
    if video["status"] == "failed":
        raise EngineError(f"{video['error']['message']} ({video['error']['code']})")


def _download(client: httpx.Client, video_id: str, output: Path) -> None:
    partial = output.with_name(f".{output.name}.part")
    try:
        with client.stream("GET", f"/v1/videos/{video_id}/content") as reply:
            if not reply.is_success:
                reply.read()
                raise _error_of(reply)
            with partial.open("wb") as file:
                for piece in reply.iter_bytes():
                    file.write(piece)
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)


def _check_output(output: Path) -> None:
    if output.is_dir() or not output.absolute().parent.is_dir():
        raise SettingsInvalid(f"The film can't be written to '{output}': name a file in a folder.")
