"""What is carried through the database is heard as it was announced."""

from __future__ import annotations

from itertools import product
from typing import Any, cast

import pytest

from matinee.core.job import JobState
from matinee.ports.events import Change
from matinee.ports.store import Transaction
from matinee.queue.postgres_announcements import ChangeFeed, carry
from tests.samples import ALICE, a_video_id


class Carried:
    """A transaction that notes what is notified."""

    def __init__(self) -> None:
        self.driver = self
        self.payloads: list[str] = []

    def execute(self, statement: str, values: dict[str, Any]) -> None:
        del statement
        self.payloads.append(values["payload"])


@pytest.mark.parametrize("state", JobState)
def test_a_change_is_heard_as_it_was_announced(state: JobState) -> None:
    transaction, heard = Carried(), list[Change]()
    changes = [
        Change(
            video_id=a_video_id(progress),
            account_id=ALICE,
            state=state,
            progress=progress,
            is_wanted=is_wanted,
            is_gone=is_gone,
        )
        for progress, is_wanted, is_gone in product((0, 100), (True, False), (True, False))
    ]
    for change in changes:
        carry(cast(Transaction, transaction), change)
    feed = ChangeFeed(heard.append, lambda: pytest.fail("a gap"))
    for payload in transaction.payloads:
        feed.hear(payload)
    assert heard == changes


@pytest.mark.parametrize(
    "payload", ["", "{}", "a b queued 1 1", "a b done 1 1 0", "a b queued x 1 0"]
)
def test_what_is_not_understood_is_a_gap(payload: str) -> None:
    gaps = list[str]()
    feed = ChangeFeed(lambda change: pytest.fail(str(change)), lambda: gaps.append(payload))
    feed.hear(payload)
    assert gaps == [payload]
