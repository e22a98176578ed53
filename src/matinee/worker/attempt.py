"""One attempt at one video: take it, let the engine work, keep the lease, finish or fail."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

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
from matinee.core.job import JobState
from matinee.core.video import Video
from matinee.policy.estimates import expected_s
from matinee.ports.engine import (
    Checkpoint,
    Engine,
    Intent,
    Progress,
    Withdrawn,
    Workspace,
)
from matinee.worker.course import Course, submission_of
from matinee.worker.diversions import Diversions
from matinee.worker.farewells import Farewells
from matinee.worker.health import Health
from matinee.worker.keeping import PACE_S, PATIENCE_S, Keeper
from matinee.worker.ledger import Ledger
from matinee.worker.ports import WorkerPorts
from matinee.worker.variants import Variants

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

_LATEST = 100
"""Of so many attempts with an engine, those with one of its models tell how long a film takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who an attempt reports to: what is written, who is well, who goes elsewhere, who is told."""

    ledger: Ledger
    health: Health
    diversions: Diversions
    farewells: Farewells


@dataclass(frozen=True, slots=True)
class _Running:
    """An attempt that runs here."""

    task: asyncio.Task[object] | None
    course: Course


class Attempts:
    """Drives attempts. Only it moves the rows of videos that are being made."""

    def __init__(
        self,
        ports: WorkerPorts,
        engines: Mapping[str, Engine],
        desk: Desk,
        *,
        folder: Path,
        pace_s: float = PACE_S,
    ) -> None:
        self._ports = ports
        self._engines = engines
        self._ledger = desk.ledger
        self._health = desk.health
        self._diversions = desk.diversions
        self._farewells = desk.farewells
        self._keeper = Keeper(ports, desk.ledger, pace_s=pace_s)
        self._variants = Variants(ports.blobs, pace_s=pace_s)
        self._folder = folder
        self._pace_s = pace_s
        self._running: dict[tuple[VideoId, int], _Running] = {}
        """By their numbers too: one may take up a video here that an older one has lost, and does
        not know it yet."""

        self._is_draining = False
        self._idle = asyncio.Event()
        self._idle.set()

    def is_running(self, video_id: VideoId) -> bool:
        """Whether an attempt at the video runs in this process."""
        return any(running_id == video_id for running_id, _ in self._running)

    def begin_no_more(self) -> None:
        """Put back what is delivered from now on."""
        self._is_draining = True

    async def drain(self, grace_s: float) -> None:
        """Begin no attempt any more, and return when none runs or after `grace_s`.

        What an upstream makes is handed back at once: it goes on there, and others fetch it.
        """
        self.begin_no_more()
        for running in self._running.values():
            if running.course.is_at_upstream and running.task is not None:
                running.task.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace_s):
                await self._idle.wait()

    async def run(self, video_id: VideoId, *, engine: str | None = None) -> None:
        """Make one attempt at the video, if it still waits; every outcome is in its row after.

        `engine` is the one in whose line it stood: it may have been given to another meanwhile.
        While that engine is away the video is given to another one, or else waits here, so that
        those behind it keep their places.
        """
        video = await self._ports.store.video(video_id)
        engine = engine or (video.job.engine if video else "")
        if video is None or video.job.state is not JobState.QUEUED or video.job.engine != engine:
            return
        if not self._health.is_usable(engine) and await self._diversions.divert(video_id):
            return
        async with self._health.turn(engine):
            if self._is_draining:
                await self._ledger.put_back(video)
                return
            taken = await self._ledger.take(video_id, engine)
            if taken is not None:
                await self._attempt(taken)

    async def _attempt(self, video: Video) -> None:
        course = Course.of(video.job)
        this = (video.id, video.job.attempt)
        self._running[this] = _Running(asyncio.current_task(), course)
        self._idle.clear()
        try:
            await self._drive(video, course)
        finally:
            del self._running[this]
            if not self._running:
                self._idle.set()

    async def _drive(self, video: Video, course: Course) -> None:
        fields = {"video_id": video.id, "attempt": video.job.attempt}
        try:
            assets = await self._work(video, course)
            await self._finish(video, assets)
            logger.info("attempt completed", extra=fields)
        except LeaseLost:
            # Another attempt holds the video, or nobody: what this one stored is of no use.
            logger.warning("attempt lost its video", extra=fields)
            await self._clear(video)
            await self._abandon(video, course)
        except asyncio.CancelledError:
            await asyncio.shield(self._hand_back(video, course))
            logger.info("attempt handed back", extra=fields)
            raise
        except Cancelled as cancelled:
            logger.info("attempt cancelled", extra=fields)
            await self._fail(video, course, cancelled)
        except MatineeError as error:
            logger.warning("attempt failed", extra={**fields, "code": error.code})
            await self._fail(video, course, error)
        except Exception:  # whatever went wrong, the video must not stay unfinished
            logger.exception("attempt met a defect", extra=fields)
            defect = MatineeError("The server met a defect while making the film.")
            await self._fail(video, course, defect)

    async def _work(self, video: Video, course: Course) -> tuple[Asset, ...]:
        folder = self._folder / f"{video.id}-{video.job.attempt}"
        making = asyncio.ensure_future(self._make(video, folder, course))
        keeping = asyncio.ensure_future(self._keeper.keep(video, course))
        listening = asyncio.ensure_future(self._keeper.listen(video))
        tasks = (keeping, listening, making)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return await next(task for task in tasks if task.done())
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _make(self, video: Video, folder: Path, course: Course) -> tuple[Asset, ...]:
        _log_upstream("film is with the upstream", video, course)
        space = await self._prepare(video, folder)
        engine = self._engines[video.job.engine]
        async with aclosing(engine.generate(self._ledger.spec_of(video), space)) as reports:
            async for report in reports:
                match report:
                    case Progress(done=done, total=total):
                        course.advance(99 * done // max(1, total))
                    case Intent() | Checkpoint() | Withdrawn():
                        await self._note(video, course, report)
                if course.is_at_upstream:
                    await self._health.note_sign(engine.name)
        if not await asyncio.to_thread(space.film.is_file):
            raise EngineError(f"The engine {engine.name} left no film.")
        _log_upstream("film fetched", video, course)
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
            resume=submission_of(job),
            expected_s=expected_s(latest, job.model, spec.seconds),
        )

    async def _fetch(self, blob_keys: Sequence[str], folder: Path, name: str) -> tuple[Path, ...]:
        paths = tuple(folder / f"{name}-{number}" for number in range(len(blob_keys)))
        for blob_key, path in zip(blob_keys, paths, strict=True):
            await self._ports.blobs.fetch(blob_key, path)
        return paths

    async def _note(
        self, video: Video, course: Course, report: Intent | Checkpoint | Withdrawn
    ) -> None:
        """Commit what is known of the submission; the engine goes on only afterwards."""
        if isinstance(report, Intent):
            # Unless this is written nothing is submitted.
            await self._ledger.note(video, report)
            course.note(report)
            return
        course.note(report)
        await self._persist(lambda: self._ledger.note(video, report))
        course.is_unwritten = False
        _log_upstream("film is with the upstream", video, course)

    async def _finish(self, video: Video, assets: tuple[Asset, ...]) -> None:
        await self._persist(lambda: self._ledger.finish(video, assets))
        await self._health.note_success(video.job.engine)
        for earlier in range(1, video.job.attempt):
            # What an attempt left that was killed between storing its film and saying so.
            await self._remove(video, f"{blob_folder(video.id)}/{earlier}")

    async def _fail(self, video: Video, course: Course, error: MatineeError) -> None:
        await self._health.note_error(video.job.engine, video.id, error)
        try:
            await self._persist(lambda: self._ledger.fail(video, error))
        except LeaseLost:
            logger.warning("failed attempt lost its video", extra={"video_id": video.id})
            await self._abandon(video, course)
        else:
            self._farewells.wake()
        # It may have got as far as to store its film, to which no row leads now.
        await self._clear(video)

    async def _hand_back(self, video: Video, course: Course) -> None:
        standing = course.submission if course.is_unwritten else None
        try:
            await self._ledger.hand_back(video, standing.upstream_id if standing else None)
        except LeaseLost:
            logger.warning("handed back a video that was lost", extra={"video_id": video.id})
            await self._abandon(video, course)
        except (ServiceUnavailable, StorageFull) as error:
            # Its lease ends, and then it is taken up.
            fields = {"video_id": video.id, "why": str(error)}
            logger.log(error.log_level, "not handed back", extra=fields)

    async def _abandon(self, video: Video, course: Course) -> None:
        """Have the upstream told if nobody goes on with what this attempt submitted."""
        if course.submission is None:
            return
        try:
            if await self._ledger.abandon(video, course.submission):
                self._farewells.wake()
        except (ServiceUnavailable, StorageFull) as error:
            fields = {"video_id": video.id, "upstream_id": course.submission.upstream_id}
            fields |= {"why": str(error)}
            logger.log(error.log_level, "submission not abandoned", extra=fields)

    async def _clear(self, video: Video) -> None:
        """Remove what this attempt stored, unless it did finish its video.

        A database that broke off may have written the end all the same.
        """
        try:
            current = await self._ports.store.video(video.id)
        except ServiceUnavailable as error:
            fields = {"video_id": video.id, "why": str(error)}
            logger.log(error.log_level, "files not cleared", extra=fields)
            return
        job = current.job if current is not None else video.job
        if job.state is not JobState.COMPLETED or job.attempt != video.job.attempt:
            await self._remove(video, _blobs_of(video))

    async def _remove(self, video: Video, folder: str) -> None:
        """Remove files to which no row leads. Those that can't be now, the janitor finds."""
        try:
            await self._ports.blobs.delete_under(folder)
        except ServiceUnavailable as error:
            logger.warning("files not removed", extra={"video_id": video.id, "why": str(error)})

    async def _persist(self, write: Callable[[], Awaitable[Result]]) -> Result:
        """What `write` gives, once the database takes it.

        What was made or ordered is not thrown away because the database is away for a while.
        """
        give_up_s = time.monotonic() + PATIENCE_S
        while True:
            try:
                return await write()
            except (ServiceUnavailable, StorageFull) as error:
                if time.monotonic() > give_up_s:
                    raise
                logger.log(error.log_level, "end not written yet", extra={"why": str(error)})
            await asyncio.sleep(self._pace_s)


def _log_upstream(message: str, video: Video, course: Course) -> None:
    """Log by which id the upstream has the video, if it has it."""
    submission = course.submission
    if submission is not None and submission.upstream_id is not None:
        fields = {"video_id": video.id, "engine": video.job.engine}
        logger.info(message, extra={**fields, "upstream_id": submission.upstream_id})


def _blobs_of(video: Video) -> str:
    """The folder for the files of this attempt alone, so that two never write the same blob."""
    return f"{blob_folder(video.id)}/{video.job.attempt}"
