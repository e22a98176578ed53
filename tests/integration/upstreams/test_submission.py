"""A film is ordered once, whatever happens on the way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from matinee.core.errors import (
    EngineError,
    EngineUnavailable,
    ModerationBlocked,
    OutOfMemory,
    SubmissionUnknown,
)
from matinee.engines.openai_videos import OpenAIOptions, wire_of
from matinee.net.upstream import UpstreamEngine
from matinee.ports.engine import Checkpoint, Intent, Progress, Report, Withdrawn
from matinee.ports.engine_kind import EngineSetup
from tests.integration.upstreams.servers import (
    FILM,
    HANG_UP,
    SILENCE,
    Answer,
    Asked,
    Behave,
    Upstream,
    Videos,
    a_space,
    a_spec,
    an_engine,
    make,
    resumed,
    upstream,
)


async def test_a_film_is_ordered_once_and_arrives_byte_for_byte(tmp_path: Path) -> None:
    async with upstream(Videos()) as server:
        made = await make(an_engine("openai", server.url), a_space(tmp_path))
    assert made.error is None
    assert (tmp_path / "film.mp4").read_bytes() == FILM
    assert made.reports[:2] == [Intent(submit_key="key-2"), Checkpoint(upstream_id="video_1")]
    assert Progress(done=40, total=100, phase="upstream") in made.reports
    assert server.lines() == [
        "POST /v1/videos",
        "GET /v1/videos/video_1",
        "GET /v1/videos/video_1",
        "GET /v1/videos/video_1/content",
    ]
    assert server.asked[0].headers["idempotency-key"] == "key-2"


async def test_an_order_that_was_held_up_for_long_is_not_sent_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    async with upstream(Videos()) as server:
        engine = an_engine("openai", server.url)
        reports = engine.generate(a_spec(), a_space(tmp_path))
        assert await anext(reports) == Intent(submit_key="key-2")
        # As after a freeze of the process, during which another one took the video up.
        now_s = loop.time
        monkeypatch.setattr(loop, "time", lambda: now_s() + 60)
        assert await anext(reports) == Withdrawn()
        with pytest.raises(EngineUnavailable, match="held up"):
            await anext(reports)
        await engine.close()
    assert server.asked == []


async def test_nothing_is_sent_before_the_intent_is_durable(tmp_path: Path) -> None:
    async with upstream(Videos()) as server:
        engine = an_engine("openai", server.url)
        reports = engine.generate(a_spec(), a_space(tmp_path))
        assert await anext(reports) == Intent(submit_key="key-2")
        assert server.asked == []
        assert await anext(reports) == Checkpoint(upstream_id="video_1")
        assert server.lines() == ["POST /v1/videos"]
        await reports.aclose()
        await engine.close()
    assert server.lines() == ["POST /v1/videos"]


@pytest.mark.parametrize(
    "answer",
    [
        HANG_UP,
        SILENCE,
        Answer.of({"error": {"message": "boom"}}, 500),
        Answer.of({"error": {"message": "busy"}}, 503),
        Answer.of({}, 408),
        Answer.of({}, 409),
        Answer(status=200, body=b"<html>welcome</html>"),
        Answer.of({"status": "queued"}),
        Answer.of({"id": 17}),
        Answer(status=200, body=b'{"id": "video_1", "status": "qu', cut_at=10),
    ],
    ids=["cut", "silent", "500", "503", "408", "409", "html", "no id", "odd id", "cut body"],
)
async def test_an_order_that_may_have_got_through_is_not_repeated(
    answer: Answer, tmp_path: Path
) -> None:
    videos = Videos()

    def takes_it_and_stumbles(asked: Asked) -> Answer:
        videos(asked)
        return answer

    async with upstream(takes_it_and_stumbles) as server:
        engine = an_engine("openai", server.url, timeout_s=1 if answer is SILENCE else 10)
        made = await make(engine, a_space(tmp_path))
    assert isinstance(made.error, SubmissionUnknown)
    assert made.reports == [Intent(submit_key="key-2")]
    assert len(videos.created) == 1


async def test_an_upstream_that_knows_keys_gets_the_same_order_again(tmp_path: Path) -> None:
    videos = Videos(heeds_keys=True)
    lost = [HANG_UP, Answer.of({}, 503), Answer.of({}, 409)]

    def stumbles_thrice(asked: Asked) -> Answer:
        answer = videos(asked)
        return lost.pop(0) if lost and asked.method == "POST" else answer

    async with upstream(stumbles_thrice) as server:
        engine = an_engine("openai", server.url, is_matinee=True)
        made = await make(engine, a_space(tmp_path))
    assert made.error is None
    assert len(videos.created) == 1
    assert {each.headers["idempotency-key"] for each in server.of("POST")} == {"key-2"}
    assert made.reports.count(Intent(submit_key="key-2")) == 1


async def test_an_operator_may_say_that_a_lost_order_costs_nothing(tmp_path: Path) -> None:
    async with upstream(lambda _: HANG_UP) as server:
        engine = an_engine("sglang", server.url, repeat_unknown=True)
        made = await make(engine, a_space(tmp_path))
    assert isinstance(made.error, EngineUnavailable)
    assert made.reports == [Intent(submit_key="key-2"), Withdrawn()]


async def test_an_upstream_that_is_not_there_took_nothing(tmp_path: Path) -> None:
    async with upstream(Videos()) as server:
        pass
    made = await make(an_engine("openai", server.url), a_space(tmp_path))
    assert isinstance(made.error, EngineUnavailable)
    assert made.reports[-1] == Withdrawn()


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (400, {"error": {"message": "Bad size.", "code": None}}, EngineError, "Bad size."),
        (422, {"detail": [{"msg": "too long", "loc": ["body", "prompt"]}]}, EngineError, "prompt"),
        (404, {"detail": "Not Found"}, EngineError, "no such model"),
        (401, {"error": {"message": "key sk-…"}}, EngineError, "refuses this server's key"),
        (429, {"error": {"message": "slow down"}}, EngineUnavailable, "slow down"),
        (
            400,
            {"error": {"message": "No.", "code": "moderation_blocked"}},
            ModerationBlocked,
            "No.",
        ),
    ],
)
async def test_a_refused_order_is_free_to_go_elsewhere(
    status: int, body: object, error: type[Exception], words: str, tmp_path: Path
) -> None:
    async with upstream(lambda _: Answer.of(body, status)) as server:
        made = await make(an_engine("openai", server.url), a_space(tmp_path))
    assert type(made.error) is error
    assert words in str(made.error)
    assert made.reports == [Intent(submit_key="key-2"), Withdrawn()]


async def test_a_redirected_order_is_refused_with_a_hint(tmp_path: Path) -> None:
    moved = Answer(status=307, headers={"location": "https://elsewhere.example/v1/videos"})
    async with upstream(lambda _: moved) as server:
        made = await make(an_engine("openai", server.url, api_key="k"), a_space(tmp_path))
    assert "base_url" in str(made.error)
    assert made.reports[-1] == Withdrawn()


async def test_a_film_that_fails_there_is_free_to_go_elsewhere(tmp_path: Path) -> None:
    failed = {"status": "failed", "error": {"message": "CUDA out of memory", "code": None}}
    async with upstream(Videos(steps=(failed,))) as server:
        made = await make(an_engine("openai", server.url), a_space(tmp_path))
    assert isinstance(made.error, OutOfMemory)
    assert made.reports[-1] == Withdrawn()


async def test_a_submitted_film_is_resumed_and_not_ordered_again(tmp_path: Path) -> None:
    videos = Videos(looks={"video_1": 0})
    async with upstream(videos) as server:
        space = a_space(tmp_path, resume=resumed("video_1"))
        made = await make(an_engine("openai", server.url), space)
    assert made.error is None
    assert videos.created == []
    assert not any(isinstance(report, Intent | Checkpoint) for report in made.reports)


async def test_a_key_without_an_id_is_not_ordered_again_blindly(tmp_path: Path) -> None:
    async with upstream(Videos()) as server:
        space = a_space(tmp_path, resume=resumed())
        made = await make(an_engine("openai", server.url), space)
    assert isinstance(made.error, SubmissionUnknown)
    assert server.asked == []
    assert made.reports == []


async def test_a_key_without_an_id_is_sent_again_where_keys_are_known(tmp_path: Path) -> None:
    videos = Videos(heeds_keys=True, looks={"video_9": 0}, by_key={"key-1": "video_9"})
    async with upstream(videos) as server:
        space = a_space(tmp_path, resume=resumed())
        made = await make(an_engine("openai", server.url, is_matinee=True), space)
    assert made.error is None
    assert videos.created == []
    assert made.reports[0] == Checkpoint(upstream_id="video_9")


async def test_a_lost_order_that_costs_nothing_is_made_anew_under_a_new_key(tmp_path: Path) -> None:
    videos = Videos()
    async with upstream(videos) as server:
        space = a_space(tmp_path, resume=resumed())
        made = await make(an_engine("vllm-omni", server.url, repeat_unknown=True), space)
    assert made.error is None
    assert made.reports[:2] == [Withdrawn(), Intent(submit_key="key-2")]
    assert len(videos.created) == 1


async def test_a_repeated_order_that_is_not_delivered_keeps_the_first_one(tmp_path: Path) -> None:
    async with upstream(Videos()) as server:
        pass
    space = a_space(tmp_path, resume=resumed())
    made = await make(an_engine("openai", server.url, is_matinee=True, outage_s=0.1), space)
    assert isinstance(made.error, EngineUnavailable)
    assert Withdrawn() not in made.reports


def findable(videos: Videos) -> Behave:
    """A server that knows films by the key of their order; the order itself goes unanswered."""

    def behave(asked: Asked) -> Answer:
        if asked.method == "POST":
            videos(asked)
            return HANG_UP
        if asked.target.startswith("/v1/find/"):
            found = videos.by_key.get(asked.target.removeprefix("/v1/find/"), "")
            return videos.retrieve(found)
        return videos(asked)

    return behave


def a_finding_engine(server: Upstream) -> UpstreamEngine:
    wire = replace(wire_of(OpenAIOptions(base_url=server.url)), find="/v1/find/{key}")
    options = OpenAIOptions(base_url=server.url, poll_s=0.01)
    return UpstreamEngine(EngineSetup(name="up", options=options), wire)


async def test_an_order_is_looked_up_where_that_is_possible(tmp_path: Path) -> None:
    videos = Videos()
    async with upstream(findable(videos)) as server:
        made = await make(a_finding_engine(server), a_space(tmp_path))
    assert made.error is None
    assert len(videos.created) == len(server.of("POST")) == 1
    assert Checkpoint(upstream_id="video_1") in made.reports


async def test_a_lost_order_that_is_looked_up_after_a_restart_is_found(tmp_path: Path) -> None:
    videos = Videos(looks={"video_4": 0}, by_key={"key-1": "video_4"})
    async with upstream(findable(videos)) as server:
        made = await make(a_finding_engine(server), a_space(tmp_path, resume=resumed()))
    assert made.error is None
    assert server.of("POST") == []


@pytest.mark.parametrize("answer", [None, Answer.of({"error": {"message": "No."}}, 400)])
async def test_an_attempt_that_is_cancelled_still_hears_what_became_of_its_order(
    answer: Answer | None, tmp_path: Path
) -> None:
    videos, heard = Videos(), list[Report]()
    async with upstream(lambda asked: answer or videos(asked)) as server:
        server.may_answer.clear()
        engine = an_engine("openai", server.url)

        async def attempt() -> None:
            async for report in engine.generate(a_spec(), a_space(tmp_path)):
                heard.append(report)

        attempting = asyncio.create_task(attempt())
        await server.came.wait()
        attempting.cancel()
        server.may_answer.set()
        await asyncio.gather(attempting, return_exceptions=True)
        await engine.close()
    if answer is None:
        assert attempting.cancelled()
        assert heard == [Intent(submit_key="key-2"), Checkpoint(upstream_id="video_1")]
    else:
        assert heard == [Intent(submit_key="key-2"), Withdrawn()]
    assert server.lines() == ["POST /v1/videos"]
