"""Brings accepted videos to the workers of their engine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from matinee.core.ids import VideoId
from matinee.core.job import Job
from matinee.ports.store import Transaction


class JobQueue(Protocol):
    """Delivers "work on this video" at least once. The row is the truth, a delivery is a hint."""

    def deliver(self, transaction: Transaction, job: Job, *, delay_s: float = 0.0) -> None:
        """Deliver the waiting `job` when `transaction` commits, and not if it does not.

        With `delay_s` it comes so much later at the earliest; a restart may shorten that.
        """

    async def serve(
        self, engine: str, slots: int, handler: Callable[[VideoId], Awaitable[None]]
    ) -> None:
        """Hand videos of `engine` to `handler`, smallest priority first, `slots` at a time.

        Runs until it is cancelled; then it cancels the handlers and waits for them. A handler
        that raises is logged and its video left to the sweep.
        """

    def waiting(self, engine: str) -> int:
        """About how many videos wait for `engine`, those among them whose delay still runs."""
