"""Time, ids and randomness, passed in so that tests can replay them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from matinee.core.ids import (
    AccountId,
    CharacterId,
    DeliveryId,
    EndpointId,
    FileId,
    KeyId,
    VideoId,
)


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

    def character_id(self, now: datetime) -> CharacterId:
        """A new id; later ones sort after earlier ones."""

    def file_id(self, now: datetime) -> FileId:
        """A new id; later ones sort after earlier ones."""

    def endpoint_id(self, now: datetime) -> EndpointId:
        """A new id; later ones sort after earlier ones."""

    def delivery_id(self, now: datetime) -> DeliveryId:
        """A new id; later ones sort after earlier ones."""

    def secret(self, size_bytes: int) -> str:
        """`size_bytes` unpredictable bytes, as letters and digits."""

    def seed(self) -> int:
        """A film's seed, 0 to 2**31 - 1."""
