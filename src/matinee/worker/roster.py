"""Says that this process makes films, and forgets those that say nothing any more."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

from matinee.core.errors import MatineeError
from matinee.ports.crew import Worker
from matinee.worker.ports import WorkerPorts

logger = logging.getLogger(__name__)

_SHARE = 3
_KEPT = timedelta(hours=1)
"""So long it is shown which workers went without a word."""


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

    async def run(self) -> None:
        """Write that the worker lives, until cancelled; then that it is gone."""
        try:
            while True:
                try:
                    await self.note()
                except MatineeError as error:
                    logger.warning("worker not noted", extra={"code": error.code})
                await asyncio.sleep(self._every_s)
        finally:
            if self._leaves:
                await asyncio.shield(self._leave())

    async def note(self) -> None:
        """Write that the worker lives."""
        now = self._ports.clock.now()
        seen = replace(self._worker, seen_at=now)
        await self._ports.store.write(lambda transaction: transaction.crew.note_worker(seen))
        await self._ports.store.write(
            lambda transaction: transaction.crew.remove_workers(now - _KEPT)
        )

    async def _leave(self) -> None:
        try:
            await self._ports.store.write(
                lambda transaction: transaction.crew.remove_worker(self._worker.id)
            )
        except MatineeError as error:
            # It is silent from now on, which says the same a little later.
            logger.warning("worker not removed", extra={"code": error.code})
