"""A real server whose films end, with a backup of it from before."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.serving import serving

pytestmark = pytest.mark.timeout(120)

LONGEST_S = 60.0


def matinee(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "matinee", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def until(client: httpx.Client, path: str, status: int) -> httpx.Response:
    """The reply once it has that status; 404 and 410 tell of a film that is not there."""
    give_up_s = time.monotonic() + LONGEST_S
    while (reply := client.get(path)).status_code != status:
        assert time.monotonic() < give_up_s, reply.text
        time.sleep(0.05)
    return reply


def end_all_films(folder: Path) -> None:
    """As if an hour had passed."""
    with closing(sqlite3.connect(folder / "matinee.db")) as rows, rows:
        rows.execute("UPDATE videos SET expires_at = finished_at")


def test_a_film_says_its_end_and_goes_then_and_lives_on_in_the_backup(tmp_path: Path) -> None:
    data, new = tmp_path / "data", tmp_path / "new"
    with serving(data, MATINEE_RETENTION_HOURS="1") as server:
        with server.client() as client:
            wish = {"model": "test-instant", "prompt": "a fox"}
            path = f"/v1/videos/{client.post('/v1/videos', json=wish).json()['id']}"
            film = until(client, f"{path}/content", 200).content
            shown: dict[str, Any] = client.get(path).json()
            assert shown["expires_at"] == shown["completed_at"] + 3600
        matinee("backup", tmp_path / "films.tar", "--data", data)
        server.stop()
        end_all_films(data)
        server.start()
        with server.client() as client:
            until(client, f"{path}/content", 410)
            assert client.get(path).json()["status"] == "completed"
    matinee("restore", tmp_path / "films.tar", "--data", new)
    (restored,) = (new / "blobs").rglob("video.mp4")
    assert restored.read_bytes() == film
