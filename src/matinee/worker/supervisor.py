"""Keeps the workers of one process going: recovery at start, one server per engine, the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from matinee.core.attempt import SERVER_RESTARTED
from matinee.core.errors import MatineeError, ServiceUnavailable, StorageFull
from matinee.core.ids import VideoId
from matinee.core.job import JobState, requeue
from matinee.core.video import Video
from matinee.ports.engine import Engine
from matinee.ports.store import Transaction
from matinee.worker.attempt import Attempts, Desk
from matinee.worker.ledger import move
from matinee.worker.ports import WorkerPorts
from matinee.worker.roster import Roster

logger = logging.getLogger(__name__)

_TEND_S = 1.0


class Supervisor:
    """Runs the attempts of this process."""

    def __init__(
        self,
        ports: WorkerPorts,
        attempts: Attempts,
        engines: Mapping[str, Engine],
        desk: Desk,
        roster: Roster,
        *,
        slots: Mapping[str, int],
    ) -> None:
        """`slots` is how many films each engine makes at a time, by its name."""
        self._ports = ports
        self._attempts = attempts
        self._engines = engines
        self._health = desk.health
        self._diversions = desk.diversions
        self._farewells = desk.farewells
        self._roster = roster
        self._slots = slots
        self._is_draining = False

    async def recover(self) -> int:
        """Deliver every unfinished video; how many there are.

        Only for a process that owns the rows alone: whatever they say, nobody works on them, for
        it has just begun and holds the data folder. So what was in progress waits again, without a
        fault of its own, or has failed if its owner had cancelled it; and what waited for an
        engine that is not configured any more is given to another one, or fails.
        """
        await self._health.load()
        now = self._ports.clock.now()

        def work(transaction: Transaction) -> Sequence[Video]:
            unfinished = transaction.unfinished()
            for video in unfinished:
                waiting = video
                if video.job.state is JobState.IN_PROGRESS:
                    waiting = self._interrupted(transaction, video, now)
                if waiting.job.state.is_final:
                    continue
                if waiting.job.engine not in self._engines:
                    self._diversions.rehouse(transaction, waiting, now)
                else:
                    self._ports.queue.deliver(transaction, waiting.job)
            return unfinished

        return len(await self._ports.store.write(work))

    async def run(self) -> None:
        """Serve every engine until cancelled; then hand back what is not finished."""
        if not self._engines:
            return
        async with asyncio.TaskGroup() as group:
            for name in self._engines:
                group.create_task(
                    self._ports.queue.serve(
                        name,
                        self._slots[name],
                        partial(self._attempt, engine=name),
                        partial(self._ready, name),
                    ),
                    name=f"serve {name}",
                )
            group.create_task(self._tend(), name="tend")
            group.create_task(self._farewells.run(), name="farewells")
            group.create_task(self._roster.run(), name="roster")

    def begin_no_more(self) -> None:
        """Take nothing up any more: this process is to end."""
        self._is_draining = True
        self._attempts.begin_no_more()

    async def drain(self, grace_s: float) -> None:
        """Take nothing up any more, and return when nothing runs or after `grace_s`."""
        self.begin_no_more()
        await self._attempts.drain(grace_s)

    async def close(self) -> None:
        """End the engines. Call it when `run` is over."""
        for engine in self._engines.values():
            await engine.close()

    async def _ready(self, engine: str) -> None:
        """Wait until the engine is well; for ever once this process is to end."""
        await self._health.ready(engine)
        if self._is_draining:
            await asyncio.Event().wait()

    async def _attempt(self, video_id: VideoId, *, engine: str) -> None:
        try:
            await self._attempts.run(video_id, engine=engine)
        except (ServiceUnavailable, StorageFull) as error:
            # The row still says where the video stands: a sweep takes it up.
            fields = {"video_id": video_id, "why": str(error)}
            logger.log(error.log_level, "video left to the sweep", extra=fields)

    async def _tend(self) -> None:
        """Ask engines that are away whether they are back."""
        while True:
            seen = self._health.changes.version
            try:
                await self._health.check()
            except MatineeError as error:
                logger.log(error.log_level, "tending failed", extra={"code": error.code})
            await self._health.changes.wait_since(seen, _TEND_S)

    def _interrupted(self, transaction: Transaction, video: Video, now: datetime) -> Video:
        """`video`, which the last server was making, waiting again."""
        job, event = requeue(video.job, now, SERVER_RESTARTED)
        outcome = job.failure.code if job.failure else SERVER_RESTARTED
        transaction.attempts.finish(video.id, video.job.attempt, outcome=outcome, now=now)
        return move(self._ports, transaction, video, job, event)
