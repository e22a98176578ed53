"""Time, ids and randomness of this machine."""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime

from ulid import ULID

from matinee.core.ids import (
    AccountId,
    CharacterId,
    DeliveryId,
    EndpointId,
    FileId,
    KeyId,
    VideoId,
)


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)


class SystemIdentities:
    """Ids from the time and the machine's randomness."""

    def video_id(self, now: datetime) -> VideoId:
        """A ULID, lower case."""
        return VideoId(_ulid(now))

    def account_id(self, now: datetime) -> AccountId:
        """A ULID, lower case."""
        return AccountId(_ulid(now))

    def key_id(self, now: datetime) -> KeyId:
        """A ULID, lower case, behind `key_`."""
        return KeyId(f"key_{_ulid(now)}")

    def character_id(self, now: datetime) -> CharacterId:
        """A ULID, lower case."""
        return CharacterId(_ulid(now))

    def file_id(self, now: datetime) -> FileId:
        """A ULID, lower case."""
        return FileId(_ulid(now))

    def endpoint_id(self, now: datetime) -> EndpointId:
        """A ULID, lower case."""
        return EndpointId(_ulid(now))

    def delivery_id(self, now: datetime) -> DeliveryId:
        """A ULID, lower case."""
        return DeliveryId(_ulid(now))

    def secret(self, size_bytes: int) -> str:
        """Unpredictable bytes as letters and digits."""
        # Letters and digits alone: in a link, a lone underscore opens emphasis in Markdown.
        return base64.b32encode(secrets.token_bytes(size_bytes)).decode().rstrip("=").lower()

    def seed(self) -> int:
        """A film's seed."""
        return secrets.randbelow(2**31)


def _ulid(now: datetime) -> str:
    return str(ULID.from_datetime(now)).lower()
