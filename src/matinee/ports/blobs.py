"""Where the bytes of assets and references lie."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol


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

    def local_path(self, key: str) -> Path | None:
        """Where the blob lies as a file of this machine, if it does: servers send it from there."""
