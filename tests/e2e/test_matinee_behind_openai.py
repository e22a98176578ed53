"""A Matinee in front of a Matinee, in OpenAI's format; whichever of the two is killed."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.films import check_film
from tests.e2e.gates import Gate
from tests.e2e.serving import ServerProcess, serving

pytestmark = pytest.mark.timeout(300)

FINISH_S = 120.0
LOOK_S = 0.05


@contextmanager
def behind(folder: Path) -> Iterator[ServerProcess]:
    """The server that makes the films, on a port that it keeps when it is started again."""
    with socket.socket() as chooser:
        chooser.bind(("127.0.0.1", 0))
        port = chooser.getsockname()[1]
    quiet = {"MATINEE_LOG_LEVEL": "warning"}
    with serving(folder / "behind", "--port", str(port), **quiet) as server:
        yield server


@contextmanager
def in_front(folder: Path, url: str, **options: Any) -> Iterator[ServerProcess]:
    """The server that has its films made at `url`."""
    engine = {"kind": "openai", "base_url": url, "poll_s": 0.1, "is_matinee": True, **options}
    steps = {"films": "test-instant", "drawn": "animatic", "slow": "test-slow"}
    models = {name: [{"engine": "behind", "model": model}] for name, model in steps.items()}
    environment = {
        "MATINEE_ENGINES": json.dumps({"behind": engine}),
        "MATINEE_MODELS": json.dumps(models),
        "MATINEE_LOG_LEVEL": "warning",
    }
    with serving(folder / "front", **environment) as server:
        yield server


def create(server: ServerProcess, model: str, **fields: Any) -> str:
    body = {"model": model, "prompt": "a fox in a meadow", "seconds": "4", **fields}
    with server.client() as client:
        reply = client.post("/v1/videos", json=body)
    assert reply.status_code == 200, reply.text
    video_id: str = reply.json()["id"]
    return video_id


def wait_until(server: ServerProcess, video_id: str, *, progress: int = 100) -> dict[str, Any]:
    """The video, as soon as it is so far or at its end."""
    give_up_s = time.monotonic() + FINISH_S
    with server.client() as client:
        while time.monotonic() < give_up_s:
            video: dict[str, Any] = client.get(f"/v1/videos/{video_id}").json()
            if video["status"] in ("completed", "failed") or video["progress"] >= progress:
                return video
            time.sleep(LOOK_S)
    raise AssertionError(f"not so far in {FINISH_S} s: {video}")


def film_of(server: ServerProcess, video_id: str) -> bytes:
    with server.client() as client:
        return client.get(f"/v1/videos/{video_id}/content").content


def videos_of(server: ServerProcess) -> list[dict[str, Any]]:
    with server.client() as client:
        videos: list[dict[str, Any]] = client.get("/v1/videos").json()["data"]
    return videos


def test_a_film_comes_through_byte_by_byte(tmp_path: Path) -> None:
    with behind(tmp_path) as maker, in_front(tmp_path, maker.url) as front:
        video_id = create(front, "films", size="720x1280", seed=417)
        video = wait_until(front, video_id)
        assert video["status"] == "completed", video
        assert video["model"] == "films"
        (made,) = videos_of(maker)
        assert (made["model"], made["size"], made["seconds"]) == ("test-instant", "720x1280", "4")
        film = film_of(front, video_id)
        assert film == film_of(maker, made["id"])
    path = tmp_path / "film.mp4"
    path.write_bytes(film)
    check_film(path, width_px=720, height_px=1280, seconds=4)


def test_a_film_that_nobody_wants_any_more_is_stopped_behind_too(tmp_path: Path) -> None:
    with behind(tmp_path) as maker, in_front(tmp_path, maker.url) as front:
        video_id = create(front, "slow")
        begun = wait_until(front, video_id, progress=2)
        assert begun["status"] == "in_progress", begun
        with front.client() as client:
            assert client.delete(f"/v1/videos/{video_id}").status_code == 200
        give_up_s = time.monotonic() + 10
        while videos_of(maker) and time.monotonic() < give_up_s:
            time.sleep(LOOK_S)
        assert videos_of(maker) == []


@pytest.mark.slow
def test_both_are_killed_in_the_middle_and_one_film_is_made(tmp_path: Path) -> None:
    with behind(tmp_path) as maker, in_front(tmp_path, maker.url) as front:
        video_id = create(front, "drawn", size="1280x720", seconds="8")
        begun = wait_until(front, video_id, progress=5)
        assert begun["status"] == "in_progress", begun
        front.kill()
        front.start()
        wait_until(front, video_id, progress=begun["progress"] + 5)
        maker.kill()
        maker.start()
        video = wait_until(front, video_id)
        assert video["status"] == "completed", video
        (made,) = videos_of(maker)
        film = film_of(front, video_id)
        assert film == film_of(maker, made["id"])
    path = tmp_path / "film.mp4"
    path.write_bytes(film)
    check_film(path, width_px=1280, height_px=720, seconds=8)


def test_killed_between_intent_and_checkpoint_the_same_order_is_found_again(
    tmp_path: Path,
) -> None:
    with behind(tmp_path) as maker, Gate(maker.url).standing() as gate:
        with in_front(tmp_path, gate.url) as front:
            gate.holds.set()
            video_id = create(front, "films")
            assert gate.taken.wait(FINISH_S)
            front.kill()
            gate.holds.clear()
            front.start()
            assert wait_until(front, video_id)["status"] == "completed"
        assert len(videos_of(maker)) == 1
        assert len(gate.creates) == 2
        assert len(set(gate.creates)) == 1


def test_killed_between_intent_and_checkpoint_a_server_without_keys_is_not_asked_again(
    tmp_path: Path,
) -> None:
    with behind(tmp_path) as maker, Gate(maker.url).standing() as gate:
        with in_front(tmp_path, gate.url, is_matinee=False) as front:
            gate.holds.set()
            video_id = create(front, "films")
            assert gate.taken.wait(FINISH_S)
            front.kill()
            gate.holds.clear()
            front.start()
            video = wait_until(front, video_id)
        assert video["status"] == "failed"
        assert video["error"]["code"] == "submission_unknown"
        assert len(gate.creates) == len(videos_of(maker)) == 1
