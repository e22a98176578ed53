"""How a request is recognised when it comes again.

By its `Idempotency-Key`, as Stripe does it, or by its words: the SDKs have no such key, and tell
in `x-stainless-retry-count` how often they have sent the same before.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Any

import msgspec
from starlette.requests import Request

from matinee.core.errors import InvalidRequest
from matinee.services.answers import Question
from matinee.services.creation import Asked, RequestKey
from matinee.web.body import Body
from matinee.web.forms import FilePart

_MAX_REQUEST_KEY_CHARACTERS = 255
_RETRY_COUNT = "x-stainless-retry-count"
_COUNT = re.compile(r"[0-9]{1,9}")


def parse_asked(
    request: Request, body: Body, received_at: datetime, *, by_words: bool = False
) -> Asked:
    """How `request` will be recognised; not at all if it brings neither key nor count.

    With `by_words` it is by its words then: chat programs repeat a request and do not say so.
    Raises InvalidRequest for a key that is none.
    """
    key = request.headers.get("idempotency-key", "").strip()
    count = _COUNT.fullmatch(request.headers.get(_RETRY_COUNT, "").strip())
    if key:
        _check_key(key)
        return Asked(request_key=RequestKey(key=key, digest=_digest_of(request, body)))
    if by_words or count:
        return Asked(
            question=Question(
                digest=_digest_of(request, body),
                received_at=received_at,
                is_repeat=count is not None and int(count.group()) > 0,
            )
        )
    return Asked()


def _digest_of(request: Request, body: Body) -> str:
    """A digest of all that was asked for.

    It is of the values, so that a repeated form with another boundary is the same.
    """
    asked = (
        request.scope["path"],
        sorted(request.query_params.multi_items()),
        _digestible(body.values),
    )
    encoded = msgspec.json.encode(asked, order="deterministic")
    return hashlib.sha256(encoded).hexdigest()


def _check_key(key: str) -> None:
    if len(key) > _MAX_REQUEST_KEY_CHARACTERS or not key.isascii() or not key.isprintable():
        raise InvalidRequest(
            f"An Idempotency-Key has 1 to {_MAX_REQUEST_KEY_CHARACTERS} printable ASCII "
            "characters.",
            param="Idempotency-Key",
        )


def _digestible(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _digestible(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_digestible(each) for each in value]
    if isinstance(value, FilePart):
        return {"file": value.name, "sha256": value.sha256}
    return value
