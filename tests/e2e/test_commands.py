"""The commands, run as a person runs them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from subprocess import PIPE

import httpx
import pytest

import matinee
from matinee.core.size import Size
from matinee.core.video import VideoSpec
from matinee.data_folder import DataFolder
from matinee.worker.child_wire import GenerateRequest, SetupRequest, encode
from tests.e2e.films import check_film
from tests.e2e.serving import serving

NOTICED_S = 5.0
"""A second is promised; this machine may be busy."""

pytestmark = pytest.mark.timeout(120)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "matinee", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def test_the_version_is_told() -> None:
    assert run("--version").stdout == f"matinee {matinee.__version__}\n"


def test_generate_makes_a_film_without_a_server_and_leaves_none(tmp_path: Path) -> None:
    film, data = tmp_path / "film.mp4", tmp_path / "data folder"
    options = ("--seconds", "4", "--size", "720x1280", "--data", str(data))
    done = run("generate", "a fox in a meadow", "-o", str(film), *options)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(film)
    check_film(film, width_px=720, height_px=1280, seconds=4)
    assert DataFolder(data).running_server() is None


def test_generate_says_what_is_wrong_with_a_wish(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    done = run("generate", "a fox", "-o", str(film), "--seconds", "99", "--data", str(tmp_path))
    assert done.returncode == 2
    assert "seconds" in done.stderr
    assert "4 to 25" in done.stderr
    assert not film.exists()


def test_an_open_door_without_a_key_is_refused_with_the_remedy(tmp_path: Path) -> None:
    done = run("serve", "--host", "0.0.0.0", "--port", "0", "--data", str(tmp_path))
    assert done.returncode == 2
    assert "matinee keys create" in done.stderr


def test_a_second_server_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        done = run("serve", "--port", "0", "--data", str(tmp_path))
    assert done.returncode == 2
    assert server.url in done.stderr


def test_an_unknown_setting_is_named_with_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "matinee.toml").write_text("prot = 1\n")
    done = run("serve", "--data", str(tmp_path))
    assert done.returncode == 2
    assert "Did you mean 'port'" in done.stderr


def test_a_server_stops_cleanly_and_lets_go_of_its_folder(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert server.stop() == 0
    assert DataFolder(tmp_path).running_server() is None


def test_keys_open_and_close_a_running_server(tmp_path: Path) -> None:
    with serving(tmp_path) as server, server.client() as client:
        assert client.get("/v1/videos").status_code == 200
        made = json.loads(
            run("keys", "create", "--account", "alice", "--data", str(tmp_path), "--json").stdout
        )
        wait_until_refused(client)
        for headers in (
            {"Authorization": f"Bearer {made['key']}"},
            {"Authorization": made["key"]},
            {"api-key": made["key"]},
        ):
            assert client.get("/v1/videos", headers=headers).status_code == 200
        listed = json.loads(run("keys", "list", "--data", str(tmp_path), "--json").stdout)
        assert [key["account"] for key in listed] == ["alice"]
        assert made["key"] not in json.dumps(listed)
        assert run("keys", "revoke", made["id"], "--data", str(tmp_path)).returncode == 0
        wait_until_refused(client, **{"api-key": made["key"]})


def wait_until_refused(client: httpx.Client, **headers: str) -> None:
    """What another process changes about keys shows within a second."""
    begun_s = time.monotonic()
    while client.get("/v1/videos", headers=headers).status_code != 401:
        assert time.monotonic() - begun_s < NOTICED_S, "still let in"


def test_another_accounts_video_answers_as_an_unknown_one(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        keys = [
            json.loads(
                run("keys", "create", "--account", name, "--data", str(tmp_path), "--json").stdout
            )["key"]
            for name in ("alice", "bob")
        ]
        with server.client() as nobody:
            wait_until_refused(nobody)
        with server.client(Authorization=f"Bearer {keys[0]}") as alice:
            video_id = alice.post("/v1/videos", json={"prompt": "a fox"}).json()["id"]
        unknown = video_id[:-6] + "000000"
        with server.client(Authorization=f"Bearer {keys[1]}") as bob:
            for method, path in (
                ("GET", "/v1/videos/{}"),
                ("DELETE", "/v1/videos/{}"),
                ("GET", "/v1/videos/{}/content"),
                ("GET", "/v1/video/query?id={}"),
            ):
                foreign = bob.request(method, path.format(video_id))
                missing = bob.request(method, path.format(unknown))
                assert foreign.status_code == missing.status_code == 404
                assert foreign.text.replace(video_id, "") == missing.text.replace(unknown, "")


@pytest.mark.parametrize("header", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
def test_no_web_page_can_submit_work_to_a_keyless_server(
    tmp_path: Path, header: dict[str, str]
) -> None:
    with serving(tmp_path) as server, server.client(**header) as client:
        reply = client.post("/v1/videos", json={"prompt": "a fox"})
    assert reply.status_code == 403
    assert reply.json()["error"]["code"] == "permission_denied"


def test_a_start_clears_away_what_a_killed_server_was_working_on(tmp_path: Path) -> None:
    left = tmp_path / "work" / "01kav3m5n7p9q1r3s5t7v9w1x3-1"
    left.mkdir(parents=True)
    (left / "film.mp4").write_bytes(b"half a film")
    with serving(tmp_path):
        assert not left.exists()


def test_an_engine_s_process_says_in_the_server_s_log_why_it_failed(tmp_path: Path) -> None:
    request = GenerateRequest(
        spec=VideoSpec(model="sora-2", prompt="a fox", size=Size(720, 1280), seconds=4, seed=1),
        folder=str(tmp_path / "missing"),
        references=(str(tmp_path / "missing.png"),),
    )
    command = [sys.executable, "-m", "matinee", "engine-child", "--log-format", "json"]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        setup = SetupRequest(kind="animatic", name="animatic", options={})
        child.stdin.write(encode(setup) + encode(request))
        child.stdin.flush()
        assert json.loads(child.stdout.readline())["code"] == "engine_error"
        _, said = child.communicate(timeout=60)
    line = json.loads(said.splitlines()[0])
    assert line["message"] == "engine failed"
    assert "missing.png" in line["traceback"]
