"""Films by relays, over real connections: the unified format and the chat format."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matinee.core.errors import EngineUnavailable, ModerationBlocked, SubmissionUnknown
from matinee.engines import chat, unified
from matinee.engines.chat import ChatOptions
from matinee.engines.unified import UnifiedOptions
from matinee.net.upstream_options import UpstreamModel
from matinee.ports.engine import Checkpoint, Engine, Intent, Report, Submission, Withdrawn
from tests.integration.upstreams.scripts import FETCHED, cut, events, made, percents
from tests.integration.upstreams.servers import Answer, Asked, Behave, upstream
from tests.orders import a_setup

TASK = "task_01kav3m5n7p9q1r3s5t7v9w1x3"
SPELLED = f"sora-2:{TASK}"
FILMS = {"films": UpstreamModel()}
FAST: dict[str, Any] = {"models": FILMS, "api_key": "sk-key", "poll_s": 0.01, "outage_s": 5.0}


def unified_engine(url: str, **options: Any) -> Engine:
    return unified.make(a_setup(UnifiedOptions(base_url=url, **(FAST | options))))


def chat_engine(url: str, **options: Any) -> Engine:
    return chat.make(a_setup(ChatOptions(base_url=url, **(FAST | options))))


def chunk(text: str, finish: str | None = None) -> str:
    return json.dumps({"choices": [{"delta": {"content": text}, "finish_reason": finish}]})


def task(status: str, **more: Any) -> Answer:
    return Answer.of({"id": SPELLED, "status": status, **more})


def a_relay(*standings: Answer, create: Answer | None = None) -> Behave:
    """A script: a create, then one standing for each query, then the film."""
    left: Iterator[Answer] = iter(standings)

    def answer(asked: Asked) -> Answer:
        if asked.target.startswith("/f/"):
            return FETCHED
        if asked.target.startswith("/v1/video/query"):
            return next(left)
        return create or task("pending", status_update_time=1)

    return answer


async def test_a_relay_s_film_is_ordered_asked_for_and_fetched(tmp_path: Path) -> None:
    script = a_relay(
        task("NOT_START"),
        task("processing", progress="36%"),
        task("processing", detail={"pending_info": {"progress_pct": 0.7}}),
        task("SUCCESS", detail={"url": "/f/a.mp4"}),
    )
    async with upstream(script) as server:
        reports = await made(unified_engine(server.url), tmp_path)
    assert reports[0] == Intent(submit_key="video-1")
    assert reports[1] == Checkpoint(upstream_id=SPELLED)
    assert percents(reports)[-2:] == [36, 70]
    assert server.lines()[0] == "POST /v1/video/create"
    assert server.lines()[1] == f"GET /v1/video/query?id={SPELLED}"
    assert server.asked[0].headers["authorization"] == "Bearer sk-key"
    assert server.asked[0].json["model"] == "films"


async def test_a_base_url_may_end_in_the_version(tmp_path: Path) -> None:
    script = a_relay(task("completed", video_url="/f/a.mp4"))
    async with upstream(script) as server:
        await made(unified_engine(server.url + "/v1/"), tmp_path)
    assert server.lines()[0] == "POST /v1/video/create"


async def test_a_film_at_another_place_is_fetched_without_the_key(tmp_path: Path) -> None:
    async with upstream(lambda asked: FETCHED) as elsewhere:
        script = a_relay(task("completed", video_url=f"{elsewhere.url}/a.mp4?x=1"))
        place = elsewhere.url.removeprefix("http://")
        async with upstream(script) as server:
            await made(unified_engine(server.url, download_allow=(place,)), tmp_path)
    assert elsewhere.lines() == ["GET /a.mp4?x=1"]
    assert "authorization" not in elsewhere.asked[0].headers


async def test_a_relay_that_fails_a_film_leaves_it_free_for_others(tmp_path: Path) -> None:
    script = a_relay(task("failed", error={"message": "no", "code": "moderation_blocked"}))
    reports: list[Report] = []
    async with upstream(script) as server:
        engine = unified_engine(server.url)
        with pytest.raises(ModerationBlocked, match="no"):
            await made(engine, tmp_path, reports=reports)
    assert reports[-1] == Withdrawn()


async def test_a_relay_s_errors_on_questions_are_borne_with(tmp_path: Path) -> None:
    script = a_relay(
        Answer.of({"error": {"message": "oops"}}, 500),
        Answer.of({"error": {"message": "slow down"}}, 429, retry_after="0"),
        Answer(body=b"<html>"),
        task("completed", video_url="/f/a.mp4"),
    )
    async with upstream(script) as server:
        await made(unified_engine(server.url), tmp_path)
    assert server.lines().count("POST /v1/video/create") == 1


async def test_a_create_that_broke_off_is_never_sent_to_a_relay_again(tmp_path: Path) -> None:
    script = a_relay(create=cut(Answer.of({"id": "x"})))
    reports: list[Report] = []
    async with upstream(script) as server:
        with pytest.raises(SubmissionUnknown):
            await made(unified_engine(server.url), tmp_path, reports=reports)
    assert Withdrawn() not in reports
    assert server.lines() == ["POST /v1/video/create"]


async def test_a_create_that_broke_off_is_sent_to_a_matinee_again_under_its_key(
    tmp_path: Path,
) -> None:
    creates = iter([cut(Answer.of({"id": "x"})), task("pending")])

    def script(asked: Asked) -> Answer:
        if asked.method == "POST":
            return next(creates)
        if asked.target.startswith("/f/"):
            return FETCHED
        return task("completed", video_url="/f/a.mp4")

    async with upstream(script) as server:
        await made(unified_engine(server.url, is_matinee=True), tmp_path)
    posts = [asked for asked in server.asked if asked.method == "POST"]
    assert [each.headers["idempotency-key"] for each in posts] == ["video-1", "video-1"]
    assert posts[0].json == posts[1].json


async def test_only_a_matinee_is_told_to_stop(tmp_path: Path) -> None:
    submission = Submission(submit_key="video-1", upstream_id=SPELLED)
    async with upstream(lambda asked: Answer.of({})) as server:
        for is_matinee in (False, True):
            engine = unified_engine(server.url, is_matinee=is_matinee)
            await engine.abandon(submission, "films")
            await engine.close()
    assert server.lines() == [f"DELETE /v1/videos/{SPELLED}"]


async def test_a_streamed_answer_is_followed_to_its_film(tmp_path: Path) -> None:
    texts = [f"> ID: `{TASK}`\n\n", "> 排队中\n\n", "> 🏃 进度：36%\n\n", "> 🏃 进度：44%\n\n"]
    pieces = [*map(chunk, texts), chunk("[点击这里](/nowhere.png)", None)]

    def script(asked: Asked) -> Answer:
        if asked.method == "GET":
            return FETCHED
        link = f"> ✅ [点击这里]({server.url}/f/a.mp4)"
        return events(*[*pieces, chunk(link, "stop"), "[DONE]"])

    async with upstream(script) as server:
        reports = await made(chat_engine(server.url), tmp_path)
    assert reports[:2] == [Intent(submit_key="video-1"), Checkpoint(upstream_id=TASK)]
    assert percents(reports)[-2:] == [36, 44]
    assert server.lines() == ["POST /v1/chat/completions", "GET /f/a.mp4"]


async def test_a_stream_that_was_cut_goes_on_as_questions(tmp_path: Path) -> None:
    script = a_relay(
        task("processing", progress=50),
        task("completed", video_url="/f/a.mp4"),
        create=cut(events(chunk(f"> ID: `{TASK}`\n\n> 进度：36%"))),
    )
    async with upstream(script) as server:
        reports = await made(chat_engine(server.url), tmp_path)
    assert percents(reports)[-2:] == [36, 50]
    assert server.lines()[1] == f"GET /v1/video/query?id={TASK}"


async def test_a_stream_that_was_cut_before_its_id_is_unknown(tmp_path: Path) -> None:
    script = a_relay(create=cut(events(chunk("> 排队中"))))
    async with upstream(script) as server:
        with pytest.raises(SubmissionUnknown):
            await made(chat_engine(server.url), tmp_path)
    assert server.lines() == ["POST /v1/chat/completions"]


async def test_a_cut_stream_of_a_server_without_the_query_is_unknown(tmp_path: Path) -> None:
    def script(asked: Asked) -> Answer:
        if asked.method == "POST":
            return cut(events(chunk(f"> ID: `{TASK}`")))
        return Answer.of({"detail": "Not Found"}, 404)

    async with upstream(script) as server:
        with pytest.raises(SubmissionUnknown):
            await made(chat_engine(server.url, query=""), tmp_path)
    assert server.lines() == ["POST /v1/chat/completions"]


async def test_a_cut_stream_is_asked_for_again_where_the_same_request_is_the_same_film(
    tmp_path: Path,
) -> None:
    answers = iter([["> 排队中"], [f"> ID: `{TASK}`", "> 进度：60%"]])

    def script(asked: Asked) -> Answer:
        if asked.target.startswith("/f/"):
            return FETCHED
        if asked.method == "GET":
            return task("completed", video_url="/f/a.mp4")
        return cut(events(*map(chunk, next(answers))))

    async with upstream(script) as server:
        await made(chat_engine(server.url, is_matinee=True), tmp_path)
    assert server.lines().count("POST /v1/chat/completions") == 2
    assert server.asked[0].json == server.asked[1].json


async def test_an_answer_in_one_piece_is_waited_for(tmp_path: Path) -> None:
    def script(asked: Asked) -> Answer:
        if asked.method == "GET":
            return FETCHED
        text = f"<video src='{server.url}/f/a.mp4' controls></video>"
        message = {"message": {"content": text}, "finish_reason": "stop"}
        return Answer.of({"choices": [message]})

    async with upstream(script) as server:
        reports = await made(chat_engine(server.url, stream=False), tmp_path)
    assert reports == [Intent(submit_key="video-1")]
    assert server.asked[0].json["stream"] is False


async def test_an_error_in_a_stream_is_the_film_s(tmp_path: Path) -> None:
    error = json.dumps({"error": {"message": "refused", "code": "moderation_blocked"}})
    script = a_relay(create=events(*[chunk("> ❌ 生成失败"), error, "[DONE]"]))
    async with upstream(script) as server:
        with pytest.raises(ModerationBlocked, match="refused"):
            await made(chat_engine(server.url), tmp_path)


async def test_a_busy_server_takes_nothing_and_may_be_tried_again(tmp_path: Path) -> None:
    script = a_relay(create=Answer.of({"error": {"message": "queue full"}}, 429))
    reports: list[Report] = []
    async with upstream(script) as server:
        engine = chat_engine(server.url)
        with pytest.raises(EngineUnavailable, match="queue full"):
            await made(engine, tmp_path, reports=reports)
    assert reports == [Intent(submit_key="video-1"), Withdrawn()]
    assert server.lines() == ["POST /v1/chat/completions"]


async def test_a_later_attempt_goes_on_where_an_earlier_one_was(tmp_path: Path) -> None:
    script = a_relay(task("completed", video_url="/f/a.mp4"))
    resume = Submission(submit_key="video-0", upstream_id=TASK)
    async with upstream(script) as server:
        reports = await made(chat_engine(server.url), tmp_path, resume=resume)
    assert not any(isinstance(each, Intent | Withdrawn) for each in reports)
    assert server.lines() == [f"GET /v1/video/query?id={TASK}", "GET /f/a.mp4"]
