"""Films out of other films on a real server: uploaded, looked into, kept, made, handed out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx
import psutil
import pytest
from PIL import Image

from tests.e2e.serving import ServerProcess

END_S = 60.0
MODEL = "test-instant"


@pytest.fixture
def client(server: ServerProcess) -> Iterator[httpx.Client]:
    """A client of it."""
    with server.client() as client:
        yield client


@pytest.fixture
def film(client: httpx.Client) -> bytes:
    """A real film of four seconds."""
    body = {"model": MODEL, "prompt": "a cat", "size": "1280x720", "seconds": "4"}
    return download(client, finished(client, client.post("/v1/videos", json=body)))


def finished(client: httpx.Client, reply: httpx.Response) -> dict[str, Any]:
    """The video that `reply` accepted, when it is over."""
    assert reply.status_code == 200, reply.text
    give_up_s = time.monotonic() + END_S
    while time.monotonic() < give_up_s:
        video: dict[str, Any] = client.get(f"/v1/videos/{reply.json()['id']}").json()
        if video["status"] in ("completed", "failed"):
            assert video["error"] is None
            return video
        time.sleep(0.05)
    raise AssertionError("the film was not made in time")


def download(client: httpx.Client, video: dict[str, Any]) -> bytes:
    return client.get(f"/v1/videos/{video['id']}/content").content


def test_an_uploaded_film_is_edited_and_extended(
    server: ServerProcess, client: httpx.Client, film: bytes
) -> None:
    files = {"video": ("a.mp4", film)}
    said = {"model": MODEL, "prompt": "at night"}
    edit = finished(client, client.post("/v1/videos/edits", data=said, files=files))
    longer = client.post(
        "/v1/videos/extensions", json={"prompt": "on", "seconds": "4", "video": {"id": edit["id"]}}
    )
    extension = finished(client, longer)
    assert (edit["seconds"], edit["size"]) == ("4", "1280x720")
    assert (extension["seconds"], extension["model"]) == ("8", MODEL)
    assert extension["remixed_from_video_id"] == edit["id"]
    assert list((server.folder / "work" / "uploads").iterdir()) == []


def test_a_character_has_a_real_picture(client: httpx.Client, film: bytes) -> None:
    files = {"video": ("a.mp4", film)}
    made = client.post(
        "/v1/characters", data={"username": "Mossy", "timestamps": "1,3"}, files=files
    ).json()
    picture = client.get(made["profile_picture_url"])
    with Image.open(BytesIO(picture.content)) as image:
        assert (image.format, image.size) == ("WEBP", (1024, 576))


def test_a_film_that_is_none_is_refused_at_once(client: httpx.Client, film: bytes) -> None:
    for data in (film[: len(film) // 2], b"\0" * 100_000, b"GIF89a" + film):
        reply = client.post(
            "/v1/videos/edits",
            data={"model": MODEL, "prompt": "x"},
            files={"video": data},
        )
        assert (reply.status_code, reply.json()["error"]["code"]) == (400, "media_invalid")
        assert reply.elapsed.total_seconds() < 5


def test_a_large_upload_costs_no_memory(
    server: ServerProcess, client: httpx.Client, film: bytes
) -> None:

    assert server.process is not None
    process = psutil.Process(server.process.pid)
    padding = 60 * 1024 * 1024
    # A box that every player passes over.
    large = film + (padding + 8).to_bytes(4, "big") + b"free" + bytes(padding)
    before = process.memory_info().rss
    reply = client.post("/v1/videos/characters", data={"name": "L"}, files={"video": large})
    assert reply.status_code == 200, reply.text
    assert process.memory_info().rss - before < 30_000_000
