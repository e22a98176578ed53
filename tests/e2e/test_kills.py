"""What is left of a server that was killed, and of the film that was deleted under its engine."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from tests.e2e.serving import ServerProcess, serving

SETTINGS = {
    # What is killed here is no fault of the videos: they must not give up.
    "MATINEE_MAX_FAULTS": "1000",
    "MATINEE_LOG_LEVEL": "error",
}


def create(server: ServerProcess, number: int) -> str:
    with server.client() as client:
        reply = client.post("/v1/videos", json={"prompt": f"a fox in meadow {number}"})
        assert reply.status_code == 200, reply.text
        video_id: str = reply.json()["id"]
        return video_id


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
