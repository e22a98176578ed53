"""One attempt at one video: take it, let the engine work, keep the lease, finish or fail."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from matinee.core.asset import Asset, blob_folder
from matinee.core.errors import (
    Cancelled,
    EngineError,
    LeaseLost,
    MatineeError,
    MediaInvalid,
    ServiceUnavailable,
    StorageFull,
)
from matinee.core.ids import VideoId
from matinee.core.job import Job, JobState
from matinee.core.video import Video
from matinee.policy.estimates import expected_s
from matinee.ports.engine import (
    Checkpoint,
    Engine,
    Intent,
    Progress,
    Submission,
    Withdrawn,
    Workspace,
)
from matinee.worker.diversions import Diversions
from matinee.worker.health import Health
from matinee.worker.ledger import Ledger
from matinee.worker.ports import WorkerPorts
from matinee.worker.variants import Variants

logger = logging.getLogger(__name__)

LOOK_S = 0.5
"""How often a running attempt writes its progress and looks whether it is still wanted."""

_LATEST = 100
"""Of so many attempts with an engine, those with one of its models tell how long a film takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who an attempt reports to: what is written, who is well, and who goes elsewhere."""

    ledger: Ledger
    health: Health
    diversions: Diversions


class Attempts:
    """Drives attempts. Only it moves the rows of videos that are being made."""

    def __init__(
        self,
        ports: WorkerPorts,
        engines: Mapping[str, Engine],
        desk: Desk,
        *,
        folder: Path,
        look_s: float = LOOK_S,
    ) -> None:
        self._ports = ports
        self._engines = engines
        self._ledger = desk.ledger
        self._health = desk.health
        self._diversions = desk.diversions
        self._variants = Variants(ports.blobs)
        self._folder = folder
        self._look_s = look_s
        self._running: set[VideoId] = set()
        self._standing: dict[VideoId, _Standing] = {}
        """What is submitted for videos that wait to be tried again."""

    def is_running(self, video_id: VideoId) -> bool:
        """Whether an attempt at the video runs in this process."""
        return video_id in self._running

    def remember(self, video: Video) -> None:
        """Know what stands submitted for `video`, which waits, if it is ended before its turn."""
        standing = _Course(submission=_submission_of(video.job)).standing(video.job)
        if standing is not None and video.job.engine in self._engines:
            self._standing[video.id] = standing

    async def run(self, video_id: VideoId, *, engine: str | None = None) -> None:
        """Make one attempt at the video, if it still waits; every outcome is in its row after.

        `engine` is the one in whose line it stood: it may have been given to another meanwhile.
        While that engine is away the video is given to another one, or else waits here, so that
        those behind it keep their places.
        """
        video = await self._ports.store.video(video_id)
        engine = engine or (video.job.engine if video else "")
        if video is not None and video.job.state is JobState.QUEUED:
            if video.job.engine != engine:
                return
            if not self._health.is_usable(engine) and await self._diversions.divert(video_id):
                return
            async with self._health.turn(engine):
                taken = await self._ledger.take(video_id, engine)
                if taken is not None:
                    await self._attempt(taken)
                    return
        await self._forget(video_id)

    async def _attempt(self, video: Video) -> None:
        fields = {"video_id": video.id, "attempt": video.job.attempt}
        course = _Course(submission=_submission_of(video.job))
        self._standing.pop(video.id, None)
        self._running.add(video.id)
        try:
            assets = await self._work(video, course)
            await self._finish(video, assets)
            logger.info("attempt completed", extra=fields)
        except LeaseLost:
            # Another attempt holds the video, or nobody: what this one stored is of no use.
            logger.warning("attempt lost its video", extra=fields)
            await self._ports.blobs.delete_under(_blobs_of(video))
            if await self._ports.store.video(video.id) is None:
                await self._abandon(video.id, course.standing(video.job))
        except asyncio.CancelledError:
            await asyncio.shield(self._hand_back(video))
            logger.info("attempt handed back", extra=fields)
            raise
        except MatineeError as error:
            logger.warning("attempt failed", extra={**fields, "code": error.code})
            await self._fail(video, course, error)
        except Exception:  # whatever went wrong, the video must not stay unfinished
            logger.exception("attempt met a defect", extra=fields)
            defect = MatineeError("The server met a defect while making the film.")
            await self._fail(video, course, defect)
        finally:
            self._running.discard(video.id)

    async def _work(self, video: Video, course: _Course) -> tuple[Asset, ...]:
        folder = self._folder / f"{video.id}-{video.job.attempt}"
        making = asyncio.ensure_future(self._make(video, folder, course))
        keeping = asyncio.ensure_future(self._keep(video, course))
        try:
            await asyncio.wait({making, keeping}, return_when=asyncio.FIRST_COMPLETED)
            return await (keeping if keeping.done() else making)
        finally:
            for task in (making, keeping):
                task.cancel()
            await asyncio.gather(making, keeping, return_exceptions=True)
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _make(self, video: Video, folder: Path, course: _Course) -> tuple[Asset, ...]:
        space = await self._prepare(video, folder)
        engine = self._engines[video.job.engine]
        async with aclosing(engine.generate(self._ledger.spec_of(video), space)) as reports:
            async for report in reports:
                match report:
                    case Progress(done=done, total=total):
                        course.progress = max(course.progress, 99 * done // max(1, total))
                    case Intent() | Checkpoint() | Withdrawn():
                        await self._note(video, course, report)
                if course.is_at_upstream:
                    await self._health.note_sign(engine.name)
        if not await asyncio.to_thread(space.film.is_file):
            raise EngineError(f"The engine {engine.name} left no film.")
        try:
            return await self._variants.store(space.film, video.spec, _blobs_of(video))
        except MediaInvalid:
            if course.submission is not None:
                # The upstream did its part: nothing is left there that could be resumed.
                await self._note(video, course, Withdrawn())
            raise

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
        latest = await self._ports.store.attempts.latest(job.engine, _LATEST)
        return Workspace(
            folder=folder,
            references=await self._fetch(images, folder, "reference"),
            source=next(iter(await self._fetch(source, folder, "source")), None),
            posters=await self._fetch(posters, folder, "poster"),
            model=job.model,
            submit_key=f"{video.id}-{job.attempt}",
            resume=_submission_of(job),
            expected_s=expected_s(latest, job.model, spec.seconds),
        )

    async def _fetch(self, blob_keys: Sequence[str], folder: Path, name: str) -> tuple[Path, ...]:
        paths = tuple(folder / f"{name}-{number}" for number in range(len(blob_keys)))
        for blob_key, path in zip(blob_keys, paths, strict=True):
            await self._ports.blobs.fetch(blob_key, path)
        return paths

    async def _keep(self, video: Video, course: _Course) -> tuple[Asset, ...]:
        """Renew the lease and write progress for ever; raise when the video is not wanted."""
        written, renewed_s = course.progress, time.monotonic()
        while True:
            await asyncio.sleep(self._look_s)
            try:
                await self._look(video)
                due = time.monotonic() - renewed_s > self._ledger.lease.total_seconds() / 3
                if due or course.progress > written:
                    progress, began_s = course.progress, time.monotonic()
                    await self._ledger.renew(video, progress)
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

    async def _note(
        self, video: Video, course: _Course, report: Intent | Checkpoint | Withdrawn
    ) -> None:
        """Commit what is known of the submission; the engine goes on only afterwards."""
        await self._ledger.note(video, report)
        match report:
            case Intent(submit_key=submit_key):
                course.submission = Submission(submit_key=submit_key)
            case Checkpoint(upstream_id=upstream_id) if course.submission is not None:
                key = course.submission.submit_key
                course.submission = Submission(submit_key=key, upstream_id=upstream_id)
            case Withdrawn():
                course.submission = None

    async def _finish(self, video: Video, assets: tuple[Asset, ...]) -> None:
        await self._ledger.finish(video, assets)
        await self._health.note_success(video.job.engine)
        for earlier in range(1, video.job.attempt):
            # What an attempt left that was killed between storing its film and saying so.
            await self._ports.blobs.delete_under(f"{blob_folder(video.id)}/{earlier}")

    async def _fail(self, video: Video, course: _Course, error: MatineeError) -> None:
        await self._health.note_error(video.job.engine, video.id, error)
        try:
            job = await self._ledger.fail(video, error)
        except LeaseLost:
            logger.warning("failed attempt lost its video", extra={"video_id": video.id})
        else:
            standing = course.standing(video.job)
            if job.failure is not None and job.failure.code == Cancelled.code:
                await self._abandon(video.id, standing)
            elif standing is not None and not job.state.is_final:
                self._standing[video.id] = standing
        # It may have got as far as to store its film, to which no row leads now.
        await self._ports.blobs.delete_under(_blobs_of(video))

    async def _hand_back(self, video: Video) -> None:
        try:
            await self._ledger.hand_back(video)
        except LeaseLost:
            logger.warning("handed back a video that was lost", extra={"video_id": video.id})

    async def _forget(self, video_id: VideoId) -> None:
        """Abandon what stands submitted for the video if it was ended while it waited."""
        if video_id not in self._standing:
            return
        video = await self._ports.store.video(video_id)
        if video is None or video.job.state.is_final:
            await self._abandon(video_id, self._standing.pop(video_id))

    async def _abandon(self, video_id: VideoId, standing: _Standing | None) -> None:
        if standing is None:
            return
        fields = {"video_id": video_id, "engine": standing.engine}
        try:
            await self._engines[standing.engine].abandon(standing.submission, standing.model)
            logger.info("submission abandoned", extra=fields)
        except MatineeError as error:
            # What nobody wants is made all the same, and perhaps paid for.
            logger.warning("submission not abandoned", extra={**fields, "why": str(error)})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """What is submitted to an upstream, and by which engine."""

    engine: str
    model: str
    submission: Submission


@dataclass(slots=True, kw_only=True)
class _Course:
    """How far an attempt is: the newest progress in percent, and what stands submitted."""

    submission: Submission | None
    progress: int = 0

    @property
    def is_at_upstream(self) -> bool:
        """Whether an upstream surely has the work."""
        return self.submission is not None and self.submission.upstream_id is not None

    def standing(self, job: Job) -> _Standing | None:
        """What stands submitted by the engine of `job`."""
        if self.submission is None:
            return None
        return _Standing(engine=job.engine, model=job.model, submission=self.submission)


def _submission_of(job: Job) -> Submission | None:
    if job.submit_key is None:
        return None
    return Submission(submit_key=job.submit_key, upstream_id=job.upstream_id)


def _blobs_of(video: Video) -> str:
    """The folder for the files of this attempt alone, so that two never write the same blob."""
    return f"{blob_folder(video.id)}/{video.job.attempt}"
