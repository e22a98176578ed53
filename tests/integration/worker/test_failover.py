"""A video whose engine fails is made by another one, under the same id and submitted once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from matinee.core.errors import (
    Cancelled,
    EngineCrashed,
    EngineError,
    EngineUnavailable,
    MatineeError,
    ModerationBlocked,
    OutOfMemory,
    ServiceUnavailable,
    SubmissionUnknown,
    Watermarked,
)
from matinee.core.event import EventKind
from matinee.core.job import JobState
from matinee.core.route import Marks
from matinee.ports.engine import Submission
from tests.integration.worker.workshop import OUTAGE, Workshop, a_workshop
from tests.unit.media.films import make_film

AWAY = EngineUnavailable("It is away.")
MARKS = {"marking": Marks.ALWAYS}


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Workshop]:
    """A workshop with three engines, which all may end at once; the last one marks its films."""
    film = tmp_path / "scripted.mp4"
    await make_film(film, frames=24)
    async with a_workshop(tmp_path, film, ("first", "second", "marking"), MARKS) as made:
        for engine in made.engines.values():
            engine.may_end.set()
        yield made


async def put_away(shop: Workshop, name: str) -> None:
    """Let the engine be found away three times, by videos that then are made elsewhere."""
    shop.engines[name].refusal = AWAY
    for _ in range(3):
        await shop.desk.health.note_error(name, (await shop.accept(engine="second")), AWAY)
    assert not shop.desk.health.is_usable(name)


async def test_an_engine_that_can_not_make_the_film_hands_it_to_the_next(shop: Workshop) -> None:
    video_id = await shop.accept()
    shop.engines["first"].errors = [OutOfMemory("Too big for it.")]
    video = await shop.run_until_final(video_id)
    assert (video.id, video.job.state, video.job.engine) == (
        video_id,
        JobState.COMPLETED,
        "second",
    )
    assert await shop.tried(video_id) == [("first", "out_of_memory"), ("second", "completed")]
    assert (EventKind.REQUEUED, "out_of_memory") in await shop.happened(video_id)


async def test_a_video_waits_in_the_line_of_the_engine_that_it_was_given_to(
    shop: Workshop,
) -> None:
    video_id = await shop.accept()
    shop.engines["first"].errors = [OutOfMemory("Too big for it.")]
    await shop.attempts.run(video_id)
    assert shop.queue.waiting("second") == 1
    assert (await shop.video(video_id)).job.priority > 0
    await shop.attempts.run(video_id, engine="first")
    assert (await shop.video(video_id)).job.attempt == 1


async def test_progress_does_not_fall_when_a_video_is_given_to_another_engine(
    shop: Workshop,
) -> None:
    video_id = await shop.accept()
    shop.engines["first"].may_end.clear()
    shop.engines["first"].errors = [OutOfMemory("Too big for it.")]
    attempt = asyncio.create_task(shop.attempts.run(video_id))
    await shop.until(video_id, lambda video: video.job.progress == 49)
    shop.engines["first"].may_end.set()
    await attempt
    assert (await shop.video(video_id)).job.progress == 49


async def test_a_video_has_failed_with_the_last_words_when_no_engine_is_left(
    shop: Workshop,
) -> None:
    video_id = await shop.accept()
    for name, engine in shop.engines.items():
        engine.errors = [EngineError(f"{name} can't.")]
    video = await shop.run_until_final(video_id)
    assert video.job.failure is not None
    assert video.job.failure.message == "marking can't."
    assert len(await shop.tried(video_id)) == 3


@pytest.mark.parametrize("error", [ModerationBlocked("No."), SubmissionUnknown("Who knows.")])
async def test_what_no_engine_would_mend_is_tried_nowhere_else(
    shop: Workshop, error: MatineeError
) -> None:
    video_id = await shop.accept()
    shop.engines["first"].errors = [error]
    video = await shop.run_until_final(video_id)
    assert video.job.state is JobState.FAILED
    assert await shop.tried(video_id) == [("first", error.code)]


async def test_trouble_that_does_not_pass_moves_the_video_at_the_second_time(
    shop: Workshop,
) -> None:
    video_id = await shop.accept(max_faults=5)
    shop.engines["first"].errors = [AWAY, EngineCrashed("It ended."), AWAY]
    await shop.run_until_final(video_id)
    assert await shop.tried(video_id) == [
        ("first", "engine_unavailable"),
        ("first", "engine_crashed"),
        ("second", "completed"),
    ]


async def test_a_submitted_video_is_resumed_where_it_is_and_submitted_once(
    shop: Workshop,
) -> None:
    video_id = await shop.accept(max_faults=5)
    first = shop.engines["first"]
    first.checkpoint = "upstream-7"
    first.errors = [AWAY, AWAY]
    video = await shop.run_until_final(video_id)
    assert (video.job.state, video.job.engine) == (JobState.COMPLETED, "first")
    assert first.submitted == [f"{video_id}-1"]
    attempts = await shop.store.attempts.of_video(video_id)
    assert [attempt.upstream_id for attempt in attempts] == ["upstream-7"] * 3


async def test_a_film_that_the_upstream_gave_up_is_made_by_another_engine(shop: Workshop) -> None:
    video_id = await shop.accept()
    first = shop.engines["first"]
    first.checkpoint, first.withdraws = "upstream-7", True
    first.errors = [EngineError("The upstream failed.")]
    video = await shop.run_until_final(video_id)
    assert (video.job.state, video.job.engine) == (JobState.COMPLETED, "second")
    assert shop.engines["second"].resumed == [None]
    attempts = await shop.store.attempts.of_video(video_id)
    assert [attempt.upstream_id for attempt in attempts] == ["upstream-7", None]


async def test_a_restart_in_the_middle_resumes_what_was_submitted(shop: Workshop) -> None:
    video_id = await shop.accept()
    first = shop.engines["first"]
    first.checkpoint = "upstream-7"
    first.may_end.clear()
    attempt = asyncio.create_task(shop.attempts.run(video_id))
    await first.begun.wait()
    shop.restart()
    assert await shop.supervisor.recover() == 1
    first.may_end.set()
    await shop.run_until_final(video_id)
    await attempt
    assert first.submitted == [f"{video_id}-1"]
    assert first.resumed[1] == Submission(submit_key=f"{video_id}-1", upstream_id="upstream-7")
    assert (await shop.tried(video_id))[0] == ("first", "server_restarted")


async def test_a_film_that_is_none_ends_its_submission_and_goes_to_the_next(
    shop: Workshop, tmp_path: Path
) -> None:
    video_id = await shop.accept()
    first = shop.engines["first"]
    first.checkpoint = "upstream-7"
    first.film = tmp_path / "broken.mp4"
    first.film.write_bytes(b"no film at all")
    video = await shop.run_until_final(video_id)
    assert (video.job.state, video.job.engine) == (JobState.COMPLETED, "second")
    assert await shop.tried(video_id) == [("first", "media_invalid"), ("second", "completed")]


async def test_a_marked_film_is_made_again_but_not_by_an_engine_that_always_marks(
    shop: Workshop,
) -> None:
    video_id = await shop.accept(max_faults=5, watermark=False)
    for name in ("first", "second"):
        shop.engines[name].errors = [Watermarked("The film carries a mark.")] * 9
    video = await shop.run_until_final(video_id)
    assert video.job.failure is not None
    assert video.job.failure.code == "watermarked"
    assert await shop.tried(video_id) == [
        *[("first", "watermarked")] * 2,
        *[("second", "watermarked")] * 2,
        ("first", "watermarked"),
    ]


async def test_a_lone_engine_is_asked_for_a_clean_film_until_its_faults_are_used_up(
    shop: Workshop,
) -> None:
    shop.restart(without="second")
    video_id = await shop.accept(max_faults=4, watermark=False)
    shop.engine.errors = [Watermarked("The film carries a mark.")] * 3
    video = await shop.run_until_final(video_id)
    assert (video.job.state, video.job.faults) == (JobState.COMPLETED, 3)


async def test_a_cancelled_video_has_its_submission_abandoned(shop: Workshop) -> None:
    video_id = await shop.accept()
    first = shop.engines["first"]
    first.checkpoint = "upstream-7"
    first.may_end.clear()
    attempt = asyncio.create_task(shop.attempts.run(video_id))
    await first.begun.wait()
    await shop.cancel(video_id)
    await attempt
    await shop.desk.farewells.tell()
    standing = Submission(submit_key=f"{video_id}-1", upstream_id="upstream-7")
    assert (first.cancelled, first.abandoned) == (1, [(standing, "")])


async def test_a_deleted_video_has_its_submission_abandoned(shop: Workshop) -> None:
    video_id = await shop.accept()
    first = shop.engines["first"]
    first.checkpoint, first.refusal = "upstream-7", AWAY
    first.may_end.clear()
    attempt = asyncio.create_task(shop.attempts.run(video_id))
    await first.begun.wait()
    await shop.delete(video_id)
    await attempt
    await shop.desk.farewells.tell()
    assert [submission.upstream_id for submission, _ in first.abandoned] == ["upstream-7"]


@pytest.mark.parametrize("way", ["cancelled", "deleted"])
async def test_a_video_that_ends_while_its_submission_waits_has_it_abandoned(
    shop: Workshop, way: str
) -> None:
    video_id = await shop.accept()
    first = shop.engines["first"]
    first.checkpoint, first.errors = "upstream-7", [AWAY]
    await shop.attempts.run(video_id)
    if way == "cancelled":
        await shop.cancel(video_id)
    else:
        await shop.delete(video_id)
    await shop.desk.farewells.tell()
    assert len(first.abandoned) == 1


async def test_a_stopping_server_abandons_nothing(shop: Workshop) -> None:
    video_id = await shop.accept()
    first = shop.engines["first"]
    first.checkpoint = "upstream-7"
    first.may_end.clear()
    attempt = asyncio.create_task(shop.attempts.run(video_id))
    await first.begun.wait()
    attempt.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await attempt
    assert first.abandoned == []
    assert await shop.tried(video_id) == [("first", "handed_back")]


async def test_an_attempt_is_told_how_long_such_films_took(shop: Workshop) -> None:
    first = shop.engines["first"]
    first.may_end.clear()
    earlier = await shop.accept()
    attempt = asyncio.create_task(shop.attempts.run(earlier))
    await first.begun.wait()
    shop.clock.move(12)
    first.may_end.set()
    await attempt
    await shop.attempts.run(await shop.accept())
    assert [space.expected_s for space in first.spaces] == [None, 12.0]


async def test_a_video_whose_engine_is_not_configured_any_more_is_made_by_another(
    shop: Workshop,
) -> None:
    video_id = await shop.accept()
    shop.restart(without="first")
    await shop.supervisor.recover()
    video = await shop.run_until_final(video_id)
    assert (video.job.state, video.job.engine) == (JobState.COMPLETED, "second")


async def test_a_submission_to_an_engine_that_is_gone_fails_with_a_reason(shop: Workshop) -> None:
    video_id = await shop.accept()
    shop.engines["first"].checkpoint, shop.engines["first"].errors = "upstream-7", [AWAY]
    await shop.attempts.run(video_id)
    shop.restart(without="first")
    await shop.supervisor.recover()
    failure = (await shop.video(video_id)).job.failure
    assert failure is not None
    assert failure.code == "engine_unavailable"
    assert "'first'" in failure.message


async def test_an_error_of_one_who_cancelled_is_no_fault_of_the_engine(shop: Workshop) -> None:
    await shop.desk.health.note_error("first", await shop.accept(), Cancelled("Stop."))
    assert shop.desk.health.circuit("first").last_error is None


async def test_a_waiting_video_leaves_an_engine_that_is_away_before_it_is_begun(
    shop: Workshop,
) -> None:
    video_id = await shop.accept()
    await put_away(shop, "first")
    await shop.attempts.run(video_id, engine="first")
    video = await shop.run_until_final(video_id)
    assert (video.job.engine, video.job.faults) == ("second", 0)
    assert await shop.tried(video_id) == [("second", "completed")]
    assert (EventKind.REQUEUED, "engine_unavailable") in await shop.happened(video_id)


async def test_all_that_waits_leaves_an_engine_that_is_away(shop: Workshop) -> None:
    waiting = [await shop.accept() for _ in range(3)]
    clean = await shop.accept(watermark=False)
    await put_away(shop, "second")
    await put_away(shop, "first")
    assert await shop.desk.diversions.divert_all() >= 3
    for video_id in waiting:
        assert (await shop.video(video_id)).job.engine == "marking"
    assert (await shop.video(clean)).job.engine == "first"


async def test_nothing_is_held_of_what_waits_on_for_an_engine_that_is_away(shop: Workshop) -> None:
    await shop.accept(watermark=False)
    await put_away(shop, "second")
    await put_away(shop, "first")
    await shop.desk.diversions.divert_all()
    shop.store.refusals = [ServiceUnavailable("Somebody else writes.")]
    assert await shop.desk.diversions.divert_all() == 0
    assert len(shop.store.refusals) == 1


async def test_a_video_without_another_engine_fails_when_its_own_was_away_too_long(
    shop: Workshop,
) -> None:
    video_id = await shop.accept(watermark=False)
    await put_away(shop, "second")
    await put_away(shop, "first")
    shop.clock.move(OUTAGE.total_seconds() - 1)
    await shop.desk.diversions.divert_all()
    assert (await shop.video(video_id)).job.state is JobState.QUEUED
    shop.clock.move(1)
    await shop.desk.diversions.divert_all()
    failure = (await shop.video(video_id)).job.failure
    assert failure is not None
    assert failure.code == "engine_unavailable"
    assert "60 minutes" in failure.message
