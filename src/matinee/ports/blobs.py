"""Where the bytes of assets and references lie."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

# No part begins with a dot: none leads out of the store, or to what is unfinished.
_PART = r"[A-Za-z0-9_-][A-Za-z0-9._-]*"
_KEY = re.compile(rf"{_PART}(?:/{_PART})*")
_MOST_CHARACTERS = 255
"""As many as a file's name may have, so each part may be one; ours have 50 or so."""


def checked_key(key: str) -> str:
    """`key`, if it is one that a store may take. Raises ValueError."""
    if len(key) > _MOST_CHARACTERS or _KEY.fullmatch(key) is None:
        raise ValueError(f"{key[:_MOST_CHARACTERS]!r} is no key of a blob.")
    return key


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobFacts:
    """A blob that is there. `stored_at` is when it came under its key, by the store's clock."""

    key: str
    size_bytes: int
    stored_at: datetime


class Blobs(Protocol):
    """Bytes under keys such as `videos/01k…/3/video.mp4`: letters, digits, `-_./`, no `..`."""

    async def put(self, key: str, source: Path) -> str:
        """Store the file at `source` (it may be moved) and return its SHA-256 in hexadecimal.

        The blob is durable and complete once this returns, and not there at all before.
        Raises StorageFull if there is no room.
        """

    async def put_bytes(self, key: str, data: bytes) -> str:
        """Store `data` and return its SHA-256 in hexadecimal, with the same promises."""

    def open(self, key: str, start: int, length: int) -> AsyncIterator[bytes]:
        """The `length` bytes from `start`, in pieces. Raises NotFound if the blob is gone."""

    async def fetch(self, key: str, target: Path) -> None:
        """Copy or link the blob to the file `target`. Raises NotFound if the blob is gone."""

    async def copy(self, key: str, target_key: str) -> None:
        """Make the blob be there under `target_key` too, as durable and independent of the other.

        Raises NotFound if it is gone, StorageFull if there is no room.
        """

    async def delete_under(self, prefix: str) -> None:
        """Remove every blob whose key begins with the folder `prefix`; none is no error."""

    async def delete(self, key: str) -> None:
        """Remove the blob; one that is not there is no error."""

    def list_under(self, prefix: str) -> AsyncIterator[BlobFacts]:
        """Every blob whose key begins with the folder `prefix`, those of a folder in a row.

        What is stored or removed meanwhile may be among them or not.
        """

    async def sweep(self, before: datetime | None = None) -> None:
        """Remove what was begun before that moment and never became a blob: half of an upload, say.

        Without a moment: at the start of a process, all that nobody else can be at work on.
        """

    def local_path(self, key: str) -> Path | None:
        """Where the blob lies as a file of this machine, if it does: servers send it from there."""
