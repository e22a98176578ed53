"""Accepted videos outlive whatever is killed: the server, or its engine's processes."""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import time
from pathlib import Path

import psutil
import pytest

from tests.e2e.films import check_film
from tests.e2e.serving import ServerProcess, serving

KILLS = int(os.environ.get("MATINEE_TEST_KILLS", "50"))
VIDEOS = 6
FINISH_S = 300.0
SETTINGS = {
    # What is killed here is no fault of the videos: they must not give up.
    "MATINEE_MAX_FAULTS": "1000",
    "MATINEE_LOG_LEVEL": "error",
}


@pytest.mark.timeout(900)
@pytest.mark.slow
def test_fifty_random_kills_lose_no_accepted_video(tmp_path: Path) -> None:
    seed = int(os.environ.get("MATINEE_TEST_SEED", str(time.time_ns() % 1_000_000)))
    print(f"MATINEE_TEST_SEED={seed}")  # noqa: T201  # shown with a failure, to play it again
    chance = random.Random(seed)  # noqa: S311  # it decides what is killed, no secrets
    with serving(tmp_path, **SETTINGS) as server:
        accepted = [create(server, number) for number in range(VIDEOS)]
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.05, 2.0))
            if chance.random() < 0.5:
                server.kill()
                server.start()
            else:
                kill_a_child(server, chance)
        finished = wait_for_all(server, accepted)
        for number, video_id in enumerate(accepted):
            assert finished[video_id]["error"] is None
            film = tmp_path / f"{number}.mp4"
            with server.client() as client:
                film.write_bytes(client.get(f"/v1/videos/{video_id}/content").content)
            check_film(film, width_px=720, height_px=1280, seconds=4)
    assert ends_of(tmp_path) == [(video_id.removeprefix("video_"), 1) for video_id in accepted]


def create(server: ServerProcess, number: int) -> str:
    with server.client() as client:
        reply = client.post("/v1/videos", json={"prompt": f"a fox in meadow {number}"})
        assert reply.status_code == 200, reply.text
        video_id: str = reply.json()["id"]
        return video_id


def kill_a_child(server: ServerProcess, chance: random.Random) -> None:
    children = server.children()
    if children:
        with contextlib.suppress(psutil.NoSuchProcess):
            chance.choice(children).kill()


def wait_for_all(server: ServerProcess, accepted: list[str]) -> dict[str, dict[str, object]]:
    give_up_s = time.monotonic() + FINISH_S
    while time.monotonic() < give_up_s:
        with server.client() as client:
            found = {video_id: client.get(f"/v1/videos/{video_id}").json() for video_id in accepted}
        if all(video["status"] in ("completed", "failed") for video in found.values()):
            return found
        time.sleep(0.5)
    raise AssertionError(f"not finished in {FINISH_S} s: {found}")


def ends_of(folder: Path) -> list[tuple[str, int]]:
    """Every video with how many final events it has, oldest first."""
    with contextlib.closing(sqlite3.connect(folder / "matinee.db")) as database:
        return database.execute(
            "SELECT video_id, count(*) FROM events WHERE kind IN ('completed', 'failed')"
            " GROUP BY video_id ORDER BY video_id"
        ).fetchall()


@pytest.mark.timeout(60)
def test_processes_of_a_killed_server_end_by_themselves(tmp_path: Path) -> None:
    with serving(tmp_path, **SETTINGS) as server:
        create(server, 0)
        while len(server.children()) < 3:
            time.sleep(0.02)
        children = server.children()
        server.kill()
        _, alive = psutil.wait_procs(children, timeout=10)
        assert alive == []
        server.start()


@pytest.mark.timeout(60)
def test_deleting_a_running_video_stops_its_engine(tmp_path: Path) -> None:
    with serving(tmp_path, **SETTINGS) as server, server.client() as client:
        video_id = create(server, 0)
        while len(server.children()) < 3:
            time.sleep(0.02)
        children = server.children()
        assert client.delete(f"/v1/videos/{video_id}").status_code == 200
        _, alive = psutil.wait_procs(children, timeout=5)
        assert alive == []
        assert not [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
