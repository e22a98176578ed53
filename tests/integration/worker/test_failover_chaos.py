"""Engines that fail as chance has it, and killed servers: nothing is lost or paid for twice."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from matinee.core.errors import EngineCrashed, EngineError, EngineUnavailable, OutOfMemory
from matinee.core.event import EventKind
from matinee.core.ids import VideoId
from matinee.core.job import JobState
from tests.integration.worker.workshop import Workshop, a_workshop
from tests.unit.media.films import make_film

VIDEOS = 8
KINDS = (EngineUnavailable, EngineCrashed, EngineError, OutOfMemory)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Workshop]:
    """A workshop with three engines, each with an upstream."""
    film = tmp_path / "scripted.mp4"
    await make_film(film, frames=24)
    async with a_workshop(tmp_path, film, ("first", "second", "third")) as made:
        standing: set[str] = set()
        for name, engine in made.engines.items():
            engine.standing = standing
            engine.checkpoint = f"upstream-{name}"
        yield made


async def step(shop: Workshop, video_id: VideoId, chance: random.Random) -> None:
    """One attempt, in which something may go wrong; now and then the server is killed in it."""
    engine = shop.engines[(await shop.video(video_id)).job.engine]
    engine.errors = [chance.choice(KINDS)("By chance.")] if chance.random() < 0.5 else []
    engine.withdraws = chance.random() < 0.5
    engine.may_end.set()
    if chance.random() < 0.3:
        engine.may_end.clear()
        engine.begun.clear()
        lost = asyncio.create_task(shop.attempts.run(video_id))
        await engine.begun.wait()
        shop.restart()
        await shop.supervisor.recover()
        await shop.desk.health.check()
        engine.may_end.set()
        with contextlib.suppress(asyncio.CancelledError):
            await lost
        return
    shop.clock.move(600)
    await shop.desk.health.check()
    await shop.attempts.run(video_id)
    await shop.desk.diversions.divert_all()


@pytest.mark.parametrize("seed", range(3))
async def test_every_video_ends_once_and_no_submission_is_made_beside_another(
    shop: Workshop, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311  # it decides what fails, no secrets
    videos = [await shop.accept(max_faults=6) for _ in range(VIDEOS)]
    waiting = list(videos)
    while waiting:
        await step(shop, chance.choice(waiting), chance)
        states = {each: (await shop.video(each)).job.state for each in waiting}
        waiting = [each for each in waiting if not states[each].is_final]
    for video_id in videos:
        ends = [kind for kind, _ in await shop.happened(video_id) if kind.is_final]
        assert len(ends) == 1
        video = await shop.video(video_id)
        assert bool(video.assets) is (video.job.state is JobState.COMPLETED)
        assert ends == [EventKind(video.job.state.value)]
        for attempt in await shop.store.attempts.of_video(video_id):
            assert attempt.outcome is not None
    submitted = Counter(key for engine in shop.engines.values() for key in engine.submitted)
    assert submitted.most_common(1)[0][1] == 1
    for engine in shop.engines.values():
        assert engine.stray == []
