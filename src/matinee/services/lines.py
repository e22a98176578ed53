"""The place of a video in its engine's line, and the places for all that wait or run."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from matinee.core.errors import QueueFull
from matinee.core.ids import AccountId
from matinee.core.job import Job
from matinee.policy.fairness import next_priority
from matinee.ports.store import Transaction

_COUNTED_EVERY = timedelta(seconds=1)


class Places:
    """The places for videos that wait or run, `most` in all.

    To count them takes longer the more there are, so what this process accepts is added to the
    last count. That may be too many, never too few, and they are counted again before one is
    refused. Where several processes accept, the limit may be passed by what the others took
    within a second.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._counted_at: datetime | None = None

    def take(self, transaction: Transaction, now: datetime) -> None:
        """Give one of them to another video. Raises QueueFull if there is none left."""
        if self._count >= self._most or not self._is_fresh(now):
            self._count = transaction.count_unfinished()
            self._counted_at = now
        if self._count >= self._most:
            raise QueueFull(
                f"{self._most} videos are waiting, which is all this server takes. Try again later."
            )
        self._count += 1

    def _is_fresh(self, now: datetime) -> bool:
        return self._counted_at is not None and abs(now - self._counted_at) < _COUNTED_EVERY


def in_line(transaction: Transaction, account_id: AccountId, job: Job) -> Job:
    """`job` of the account with its place in the line of its engine, which it just joins."""
    priority = next_priority(
        first_waiting=transaction.first_waiting_priority(job.engine),
        last_started=transaction.last_started_priority(job.engine),
        last_of_account=transaction.last_priority(job.engine, account_id),
    )
    return replace(job, priority=priority)
