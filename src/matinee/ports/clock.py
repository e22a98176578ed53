"""Time, ids and randomness, passed in so that tests can replay them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from matinee.core.ids import AccountId, KeyId, VideoId


class Clock(Protocol):
    """The time of day."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


class Identities(Protocol):
    """Fresh ids and secrets."""

    def video_id(self, now: datetime) -> VideoId:
        """A new id; later ones sort after earlier ones."""

    def account_id(self, now: datetime) -> AccountId:
        """A new id."""

    def key_id(self, now: datetime) -> KeyId:
        """A new id."""

    def secret(self, size_bytes: int) -> str:
        """`size_bytes` unpredictable bytes, as URL-safe text without padding."""

    def seed(self) -> int:
        """A film's seed, 0 to 2**31 - 1."""
