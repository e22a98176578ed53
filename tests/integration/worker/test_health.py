"""Which engines are thought to be well, and who waits while one is not."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from matinee.core.circuit import CircuitState
from matinee.core.errors import (
    EngineCrashed,
    EngineUnavailable,
    InspectionCrashed,
    OutOfMemory,
    SubmissionUnknown,
)
from matinee.core.job import JobState
from tests.integration.worker.workshop import Workshop, a_workshop
from tests.unit.media.films import make_film

AWAY = EngineUnavailable("It is away.")
CRASHED = EngineCrashed("It ended.")


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Workshop]:
    """A workshop with one engine, which may end at once."""
    film = tmp_path / "scripted.mp4"
    await make_film(film, frames=24)
    async with a_workshop(tmp_path, film, ("gpu",)) as made:
        made.engine.may_end.set()
        yield made


async def open_circuit(shop: Workshop) -> None:
    for _ in range(3):
        await shop.desk.health.note_error("gpu", await shop.accept(), AWAY)


def state_of(shop: Workshop) -> CircuitState:
    return shop.desk.health.circuit("gpu").state


async def test_attempts_that_find_an_engine_away_open_its_circuit_once_in_the_log(
    shop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.engine.errors = [AWAY] * 3
    for _ in range(3):
        await shop.attempts.run(await shop.accept())
    assert state_of(shop) is CircuitState.OPEN
    assert not shop.desk.health.is_usable("gpu")
    told = [each for each in caplog.records if each.getMessage() == "engine is away"]
    assert [each.levelno for each in told] == [logging.WARNING]
    ((_, stored),) = await shop.store.attempts.circuits()
    assert stored == shop.desk.health.circuit("gpu")


async def test_one_film_that_crashes_whatever_makes_it_opens_no_circuit(shop: Workshop) -> None:
    shop.engine.errors = [CRASHED] * 9
    await shop.run_until_final(await shop.accept(max_faults=9))
    assert shop.desk.health.is_usable("gpu")


async def test_crashes_of_several_films_open_the_circuit(shop: Workshop) -> None:
    for _ in range(3):
        await shop.desk.health.note_error("gpu", await shop.accept(), CRASHED)
    assert state_of(shop) is CircuitState.OPEN


async def test_crashes_of_what_looks_at_films_are_no_engines_fault(shop: Workshop) -> None:
    shop.engine.errors = [InspectionCrashed("It ended.") for _ in range(6)]
    for _ in range(3):
        await shop.run_until_final(await shop.accept(max_faults=9))
    assert state_of(shop) is CircuitState.CLOSED


async def test_submissions_without_an_answer_open_the_circuit(shop: Workshop) -> None:
    for _ in range(3):
        error = SubmissionUnknown("Who knows.")
        await shop.desk.health.note_error("gpu", await shop.accept(), error)
    assert state_of(shop) is CircuitState.OPEN


async def test_a_video_waits_for_its_engine_without_an_attempt_or_a_fault(
    shop: Workshop,
) -> None:
    await open_circuit(shop)
    video_id = await shop.accept()
    attempt = asyncio.create_task(shop.attempts.run(video_id))
    shop.clock.move(5)
    shop.engine.refusal = AWAY
    await shop.desk.health.check()
    assert state_of(shop) is CircuitState.OPEN
    assert not attempt.done()
    shop.clock.move(10)
    shop.engine.refusal = None
    await shop.desk.health.check()
    await attempt
    job = (await shop.video(video_id)).job
    assert (job.state, job.attempt, job.faults) == (JobState.COMPLETED, 1, 0)
    assert state_of(shop) is CircuitState.CLOSED


async def test_an_engine_is_not_asked_before_its_time(shop: Workshop) -> None:
    await open_circuit(shop)
    shop.clock.move(4.9)
    await shop.desk.health.check()
    assert state_of(shop) is CircuitState.OPEN


async def test_an_engine_that_is_there_again_is_given_one_film_to_see(shop: Workshop) -> None:
    await open_circuit(shop)
    shop.clock.move(5)
    shop.engine.may_end.clear()
    await shop.desk.health.check()
    first = asyncio.create_task(shop.attempts.run(await shop.accept()))
    await shop.engine.begun.wait()
    other = await shop.accept()
    second = asyncio.create_task(shop.attempts.run(other))
    assert not shop.desk.health.is_usable("gpu")
    shop.engine.may_end.set()
    await asyncio.gather(first, second)
    assert (await shop.video(other)).job.state is JobState.COMPLETED


async def test_a_film_that_an_upstream_took_ends_the_trial_before_it_is_made(
    shop: Workshop,
) -> None:
    await open_circuit(shop)
    shop.clock.move(5)
    shop.engine.may_end.clear()
    shop.engine.checkpoint = "upstream-7"
    await shop.desk.health.check()
    first = asyncio.create_task(shop.attempts.run(await shop.accept()))
    await shop.engine.begun.wait()
    assert shop.desk.health.is_usable("gpu")
    shop.engine.may_end.set()
    await first


async def test_a_trial_that_is_cancelled_leaves_the_next_film_to_be_one(shop: Workshop) -> None:
    await open_circuit(shop)
    shop.clock.move(5)
    shop.engine.may_end.clear()
    await shop.desk.health.check()
    attempt = asyncio.create_task(shop.attempts.run(await shop.accept()))
    await shop.engine.begun.wait()
    attempt.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await attempt
    assert state_of(shop) is CircuitState.HALF_OPEN
    assert shop.desk.health.is_usable("gpu")


async def test_a_trial_that_fails_leaves_the_engine_away_for_longer(shop: Workshop) -> None:
    await open_circuit(shop)
    shop.clock.move(5)
    await shop.desk.health.check()
    shop.engine.errors = [AWAY]
    await shop.attempts.run(await shop.accept())
    shop.clock.move(9)
    await shop.desk.health.check()
    assert state_of(shop) is CircuitState.OPEN
    shop.clock.move(1)
    await shop.desk.health.check()
    assert state_of(shop) is CircuitState.HALF_OPEN


async def test_an_engine_that_fails_for_another_reason_is_there(shop: Workshop) -> None:
    await open_circuit(shop)
    shop.clock.move(5)
    await shop.desk.health.check()
    shop.engine.errors = [OutOfMemory("Too big.")]
    await shop.attempts.run(await shop.accept())
    circuit = shop.desk.health.circuit("gpu")
    assert circuit.state is CircuitState.CLOSED
    assert circuit.last_error is not None
    assert circuit.last_error.code == "out_of_memory"


async def test_a_defect_in_asking_is_logged_and_leaves_the_engine_away(
    shop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    await open_circuit(shop)
    shop.clock.move(5)
    shop.engine.refusal = ZeroDivisionError()
    await shop.desk.health.check()
    assert state_of(shop) is CircuitState.OPEN
    assert "ZeroDivisionError" in caplog.text


async def test_a_restarted_server_asks_at_once_whoever_was_away(shop: Workshop) -> None:
    await open_circuit(shop)
    shop.restart()
    await shop.supervisor.recover()
    assert state_of(shop) is CircuitState.OPEN
    await shop.desk.health.check()
    assert shop.desk.health.is_usable("gpu")


async def test_a_serving_supervisor_takes_up_what_waits_once_the_engine_is_back(
    shop: Workshop,
) -> None:
    await open_circuit(shop)
    shop.clock.move(5)
    video_id = await shop.accept()
    serving = asyncio.create_task(shop.supervisor.run())
    video = await shop.until(video_id, lambda video: video.job.state.is_final)
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving
    assert video.job.state is JobState.COMPLETED
