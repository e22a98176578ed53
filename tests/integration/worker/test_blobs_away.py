"""Films whose files can't be stored, or removed, for a while."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from matinee.blobs.local import LocalBlobs
from matinee.core.errors import EngineCrashed, MatineeError, ServiceUnavailable, StorageFull
from matinee.core.job import JobState
from tests.integration.worker.workshop import Workshop


class UnsteadyBlobs(LocalBlobs):
    """Refuses to store and to remove, as an object store does that can't be reached."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.refusals: list[MatineeError] = []
        self.is_away = False
        self.may_remove = True
        self.has_refused = asyncio.Event()

    async def put(self, key: str, source: Path) -> str:
        """Store the file, unless that is to be refused."""
        if self.is_away or self.refusals:
            self.has_refused.set()
            raise self.refusals.pop(0) if self.refusals else ServiceUnavailable("It is away.")
        return await super().put(key, source)

    async def delete_under(self, prefix: str) -> None:
        """Remove the folder, unless that is to be refused."""
        if self.is_away or not self.may_remove:
            raise ServiceUnavailable("It is away.")
        await super().delete_under(prefix)


@pytest.fixture
async def blobs(workshop: Workshop) -> UnsteadyBlobs:
    """The blobs of the workshop, which has none yet."""
    workshop.blobs = made = UnsteadyBlobs(workshop.folder / "blobs")
    workshop.restart()
    return made


async def test_a_film_that_can_not_be_stored_at_once_is_kept_until_it_can(
    workshop: Workshop, blobs: UnsteadyBlobs
) -> None:
    video_id = await workshop.accept()
    blobs.refusals = [ServiceUnavailable("It is away."), ServiceUnavailable("It is away.")]
    workshop.engine.may_end.set()
    await workshop.attempts.run(video_id)
    job = (await workshop.video(video_id)).job
    assert (job.state, job.attempt, job.faults) == (JobState.COMPLETED, 1, 0)


async def test_a_film_that_waits_to_be_stored_can_be_cancelled(
    workshop: Workshop, blobs: UnsteadyBlobs
) -> None:
    video_id = await workshop.accept()
    blobs.is_away = True
    workshop.engine.may_end.set()
    attempt = asyncio.create_task(workshop.attempts.run(video_id))
    await blobs.has_refused.wait()
    await workshop.cancel(video_id)
    # Its files can't be removed either, which is no matter: the janitor finds them.
    await attempt
    job = (await workshop.video(video_id)).job
    assert job.failure is not None
    assert (job.state, job.failure.code) == (JobState.FAILED, "cancelled")


async def test_a_full_disk_is_not_waited_for_with_a_film_that_fills_it(
    workshop: Workshop, blobs: UnsteadyBlobs
) -> None:
    video_id = await workshop.accept()
    blobs.refusals = [StorageFull("The disk is full.")]
    workshop.engine.may_end.set()
    await workshop.attempts.run(video_id)
    job = (await workshop.video(video_id)).job
    assert (job.state, job.faults) == (JobState.QUEUED, 1)


async def test_what_an_earlier_attempt_left_and_can_not_be_removed_harms_no_film(
    workshop: Workshop, blobs: UnsteadyBlobs
) -> None:
    video_id = await workshop.accept()
    workshop.engine.errors = [EngineCrashed("It fell.")]
    workshop.engine.may_end.set()
    await workshop.attempts.run(video_id)
    blobs.may_remove = False
    await workshop.attempts.run(video_id)
    job = (await workshop.video(video_id)).job
    assert (job.state, job.attempt, job.faults) == (JobState.COMPLETED, 2, 1)
