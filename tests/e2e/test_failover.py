"""A real server whose engines fail: films are made all the same, and it says what happened."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.films import check_film
from tests.e2e.serving import ServerProcess, serving

FINISH_S = 60.0
ENGINES = {
    "broken": {"kind": "rehearsal-fails"},
    "slow": {"kind": "rehearsal-slow"},
    "spare": {"kind": "rehearsal-instant"},
}

pytestmark = pytest.mark.timeout(120)


def settings(*engines: str) -> dict[str, str]:
    """The variables of a server whose `sora-2` leads to `engines`, which alone are configured."""
    return {
        "MATINEE_ENGINES": json.dumps({name: ENGINES[name] for name in engines}),
        "MATINEE_MODELS": json.dumps({"sora-2": [{"engine": name} for name in engines]}),
        "MATINEE_LOG_LEVEL": "error",
    }


def create(server: ServerProcess) -> str:
    with server.client() as client:
        reply = client.post("/v1/videos", json={"prompt": "a fox", "size": "720x1280"})
        assert reply.status_code == 200, reply.text
        video_id: str = reply.json()["id"]
        return video_id


def wait_until(server: ServerProcess, video_id: str, *statuses: str) -> dict[str, Any]:
    give_up_s = time.monotonic() + FINISH_S
    with server.client() as client:
        while time.monotonic() < give_up_s:
            video: dict[str, Any] = client.get(f"/v1/videos/{video_id}").json()
            if video["status"] in statuses:
                return video
            time.sleep(0.05)
    raise AssertionError(f"not {statuses} in {FINISH_S} s: {video}")


def attempts_at(server: ServerProcess, video_id: str) -> list[tuple[str, str]]:
    with server.client() as client:
        data = client.get(f"/admin/videos/{video_id}/attempts").json()["data"]
    return [(each["engine"], each["outcome"]) for each in data]


def run(*arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "matinee", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_a_film_of_a_broken_engine_is_made_by_the_next_under_the_same_id(tmp_path: Path) -> None:
    with serving(tmp_path, **settings("broken", "spare")) as server:
        video_id = create(server)
        assert wait_until(server, video_id, "completed", "failed")["error"] is None
        assert attempts_at(server, video_id) == [("broken", "engine_error"), ("spare", "completed")]
        film = tmp_path / "film.mp4"
        with server.client() as client:
            film.write_bytes(client.get(f"/v1/videos/{video_id}/content").content)
        check_film(film, width_px=720, height_px=1280, seconds=4)
        told = run("engines", "--data", str(tmp_path), **server.environment)
        lines = {line.split()[0]: line for line in told.splitlines()}
        assert "engine_error" in lines["broken"]
        assert " x " in lines["spare"]


def test_a_film_whose_engine_is_gone_after_a_kill_is_made_by_another(tmp_path: Path) -> None:
    with serving(tmp_path, **settings("slow", "spare")) as server:
        video_id = create(server)
        wait_until(server, video_id, "in_progress")
        server.kill()
        server.environment = settings("spare")
        server.start()
        assert wait_until(server, video_id, "completed", "failed")["error"] is None
        assert attempts_at(server, video_id) == [
            ("slow", "server_restarted"),
            ("spare", "completed"),
        ]


def test_the_engines_of_a_folder_without_a_server_are_told_as_json(tmp_path: Path) -> None:
    run("db", "upgrade", "--data", str(tmp_path))
    (engine,) = [
        each
        for each in json.loads(run("engines", "--data", str(tmp_path), "--json"))
        if each["name"] == "animatic"
    ]
    assert (engine["state"], engine["queued"], engine["last_errors"]) == ("closed", 0, [])


def test_a_key_of_an_administrator_is_made_and_marked_in_the_list(tmp_path: Path) -> None:
    made = run("keys", "create", "--account", "ops", "--admin", "--data", str(tmp_path), "--json")
    assert json.loads(made)["is_admin"] is True
    assert run("keys", "list", "--data", str(tmp_path)).rstrip().endswith("ops  admin")
