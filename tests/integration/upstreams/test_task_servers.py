"""Films by LightX2V and LocalAI, over real connections."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matinee.core.errors import EngineUnavailable
from matinee.engines import lightx2v, localai
from matinee.engines.lightx2v import LightX2VOptions
from matinee.engines.localai import LocalAIOptions
from matinee.net.upstream_options import UpstreamModel
from matinee.ports.engine import Checkpoint, Engine, Intent, Report, Submission, Withdrawn
from tests.integration.upstreams.scripts import FETCHED, cut, made, told
from tests.integration.upstreams.servers import FILM, Answer, Asked, Behave, upstream
from tests.orders import a_setup

FILMS = {"films": UpstreamModel(sizes=("1280x720",), max_seconds=5)}
FAST: dict[str, Any] = {"models": FILMS, "poll_s": 0.01, "outage_s": 5.0}
ORDERED = [Intent(submit_key="video-1"), Checkpoint(upstream_id="video-1")]


def lightx2v_engine(url: str) -> Engine:
    return lightx2v.make(a_setup(LightX2VOptions(base_url=url, **FAST)))


def localai_engine(url: str, **options: Any) -> Engine:
    return localai.make(a_setup(LocalAIOptions(base_url=url, **(FAST | options))))


def a_task_server(*creates: Answer) -> Behave:
    """A script: the answers to creates, and then a task that is done."""
    left: Iterator[Answer] = iter(creates)

    def answer(asked: Asked) -> Answer:
        if asked.method == "POST":
            return next(left)
        if asked.target.endswith("/result"):
            return FETCHED
        return Answer.of({"task_id": "video-1", "status": "completed", "error": None})

    return answer


TAKEN = Answer.of({"task_id": "video-1", "task_status": "pending", "save_result_path": "x"})


async def test_a_task_is_ordered_under_our_key_asked_for_and_fetched(tmp_path: Path) -> None:
    async with upstream(a_task_server(TAKEN)) as server:
        reports = await made(lightx2v_engine(server.url), tmp_path)
    assert told(reports) == ORDERED
    assert server.lines() == [
        "POST /v1/tasks/video/",
        "GET /v1/tasks/video-1/status",
        "GET /v1/tasks/video-1/result",
    ]


async def test_a_task_whose_order_broke_off_is_found_under_our_key(tmp_path: Path) -> None:
    broken = cut(Answer.of({"task_id": "video-1"}))
    async with upstream(a_task_server(broken)) as server:
        reports = await made(lightx2v_engine(server.url), tmp_path)
    assert told(reports) == ORDERED
    assert server.lines().count("POST /v1/tasks/video/") == 1


async def test_a_full_queue_takes_nothing(tmp_path: Path) -> None:
    full = Answer.of({"detail": "Task queue is full (max 10 tasks)"}, 503)
    reports: list[Report] = []
    async with upstream(a_task_server(full)) as server:
        with pytest.raises(EngineUnavailable, match="queue is full"):
            await made(lightx2v_engine(server.url), tmp_path, reports=reports)
    assert reports[-1] == Withdrawn()


async def test_a_task_that_a_restart_forgot_may_be_ordered_anew(tmp_path: Path) -> None:
    reports: list[Report] = []
    resume = Submission(submit_key="video-0", upstream_id="video-0")
    gone = Answer.of({"detail": "Task not found"}, 404)
    async with upstream(lambda asked: gone) as server:
        with pytest.raises(EngineUnavailable, match="forgotten"):
            await made(lightx2v_engine(server.url), tmp_path, resume=resume, reports=reports)
    assert reports[-1] == Withdrawn()


async def test_a_task_can_be_stopped() -> None:
    submission = Submission(submit_key="video-1", upstream_id="video-1")
    async with upstream(lambda asked: Answer.of({"stop_status": "success"})) as server:
        engine = lightx2v_engine(server.url)
        await engine.abandon(submission, "films")
        await engine.check()
        await engine.close()
    assert server.lines() == ["DELETE /v1/tasks/video-1", "GET /v1/tasks/queue/status"]


def a_local_ai(item: dict[str, Any]) -> Behave:
    def answer(asked: Asked) -> Answer:
        if asked.method == "GET":
            return FETCHED
        return Answer.of({"created": 1, "id": "x", "data": [item]})

    return answer


async def test_one_call_makes_the_film_and_another_fetches_it(tmp_path: Path) -> None:
    inside = "http://localai.internal:8080/generated-videos/b64123.mp4"
    async with upstream(a_local_ai({"url": inside})) as server:
        reports = await made(localai_engine(server.url), tmp_path)
    assert reports == [Intent(submit_key="video-1")]
    assert server.lines() == ["POST /video", "GET /generated-videos/b64123.mp4"]


async def test_a_film_may_stand_in_the_answer(tmp_path: Path) -> None:
    async with upstream(a_local_ai({"b64_json": b64encode(FILM).decode()})) as server:
        await made(localai_engine(server.url), tmp_path)
    assert server.lines() == ["POST /video"]


async def test_a_call_that_broke_off_may_be_made_again_as_it_costs_nothing(
    tmp_path: Path,
) -> None:
    reports: list[Report] = []
    async with upstream(lambda asked: cut(Answer.of({}))) as server:
        with pytest.raises(EngineUnavailable):
            await made(localai_engine(server.url), tmp_path, reports=reports)
    assert reports == [Intent(submit_key="video-1"), Withdrawn()]


async def test_a_call_lost_with_an_earlier_attempt_is_made_again(tmp_path: Path) -> None:
    resume = Submission(submit_key="video-0")
    async with upstream(a_local_ai({"url": "/generated-videos/a.mp4"})) as server:
        reports = await made(localai_engine(server.url), tmp_path, resume=resume)
    assert reports == [Withdrawn(), Intent(submit_key="video-1")]
