"""Brings accepted videos to the workers of their engine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from matinee.core.ids import VideoId
from matinee.core.job import Job
from matinee.ports.store import Transaction


async def at_once() -> None:
    """Nothing to wait for."""


class JobQueue(Protocol):
    """Delivers "work on this video" at least once. The row is the truth, a delivery is a hint."""

    def deliver(self, transaction: Transaction, job: Job, *, delay_s: float = 0.0) -> None:
        """Deliver the waiting `job` when `transaction` commits, and not if it does not.

        With `delay_s` it comes so much later at the earliest; a restart may shorten that.
        """

    def redeliver(self, transaction: Transaction, engine: str) -> int:
        """Deliver every waiting video of `engine` that no delivery speaks of; how many.

        A delivery may have been lost with the process that held it, or met a full disk.
        """

    async def serve(
        self,
        engine: str,
        slots: int,
        handler: Callable[[VideoId], Awaitable[None]],
        ready: Callable[[], Awaitable[None]] = at_once,
    ) -> None:
        """Hand videos of `engine` to `handler`, smallest priority first, `slots` at a time.

        Before each one `ready` is waited for: until then all stay in line.

        Runs until it is cancelled; then it cancels the handlers and waits for them. A handler
        that raises is logged and its video left to the sweep.
        """
