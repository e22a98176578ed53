"""Films of an engine that no machine has wait, and in the end are made by another or fail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from matinee.core.job import JobState
from matinee.ports.crew import Worker
from matinee.worker.condition import JoinedCondition
from matinee.worker.diversions import Diversions
from tests.integration.worker.workshop import LEASE, OUTAGE, Workshop, a_workshop
from tests.unit.media.films import make_film


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Workshop]:
    """A workshop with two engines, of which some worker has the second."""
    film = tmp_path / "scripted.mp4"
    await make_film(film, frames=24)
    async with a_workshop(tmp_path, film, ("first", "second")) as made:
        yield made


async def divert_after(shop: Workshop, outage: timedelta) -> None:
    """What a process does that began to look so long ago, and saw one worker ever since."""
    condition = JoinedCondition(shop.store, shop.clock, silence=LEASE)
    diversions = Diversions(shop.ports, shop.routes, condition, outage=OUTAGE)
    began_at = shop.clock.now()
    shop.clock.move(outage.total_seconds())
    worker = Worker(
        id="far",
        host="rack-1",
        process_id=1,
        engines=("second",),
        started_at=began_at,
        seen_at=shop.clock.now(),
    )
    await shop.store.write(lambda transaction: transaction.crew.note_worker(worker))
    await condition.refresh()
    await diversions.divert_all()


async def test_a_film_waits_for_a_worker_of_its_engine(shop: Workshop) -> None:
    video_id = await shop.accept(engine="first")
    await divert_after(shop, OUTAGE - timedelta(seconds=1))
    assert (await shop.video(video_id)).job.engine == "first"


async def test_a_film_that_waited_too_long_is_given_to_an_engine_that_is_there(
    shop: Workshop,
) -> None:
    video_id = await shop.accept(engine="first")
    await divert_after(shop, OUTAGE)
    assert (await shop.video(video_id)).job.engine == "second"
    assert shop.queue.waiting("second") == 1


async def test_a_film_that_no_other_engine_can_make_has_failed_then(shop: Workshop) -> None:
    video_id = await shop.accept(engine="first")
    shop.routes = type(shop.routes).of([])
    await divert_after(shop, OUTAGE)
    job = (await shop.video(video_id)).job
    assert job.state is JobState.FAILED
    assert job.failure is not None
    assert job.failure.code == "engine_unavailable"


async def test_a_film_is_not_diverted_that_another_machine_may_make(shop: Workshop) -> None:
    video_id = await shop.accept(engine="second")
    condition = JoinedCondition(shop.store, shop.clock, silence=LEASE)
    diversions = Diversions(shop.ports, shop.routes, condition, outage=OUTAGE)
    assert not await diversions.divert(video_id)
    assert (await shop.video(video_id)).job.engine == "second"
