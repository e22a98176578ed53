"""Blobs as files in a folder of this machine."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import itertools
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from matinee.core.errors import (
    MatineeError,
    NotFound,
    ServiceUnavailable,
    SettingsInvalid,
    StorageFull,
)
from matinee.durability import sync
from matinee.ports.blobs import BlobFacts, checked_key

_PIECE_BYTES = 256 * 1024
_LISTED_AT_ONCE = 500


@contextmanager
def translated() -> Iterator[None]:
    """Raise what the file system can't do as an error of ours."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound("The file is gone.") from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull("The disk that holds the files is full.") from error
        raise ServiceUnavailable(f"The files can't be used for now: {error.strerror}.") from error


class LocalBlobs:
    """Every blob is a file under `root`, its key the path.

    It appears there in one step, once its bytes are on the disk, and a folder disappears in one.
    """

    def __init__(self, root: Path, writer: str | None = None) -> None:
        """`writer` names this process among all that use the root; None: there are no others."""
        self._root = root
        self._writer = writer
        self._unfinished = root / ".unfinished"
        self._numbers = itertools.count()

    async def check(self, name: str) -> None:
        """Write, read and remove a blob called `name`. Raises SettingsInvalid if that can't be."""
        try:
            # The folder itself is not made: where a disk is not mounted, films would be lost later.
            if not await asyncio.to_thread(self._root.is_dir):
                raise NotFound("there is no such folder.")
            await self.put_bytes(f"{name}/blob", b"matinee")
            async for _ in self.open(f"{name}/blob", 0, 1):
                pass
            await self.delete_under(name)
        except MatineeError as error:
            raise SettingsInvalid(
                f"'blob_store': {self._root} can't be used: {error}", param="blob_store"
            ) from error

    async def sweep(self, before: datetime | None = None) -> None:
        """Remove what crashes left unfinished: what is older than `before`, or all at the start.

        Without `before` nothing is removed from a root that other processes use.
        """
        with translated():
            if before is not None:
                await asyncio.to_thread(self._sweep, before.timestamp())
            elif self._writer is None:
                await asyncio.to_thread(_remove, self._unfinished)

    async def put(self, key: str, source: Path) -> str:
        """Move the file at `source` to `key`; its SHA-256 in hexadecimal."""
        return await asyncio.to_thread(self._put, self._path(key), source)

    async def put_bytes(self, key: str, data: bytes) -> str:
        """Store `data` under `key`; its SHA-256 in hexadecimal."""
        return await asyncio.to_thread(self._put_bytes, self._path(key), data)

    async def open(self, key: str, start: int, length: int) -> AsyncIterator[bytes]:
        """The `length` bytes from `start`, in pieces. Raises NotFound if the blob is gone."""
        with translated():
            file = await asyncio.to_thread(self._path(key).open, "rb")
            with file:
                file.seek(start)
                while piece := await asyncio.to_thread(file.read, min(length, _PIECE_BYTES)):
                    length -= len(piece)
                    yield piece

    async def fetch(self, key: str, target: Path) -> None:
        """Copy the blob to the file `target`. Raises NotFound if the blob is gone."""
        # No link: whoever gets the file may write to it, and the blob must stay as it is.
        with translated():
            await asyncio.to_thread(shutil.copyfile, self._path(key), target)

    async def copy(self, key: str, target_key: str) -> None:
        """Make the blob be there under `target_key` too. Raises NotFound if it is gone."""
        await asyncio.to_thread(self._copy, self._path(key), self._path(target_key))

    async def delete_under(self, prefix: str) -> None:
        """Remove every blob whose key begins with the folder `prefix`; none is no error."""
        await asyncio.to_thread(self._delete, self._path(prefix))

    async def delete(self, key: str) -> None:
        """Remove the blob; one that is not there is no error."""
        await asyncio.to_thread(self._delete, self._path(key))

    async def list_under(self, prefix: str) -> AsyncIterator[BlobFacts]:
        """Every blob whose key begins with the folder `prefix`, those of a folder in a row."""
        found = self._walk(self._path(prefix))
        while some := await asyncio.to_thread(lambda: list(islice(found, _LISTED_AT_ONCE))):
            for facts in some:
                yield facts

    def local_path(self, key: str) -> Path | None:
        """The blob's file, if it is there."""
        path = self._path(key)
        return path if path.is_file() else None

    def _path(self, key: str) -> Path:
        return self._root / checked_key(key)

    def _walk(self, folder: Path) -> Iterator[BlobFacts]:
        with translated(), suppress(FileNotFoundError, NotADirectoryError):
            for entry in os.scandir(folder):
                with suppress(FileNotFoundError):
                    if entry.is_dir(follow_symlinks=False):
                        yield from self._walk(Path(entry.path))
                    else:
                        yield self._facts(entry)

    def _facts(self, entry: os.DirEntry[str]) -> BlobFacts:
        status = entry.stat(follow_symlinks=False)
        return BlobFacts(
            key=Path(entry.path).relative_to(self._root).as_posix(),
            size_bytes=status.st_size,
            # Not when it was written: a copy shares its bytes with what may be much older.
            stored_at=datetime.fromtimestamp(status.st_ctime, UTC),
        )

    def _put(self, target: Path, source: Path) -> str:
        with translated():
            try:
                return self._adopt(source, target)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
            with self._unfinished_path() as copy:
                shutil.copyfile(source, copy)
                digest = self._adopt(copy, target)
            source.unlink()
            return digest

    def _put_bytes(self, target: Path, data: bytes) -> str:
        with translated(), self._unfinished_path() as file:
            file.write_bytes(data)
            return self._adopt(file, target)

    def _copy(self, source: Path, target: Path) -> None:
        with translated(), self._unfinished_path() as link:
            # A blob never changes, so two may share their bytes on the disk.
            try:
                link.hardlink_to(source)
            except OSError as error:
                if error.errno not in (errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP):
                    raise
                shutil.copyfile(source, link)
            self._adopt(link, target)

    def _delete(self, folder: Path) -> None:
        with translated(), self._unfinished_path() as unfinished, suppress(FileNotFoundError):
            folder.rename(unfinished)
            sync(folder.parent)

    def _sweep(self, before_s: float) -> None:
        if not self._unfinished.is_dir():
            return
        for path in self._unfinished.iterdir():
            # A link or a folder that was moved here keeps the time of its bytes, not this one.
            with suppress(FileNotFoundError):
                if path.stat().st_ctime < before_s:
                    _remove(path)

    @contextmanager
    def _unfinished_path(self) -> Iterator[Path]:
        """A path on the root's own disk; what is left there afterwards is removed."""
        self._unfinished.mkdir(parents=True, exist_ok=True)
        path = self._unfinished / f"{self._writer or ''}{next(self._numbers)}"
        try:
            yield path
        finally:
            _remove(path)

    def _adopt(self, source: Path, target: Path) -> str:
        """Make the file `source` the blob at `target`, durably; its SHA-256."""
        with source.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)
        # A new folder is as durable as its entry in the one above.
        for folder in target.parents:
            sync(folder)
            if folder == self._root.parent:
                break
        return digest


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
