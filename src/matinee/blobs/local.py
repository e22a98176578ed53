"""Blobs as files in a folder of this machine."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import itertools
import os
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from matinee.core.errors import NotFound, ServiceUnavailable, StorageFull

# No part begins with a dot: none leads out of the root, or to what is unfinished.
_PART = r"[A-Za-z0-9_-][A-Za-z0-9._-]*"
_KEY = re.compile(rf"{_PART}(?:/{_PART})*")

_PIECE_BYTES = 256 * 1024


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
    One process at a time may use a root.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._unfinished = root / ".unfinished"
        self._numbers = itertools.count()

    async def sweep(self) -> None:
        """Remove what a crash left unfinished. Only while nothing else is done: at the start."""
        with translated():
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

    def local_path(self, key: str) -> Path | None:
        """The blob's file, if it is there."""
        path = self._path(key)
        return path if path.is_file() else None

    def _path(self, key: str) -> Path:
        if _KEY.fullmatch(key) is None:
            raise ValueError(f"{key!r} is no key of a blob.")
        return self._root / key

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
            _sync(folder.parent)

    @contextmanager
    def _unfinished_path(self) -> Iterator[Path]:
        """A path on the root's own disk; what is left there afterwards is removed."""
        self._unfinished.mkdir(parents=True, exist_ok=True)
        path = self._unfinished / str(next(self._numbers))
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
            _sync(folder)
            if folder == self._root.parent:
                break
        return digest


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
