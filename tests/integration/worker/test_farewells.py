"""Upstreams are told what nobody wants any more, also after the end of whoever ordered it."""

from __future__ import annotations

import asyncio

import pytest

from matinee.core.errors import EngineError, EngineUnavailable, ServiceUnavailable
from matinee.core.job import JobState
from matinee.ports.engine import Submission
from tests.integration.worker.workshop import Workshop

AWAY = EngineUnavailable("It is away.")
DAY_S = 24 * 3600


async def abandoned(workshop: Workshop) -> None:
    """A submission that stands for a video which was deleted while it waited."""
    workshop.engine.checkpoint, workshop.engine.errors = "upstream-7", [AWAY]
    workshop.engine.may_end.set()
    video_id = await workshop.accept()
    await workshop.attempts.run(video_id)
    await workshop.delete(video_id)


async def test_it_is_told_by_the_process_that_comes_after_a_killed_one(workshop: Workshop) -> None:
    await abandoned(workshop)
    workshop.restart()
    assert await workshop.desk.farewells.tell() == 1
    assert [each.upstream_id for each, _ in workshop.engine.abandoned] == ["upstream-7"]


async def test_it_is_told_once(workshop: Workshop) -> None:
    await abandoned(workshop)
    await asyncio.gather(*(workshop.desk.farewells.tell() for _ in range(3)))
    workshop.clock.move(DAY_S)
    assert await workshop.desk.farewells.tell() == 0
    assert len(workshop.engine.abandoned) == 1


async def test_an_upstream_that_is_away_is_told_later_and_less_and_less_often(
    workshop: Workshop,
) -> None:
    await abandoned(workshop)
    workshop.engine.refusal = AWAY
    told_after_s = []
    for second in range(0, 3600, 60):
        if await workshop.desk.farewells.tell():
            told_after_s.append(second)
        workshop.clock.move(60)
    assert told_after_s == [0, 120, 360, 840, 1800]
    workshop.engine.refusal = None
    workshop.clock.move(1800)
    await workshop.desk.farewells.tell()
    assert len(workshop.engine.abandoned) == 6


async def test_it_is_given_up_in_the_end(workshop: Workshop) -> None:
    await abandoned(workshop)
    workshop.engine.refusal = AWAY
    for _ in range(9):
        await workshop.desk.farewells.tell()
        workshop.clock.move(DAY_S)
    assert len(workshop.engine.abandoned) == 6


async def test_a_defect_of_an_engine_ends_nothing_and_is_given_up_in_the_end(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    await abandoned(workshop)
    workshop.engine.refusal = ZeroDivisionError()
    for _ in range(9):
        await workshop.desk.farewells.tell()
        workshop.clock.move(DAY_S)
    assert len(workshop.engine.abandoned) == 6
    defects = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [record.exc_info is not None for record in defects] == [True] * 6


async def test_an_upstream_that_can_not_cancel_is_told_no_more(workshop: Workshop) -> None:
    await abandoned(workshop)
    workshop.engine.refusal = EngineError("It does not cancel.")
    await workshop.desk.farewells.tell()
    workshop.clock.move(DAY_S)
    assert await workshop.desk.farewells.tell() == 0


async def test_what_an_engine_is_to_tell_that_is_gone_is_forgotten_in_the_end(
    workshop: Workshop,
) -> None:
    await abandoned(workshop)
    assert await workshop.desk.farewells.forget() == 0
    workshop.clock.move(8 * DAY_S)
    assert await workshop.desk.farewells.forget() == 1


async def test_a_video_that_failed_for_good_has_its_submission_abandoned(
    workshop: Workshop,
) -> None:
    workshop.engine.checkpoint, workshop.engine.errors = "upstream-7", [AWAY] * 2
    workshop.engine.may_end.set()
    video = await workshop.run_until_final(await workshop.accept(max_faults=2))
    assert video.job.state is JobState.FAILED
    await workshop.desk.farewells.tell()
    standing = Submission(submit_key=f"{video.id}-1", upstream_id="upstream-7")
    assert workshop.engine.abandoned == [(standing, "")]


async def test_a_finished_video_leaves_nothing_to_tell(workshop: Workshop) -> None:
    workshop.engine.checkpoint = "upstream-7"
    workshop.engine.may_end.set()
    video = await workshop.run_until_final(await workshop.accept())
    await workshop.delete(video.id)
    assert await workshop.desk.farewells.tell() == 0


async def test_an_upstreams_id_that_came_too_late_for_the_row_is_told_all_the_same(
    workshop: Workshop,
) -> None:
    workshop.engine.checkpoint = "upstream-7"
    video_id = await workshop.accept()
    # The taking, the intent, and then the checkpoint again and again until the video is gone.
    workshop.store.refusals = [None, None, *[ServiceUnavailable("away")] * 20]
    attempt = asyncio.create_task(workshop.attempts.run(video_id))
    await workshop.store.has_refused.wait()
    workshop.store.refusals = []
    await workshop.delete(video_id)
    await attempt
    await workshop.desk.farewells.tell()
    assert [each.upstream_id for each, _ in workshop.engine.abandoned][-1] == "upstream-7"
