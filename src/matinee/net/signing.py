"""Signatures of what this server sends, and the secrets under them, which are stored nowhere.

A secret is derived from the server's pepper, so nobody reads one out of the database or a backup
of it.
Source: Standard Webhooks 1.0, symmetric signatures.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from matinee.core.ids import AccountId, EndpointId

_PREFIX = "whsec_"
_SHOWN_CHARACTERS = 4


class SigningSecrets:
    """The signing secrets of one server, in the form in which receivers keep them."""

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper

    def of_endpoint(self, endpoint_id: EndpointId, secret_number: int) -> str:
        """The secret of that number; an endpoint's first is 1."""
        return self._derive(f"webhook:{endpoint_id}:{secret_number}")

    def of_callbacks(self, account_id: AccountId) -> str:
        """The secret that signs every callback to a video of the account."""
        return self._derive(f"callback:{account_id}")

    def _derive(self, purpose: str) -> str:
        key = hmac.new(self._pepper, purpose.encode(), hashlib.sha256).digest()
        return _PREFIX + base64.b64encode(key).decode()


def hint_of(secret: str) -> str:
    """What may always be shown of `secret`, so that a person can tell which one it is."""
    shown = secret.removeprefix(_PREFIX).rstrip("=")
    return f"{_PREFIX}…{shown[-_SHOWN_CHARACTERS:]}"


def signed_headers(
    message_id: str, at: datetime, body: bytes, secrets: Sequence[str]
) -> dict[str, str]:
    """The headers that prove to whoever knows one of `secrets` that the server sent `body`.

    `message_id` stays the same when the message is sent again; `at` is when it is sent.
    """
    timestamp = str(int(at.timestamp()))
    content = b".".join((message_id.encode(), timestamp.encode(), body))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{_signature(content, secret)}" for secret in secrets),
    }


def _signature(content: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
