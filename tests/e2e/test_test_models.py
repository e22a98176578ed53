"""The models to test with, in a real server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from matinee.testing.server import MatineeServer, serving
from tests.e2e.films import check_film

pytestmark = pytest.mark.timeout(120)

WISH = {"prompt": "A fox in the snow.", "seconds": "4", "size": "1280x720"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MatineeServer]:
    """A server for all tests of this file."""
    with serving(tmp_path_factory.mktemp("test-models")) as server:
        yield server


@pytest.fixture
def client(running: MatineeServer) -> Iterator[httpx.Client]:
    """A client of it."""
    with httpx.Client(base_url=running.base_url, timeout=60, trust_env=False) as client:
        yield client


def create(client: httpx.Client, model: str) -> str:
    video_id: str = client.post("/videos", json=WISH | {"model": model}).json()["id"]
    return video_id


def end_of(client: httpx.Client, video_id: str) -> tuple[dict[str, object], set[int]]:
    """The video when it is over, and the progress that was seen until then."""
    seen: set[int] = set()
    while True:
        video = client.get(f"/videos/{video_id}").json()
        seen.add(video["progress"])
        if video["status"] not in ("queued", "in_progress"):
            return video, seen
        time.sleep(0.05)


def test_an_instant_film_is_whole(client: httpx.Client, tmp_path: Path) -> None:
    video, _ = end_of(client, create(client, "test-instant"))
    assert (video["status"], video["model"]) == ("completed", "test-instant")
    film = tmp_path / "film.mp4"
    film.write_bytes(client.get(f"/videos/{video['id']}/content").content)
    check_film(film, width_px=1280, height_px=720, seconds=4)
    for variant in ("thumbnail", "spritesheet"):
        assert client.get(f"/videos/{video['id']}/content?variant={variant}").status_code == 200


def test_slow_films_get_on_and_hold_up_no_others(client: httpx.Client) -> None:
    slow = [create(client, "test-slow") for _ in range(5)]
    for model in ("test-instant", "test-fails"):
        end_of(client, create(client, model))
    begun = client.get(f"/videos/{slow[0]}").json()
    assert begun["status"] == "in_progress"
    assert 0 < begun["progress"] < 60
    poll_after_ms = int(client.get(f"/videos/{slow[1]}").headers["openai-poll-after-ms"])
    assert 1000 <= poll_after_ms <= 10_000
    for video_id in slow:
        assert client.delete(f"/videos/{video_id}").json()["deleted"]


@pytest.mark.parametrize(
    ("model", "code", "message"),
    [
        ("test-fails", "engine_error", "this model always fails"),
        ("test-moderated", "moderation_blocked", "blocked by our moderation system."),
    ],
)
def test_a_film_that_fails_gets_on_before_and_says_why(
    client: httpx.Client, model: str, code: str, message: str
) -> None:
    video, seen = end_of(client, create(client, model))
    assert video["status"] == "failed"
    assert isinstance(video["error"], dict)
    assert video["error"]["code"] == code
    assert message in video["error"]["message"]
    assert 0 < max(seen) < 50


def download(client: httpx.Client, path: str, received: bytearray) -> None:
    """Put what comes into `received`, also if it ends too soon."""
    with client.stream("GET", path) as reply:
        for piece in reply.iter_raw():
            received += piece


def test_a_download_is_cut_once_and_can_be_taken_up(client: httpx.Client, tmp_path: Path) -> None:
    video, _ = end_of(client, create(client, "test-drops"))
    path, received = f"/videos/{video['id']}/content", bytearray()
    with pytest.raises(httpx.RemoteProtocolError):
        download(client, path, received)
    assert received
    rest = client.get(path, headers={"range": f"bytes={len(received)}-"})
    assert rest.status_code == 206
    whole = client.get(path).content
    assert bytes(received) + rest.content == whole
    film = tmp_path / "film.mp4"
    film.write_bytes(whole)
    check_film(film, width_px=1280, height_px=720, seconds=4)


def test_a_server_with_keys_has_no_test_models_unless_it_is_told_to(tmp_path: Path) -> None:
    with serving(tmp_path, {"test_models": None}, needs_key=True) as server:
        headers = {"Authorization": f"Bearer {server.api_key}"}
        listed = httpx.get(f"{server.base_url}/models", headers=headers, trust_env=False)
    assert "sora-2" in listed.text
    assert "test-instant" not in listed.text
