"""A real server with a real, tiny model: from the request to the film, and what is interrupted."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.e2e.serving import ServerProcess, serving
from tests.models.children import pictures_of

Checkpoint = Callable[[str], Path]
MODEL = "wan2.1-t2v-1.3b"
WISH = {"model": MODEL, "prompt": "a red kite", "size": "832x480", "seconds": 1, "fps": 8}
QUICK, SLOW = {**WISH, "steps": 2}, {**WISH, "steps": 200}
PATIENCE_S = 140.0
IDLE_S = 5.0
"""So soon after a film is not wanted any more, nothing works on it."""

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def server(checkpoint: Checkpoint, tmp_path: Path) -> Iterator[ServerProcess]:
    """A server that has one model."""
    local = {
        "kind": "diffusers",
        "device": "cpu",
        "weights": {MODEL: str(checkpoint("wan2.1-t2v"))},
    }
    engines = json.dumps({"local": local})
    settings = {"MATINEE_ENGINES": engines, "MATINEE_RENDER_PROCESSES": "1"}
    with serving(tmp_path / "data", **settings) as running:
        yield running


def test_a_film_is_made_as_it_was_asked_for(server: ServerProcess, tmp_path: Path) -> None:
    with server.client() as client:
        video = wait_for(client, create(client, QUICK), "completed")
        film = tmp_path / "film.mp4"
        film.write_bytes(client.get(f"/v1/videos/{video['id']}/content").content)
    assert pictures_of(film).shape == (8, 480, 832, 3)


def test_a_film_that_is_cancelled_frees_the_engine_which_stays_loaded(
    server: ServerProcess,
) -> None:
    with server.client() as client:
        slow = create(client, SLOW)
        wait_until_it_is_drawn(client, slow)
        child = engine_of(server)
        client.delete(f"/v1/videos/{slow}").raise_for_status()
        assert_idle(child)
        wait_for(client, create(client, QUICK), "completed")
        assert engine_of(server).pid == child.pid


def test_a_film_in_the_making_is_made_by_the_next_server_when_one_dies(
    server: ServerProcess,
) -> None:
    with server.client() as client:
        slow = create(client, {**WISH, "steps": 6})
        wait_until_it_is_drawn(client, slow)
        server.kill()
    server.start()
    with server.client() as client:
        assert wait_for(client, slow, "completed")["progress"] == 100


def test_a_film_longer_than_the_model_draws_is_refused_before_it_is_accepted(
    server: ServerProcess,
) -> None:
    with server.client() as client:
        reply = client.post("/v1/videos", json={**WISH, "seconds": 8})
    assert reply.status_code == 400
    assert reply.json()["error"]["param"] == "seconds"


def create(client: httpx.Client, wish: dict[str, Any]) -> str:
    reply = client.post("/v1/videos", json=wish)
    assert reply.status_code == 200, reply.text
    return str(reply.json()["id"])


def wait_for(client: httpx.Client, video_id: str, status: str) -> dict[str, Any]:
    """Read the video until it has that status; progress must not fall meanwhile."""
    give_up_s, progress = time.monotonic() + PATIENCE_S, 0
    while time.monotonic() < give_up_s:
        video: dict[str, Any] = client.get(f"/v1/videos/{video_id}").json()
        assert video["progress"] >= progress
        progress = video["progress"]
        if video["status"] == status:
            return video
        assert video["status"] != "failed", video
        time.sleep(0.1)
    raise AssertionError(f"the video was not {status} in time")


def wait_until_it_is_drawn(client: httpx.Client, video_id: str) -> None:
    give_up_s = time.monotonic() + PATIENCE_S
    while client.get(f"/v1/videos/{video_id}").json()["progress"] < 2:
        assert time.monotonic() < give_up_s, "the video was not begun in time"
        time.sleep(0.05)


def engine_of(server: ServerProcess) -> psutil.Process:
    return next(each for each in server.children() if "engine-child" in each.cmdline())


def assert_idle(child: psutil.Process) -> None:
    """The process is there, and within the time it does nothing any more."""
    give_up_s = time.monotonic() + IDLE_S
    while time.monotonic() < give_up_s:
        if child.cpu_percent(interval=0.5) < 5:
            return
    raise AssertionError("the engine goes on working")
