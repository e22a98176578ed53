"""Blobs as objects of a bucket."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

from matinee.blobs.objects.bucket import DEFAULT_PATIENCE, Bucket, Patience
from matinee.core.errors import (
    MatineeError,
    NotFound,
    ServiceUnavailable,
    SettingsInvalid,
    StorageFull,
)
from matinee.ports.blobs import BlobFacts, checked_key
from matinee.ports.clock import Clock

logger = logging.getLogger(__name__)

_PIECE_BYTES = 256 * 1024
_PART_BYTES = 8 * 1024 * 1024
_PARTS_AT_ONCE = 3
_SMALL_BYTES = 1024 * 1024
_NAMES_AT_ONCE = 1000
"""As many as S3 lists and deletes in one request."""

_FULL = ("507 ", "<Code>QuotaExceeded", "<Code>InsufficientStorage", "StorageFull</Code>")
"""How S3-compatible stores say that they have no room; Amazon's always has."""

_NO_BUCKET = "<Code>NoSuchBucket"


@contextmanager
def translated() -> Iterator[None]:
    """Raise what the object store or this machine's disk refuses as an error of ours."""
    try:
        yield
    except (BaseError, OSError) as error:
        raise _meaning(error) from error


class ObjectBlobs:
    """Every blob is an object of a bucket, its key behind the bucket's prefix.

    An object is there once it is complete, and the store keeps it then.
    """

    def __init__(self, bucket: Bucket, clock: Clock, patience: Patience = DEFAULT_PATIENCE) -> None:
        self._bucket = bucket
        self._clock = clock
        self._store = bucket.open(patience)
        self._work = bucket.open_work(patience)
        self._streams = bucket.open_streams(patience)

    async def check(self, name: str) -> None:
        """Write, read and remove a blob called `name`. Raises SettingsInvalid if that can't be."""
        key = checked_key(name)
        try:
            await self._store.put_async(key, b"matinee")
            await (await self._store.get_async(key)).bytes_async()
            await self._store.delete_async([key])
        except (PermissionDeniedError, UnauthenticatedError) as error:
            raise SettingsInvalid(
                f"The object store refuses the bucket {self._bucket.place}: its keys, in "
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, must let it be written, read, listed "
                "and deleted from.",
                param="blob_store",
            ) from error
        except (BaseError, OSError) as error:
            raise SettingsInvalid(self._why_unusable(error), param="blob_store") from error

    async def put(self, key: str, source: Path) -> str:
        """Move the file at `source` to `key`; its SHA-256 in hexadecimal."""
        checked_key(key)
        with translated():
            if (await asyncio.to_thread(source.stat)).st_size <= _PART_BYTES:
                digest = await self.put_bytes(key, await asyncio.to_thread(source.read_bytes))
            else:
                digest = await self._put_parts(key, source)
            await asyncio.to_thread(source.unlink)
        return digest

    async def put_bytes(self, key: str, data: bytes) -> str:
        """Store `data` under `key`; its SHA-256 in hexadecimal."""
        checked_key(key)
        with translated():
            store = self._store if len(data) <= _SMALL_BYTES else self._work
            await store.put_async(key, data, chunk_size=_PART_BYTES, max_concurrency=_PARTS_AT_ONCE)
        return await asyncio.to_thread(_digest, data)

    async def open(self, key: str, start: int, length: int) -> AsyncIterator[bytes]:
        """The `length` bytes from `start`, in pieces. Raises NotFound if the blob is gone."""
        checked_key(key)
        with translated():
            if length == 0:
                # S3 has no empty ranges.
                await self._store.head_async(key)
                return
            reply = await self._streams.get_async(key, options={"range": (start, start + length)})
            async for piece in reply.stream(_PIECE_BYTES):
                yield bytes(piece)

    async def fetch(self, key: str, target: Path) -> None:
        """Copy the blob to the file `target`. Raises NotFound if the blob is gone."""
        checked_key(key)
        with translated():
            reply = await self._streams.get_async(key)
            file = await asyncio.to_thread(target.open, "wb")
            with file:
                async for piece in reply.stream(_PART_BYTES):
                    await asyncio.to_thread(file.write, piece)

    async def copy(self, key: str, target_key: str) -> None:
        """Make the blob be there under `target_key` too. Raises NotFound if it is gone."""
        with translated():
            await self._work.copy_async(checked_key(key), checked_key(target_key))

    async def delete_under(self, prefix: str) -> None:
        """Remove every blob whose key begins with the folder `prefix`; none is no error."""
        checked_key(prefix)
        with translated():
            async for found in self._store.list_async(prefix, chunk_size=_NAMES_AT_ONCE):
                await self._store.delete_async([blob["path"] for blob in found])

    async def delete(self, key: str) -> None:
        """Remove the blob; one that is not there is no error."""
        checked_key(key)
        with translated():
            await self._store.delete_async([key])

    async def list_under(self, prefix: str) -> AsyncIterator[BlobFacts]:
        """Every blob whose key begins with the folder `prefix`, in the order of the keys."""
        checked_key(prefix)
        with translated():
            async for found in self._store.list_async(prefix, chunk_size=_NAMES_AT_ONCE):
                for blob in found:
                    yield BlobFacts(
                        key=blob["path"], size_bytes=blob["size"], stored_at=blob["last_modified"]
                    )

    async def sweep(self, before: datetime | None = None) -> None:
        """Give up uploads that were begun before that moment and never finished.

        Without a moment nothing is: other processes may be at work on any of them.
        """
        uploads = self._bucket.uploads()
        if before is None:
            return
        if uploads is None:
            logger.info("unfinished uploads are left to the bucket's own lifecycle rules")
            return
        # With its end, so that a neighbour whose prefix begins alike is left alone.
        prefix = f"{self._bucket.prefix}/" if self._bucket.prefix else ""
        given_up = await uploads.abandon(prefix, before, self._clock.now())
        if given_up:
            logger.info("unfinished uploads given up", extra={"uploads": given_up})

    def local_path(self, key: str) -> Path | None:
        """None: a blob is no file of this machine."""
        checked_key(key)
        return None

    async def _put_parts(self, key: str, source: Path) -> str:
        digest = hashlib.sha256()
        await self._work.put_async(
            key,
            _hashed_parts(source, digest),
            chunk_size=_PART_BYTES,
            max_concurrency=_PARTS_AT_ONCE,
        )
        return digest.hexdigest()

    def _why_unusable(self, error: Exception) -> str:
        if isinstance(error, FileNotFoundError):
            return f"The object store has no bucket {self._bucket.place}: make it first."
        return (
            f"The bucket {self._bucket.place} can't be used: {_meaning(error)} See that "
            "'blob_endpoint' is the address of an S3-compatible store, and that it runs."
        )


def _meaning(error: Exception) -> MatineeError:
    text = str(error)
    if isinstance(error, FileNotFoundError) and _NO_BUCKET not in text:
        return NotFound("The file is gone.")
    if any(sign in text for sign in _FULL):
        return StorageFull("The object store that holds the files is full.")
    # No more of it: it may hold addresses that are nobody's business.
    return ServiceUnavailable("The store that holds the files can't be used for now.")


async def _hashed_parts(source: Path, digest: hashlib._Hash) -> AsyncGenerator[bytes, None]:
    with await asyncio.to_thread(source.open, "rb") as file:
        while part := await asyncio.to_thread(file.read, _PART_BYTES):
            await asyncio.to_thread(digest.update, part)
            yield part


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
