"""Takes up what got lost on the way. Every process looks after it, and one sweeps at a time."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial

from matinee.core.attempt import LEASE_EXPIRED
from matinee.core.errors import MatineeError
from matinee.core.ids import VideoId
from matinee.core.job import Job, expire_lease
from matinee.ports.store import Transaction
from matinee.worker.ledger import move
from matinee.worker.ports import WorkerPorts

logger = logging.getLogger(__name__)

_EVERY_S = 5.0
_TURN_SHARE = 0.8
"""After one process has swept, no other one does for this part of the time between two looks: they
see the same. Less than all of it, so that the next one need not be by another process."""

_SHARE = 3
"""A database was away that let one wait for such a part of a lease, or longer."""

_MOST_AT_ONCE = 100
"""So many in one transaction: others write too."""


class Sweep:
    """Finds videos whose worker is dead, and those of which no delivery speaks."""

    def __init__(
        self,
        ports: WorkerPorts,
        engines: Collection[str],
        *,
        is_running: Callable[[VideoId], bool],
        lease: timedelta,
        trusts_at_once: bool,
        holder: str | None = None,
    ) -> None:
        """`engines` are swept besides those that rows speak of. `holder` names this process.

        Without a name it sweeps whenever it is asked to, with one only if no other process has
        just done so.

        Unless it `trusts_at_once`, no lease counts as over before this process could see for as
        long as a lease lasts that the database is there. Nor after an outage: its worker had as
        little chance to renew it.
        """
        self._ports = ports
        self._holder = holder
        self._engines = frozenset(engines)
        self._is_running = is_running
        self._lease_s = lease.total_seconds()
        # An outage as long as a lease is never slept through.
        self._every_s = min(_EVERY_S, self._lease_s / _SHARE)
        self._trusts_from_s = 0.0 if trusts_at_once else time.monotonic() + self._lease_s

    async def run(self) -> None:
        """Sweep again and again, until cancelled."""
        while True:
            await asyncio.sleep(self._every_s)
            try:
                await self.sweep()
            except MatineeError as error:
                # The database is away or its disk is full: the next sweep tries again.
                logger.log(error.log_level, "sweep failed", extra={"code": error.code})

    async def sweep(self) -> int:
        """Take up what got lost; how many videos that were.

        Those are videos whose worker has not been heard of for its lease, and waiting ones that
        no delivery speaks of any more, because it was lost with its worker or met a full disk.
        """
        try:
            if not await self._has_turn():
                return 0
            engines = self._engines | (await self._ports.store.attempts.loads()).keys()
            return sum([await self._sweep_engine(engine) for engine in sorted(engines)])
        except MatineeError:
            self._distrust()
            raise

    async def _has_turn(self) -> bool:
        holder = self._holder
        # As long as it takes nothing up, it leaves the turn to those who do.
        if holder is None or time.monotonic() < self._trusts_from_s:
            return True
        began_s, now = time.monotonic(), self._ports.clock.now()
        until = now + timedelta(seconds=_TURN_SHARE * self._every_s)
        has_turn = await self._ports.store.write(
            lambda transaction: transaction.crew.hold_duty("sweep", holder, now, until)
        )
        self._distrust_since(began_s)
        return has_turn

    async def _sweep_engine(self, engine: str) -> int:
        lost = taken = await self._take_up_some(engine)
        while taken == _MOST_AT_ONCE:
            taken = await self._take_up_some(engine)
            lost += taken
        return lost + await self._ports.store.write(
            lambda transaction: self._ports.queue.redeliver(transaction, engine)
        )

    async def _take_up_some(self, engine: str) -> int:
        work = partial(self._take_up, engine=engine, began_s=time.monotonic())
        return await self._ports.store.write(work)

    def _take_up(self, transaction: Transaction, engine: str, began_s: float) -> int:
        """Take up some of the engine's videos; how many."""
        self._distrust_since(began_s)
        if time.monotonic() < self._trusts_from_s:
            return 0
        now = self._ports.clock.now()
        overdue = [
            video
            for video in transaction.overdue(engine, now, _MOST_AT_ONCE)
            # If it runs here the whole machine slept, its attempt too: that renews its lease.
            if not self._is_running(video.id)
        ]
        for video in overdue:
            job, event = expire_lease(video.job, now)
            move(self._ports, transaction, video, job, event)
            transaction.attempts.finish(
                video.id,
                video.job.attempt,
                outcome=LEASE_EXPIRED,
                message=self._last_heard(video.job),
                now=now,
            )
            if not job.state.is_final:
                self._ports.queue.deliver(transaction, job)
            fields = {"video_id": video.id, "attempt": video.job.attempt, "engine": job.engine}
            transaction.after_commit(
                partial(logger.warning, "worker was not heard of", extra=fields)
            )
        return len(overdue)

    def _last_heard(self, job: Job) -> str | None:
        if job.lease_expires_at is None:
            return None
        heard_at = job.lease_expires_at - timedelta(seconds=self._lease_s)
        return f"Its worker was last heard of at {heard_at:%Y-%m-%dT%H:%M:%S.%fZ}."

    def _distrust(self) -> None:
        """Call no lease expired before all could have been renewed."""
        self._trusts_from_s = time.monotonic() + self._lease_s

    def _distrust_since(self, began_s: float) -> None:
        """The same if what began then was kept waiting by the database for long."""
        if time.monotonic() - began_s > self._lease_s / _SHARE:
            self._distrust()
