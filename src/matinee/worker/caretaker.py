"""Sees to it, in every process, that no video is forgotten: the sweep, and who goes elsewhere."""

from __future__ import annotations

import asyncio
import logging
import time

from matinee.core.errors import MatineeError
from matinee.worker.condition import Condition
from matinee.worker.diversions import Diversions
from matinee.worker.duties import Duties
from matinee.worker.sweep import Sweep

logger = logging.getLogger(__name__)

_LOOK_S = 1.0
_DIVERT_S = 15.0
"""How often it is looked whether a video has waited too long for an engine that is away."""


class Caretaker:
    """Looks after what waits, beside workers or without any."""

    def __init__(
        self, sweep: Sweep, diversions: Diversions, condition: Condition, duties: Duties
    ) -> None:
        self._sweep = sweep
        self._diversions = diversions
        self._condition = condition
        self._duties = duties

    async def run(self) -> None:
        """Do so until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._sweep.run(), name="sweep")
            group.create_task(self._duties.do("diversions", self._divert), name="diversions")

    async def _divert(self) -> None:
        """Help those that wait for engines that are away, as soon as one goes or comes."""
        changes = self._condition.changes
        seen, diverted_s = -1, 0.0
        while True:
            if changes.version != seen or time.monotonic() - diverted_s > _DIVERT_S:
                seen, diverted_s = changes.version, time.monotonic()
                try:
                    await self._diversions.divert_all()
                except MatineeError as error:
                    # Whoever waits goes on waiting.
                    logger.log(error.log_level, "nobody diverted", extra={"code": error.code})
            await changes.wait_since(seen, _LOOK_S)
