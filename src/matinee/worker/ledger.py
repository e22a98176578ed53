"""What becomes of a video in an attempt, as rows: each move, its event and its attempt together."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from matinee.core.asset import Asset
from matinee.core.attempt import COMPLETED, HANDED_BACK, Attempt
from matinee.core.errors import LeaseLost, MatineeError, ModelNotFound, UnsupportedParameter
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
    reroute,
    take,
    withdraw,
)
from matinee.core.retention import end_of_files
from matinee.core.route import Route
from matinee.core.video import Video, VideoSpec
from matinee.policy.failover import GiveUp, Move, Verdict, after_error
from matinee.policy.routing import Routes
from matinee.policy.targets import IsUsable, spec_for
from matinee.ports.engine import Checkpoint, Intent, Submission, Withdrawn
from matinee.ports.events import Change
from matinee.ports.store import Transaction
from matinee.services.lines import in_line
from matinee.worker.ports import WorkerPorts

logger = logging.getLogger(__name__)


class Ledger:
    """Writes the rows of attempts. Every write names its attempt, and is refused to an old one."""

    def __init__(
        self,
        ports: WorkerPorts,
        routes: Routes,
        is_usable: IsUsable,
        *,
        lease: timedelta,
        retention: timedelta | None = None,
    ) -> None:
        """`retention` is how long a completed video's files stay; None: until it is deleted."""
        self._ports = ports
        self._routes = routes
        self._is_usable = is_usable
        self.lease = lease
        self._retention = retention

    async def take(self, video_id: VideoId, engine: str) -> Video | None:
        """The video in the hands of a new attempt.

        None if it does not wait for that engine any more: it was delivered twice, or given to
        another engine, or is gone.
        """
        now = self._ports.clock.now()

        def work(transaction: Transaction) -> Video | None:
            video = transaction.video(video_id)
            if video is None or video.job.engine != engine:
                return None
            job, event = take(video.job, now, self.lease)
            taken = move(self._ports, transaction, video, job, event)
            transaction.attempts.add(
                Attempt(
                    video_id=video.id,
                    number=job.attempt,
                    engine=job.engine,
                    model=job.model,
                    film_seconds=video.spec.seconds,
                    started_at=now,
                    upstream_id=job.upstream_id,
                )
            )
            return taken

        try:
            return await self._ports.store.write(work)
        except LeaseLost:
            return None

    def spec_of(self, video: Video) -> VideoSpec:
        """What the engine is to make, which may be another one than the film was settled for."""
        route = route_of(self._routes, video)
        return spec_for(video.spec, video.job.engine, video.job.model, route)

    async def renew(self, video: Video, progress: int) -> Job:
        """Prolong the lease and write the progress; the job as it is now. Raises LeaseLost."""
        now, attempt = self._ports.clock.now(), video.job.attempt

        def work(transaction: Transaction) -> Job:
            current = _current(transaction, video)
            job = renew(current.job, attempt, now, self.lease, progress)
            return move(self._ports, transaction, current, job, None).job

        return await self._ports.store.write(work)

    async def note(self, video: Video, report: Intent | Checkpoint | Withdrawn) -> None:
        """Commit what is known of the submission. Raises LeaseLost."""
        attempt = video.job.attempt
        match report:
            case Intent(submit_key=submit_key):
                await self._change(video, lambda job: intend(job, attempt, submit_key))
            case Checkpoint(upstream_id=upstream_id):
                await self._change(
                    video,
                    lambda job: checkpoint(job, attempt, upstream_id),
                    lambda transaction: transaction.attempts.note_upstream(
                        video.id, attempt, upstream_id
                    ),
                )
            case Withdrawn():
                await self._change(video, lambda job: withdraw(job, attempt))

    async def finish(self, video: Video, assets: tuple[Asset, ...]) -> None:
        """The film is made: its assets, the final state and the event. Raises LeaseLost."""
        now, attempt = self._ports.clock.now(), video.job.attempt

        def work(transaction: Transaction) -> None:
            current = _current(transaction, video)
            job, event = finish(current.job, attempt, now)
            end = end_of_files(now, self._retention)
            transaction.save_assets(replace(current, assets=assets, expires_at=end))
            move(self._ports, transaction, current, job, event)
            transaction.attempts.finish(video.id, attempt, outcome=COMPLETED, now=now)

        await self._ports.store.write(work)

    async def fail(self, video: Video, error: MatineeError) -> Job:
        """What becomes of the video when its attempt ended in `error`. Raises LeaseLost.

        It waits for the same engine or for another one, or it has failed.
        """
        now = self._ports.clock.now()
        route = route_of(self._routes, video)

        def work(transaction: Transaction) -> Video:
            current = _current(transaction, video)
            transaction.attempts.finish(
                video.id, video.job.attempt, outcome=error.code, message=str(error), now=now
            )
            tried = transaction.attempts.of_video(video.id)
            verdict = after_error(current, error, tried, route, self._is_usable)
            return self._obey(transaction, current, video.job.attempt, error, verdict, now)

        failed = await self._ports.store.write(work)
        if failed.job.engine != video.job.engine:
            fields = {"video_id": video.id, "from": video.job.engine, "to": failed.job.engine}
            logger.info("video is given to another engine", extra=fields)
        return failed.job

    async def hand_back(self, video: Video, unwritten: str | None = None) -> None:
        """The video waits again, without a fault of its own. Raises LeaseLost.

        If its owner has cancelled it, it has failed. `unwritten` is the upstream's id of its work,
        if no row says it yet.
        """
        now, attempt = self._ports.clock.now(), video.job.attempt

        def work(transaction: Transaction) -> None:
            current = _current(transaction, video)
            if current.job.attempt != attempt:
                raise _lost(video)
            held = checkpoint(current.job, attempt, unwritten) if unwritten else current.job
            job, event = requeue(held, now, HANDED_BACK)
            move(self._ports, transaction, current, job, event)
            outcome = job.failure.code if job.failure else HANDED_BACK
            transaction.attempts.finish(video.id, attempt, outcome=outcome, now=now)
            if not job.state.is_final:
                self._ports.queue.deliver(transaction, job)

        await self._ports.store.write(work)

    async def put_back(self, video: Video) -> None:
        """Deliver the video, which waits, once more: who had its delivery does not take it."""

        def work(transaction: Transaction) -> None:
            current = transaction.video(video.id)
            if current is not None and current.job.state is JobState.QUEUED:
                self._ports.queue.deliver(transaction, current.job)

        await self._ports.store.write(work)

    async def abandon(self, video: Video, submission: Submission) -> bool:
        """Have the upstream told that nobody wants what was submitted; whether that is so.

        It is if the video is gone or has failed: another attempt would go on with it.
        """
        now = self._ports.clock.now()
        submitted = replace(
            video.job, submit_key=submission.submit_key, upstream_id=submission.upstream_id
        )

        def work(transaction: Transaction) -> bool:
            current = transaction.video(video.id)
            if current is not None and current.job.state is not JobState.FAILED:
                return False
            transaction.crew.abandon(submitted, now)
            return True

        return await self._ports.store.write(work)

    def _obey(
        self,
        transaction: Transaction,
        current: Video,
        attempt: int,
        error: MatineeError,
        verdict: Verdict,
        now: datetime,
    ) -> Video:
        is_over = isinstance(verdict, GiveUp)
        job, event = fail_attempt(current.job, attempt, error, now, is_over=is_over)
        if isinstance(verdict, Move) and not job.state.is_final:
            rerouted = reroute(job, verdict.target.engine, verdict.target.model)
            job = in_line(transaction, current.account_id, rerouted)
        moved = move(self._ports, transaction, current, job, event)
        if not job.state.is_final:
            delay_s = 0.0 if isinstance(verdict, GiveUp) else verdict.delay_s
            self._ports.queue.deliver(transaction, job, delay_s=delay_s)
        return moved

    async def _change(
        self,
        video: Video,
        change: Callable[[Job], Job],
        also: Callable[[Transaction], None] = lambda _: None,
    ) -> None:
        """Write a change that no watcher sees."""

        def work(transaction: Transaction) -> None:
            current = _current(transaction, video)
            transaction.save_job(current.job, change(current.job))
            also(transaction)

        await self._ports.store.write(work)


def move(
    ports: WorkerPorts, transaction: Transaction, video: Video, job: Job, event: Event | None
) -> Video:
    """`video` with `job`, written with the event of the move and announced. Raises LeaseLost.

    What stands submitted for a video that fails is abandoned.
    """
    moved = replace(video, job=job)
    transaction.save_job(video.job, job)
    if event is not None:
        transaction.add_event(event)
    if event is not None and job.state is JobState.FAILED:
        transaction.crew.abandon(job, event.at)
    ports.announcements.announce(transaction, Change.of(moved))
    return moved


def route_of(routes: Routes, video: Video) -> Route | None:
    """The route of the video's model, unless that is not there any more."""
    try:
        return routes.find(video.spec.model)
    except (ModelNotFound, UnsupportedParameter):
        return None


def _current(transaction: Transaction, video: Video) -> Video:
    current = transaction.video(video.id)
    if current is None:
        raise LeaseLost(f"Video {video.id} was deleted.")
    return current


def _lost(video: Video) -> LeaseLost:
    return LeaseLost(f"Video {video.id} is not held by this attempt any more.")
