"""The page that says how engines are added, followed to the letter."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import av
import msgspec
import pytest
from openai import OpenAI

from tests.e2e.serving import ServerProcess, serving

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "add-an-engine.md"
_BLOCK = re.compile(r"```(?P<kind>\w+)\n(?P<text>.*?)```", re.DOTALL)


def blocks(kind: str) -> list[str]:
    """The page's blocks of that kind, in their order."""
    return [block["text"] for block in _BLOCK.finditer(PAGE.read_text()) if block["kind"] == kind]


def install(folder: Path) -> None:
    """Put the page's modules into `folder` as a package that is installed, with entry points."""
    names = []
    for block in blocks("python"):
        name = block.splitlines()[0].removeprefix("# ").removesuffix(".py")
        (folder / f"{name}.py").write_text(block)
        names.append(name)
    entry = folder / "engines_of_mine-1.0.dist-info"
    entry.mkdir()
    entry.joinpath("METADATA").write_text(
        "Metadata-Version: 2.1\nName: engines-of-mine\nVersion: 1.0\n"
    )
    points = "".join(f"{name} = {name}:KIND\n" for name in names)
    entry.joinpath("entry_points.txt").write_text(f"[matinee.engines]\n{points}")


class Paperboy(BaseHTTPRequestHandler):
    """The server of the page's second example: an order is done when it is asked for twice."""

    film = b""
    asked: list[str]
    keys: list[str | None]

    def do_POST(self) -> None:
        """Take an order."""
        self.rfile.read(int(self.headers["content-length"]))
        self.keys.append(self.headers["x-paperboy-key"])
        self._answer({"order": "o1", "state": "queued"})

    def do_GET(self) -> None:
        """Say how it stands, or hand the film out."""
        self.asked.append(self.path)
        if self.path.startswith("/films/"):
            self._send(self.film, "video/mp4")
            return
        done = len(self.asked) > 1
        self._answer({"order": "o1", "state": "done" if done else "printing", "percent": 50})

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""

    def _answer(self, body: object) -> None:
        self._send(msgspec.json.encode(body), "application/json")

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    install(folder)
    return folder


@pytest.fixture
def paperboy() -> Iterator[ThreadingHTTPServer]:
    Paperboy.asked, Paperboy.keys = [], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Paperboy)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def film_of(server: ServerProcess, folder: Path, model: str) -> Path:
    """A film of two seconds in the size of the page, made to its end by the official client."""
    client = OpenAI(base_url=f"{server.url}/v1", api_key="none")
    wish: dict[str, Any] = {"model": model, "size": "320x180", "seconds": "2"}
    with pytest.warns(DeprecationWarning, match="Sora API"):
        video = client.videos.create_and_poll(prompt="a cat", **wish)
    assert video.status == "completed", video.error
    film = folder / f"{model}.mp4"
    with pytest.warns(DeprecationWarning, match="Sora API"):
        client.videos.download_content(video.id).write_to_file(film)
    return film


def greys_of(film: Path) -> list[float]:
    """How bright each picture of the film is."""
    with av.open(str(film)) as container:
        assert container.streams.video[0].width == 320
        return [
            float(frame.to_ndarray(format="gray").mean()) for frame in container.decode(video=0)
        ]


def test_both_examples_of_the_page_make_films(
    tmp_path: Path, package: Path, paperboy: ThreadingHTTPServer
) -> None:
    fade, press = blocks("toml")[1:]
    press = press.replace("http://127.0.0.1:9000", f"http://127.0.0.1:{paperboy.server_port}")
    data = tmp_path / "data"
    data.mkdir()
    (data / "matinee.toml").write_text(f"{fade}\n{press}")
    with serving(data, PYTHONPATH=str(package), PAPERBOY_KEY="secret") as server:
        first = film_of(server, tmp_path, "sora-2")
        Paperboy.film = first.read_bytes()
        second = film_of(server, tmp_path, "gazette")
    greys = greys_of(first)
    assert len(greys) == 48
    assert greys[0] < 20 < 150 < greys[-1]
    assert second.read_bytes() == first.read_bytes()
    assert Paperboy.keys == ["secret"]
    assert Paperboy.asked == ["/orders/o1", "/orders/o1", "/films/o1"]
