"""Keeps the workers of one process going: recovery at start, one server per engine, the sweep."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from matinee.core.errors import MatineeError
from matinee.core.job import JobState, expire_lease, requeue
from matinee.ports.engine import Engine
from matinee.ports.store import Transaction
from matinee.worker.attempt import Attempts, WorkerPorts

logger = logging.getLogger(__name__)

_SWEEP_S = 5.0


class Supervisor:
    """Runs the attempts of this machine. One process at a time, held by the data folder's lock."""

    def __init__(
        self,
        ports: WorkerPorts,
        attempts: Attempts,
        engines: Mapping[str, Engine],
        *,
        slots: Mapping[str, int],
    ) -> None:
        """`slots` is how many films each engine makes at a time, by its name."""
        self._ports = ports
        self._attempts = attempts
        self._engines = engines
        self._slots = slots

    async def recover(self) -> int:
        """Deliver every unfinished video; how many there are.

        Whatever the rows say, nobody works on them: this process has just begun and holds the
        data folder. So what was in progress waits again, without a fault of its own.
        """
        now = self._ports.clock.now()

        def work(transaction: Transaction) -> int:
            unfinished = transaction.unfinished()
            for video in unfinished:
                job = video.job
                if job.state is JobState.IN_PROGRESS:
                    job, event = requeue(job, now, "server_restarted")
                    transaction.save_job(video.job, job)
                    transaction.add_event(event)
                self._ports.queue.deliver(transaction, job)
            return len(unfinished)

        return await self._ports.store.write(work)

    async def run(self) -> None:
        """Serve every engine and sweep, until cancelled. Call `recover` first."""
        async with asyncio.TaskGroup() as group:
            for name in self._engines:
                group.create_task(
                    self._ports.queue.serve(name, self._slots[name], self._attempts.run),
                    name=f"serve {name}",
                )
            group.create_task(self._sweep(), name="sweep")

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
                transaction.save_job(video.job, job)
                transaction.add_event(event)
                if not job.state.is_final:
                    self._ports.queue.deliver(transaction, job)
            return len(overdue) + self._deliver_forgotten(transaction)

        return await self._ports.store.write(work)

    def _deliver_forgotten(self, transaction: Transaction) -> int:
        engines = [
            name
            for name in self._engines
            if transaction.count_waiting(name) > self._ports.queue.waiting(name)
        ]
        if not engines:
            return 0
        forgotten = [
            video.job
            for video in transaction.unfinished()
            if video.job.state is JobState.QUEUED and video.job.engine in engines
        ]
        for job in forgotten:
            # One that is delivered already stays where it is in the line.
            self._ports.queue.deliver(transaction, job)
        return len(forgotten)
