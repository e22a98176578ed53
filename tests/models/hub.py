"""A hub on loopback that speaks the wire of the real one, and fails where a test wants it to.

Source: huggingface_hub 2.4, `hf_api.py` (model info), `file_download.py` and `utils/_http.py`
(resolve, ranges, error codes). Large files lie at another host, as with the real hub.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import unquote, urlsplit

LARGE_BYTES = 100_000
"""From here on a file lies at the other host."""


@dataclass(slots=True)
class Repository:
    """Files by their paths. A new `revision` makes it another commit."""

    files: dict[str, bytes]
    revision: str = "a" * 40
    tokens: frozenset[str] | None = None
    """Who accepted the licence; None: it is open to all."""

    claims_bytes: Mapping[str, int] = field(default_factory=dict)
    """Sizes that the listing names instead of the right ones."""


@dataclass(slots=True)
class FakeHub:
    """The repositories, what was asked for, and what goes wrong."""

    url: str = ""
    cdn_url: str = ""
    repositories: dict[str, Repository] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """`PATH from OFFSET` of every file that was asked for."""

    leaked: list[str] = field(default_factory=list)
    """Tokens that came to the other host."""

    breaks_off: dict[str, list[int]] = field(default_factory=dict)
    """After how many bytes the connection ends; each only once."""

    holds: dict[str, int] = field(default_factory=dict)
    """After how many bytes an answer waits for `go_on`."""

    spoils: set[str] = field(default_factory=set)
    """Files that come with other bytes than they should."""

    ignores_ranges: bool = False
    go_on: Event = field(default_factory=Event)

    def environment(self, home: Path, token: str | None = None) -> dict[str, str]:
        """The variables that lead the library here. `home` is where it keeps its own things."""
        return {
            "HF_ENDPOINT": self.url,
            "HF_HOME": str(home),
            "HF_HUB_OFFLINE": "0",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            **({"HF_TOKEN": token} if token else {}),
        }


@contextmanager
def fake_hub() -> Iterator[FakeHub]:
    """A hub that runs."""
    hub = FakeHub()
    with _serving(_Api, hub) as hub.url, _serving(_Cdn, hub) as hub.cdn_url:
        try:
            yield hub
        finally:
            hub.go_on.set()


def repository_of(folder: Path) -> Repository:
    """A repository with the files of `folder`."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return Repository({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler], hub: FakeHub) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (handler,), {"hub": hub}))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        hub.go_on.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    hub: FakeHub
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """A whole answer; `x_error_code` is the header `x-error-code`."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_file(self, path: str, content: bytes) -> None:
        """The file, or the range of it that is asked for, unless something goes wrong."""
        asked = self.headers.get("Range")
        ignored = self.hub.ignores_ranges
        offset = int(asked.removeprefix("bytes=").rstrip("-")) if asked and not ignored else 0
        self.hub.asked.append(f"{path} from {offset}")
        body = content[offset:]
        self.send_response(206 if offset else 200)
        self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
        self.send_header("Content-Length", str(len(body)))
        if offset:
            self.send_header("Content-Range", f"bytes {offset}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        self._send_body(path, body[::-1] if path in self.hub.spoils else body)

    def _send_body(self, path: str, body: bytes) -> None:
        if self.hub.breaks_off.get(path):
            self.wfile.write(body[: self.hub.breaks_off[path].pop(0)])
            self.close_connection = True
            return
        held = self.hub.holds.pop(path, None)
        if held is not None:
            self.wfile.write(body[:held])
            self.wfile.flush()
            self.hub.go_on.wait()
            body = body[held:]
        try:
            self.wfile.write(body)
        except ConnectionError:
            self.close_connection = True


class _Api(_Handler):
    def do_GET(self) -> None:
        """Model info, or a file."""
        path = unquote(urlsplit(self.path).path).lstrip("/")
        if path.startswith("api/models/"):
            name, _, revision = path.removeprefix("api/models/").partition("/revision/")
            self._describe(name, revision)
        elif "/resolve/" in path:
            name, _, rest = path.partition("/resolve/")
            self._resolve(name, *rest.split("/", 1))
        else:
            self.answer(404)

    def _describe(self, name: str, revision: str) -> None:
        repository = self.hub.repositories.get(name)
        if repository is None:
            self.answer(404, x_error_code="RepoNotFound")
        elif revision and revision != repository.revision:
            self.answer(404, x_error_code="RevisionNotFound")
        else:
            self.answer(200, json.dumps(_info(name, repository)).encode())

    def _resolve(self, name: str, revision: str, path: str) -> None:
        repository = self.hub.repositories[name]
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if repository.tokens is not None and token not in repository.tokens:
            self.answer(403 if token else 401, x_error_code="GatedRepo")
        elif path not in repository.files or revision != repository.revision:
            self.answer(404, x_error_code="EntryNotFound")
        elif len(repository.files[path]) < LARGE_BYTES:
            self.send_file(path, repository.files[path])
        else:
            self.answer(
                302,
                location=f"{self.hub.cdn_url}/{name}/{path}",
                x_repo_commit=repository.revision,
                x_linked_size=str(len(repository.files[path])),
            )


class _Cdn(_Handler):
    def do_GET(self) -> None:
        """A large file."""
        if self.headers.get("Authorization"):
            self.hub.leaked.append(self.headers["Authorization"])
        owner, name, path = unquote(self.path).lstrip("/").split("/", 2)
        self.send_file(path, self.hub.repositories[f"{owner}/{name}"].files[path])


def _info(name: str, repository: Repository) -> dict[str, Any]:
    return {
        "id": name,
        "sha": repository.revision,
        "gated": False if repository.tokens is None else "auto",
        "siblings": [
            _sibling(path, content, repository.claims_bytes.get(path, len(content)))
            for path, content in repository.files.items()
        ],
    }


def _sibling(path: str, content: bytes, size_bytes: int) -> dict[str, Any]:
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
    described: dict[str, Any] = {"rfilename": path, "size": size_bytes, "blobId": blob}
    if len(content) >= LARGE_BYTES:
        digest = hashlib.sha256(content).hexdigest()
        described["lfs"] = {"sha256": digest, "size": size_bytes, "pointerSize": 135}
    return described
