"""By what a database knows the secret of its house: a digest, which the first process notes."""

from __future__ import annotations

import hmac

from matinee.core.errors import SettingsInvalid

REFUSAL = (
    "The database's keys were made under another secret than this machine has. Give it the same "
    "one: set MATINEE_SECRET to what 'matinee db secret' prints on a machine that works, or copy "
    "the file pepper.key of that machine, or of the old data folder, into the data folder here."
)
_KNOWN_TEXT = b"matinee: the secret of a house"


def digest_of(secret: bytes) -> str:
    """What is stored of the secret; it can't be told from it."""
    return hmac.digest(secret, _KNOWN_TEXT, "sha256").hex()


def is_agreed(noted: str | None, secret: bytes | None) -> bool:
    """Whether a process with that secret may use a database with that digest, if there is one."""
    if noted is None:
        return True
    return secret is not None and hmac.compare_digest(noted, digest_of(secret))


def refuse_other(noted: str | None, secret: bytes | None) -> None:
    """Raise SettingsInvalid unless a process with that secret may use the database."""
    if not is_agreed(noted, secret):
        raise SettingsInvalid(REFUSAL, param="database")
