"""Says that this process makes films, and forgets those that say nothing any more."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from datetime import timedelta

from matinee.core.errors import MatineeError
from matinee.ports.crew import Worker
from matinee.ports.store import Transaction
from matinee.worker.ports import WorkerPorts

logger = logging.getLogger(__name__)

_SHARE = 3
_KEPT = timedelta(hours=1)
"""So long at least it is shown which workers went without a word."""

_FORGOTTEN_S = 600.0
"""How often each worker forgets those: it reads what is known of all of them."""


class Roster:
    """Keeps the row of one worker."""

    def __init__(
        self, ports: WorkerPorts, worker: Worker, *, silence: timedelta, leaves: bool
    ) -> None:
        """It counts as dead after `silence`.

        `leaves` is whether its row goes at its end, with what it knew of its engines.
        """
        self._ports = ports
        self._worker = worker
        self._every_s = silence.total_seconds() / _SHARE
        self._leaves = leaves
        self._forgets_at_s = 0.0

    async def run(self) -> None:
        """Write that the worker lives, until cancelled; then that it is gone."""
        try:
            while True:
                try:
                    await self.note()
                except MatineeError as error:
                    logger.log(error.log_level, "worker not noted", extra={"code": error.code})
                await asyncio.sleep(self._every_s)
        finally:
            if self._leaves:
                await asyncio.shield(self._leave())

    async def note(self) -> None:
        """Write that the worker lives, and now and then forget those that went long ago."""
        now, now_s = self._ports.clock.now(), time.monotonic()
        seen, forgets = replace(self._worker, seen_at=now), now_s >= self._forgets_at_s

        def work(transaction: Transaction) -> None:
            transaction.crew.note_worker(seen)
            if forgets:
                transaction.crew.remove_workers(now - _KEPT)

        await self._ports.store.write(work)
        if forgets:
            self._forgets_at_s = now_s + _FORGOTTEN_S

    async def _leave(self) -> None:
        try:
            await self._ports.store.write(
                lambda transaction: transaction.crew.remove_worker(self._worker.id)
            )
        except MatineeError as error:
            # It is silent from now on, which says the same a little later.
            logger.log(error.log_level, "worker not removed", extra={"code": error.code})
