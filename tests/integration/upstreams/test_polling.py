"""Asking after a film: through outages, in the upstream's own time, and until it is fetched."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from matinee.core.errors import EngineError, EngineUnavailable
from matinee.ports.engine import Intent, Progress, Withdrawn
from tests.integration.upstreams.servers import (
    FILM,
    HANG_UP,
    KEY,
    SILENCE,
    Answer,
    Asked,
    Behave,
    Videos,
    a_space,
    a_spec,
    an_engine,
    make,
    resumed,
    upstream,
)

MAKING = {"status": "in_progress", "progress": 0}
DONE = {"status": "completed", "progress": 100}


def stumbling(videos: Videos, *stumbles: Answer) -> Behave:
    """Answers questions after a film with the `stumbles` first."""
    left = list(stumbles)

    def behave(asked: Asked) -> Answer:
        if asked.method == "GET" and left:
            return left.pop(0)
        return videos(asked)

    return behave


async def test_an_outage_is_borne_with(tmp_path: Path) -> None:
    trouble = (
        HANG_UP,
        Answer.of({"error": "busy"}, 503),
        Answer.of({}, 429, retry_after_ms="20"),
        Answer.of({"error": {"message": "no key"}}, 401),
        Answer(body=b"<html>"),
        Answer.of({"error": {"message": "bad gateway"}}, 400),
        Answer(status=302, headers={"location": "/login"}),
    )
    async with upstream(stumbling(Videos(), *trouble)) as server:
        made = await make(an_engine("openai", server.url), a_space(tmp_path))
    assert made.error is None
    assert (tmp_path / "film.mp4").read_bytes() == FILM


async def test_a_long_outage_ends_the_attempt_and_keeps_the_order(tmp_path: Path) -> None:
    videos = Videos()

    def broken(asked: Asked) -> Answer:
        return videos(asked) if asked.method == "POST" else Answer.of({}, 502)

    async with upstream(broken) as server:
        engine = an_engine("openai", server.url, outage_s=0.1)
        made = await make(engine, a_space(tmp_path))
    assert isinstance(made.error, EngineUnavailable)
    assert "502" in str(made.error)
    assert Withdrawn() not in made.reports


async def test_a_film_that_is_not_known_yet_is_waited_for(tmp_path: Path) -> None:
    not_yet = Answer.of({"detail": "Video not found"}, 404)
    async with upstream(stumbling(Videos(), not_yet, not_yet)) as server:
        made = await make(an_engine("sglang", server.url), a_space(tmp_path))
    assert made.error is None


async def test_a_server_that_forgets_at_its_restart_frees_the_film(tmp_path: Path) -> None:
    async with upstream(Videos()) as server:
        space = a_space(tmp_path, resume=resumed("video_of_yesterday"))
        made = await make(an_engine("sglang", server.url), space)
    assert isinstance(made.error, EngineUnavailable)
    assert made.reports == [Withdrawn()]


async def test_a_film_that_a_keeping_server_does_not_know_is_not_made_again(
    tmp_path: Path,
) -> None:
    async with upstream(Videos()) as server:
        space = a_space(tmp_path, resume=resumed("video_of_yesterday"))
        made = await make(an_engine("openai", server.url), space)
    assert type(made.error) is EngineError
    assert made.reports == []


async def test_a_film_that_takes_too_long_is_cancelled_there(tmp_path: Path) -> None:
    videos = Videos(steps=(MAKING,))
    async with upstream(videos) as server:
        made = await make(an_engine("openai", server.url, timeout_s=1.5), a_space(tmp_path))
    assert type(made.error) is EngineError
    assert "1.5 s" in str(made.error)
    assert made.reports[-1] == Withdrawn()
    assert videos.deleted == ["video_1"]


async def test_an_upstream_that_falls_silent_is_not_waited_for_beyond_the_limit(
    tmp_path: Path,
) -> None:
    async with upstream(stumbling(Videos(), SILENCE)) as server:
        made = await make(an_engine("openai", server.url, timeout_s=1.5), a_space(tmp_path))
    assert "1.5 s" in str(made.error)


async def test_progress_is_the_upstreams_own_and_never_falls(tmp_path: Path) -> None:
    told = [5, 40, 30, "62%", 41.7]
    steps = [{"status": "processing", "progress": each} for each in told]
    async with upstream(Videos(steps=(*steps, DONE))) as server:
        made = await make(an_engine("openai", server.url), a_space(tmp_path, expected_s=0.001))
    percents = [report.done for report in made.reports if isinstance(report, Progress)]
    assert percents == [5, 40, 62]


async def test_progress_is_estimated_by_the_clock_where_the_upstream_has_none(
    tmp_path: Path,
) -> None:
    async with upstream(Videos(steps=(MAKING, MAKING, DONE))) as server:
        made = await make(an_engine("sglang", server.url), a_space(tmp_path, expected_s=0.0001))
    told = [report for report in made.reports if isinstance(report, Progress)]
    assert told == [Progress(done=95, total=100, phase="estimate")]


async def test_progress_that_nobody_knows_is_not_told(tmp_path: Path) -> None:
    async with upstream(Videos(steps=(MAKING, MAKING, DONE))) as server:
        made = await make(an_engine("sglang", server.url), a_space(tmp_path))
    assert not [report for report in made.reports if isinstance(report, Progress)]


async def test_a_resumed_film_tells_at_once_that_it_is_on_its_way(tmp_path: Path) -> None:
    async with upstream(Videos(steps=(MAKING, DONE), looks={"video_1": 0})) as server:
        space = a_space(tmp_path, resume=resumed("video_1"))
        made = await make(an_engine("sglang", server.url), space)
    assert made.reports == [Progress(done=0, total=100, phase="upstream")]


@pytest.mark.parametrize("word", ["processing", "running", "pending", "NOT_START", "rendering", ""])
async def test_words_beyond_the_four_are_work_under_way(word: str, tmp_path: Path) -> None:
    async with upstream(Videos(steps=({"status": word}, DONE))) as server:
        made = await make(an_engine("openai", server.url), a_space(tmp_path))
    assert made.error is None


@pytest.mark.parametrize("word", ["cancelled", "canceled", "deleted", "error", "expired"])
async def test_words_for_an_end_without_a_film_are_failures(word: str, tmp_path: Path) -> None:
    async with upstream(Videos(steps=({"status": word},))) as server:
        made = await make(an_engine("openai", server.url), a_space(tmp_path))
    assert type(made.error) is EngineError
    assert made.reports[-1] == Withdrawn()


async def test_the_key_is_sent_and_told_to_nobody_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = Answer.of({"error": {"message": f"Incorrect API key provided: {KEY}."}}, 400)
    async with upstream(lambda _: echo) as server:
        engine = an_engine("openai", server.url, api_key=KEY)
        made = await make(engine, a_space(tmp_path))
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert "Incorrect API key" in str(made.error)
    assert KEY not in str(made.error)
    assert KEY not in caplog.text
    assert KEY not in repr(vars(engine))


async def test_a_base_url_may_end_in_the_version_or_not(tmp_path: Path) -> None:
    for base in ("", "/", "/v1", "/v1/", "/proxy/v1"):
        async with upstream(lambda _: Answer.of({}, 400)) as server:
            await make(an_engine("openai", server.url + base), a_space(tmp_path))
        prefix = "/proxy" if "proxy" in base else ""
        assert server.lines() == [f"POST {prefix}/v1/videos"]


async def test_an_id_can_not_lead_elsewhere(tmp_path: Path) -> None:
    for odd in ("../keys", "a/../../keys", "x\ny", "a" * 600):
        queued = Answer.of({"id": odd, "status": "queued"})
        async with upstream(lambda _, queued=queued: queued) as server:  # type: ignore[misc]
            made = await make(an_engine("openai", server.url), a_space(tmp_path))
        assert isinstance(made.error, EngineError)
        assert server.lines() == ["POST /v1/videos"]


async def test_an_endless_answer_is_not_read(tmp_path: Path) -> None:
    huge = Answer(body=b" " * (5 * 1024 * 1024))
    async with upstream(lambda asked: huge) as server:
        made = await make(an_engine("openai", server.url), a_space(tmp_path))
    assert "larger than" in str(made.error)


async def test_leaving_off_leaves_the_film_to_the_upstream(tmp_path: Path) -> None:
    videos = Videos(steps=({"status": "in_progress", "progress": 10},))
    async with upstream(videos) as server:
        engine = an_engine("openai", server.url)
        reports = engine.generate(a_spec(), a_space(tmp_path))
        async for report in reports:
            if isinstance(report, Progress):
                break
        await reports.aclose()
        await engine.close()
    assert videos.deleted == []


async def test_an_abandoned_film_is_cancelled(tmp_path: Path) -> None:
    videos = Videos()
    async with upstream(videos) as server:
        engine = an_engine("openai", server.url)
        await engine.abandon(resumed("video_1"), "wan")
        with pytest.raises(EngineError, match="never said by which id"):
            await engine.abandon(resumed(), "wan")
        await engine.close()
    assert videos.deleted == ["video_1"]


@pytest.mark.parametrize(("status", "is_fine"), [(404, True), (410, True), (405, False)])
async def test_what_can_not_be_cancelled_is_said(status: int, *, is_fine: bool) -> None:
    async with upstream(lambda _: Answer.of({}, status)) as server:
        engine = an_engine("openai", server.url)
        if is_fine:
            await engine.abandon(resumed("video_1"), "wan")
        else:
            with pytest.raises(EngineError, match="405"):
                await engine.abandon(resumed("video_1"), "wan")
        await engine.close()


async def test_a_check_finds_out_who_is_away_and_who_refuses_the_key() -> None:
    for status, is_well in ((200, True), (404, True), (401, False), (503, False)):
        async with upstream(lambda _, status=status: Answer.of({}, status)) as server:  # type: ignore[misc]
            engine = an_engine("openai", server.url)
            if is_well:
                await engine.check()
            else:
                with pytest.raises(EngineUnavailable):
                    await engine.check()
            await engine.close()
    with pytest.raises(EngineUnavailable):
        await an_engine("openai", server.url).check()


async def test_many_films_are_asked_for_side_by_side(tmp_path: Path) -> None:
    videos = Videos(steps=(MAKING, MAKING, DONE))
    async with upstream(videos) as server:
        engine = an_engine("openai", server.url)

        async def one(number: int) -> bool:
            folder = tmp_path / str(number)
            folder.mkdir()
            async for report in engine.generate(a_spec(), a_space(folder)):
                assert isinstance(report, Intent | Progress) or report != Withdrawn()
            return (folder / "film.mp4").read_bytes() == FILM

        assert all(await asyncio.gather(*(one(number) for number in range(50))))
        await engine.close()
