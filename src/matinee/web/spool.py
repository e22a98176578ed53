"""Uploaded files too large for memory: written to a folder, gone when their request is over."""

from __future__ import annotations

import errno
import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from matinee.core.errors import ServiceUnavailable, StorageFull


class Spool:
    """The files of one request. Blocking; used by one thread at a time."""

    def __init__(self, folder: Path, check_room: Callable[[], None] = lambda: None) -> None:
        """`check_room` raises StorageFull if nothing more should be written."""
        self._folder = folder
        self._check_room = check_room
        self._files: list[SpooledFile] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return not self._files

    def open(self) -> SpooledFile:
        """A new file. Raises StorageFull or ServiceUnavailable."""
        self._check_room()
        with _translated():
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"part-{secrets.token_hex(8)}"
            file = SpooledFile(path, path.open("xb"))
        self._files.append(file)
        return file

    def close(self) -> None:
        """Remove every file that was not moved away."""
        for file in self._files:
            with suppress(StorageFull, ServiceUnavailable):
                file.finish()
            file.path.unlink(missing_ok=True)
        self._files.clear()


class SpooledFile:
    """A file that is being written, with the SHA-256 of what is in it."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path = path
        self._file = file
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """In hexadecimal."""
        return self._hash.hexdigest()

    def write(self, data: bytes | bytearray) -> None:
        """Append `data`. Raises StorageFull or ServiceUnavailable."""
        with _translated():
            self._file.write(data)
        self._hash.update(data)

    def finish(self) -> None:
        """Nothing more will be written."""
        with _translated():
            self._file.close()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull("The disk that takes uploads is full.") from error
        raise ServiceUnavailable(f"No upload can be taken for now: {error.strerror}.") from error
