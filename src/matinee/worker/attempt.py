"""One attempt at one video: take it, let the engine work, keep the lease, finish or fail."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from matinee.core.asset import Asset, blob_folder
from matinee.core.errors import (
    Cancelled,
    LeaseLost,
    MatineeError,
    ServiceUnavailable,
    StorageFull,
)
from matinee.core.event import Event
from matinee.core.ids import VideoId
from matinee.core.job import (
    Job,
    JobState,
    checkpoint,
    fail_attempt,
    finish,
    intend,
    renew,
    requeue,
    take,
    withdraw,
)
from matinee.core.video import Video
from matinee.policy.retries import retry_delay_s
from matinee.ports.blobs import Blobs
from matinee.ports.clock import Clock
from matinee.ports.engine import (
    Checkpoint,
    Engine,
    Intent,
    Progress,
    Submission,
    Withdrawn,
    Workspace,
)
from matinee.ports.events import Announcements
from matinee.ports.queue import JobQueue
from matinee.ports.store import Store, Transaction
from matinee.worker.variants import Variants

logger = logging.getLogger(__name__)

LOOK_S = 0.5
"""How often a running attempt writes its progress and looks whether it is still wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerPorts:
    """What workers need from outside."""

    store: Store
    blobs: Blobs
    queue: JobQueue
    announcements: Announcements
    clock: Clock


class Attempts:
    """Drives attempts. Only it moves the rows of videos that are being made."""

    def __init__(
        self,
        ports: WorkerPorts,
        engines: Mapping[str, Engine],
        variants: Variants,
        *,
        folder: Path,
        lease: timedelta,
        look_s: float = LOOK_S,
    ) -> None:
        self._ports = ports
        self._engines = engines
        self._variants = variants
        self._folder = folder
        self._lease = lease
        self._look_s = look_s
        self._running: set[VideoId] = set()

    def is_running(self, video_id: VideoId) -> bool:
        """Whether an attempt at the video runs in this process."""
        return video_id in self._running

    async def run(self, video_id: VideoId) -> None:
        """Make one attempt at the video, if it still waits; every outcome is in its row after."""
        video = await self._take(video_id)
        if video is None:
            return
        attempt = video.job.attempt
        self._announce(video.job)
        fields = {"video_id": video_id, "attempt": attempt}
        self._running.add(video_id)
        try:
            assets = await self._work(video)
            await self._finish(video, assets)
            logger.info("attempt completed", extra=fields)
        except LeaseLost:
            # Another attempt holds the video, or nobody: what this one stored is of no use.
            logger.warning("attempt lost its video", extra=fields)
            await self._ports.blobs.delete_under(_blobs_of(video))
        except asyncio.CancelledError:
            await asyncio.shield(self._hand_back(video))
            logger.info("attempt handed back", extra=fields)
            raise
        except MatineeError as error:
            logger.warning("attempt failed", extra={**fields, "code": error.code})
            await self._fail(video, error)
        except Exception:  # whatever went wrong, the video must not stay unfinished
            logger.exception("attempt met a defect", extra=fields)
            await self._fail(video, MatineeError("The server met a defect while making the film."))
        finally:
            self._running.discard(video_id)

    async def _take(self, video_id: VideoId) -> Video | None:
        now = self._ports.clock.now()

        def work(transaction: Transaction) -> Video | None:
            video = transaction.video(video_id)
            if video is None:
                return None
            job, event = take(video.job, now, self._lease)
            _save(transaction, video.job, job, event)
            return replace(video, job=job)

        try:
            return await self._ports.store.write(work)
        except LeaseLost:
            # Delivered twice, or taken by another worker: nothing is left to do here.
            return None

    async def _work(self, video: Video) -> tuple[Asset, ...]:
        folder = self._folder / f"{video.id}-{video.job.attempt}"
        meter = _Meter()
        making = asyncio.ensure_future(self._make(video, folder, meter))
        keeping = asyncio.ensure_future(self._keep(video, meter))
        try:
            await asyncio.wait({making, keeping}, return_when=asyncio.FIRST_COMPLETED)
            return await (keeping if keeping.done() else making)
        finally:
            for task in (making, keeping):
                task.cancel()
            await asyncio.gather(making, keeping, return_exceptions=True)
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _make(self, video: Video, folder: Path, meter: _Meter) -> tuple[Asset, ...]:
        space = await self._prepare(video, folder)
        engine = self._engines[video.job.engine]
        async with aclosing(engine.generate(video.spec, space)) as reports:
            async for report in reports:
                match report:
                    case Progress(done=done, total=total):
                        meter.progress = max(meter.progress, 99 * done // max(1, total))
                    case Intent() | Checkpoint() | Withdrawn():
                        await self._note(video, report)
        return await self._variants.store(space.film, _blobs_of(video))

    async def _prepare(self, video: Video, folder: Path) -> Workspace:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        try:
            await asyncio.to_thread(folder.mkdir, parents=True)
        except OSError as error:
            raise ServiceUnavailable(f"No folder to work in: {error.strerror}.") from error
        spec, job = video.spec, video.job
        images = [reference.blob_key for reference in spec.references]
        source = [spec.source.blob_key] if spec.source else []
        posters = [role.poster.blob_key for role in spec.roles]
        return Workspace(
            folder=folder,
            references=await self._fetch(images, folder, "reference"),
            source=next(iter(await self._fetch(source, folder, "source")), None),
            posters=await self._fetch(posters, folder, "poster"),
            model=job.model,
            submit_key=f"{video.id}-{job.attempt}",
            resume=_submission_of(job),
        )

    async def _fetch(self, blob_keys: Sequence[str], folder: Path, name: str) -> tuple[Path, ...]:
        paths = tuple(folder / f"{name}-{number}" for number in range(len(blob_keys)))
        for blob_key, path in zip(blob_keys, paths, strict=True):
            await self._ports.blobs.fetch(blob_key, path)
        return paths

    async def _keep(self, video: Video, meter: _Meter) -> tuple[Asset, ...]:
        """Renew the lease and write progress for ever; raise when the video is not wanted."""
        written, renewed_s = meter.progress, time.monotonic()
        while True:
            await asyncio.sleep(self._look_s)
            try:
                await self._look(video)
                due = time.monotonic() - renewed_s > self._lease.total_seconds() / 3
                if due or meter.progress > written:
                    progress, began_s = meter.progress, time.monotonic()
                    self._announce(await self._renew(video, progress))
                    written, renewed_s = progress, began_s
            except (ServiceUnavailable, StorageFull) as error:
                # Work is not thrown away for that: the lease outlives a short while, and if it
                # does not, whoever took the video up meanwhile shows in its attempt number.
                logger.warning("lease not renewed", extra={"video_id": video.id, "why": str(error)})

    async def _look(self, video: Video) -> None:
        """Raise unless the video is still wanted, and of this attempt."""
        current = await self._ports.store.video(video.id)
        job = current.job if current is not None else None
        if job is None or job.state is not JobState.IN_PROGRESS or job.attempt != video.job.attempt:
            raise LeaseLost(f"Video {video.id} is not held by this attempt any more.")
        if job.cancel_requested_at is not None:
            raise Cancelled("The video was cancelled.")

    async def _renew(self, video: Video, progress: int) -> Job:
        now = self._ports.clock.now()
        return await self._write(
            video, lambda job: (renew(job, video.job.attempt, now, self._lease, progress), None)
        )

    async def _note(self, video: Video, report: Intent | Checkpoint | Withdrawn) -> None:
        """Commit what is known of the submission; the engine goes on only afterwards."""
        attempt = video.job.attempt

        def noted(job: Job) -> Job:
            match report:
                case Intent(submit_key=submit_key):
                    return intend(job, attempt, submit_key)
                case Checkpoint(upstream_id=upstream_id):
                    return checkpoint(job, attempt, upstream_id)
                case Withdrawn():
                    return withdraw(job, attempt)

        await self._write(video, lambda job: (noted(job), None))

    async def _finish(self, video: Video, assets: tuple[Asset, ...]) -> None:
        now = self._ports.clock.now()

        def work(transaction: Transaction) -> Job:
            current = _current(transaction, video)
            job, event = finish(current.job, video.job.attempt, now)
            transaction.save_assets(replace(current, assets=assets))
            _save(transaction, current.job, job, event)
            return job

        self._announce(await self._ports.store.write(work))
        for earlier in range(1, video.job.attempt):
            # What an attempt left that was killed between storing its film and saying so.
            await self._ports.blobs.delete_under(f"{blob_folder(video.id)}/{earlier}")

    async def _fail(self, video: Video, error: MatineeError) -> None:
        now = self._ports.clock.now()
        try:
            self._announce(
                await self._write(
                    video,
                    lambda job: fail_attempt(job, video.job.attempt, error, now),
                    delay_s=retry_delay_s(error, video.job.faults + 1),
                )
            )
        except LeaseLost:
            logger.warning("failed attempt lost its video", extra={"video_id": video.id})
        # It may have got as far as to store its film, to which no row leads now.
        await self._ports.blobs.delete_under(_blobs_of(video))

    async def _hand_back(self, video: Video) -> None:
        now = self._ports.clock.now()

        def back(job: Job) -> tuple[Job, Event]:
            if job.attempt != video.job.attempt:
                raise LeaseLost(f"Video {video.id} is not held by this attempt any more.")
            return requeue(job, now, "handed_back")

        try:
            await self._write(video, back)
        except LeaseLost:
            logger.warning("handed back a video that was lost", extra={"video_id": video.id})

    async def _write(
        self,
        video: Video,
        move: Callable[[Job], tuple[Job, Event | None]],
        *,
        delay_s: float = 0.0,
    ) -> Job:
        """Apply `move` to the job as it stands.

        If it waits afterwards it is delivered again, after `delay_s`.
        """

        def work(transaction: Transaction) -> Job:
            current = _current(transaction, video)
            job, event = move(current.job)
            _save(transaction, current.job, job, event)
            if event is not None and not job.state.is_final:
                self._ports.queue.deliver(transaction, job, delay_s=delay_s)
            return job

        return await self._ports.store.write(work)

    def _announce(self, job: Job) -> None:
        self._ports.announcements.announce(job.video_id, job.state, job.progress)


@dataclass(slots=True)
class _Meter:
    """The newest progress in percent, between the engine's reports and the keeper's writes."""

    progress: int = 0


def _submission_of(job: Job) -> Submission | None:
    if job.submit_key is None:
        return None
    return Submission(submit_key=job.submit_key, upstream_id=job.upstream_id)


def _blobs_of(video: Video) -> str:
    """The folder for the files of this attempt alone, so that two never write the same blob."""
    return f"{blob_folder(video.id)}/{video.job.attempt}"


def _current(transaction: Transaction, video: Video) -> Video:
    current = transaction.video(video.id)
    if current is None:
        raise LeaseLost(f"Video {video.id} was deleted.")
    return current


def _save(transaction: Transaction, before: Job, after: Job, event: Event | None) -> None:
    transaction.save_job(before, after)
    if event is not None:
        transaction.add_event(event)
