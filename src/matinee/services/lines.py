"""The place of a video among those that wait for the same engine."""

from __future__ import annotations

from dataclasses import replace

from matinee.core.ids import AccountId
from matinee.core.job import Job
from matinee.policy.fairness import next_priority
from matinee.ports.store import Transaction


def in_line(transaction: Transaction, account_id: AccountId, job: Job) -> Job:
    """`job` of the account with its place in the line of its engine, which it just joins."""
    priority = next_priority(
        first_waiting=transaction.first_waiting_priority(job.engine),
        last_started=transaction.last_started_priority(job.engine),
        last_of_account=transaction.last_priority(job.engine, account_id),
    )
    return replace(job, priority=priority)
