"""A Matinee in front of a Matinee, in the unified format and in the chat format."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from matinee.core.size import Size
from matinee.core.video import VideoSpec
from matinee.engines.registry import load_kind, make_server_engine, set_up
from matinee.ports.engine import Checkpoint, Submission, Workspace
from matinee.ports.engine_kind import EngineSetup
from tests.e2e.films import check_film
from tests.e2e.serving import ServerProcess, serving

FINISH_S = 120.0
LOOK_S = 0.05
MODEL = {"sizes": ["1280x720", "720x1280"], "min_seconds": 4, "max_seconds": 12}
KINDS = ["unified", "chat"]

pytestmark = pytest.mark.timeout(300)


@contextmanager
def a_pair(folder: Path, kind: str) -> Iterator[tuple[ServerProcess, ServerProcess]]:
    """A Matinee, and the one behind it that makes its films."""
    with serving(folder / "behind", MATINEE_LOG_LEVEL="warning") as behind:
        engine: dict[str, Any] = {
            "kind": kind,
            "base_url": behind.url,
            "is_matinee": True,
            "poll_s": 0.1,
            "models": {"test-instant": MODEL, "animatic": MODEL, "test-fails": MODEL},
        }
        steps = {"films": "test-instant", "drawn": "animatic", "broken": "test-fails"}
        models = {name: [{"engine": "behind", "model": model}] for name, model in steps.items()}
        environment = {
            "MATINEE_ENGINES": json.dumps({"behind": engine}),
            "MATINEE_MODELS": json.dumps(models),
            "MATINEE_LOG_LEVEL": "warning",
        }
        with serving(folder / "front", **environment) as front:
            yield front, behind


def create(server: ServerProcess, model: str, **fields: Any) -> str:
    body = {"model": model, "prompt": "a fox in a meadow", "seconds": "4", **fields}
    with server.client() as client:
        reply = client.post("/v1/videos", json=body)
    assert reply.status_code == 200, reply.text
    video_id: str = reply.json()["id"]
    return video_id


def look(server: ServerProcess, video_id: str) -> dict[str, Any]:
    with server.client() as client:
        video: dict[str, Any] = client.get(f"/v1/videos/{video_id}").json()
    return video


def wait_until(server: ServerProcess, video_id: str, *, progress: int = 100) -> dict[str, Any]:
    """The video, as soon as it is so far or at its end."""
    give_up_s = time.monotonic() + FINISH_S
    while time.monotonic() < give_up_s:
        video = look(server, video_id)
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


@pytest.mark.parametrize("kind", KINDS)
def test_a_film_comes_through_byte_by_byte(tmp_path: Path, kind: str) -> None:
    with a_pair(tmp_path, kind) as (front, behind):
        video_id = create(front, "films", size="720x1280", seed=417)
        video = wait_until(front, video_id)
        assert video["status"] == "completed", video
        (made,) = videos_of(behind)
        assert (made["model"], made["size"], made["seconds"]) == ("test-instant", "720x1280", "4")
        film = film_of(front, video_id)
        assert film == film_of(behind, made["id"])
    path = tmp_path / "film.mp4"
    path.write_bytes(film)
    check_film(path, width_px=720, height_px=1280, seconds=4)


@pytest.mark.parametrize("kind", KINDS)
async def test_an_order_whose_answer_was_lost_is_the_same_film_when_it_is_sent_again(
    tmp_path: Path, server: ServerProcess, kind: str
) -> None:
    table = {"base_url": server.url, "is_matinee": True, "models": {"animatic": MODEL}}
    setup = set_up(load_kind(kind), EngineSetup(name="behind", options=table))
    spec = VideoSpec(model="x", prompt=f"by {kind}", size=Size(1280, 720), seconds=4, seed=1)
    before, key = len(videos_of(server)), f"{tmp_path.name}-1"
    for resume in (None, Submission(submit_key=key), Submission(submit_key=key)):
        space = Workspace(folder=tmp_path, model="animatic", submit_key=key, resume=resume)
        engine = make_server_engine(load_kind(kind), setup)
        async with aclosing(engine.generate(spec, space)) as reports:
            told = [await anext(reports)]
            while not isinstance(told[-1], Checkpoint):
                told.append(await anext(reports))
        await engine.close()
    assert len(videos_of(server)) == before + 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_failure_comes_through_with_its_words(tmp_path: Path, kind: str) -> None:
    with a_pair(tmp_path, kind) as (front, behind):
        video = wait_until(front, create(front, "broken"))
        (made,) = videos_of(behind)
        assert video["status"] == made["status"] == "failed"
        assert video["error"]["message"] in made["error"]["message"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_progress_comes_through_and_a_killed_front_goes_on_without_a_second_film(
    tmp_path: Path, kind: str
) -> None:
    with a_pair(tmp_path, kind) as (front, behind):
        video_id = create(front, "drawn", size="1280x720", seconds="8")
        begun = wait_until(front, video_id, progress=5)
        assert begun["status"] == "in_progress", begun
        front.kill()
        front.start()
        video = wait_until(front, video_id)
        assert video["status"] == "completed", video
        assert len(videos_of(behind)) == 1
        film = film_of(front, video_id)
    path = tmp_path / "film.mp4"
    path.write_bytes(film)
    check_film(path, width_px=1280, height_px=720, seconds=8)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_film_that_nobody_wants_any_more_is_stopped_behind_too(tmp_path: Path, kind: str) -> None:
    with a_pair(tmp_path, kind) as (front, behind):
        video_id = create(front, "drawn", size="1280x720", seconds="8")
        wait_until(front, video_id, progress=5)
        with front.client() as client:
            assert client.delete(f"/v1/videos/{video_id}").status_code == 200
        give_up_s = time.monotonic() + FINISH_S
        while videos_of(behind) and time.monotonic() < give_up_s:
            time.sleep(LOOK_S)
        assert videos_of(behind) == []
