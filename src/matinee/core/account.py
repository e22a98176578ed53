"""Who pays, and the credential that proves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from matinee.core.ids import AccountId, KeyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The owner of videos and keys. The local account owns what is made without a key."""

    id: AccountId
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A credential. Its secret is never stored: only `digest`, HMAC-SHA-256 of it, hexadecimal."""

    id: KeyId
    account_id: AccountId
    account_name: str
    digest: str
    hint: str
    """The first and last characters, so that a person can tell keys apart."""

    created_at: datetime
    revoked_at: datetime | None = None
    is_admin: bool = False
    """Whether who holds it may look at the whole server."""
