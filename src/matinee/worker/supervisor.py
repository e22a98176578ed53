"""Keeps the workers of one process going: recovery at start, one server per engine, the sweep."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from matinee.core.attempt import LEASE_EXPIRED, SERVER_RESTARTED
from matinee.core.errors import MatineeError
from matinee.core.job import JobState, expire_lease, requeue
from matinee.core.video import Video
from matinee.ports.engine import Engine
from matinee.ports.store import Transaction
from matinee.worker.attempt import Attempts, Desk
from matinee.worker.ledger import move
from matinee.worker.ports import WorkerPorts

logger = logging.getLogger(__name__)

_SWEEP_S = 5.0
_TEND_S = 1.0
_DIVERT_S = 15.0
"""How often it is looked whether a video has waited too long for an engine that is away."""


class Supervisor:
    """Runs the attempts of this machine. One process at a time, held by the data folder's lock."""

    def __init__(
        self,
        ports: WorkerPorts,
        attempts: Attempts,
        engines: Mapping[str, Engine],
        desk: Desk,
        *,
        slots: Mapping[str, int],
    ) -> None:
        """`slots` is how many films each engine makes at a time, by its name."""
        self._ports = ports
        self._attempts = attempts
        self._engines = engines
        self._health = desk.health
        self._diversions = desk.diversions
        self._slots = slots

    async def recover(self) -> int:
        """Deliver every unfinished video; how many there are.

        Whatever the rows say, nobody works on them: this process has just begun and holds the
        data folder. So what was in progress waits again, without a fault of its own; and what
        waited for an engine that is not configured any more is given to another one, or fails.
        """
        await self._health.load()
        now = self._ports.clock.now()

        def work(transaction: Transaction) -> Sequence[Video]:
            unfinished = transaction.unfinished()
            for video in unfinished:
                waiting = video
                if video.job.state is JobState.IN_PROGRESS:
                    waiting = self._interrupted(transaction, video, now)
                if waiting.job.engine not in self._engines:
                    self._diversions.rehouse(transaction, waiting, now)
                else:
                    self._ports.queue.deliver(transaction, waiting.job)
            return unfinished

        unfinished = await self._ports.store.write(work)
        for video in unfinished:
            self._attempts.remember(video)
        return len(unfinished)

    async def run(self) -> None:
        """Serve every engine and sweep, until cancelled. Call `recover` first."""
        async with asyncio.TaskGroup() as group:
            for name in self._engines:
                group.create_task(
                    self._ports.queue.serve(
                        name, self._slots[name], partial(self._attempts.run, engine=name)
                    ),
                    name=f"serve {name}",
                )
            group.create_task(self._sweep(), name="sweep")
            group.create_task(self._tend(), name="tend")

    async def close(self) -> None:
        """End the engines. Call it when `run` is over."""
        for engine in self._engines.values():
            await engine.close()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_S)
            try:
                await self.sweep()
            except MatineeError as error:
                # The database is away or its disk is full: the next sweep tries again.
                logger.warning("sweep failed", extra={"code": error.code})

    async def _tend(self) -> None:
        """Ask engines that are away whether they are back, and help those who wait for them."""
        seen, diverted_s = self._health.version, 0.0
        while True:
            await self._health.wait_for_change(seen, _TEND_S)
            try:
                await self._health.check()
                is_due = time.monotonic() - diverted_s > _DIVERT_S
                if is_due or self._health.version != seen:
                    seen, diverted_s = self._health.version, time.monotonic()
                    await self._diversions.divert_all()
            except MatineeError as error:
                # As with the sweep: whoever waits goes on waiting.
                logger.warning("tending failed", extra={"code": error.code})

    async def sweep(self) -> int:
        """Take up what got lost on the way; how many videos that were.

        Those are videos whose worker has not been heard of for its lease, and waiting ones that
        no delivery speaks of any more, because the one there was met a full disk.
        """
        now = self._ports.clock.now()

        def work(transaction: Transaction) -> int:
            overdue = [video for name in self._engines for video in transaction.overdue(name, now)]
            for video in overdue:
                if self._attempts.is_running(video.id):
                    # The whole machine slept, this attempt with it: it renews its lease itself.
                    continue
                job, event = expire_lease(video.job, now)
                move(self._ports, transaction, video, job, event)
                transaction.attempts.finish(
                    video.id, video.job.attempt, outcome=LEASE_EXPIRED, now=now
                )
                if not job.state.is_final:
                    self._ports.queue.deliver(transaction, job)
            queue = self._ports.queue
            return len(overdue) + sum(queue.redeliver(transaction, name) for name in self._engines)

        return await self._ports.store.write(work)

    def _interrupted(self, transaction: Transaction, video: Video, now: datetime) -> Video:
        """`video`, which the last server was making, waiting again."""
        job, event = requeue(video.job, now, SERVER_RESTARTED)
        transaction.attempts.finish(video.id, video.job.attempt, outcome=SERVER_RESTARTED, now=now)
        return move(self._ports, transaction, video, job, event)
