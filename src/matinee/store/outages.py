"""What is said of a database that can't be used for a while: little to clients, more in the log."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from matinee.core.errors import MatineeError

logger = logging.getLogger(__name__)

AWAY = "The database can't be used for now."
DISK_FULL = "The disk that holds the database is full."
NO_ANSWER = "it does not answer in time"

_CALM_S = 25.0
"""So long nothing must have gone wrong: some connections work at a moment at which others do not,
and a disk that takes nothing can still be read. Processes write that they live thrice in a lease.
"""


class Outages:
    """Logs when a database goes away and why, and when it is back: a line each.

    However many meet it meanwhile. `monotonic` counts seconds.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._began_s: float | None = None
        self._met_s = 0.0

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Take note of how the use of the database inside ends."""
        try:
            yield
        except MatineeError as error:
            if error.why is not None:
                self._meet(error.why)
            raise
        if self._began_s is not None:
            self._end(self._began_s)

    def _meet(self, why: str) -> None:
        self._met_s = self._monotonic()
        if self._began_s is None:
            self._began_s = self._met_s
            logger.warning("database is away", extra={"why": why})

    def _end(self, began_s: float) -> None:
        if self._monotonic() - self._met_s >= _CALM_S:
            self._began_s = None
            logger.info("database is back", extra={"after_s": round(self._met_s - began_s, 1)})
