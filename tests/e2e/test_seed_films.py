"""The seeds' requests, sent as they are written, become films."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import httpx
import pytest

from tests.contract import seeds
from tests.e2e.films import check_film
from tests.e2e.serving import ServerProcess

pytestmark = pytest.mark.timeout(240)


def test_seed_000_streams_true_progress_and_a_film(server: ServerProcess, tmp_path: Path) -> None:
    text, lines = "", []
    with (
        server.client() as client,
        client.stream("POST", "/v1/chat/completions", json=seeds.chat_example()) as reply,
    ):
        assert reply.status_code == 200
        for line in reply.iter_lines():
            lines.append(line)
            if line.startswith("data: {"):
                choices = json.loads(line[6:])["choices"]
                text += "".join(choice["delta"].get("content") or "" for choice in choices)
    percents = [int(found) for found in re.findall(r"进度：(\d+)%", text)]
    assert percents == sorted(percents)
    assert len(percents) >= 2
    assert [line for line in lines if line][-1] == "data: [DONE]"
    link = re.search(r"\[点击这里\]\((http\S+\.mp4)\)", text)
    assert link is not None
    film = tmp_path / "film.mp4"
    film.write_bytes(httpx.get(link.group(1), trust_env=False).raise_for_status().content)
    check_film(film, width_px=720, height_px=1280, seconds=10)


def test_seed_003_is_created_and_queried_until_its_film_is_there(
    server: ServerProcess, tmp_path: Path
) -> None:
    with server.client() as client:
        created = client.post("/v1/video/create", json=seeds.unified_example()).json()
        assert re.fullmatch(r"sora-2-pro:task_[0-9a-z]{26}", created["id"])
        while True:
            found = client.get("/v1/video/query", params={"id": created["id"]}).json()
            if found["status"] not in ("pending", "processing"):
                break
            time.sleep(0.5)
        assert found["status"] == "completed", found
        film = tmp_path / "film.mp4"
        film.write_bytes(client.get(found["video_url"]).raise_for_status().content)
        check_film(film, width_px=1080, height_px=1920, seconds=15)
        official = client.get(f"/v1/videos/{created['id']}").json()
        assert official["status"] == "completed"
