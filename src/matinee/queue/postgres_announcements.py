"""Announcements over PostgreSQL: notified by the transaction that makes the change.

Every process hears them, the one that announced among them, and only so: they come to watchers in
the order of the commits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from matinee.core.ids import AccountId, VideoId
from matinee.core.job import JobState
from matinee.ports.events import Change
from matinee.ports.store import Transaction

logger = logging.getLogger(__name__)

CHANNEL = "matinee_changes"
"""Where the database tells what has changed."""

_NOTIFY = "SELECT pg_notify(%(channel)s, %(payload)s)"


def carry(transaction: Transaction, change: Change) -> None:
    """Have every process told of `change` when `transaction` commits, and none if it does not."""
    transaction.driver.execute(_NOTIFY, {"channel": CHANNEL, "payload": _payload_of(change)})


class ChangeFeed:
    """Publishes to the watchers of one process what it hears from the database."""

    def __init__(self, publish: Callable[[Change], None], publish_gap: Callable[[], None]) -> None:
        """`publish_gap` tells them that something may have been missed."""
        self._publish = publish
        self._publish_gap = publish_gap

    def hear(self, payload: str) -> None:
        """Something was announced somewhere."""
        try:
            change = _change_of(payload)
        except ValueError:
            # Another version has its own way to say it. The store says it to both.
            logger.debug("announcement not understood", extra={"payload": payload})
            self._publish_gap()
        else:
            self._publish(change)

    def miss(self) -> None:
        """What was announced until now may not have been heard."""
        self._publish_gap()


def _payload_of(change: Change) -> str:
    """Six words. PostgreSQL allows 8,000 bytes, and copies each to every process."""
    wish = f"{change.is_wanted:d} {change.is_gone:d}"
    return f"{change.video_id} {change.account_id} {change.state} {change.progress} {wish}"


def _change_of(payload: str) -> Change:
    """The change behind `payload`. Raises ValueError if it is none."""
    video_id, account_id, state, progress, is_wanted, is_gone = payload.split(" ")
    return Change(
        video_id=VideoId(video_id),
        account_id=AccountId(account_id),
        state=JobState(state),
        progress=int(progress),
        is_wanted=bool(int(is_wanted)),
        is_gone=bool(int(is_gone)),
    )
