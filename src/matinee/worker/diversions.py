"""Waiting videos whose engine is away or gone: given to another engine, or failed in the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from matinee.core.circuit import Circuit
from matinee.core.errors import EngineUnavailable
from matinee.core.event import Event, EventKind
from matinee.core.ids import VideoId
from matinee.core.job import Job, JobState, fail, reroute
from matinee.core.route import Route, Target
from matinee.core.video import Video
from matinee.policy.failover import refuge, way_out
from matinee.policy.routing import Routes
from matinee.ports.store import Transaction
from matinee.services.lines import in_line
from matinee.worker.condition import Condition
from matinee.worker.ledger import move, route_of
from matinee.worker.ports import WorkerPorts

logger = logging.getLogger(__name__)

_MOST_AT_ONCE = 100
"""So many in one transaction: others write too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Absence:
    """Which engines are away, with their circuits, and which no worker has had for long."""

    away: Mapping[str, Circuit] = field(default_factory=dict)
    unmanned: frozenset[str] = frozenset()


class Diversions:
    """Sees to it that no video waits for ever for an engine that does not come back.

    A video that only waits costs nothing: no attempt is begun, and no fault counted.
    """

    def __init__(
        self, ports: WorkerPorts, routes: Routes, condition: Condition, *, outage: timedelta
    ) -> None:
        """`outage` is how long a video waits for an engine that is away if no other can make it."""
        self._ports = ports
        self._routes = routes
        self._condition = condition
        self._outage = outage

    async def divert(self, video_id: VideoId) -> bool:
        """Give the video, whose engine is away, to another one; whether that could be."""
        return bool(await self._write([video_id], _Absence()))

    async def divert_all(self) -> int:
        """The same for every video whose engine is away; fail those that waited too long.

        How many that were.
        """
        absence = await self._absence()
        if not absence.away and not absence.unmanned:
            return 0
        return sum(
            [
                await self._divert_waiting(engine, absence)
                for engine in sorted(absence.unmanned.union(absence.away))
            ]
        )

    async def _divert_waiting(self, engine: str, absence: _Absence) -> int:
        """Divert what waits for the engine; how many videos that were.

        Only what is probably written is held for that: others write all the time.
        """
        store, now, done = self._ports.store, self._ports.clock.now(), 0
        last: Video | None = None
        while page := await store.waiting(engine, last, _MOST_AT_ONCE):
            concerned = [video.id for video in page if self._is_concerned(video, absence, now)]
            if concerned:
                done += len(await self._write(concerned, absence))
            last = page[-1]
            # A file's rows are read at once, and others come in between only here.
            await asyncio.sleep(0)
        return done

    async def _absence(self) -> _Absence:
        loads = await self._ports.store.attempts.loads()
        return _Absence(
            away={circuit.engine: circuit for circuit in self._condition.away()},
            unmanned=frozenset(self._condition.unmanned(loads.keys(), self._outage)),
        )

    def rehouse(
        self,
        transaction: Transaction,
        video: Video,
        now: datetime,
        nowhere: Collection[str] = (),
    ) -> Job:
        """What becomes of `video`, which waits for an engine that is nowhere any more.

        Nor are the engines `nowhere`, although the settings have them.
        """
        route = _without(nowhere, route_of(self._routes, video))
        target = refuge(video, route, self._condition.is_usable)
        if target is not None:
            return self._give(transaction, video, target, now)
        job = video.job
        left = " What was submitted to it can't be fetched without it." if job.submit_key else ""
        error = EngineUnavailable(
            f"The engine '{job.engine}', which was to make the video, is not there any more, "
            f"and no other one can make it.{left}"
        )
        failed, event = fail(job, error, now)
        move(self._ports, transaction, video, failed, event)
        return failed

    def _is_concerned(self, video: Video, absence: _Absence, now: datetime) -> bool:
        if video.job.engine in absence.unmanned:
            return now - video.created_at >= self._outage
        circuit = absence.away.get(video.job.engine)
        if circuit is None:
            return False
        if self._is_overdue(video, circuit, now):
            return True
        route = route_of(self._routes, video)
        return way_out(video, (), route, self._condition.is_usable) is not None

    def _is_overdue(self, video: Video, circuit: Circuit, now: datetime) -> bool:
        since = max(circuit.since or now, video.created_at)
        return now - since >= self._outage

    async def _write(self, video_ids: Sequence[VideoId], absence: _Absence) -> list[Job]:
        now = self._ports.clock.now()

        def work(transaction: Transaction) -> list[Job]:
            found = [transaction.video(video_id) for video_id in video_ids]
            helped = [
                self._help(transaction, video, absence, now)
                for video in found
                if video is not None and video.job.state is JobState.QUEUED
            ]
            return [job for job in helped if job is not None]

        jobs = await self._ports.store.write(work)
        for job in jobs:
            logger.info(
                "video does not wait for an engine that is away",
                extra={"video_id": job.video_id, "engine": job.engine, "state": job.state.value},
            )
        return jobs

    def _help(
        self, transaction: Transaction, video: Video, absence: _Absence, now: datetime
    ) -> Job | None:
        """The job given to another engine, or failed; None if it is to wait on."""
        if video.job.engine in absence.unmanned:
            return self.rehouse(transaction, video, now, absence.unmanned)
        if self._condition.is_usable(video.job.engine):
            # Another machine has it, and there it is well.
            return None
        tried = transaction.attempts.of_video(video.id)
        route = route_of(self._routes, video)
        target = way_out(video, tried, route, self._condition.is_usable)
        if target is not None:
            return self._give(transaction, video, target, now)
        circuit = absence.away.get(video.job.engine)
        if circuit is None or not self._is_overdue(video, circuit, now):
            return None
        why = f" It said: {circuit.last_error.message}" if circuit.last_error else ""
        error = EngineUnavailable(
            f"The engine '{video.job.engine}' has been away for {_spelled(self._outage)}, and no "
            f"other one can make the video.{why}"
        )
        failed, event = fail(video.job, error, now)
        move(self._ports, transaction, video, failed, event)
        return failed

    def _give(self, transaction: Transaction, video: Video, target: Target, now: datetime) -> Job:
        job = reroute(video.job, target.engine, target.model)
        placed = in_line(transaction, video.account_id, job)
        event = Event(
            video_id=video.id,
            kind=EventKind.REQUEUED,
            at=now,
            attempt=job.attempt,
            reason=EngineUnavailable.code,
        )
        move(self._ports, transaction, video, placed, event)
        self._ports.queue.deliver(transaction, placed)
        return placed


def _without(engines: Collection[str], route: Route | None) -> Route | None:
    """`route` as it is while `engines` are not there; None if it leads nowhere then."""
    if route is None:
        return None
    left = tuple(target for target in route.targets if target.engine not in engines)
    return replace(route, targets=left) if left else None


def _spelled(outage: timedelta) -> str:
    minutes = round(outage.total_seconds() / 60)
    return f"{minutes} minutes" if minutes > 1 else f"{outage.total_seconds():g} s"
