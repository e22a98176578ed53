"""What becomes of a video in one attempt."""

from __future__ import annotations

import asyncio
import logging

import pytest

from matinee.core.asset import AssetVariant, blob_folder
from matinee.core.errors import (
    EngineCrashed,
    EngineError,
    MatineeError,
    ServiceUnavailable,
    StorageFull,
)
from matinee.core.event import EventKind
from matinee.core.job import JobState, requeue, take
from matinee.ports.engine import Submission
from matinee.ports.store import Transaction
from tests.integration.worker.workshop import LEASE, Workshop


async def test_a_finished_film_is_stored_with_its_pictures_and_their_facts(
    workshop: Workshop,
) -> None:
    video_id = await workshop.accept()
    workshop.engine.may_end.set()
    await workshop.attempts.run(video_id)
    video = await workshop.video(video_id)
    film = video.asset(AssetVariant.VIDEO)
    assert (video.job.state, video.job.progress) == (JobState.COMPLETED, 100)
    assert film is not None
    assert (film.width_px, film.height_px) == (160, 96)
    assert film.seconds == pytest.approx(1.0, abs=0.05)
    path = workshop.blobs.local_path(film.blob_key)
    assert path is not None
    assert path.stat().st_size == film.size_bytes
    assert {asset.variant for asset in video.assets} == set(AssetVariant)


async def test_every_move_leaves_one_event(workshop: Workshop) -> None:
    video_id = await workshop.accept()
    workshop.engine.may_end.set()
    await workshop.attempts.run(video_id)
    assert await workshop.happened(video_id) == [
        (EventKind.ACCEPTED, None),
        (EventKind.STARTED, None),
        (EventKind.COMPLETED, None),
    ]


async def test_progress_is_written_while_the_engine_works(workshop: Workshop) -> None:
    video_id = await workshop.accept()
    attempt = asyncio.create_task(workshop.attempts.run(video_id))
    video = await workshop.until(video_id, lambda video: video.job.progress > 0)
    assert (video.job.state, video.job.progress) == (JobState.IN_PROGRESS, 49)
    workshop.engine.may_end.set()
    await attempt


async def test_a_crash_lets_the_video_wait_again(workshop: Workshop) -> None:
    video_id = await workshop.accept()
    workshop.engine.errors = [EngineCrashed("gone")]
    workshop.engine.may_end.set()
    await workshop.attempts.run(video_id)
    video = await workshop.video(video_id)
    assert (video.job.state, video.job.faults) == (JobState.QUEUED, 1)
    assert workshop.queue.waiting("animatic") == 1


async def test_a_video_fails_at_its_last_fault_with_the_engines_words(workshop: Workshop) -> None:
    video_id = await workshop.accept(max_faults=1)
    workshop.engine.errors = [EngineCrashed("The engine went away.")]
    workshop.engine.may_end.set()
    await workshop.attempts.run(video_id)
    failure = (await workshop.video(video_id)).job.failure
    assert failure is not None
    assert (failure.code, failure.message) == ("engine_crashed", "The engine went away.")


async def test_an_error_that_will_come_again_fails_at_once(workshop: Workshop) -> None:
    video_id = await workshop.accept()
    workshop.engine.errors = [EngineError("No artwork for that.")]
    workshop.engine.may_end.set()
    await workshop.attempts.run(video_id)
    assert (await workshop.video(video_id)).job.state is JobState.FAILED


async def test_a_defect_of_the_engine_fails_the_video_without_its_details(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    video_id = await workshop.accept()
    workshop.engine.errors = [ZeroDivisionError("secret detail")]
    workshop.engine.may_end.set()
    await workshop.attempts.run(video_id)
    failure = (await workshop.video(video_id)).job.failure
    assert failure is not None
    assert "secret detail" not in failure.message
    assert "ZeroDivisionError" in caplog.text


async def test_a_second_delivery_of_a_running_video_does_nothing(workshop: Workshop) -> None:
    video_id = await workshop.accept()
    first = asyncio.create_task(workshop.attempts.run(video_id))
    await workshop.engine.begun.wait()
    await workshop.attempts.run(video_id)
    assert (await workshop.video(video_id)).job.attempt == 1
    workshop.engine.may_end.set()
    await first


async def test_a_deleted_video_stops_its_engine_and_leaves_no_file(workshop: Workshop) -> None:
    video_id = await workshop.accept()
    attempt = asyncio.create_task(workshop.attempts.run(video_id))
    await workshop.engine.begun.wait()
    await workshop.delete(video_id)
    await attempt
    assert workshop.engine.cancelled == 1
    assert not list((workshop.folder / "blobs").rglob("*.mp4"))
    assert not list((workshop.folder / "work").iterdir())


async def test_a_cancelled_video_stops_its_engine_and_fails_as_cancelled(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    video_id = await workshop.accept()
    attempt = asyncio.create_task(workshop.attempts.run(video_id))
    await workshop.engine.begun.wait()
    await workshop.cancel(video_id)
    await attempt
    failure = (await workshop.video(video_id)).job.failure
    assert failure is not None
    assert failure.code == "cancelled"
    assert workshop.engine.cancelled == 1
    assert [(each.levelname, each.getMessage()) for each in caplog.records] == [
        ("INFO", "attempt cancelled")
    ]


async def test_the_log_says_which_video_an_upstream_has_under_which_id(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    workshop.engine.checkpoint = "upstream-7"
    workshop.engine.errors = [EngineCrashed("gone")]
    workshop.engine.may_end.set()
    video_id = await workshop.accept()
    for _ in range(2):
        await workshop.attempts.run(video_id)
    told = [each for each in map(vars, caplog.records) if "upstream_id" in each]
    assert {(each["video_id"], each["upstream_id"]) for each in told} == {(video_id, "upstream-7")}
    assert [each["message"] for each in told] == [
        "film is with the upstream",
        "film is with the upstream",
        "film fetched",
    ]


async def test_a_stopping_server_hands_its_video_back_without_a_fault(workshop: Workshop) -> None:
    video_id = await workshop.accept()
    attempt = asyncio.create_task(workshop.attempts.run(video_id))
    await workshop.engine.begun.wait()
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    job = (await workshop.video(video_id)).job
    assert (job.state, job.faults) == (JobState.QUEUED, 0)


async def test_an_attempt_that_lost_its_video_writes_nothing(workshop: Workshop) -> None:
    video_id = await workshop.accept()
    attempt = asyncio.create_task(workshop.attempts.run(video_id))
    await workshop.engine.begun.wait()

    def steal(transaction: Transaction) -> None:
        video = transaction.video(video_id)
        assert video is not None
        now = workshop.clock.now()
        waiting, _ = requeue(video.job, now, "lease_expired")
        transaction.save_job(video.job, waiting)
        transaction.save_job(waiting, take(waiting, now, LEASE)[0])

    await workshop.store.write(steal)
    workshop.engine.may_end.set()
    await attempt
    video = await workshop.video(video_id)
    assert (video.job.state, video.job.attempt) == (JobState.IN_PROGRESS, 2)
    assert video.assets == ()


@pytest.mark.parametrize("refusal", [ServiceUnavailable("locked"), StorageFull("full")])
async def test_a_film_goes_on_while_its_progress_can_not_be_written(
    workshop: Workshop, refusal: MatineeError
) -> None:
    video_id = await workshop.accept()
    workshop.store.refusals = [None, refusal]
    attempt = asyncio.create_task(workshop.attempts.run(video_id))
    await workshop.store.has_refused.wait()
    workshop.engine.may_end.set()
    await attempt
    job = (await workshop.video(video_id)).job
    assert (job.state, job.faults) == (JobState.COMPLETED, 0)


@pytest.mark.parametrize("refusal", [ServiceUnavailable("away"), StorageFull("full")])
async def test_a_film_whose_end_can_not_be_written_at_once_is_kept_until_it_can(
    workshop: Workshop, refusal: MatineeError
) -> None:
    video_id = await workshop.accept()
    attempt = asyncio.create_task(workshop.attempts.run(video_id))
    await workshop.until(video_id, lambda video: video.job.progress > 0)
    workshop.store.refusals = [refusal, refusal]
    workshop.engine.may_end.set()
    await attempt
    job = (await workshop.video(video_id)).job
    assert (job.state, job.faults) == (JobState.COMPLETED, 0)


async def test_a_film_whose_end_was_written_by_a_database_that_broke_off_stays(
    workshop: Workshop,
) -> None:
    video_id = await workshop.accept()
    attempt = asyncio.create_task(workshop.attempts.run(video_id))
    await workshop.until(video_id, lambda video: video.job.progress > 0)
    workshop.store.breaks_off = ServiceUnavailable("It broke off.")
    workshop.engine.may_end.set()
    await attempt
    video = await workshop.video(video_id)
    assert video.job.state is JobState.COMPLETED
    for asset in video.assets:
        path = workshop.blobs.local_path(asset.blob_key)
        assert path is not None
        assert path.exists()


async def test_a_video_waits_again_when_there_is_no_folder_to_work_in(workshop: Workshop) -> None:
    video_id = await workshop.accept()
    (workshop.folder / "work").write_text("in the way")
    await workshop.attempts.run(video_id)
    job = (await workshop.video(video_id)).job
    assert (job.state, job.faults) == (JobState.QUEUED, 1)


async def test_a_sleeping_machine_costs_no_attempt(workshop: Workshop) -> None:
    video_id = await workshop.accept()
    attempt = asyncio.create_task(workshop.attempts.run(video_id))
    await workshop.engine.begun.wait()
    workshop.clock.move(3600)
    await workshop.sweep.sweep()
    workshop.engine.may_end.set()
    await attempt
    job = (await workshop.video(video_id)).job
    assert (job.state, job.attempt, job.faults) == (JobState.COMPLETED, 1, 0)


async def test_a_full_disk_is_waited_for_before_the_next_attempt(workshop: Workshop) -> None:
    video_id = await workshop.accept()
    workshop.engine.errors = [StorageFull("The disk is full.")]
    workshop.engine.may_end.set()
    await workshop.attempts.run(video_id)
    job = (await workshop.video(video_id)).job
    assert (job.state, job.faults) == (JobState.QUEUED, 1)
    assert workshop.queue.waiting("animatic") == 1


async def test_an_attempt_begins_where_an_earlier_one_left_a_checkpoint(
    workshop: Workshop,
) -> None:
    video_id = await workshop.accept()
    workshop.engine.checkpoint = "upstream-7"
    workshop.engine.errors = [EngineCrashed("gone")]
    workshop.engine.may_end.set()
    await workshop.attempts.run(video_id)
    await workshop.attempts.run(video_id)
    reached = Submission(submit_key=f"{video_id}-1", upstream_id="upstream-7")
    assert workshop.engine.resumed == [None, reached]


async def test_files_of_an_earlier_killed_attempt_go_with_the_next_success(
    workshop: Workshop,
) -> None:
    video_id = await workshop.accept()
    left = f"{blob_folder(video_id)}/1/video.mp4"
    await workshop.blobs.put_bytes(left, b"half a day's work")
    workshop.engine.errors = [EngineCrashed("gone")]
    workshop.engine.may_end.set()
    await workshop.attempts.run(video_id)
    await workshop.blobs.put_bytes(left, b"half a day's work")
    await workshop.attempts.run(video_id)
    path = workshop.blobs.local_path(left)
    assert path is None or not path.exists()
