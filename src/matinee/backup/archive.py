"""The file of a backup: a tar that ends with the SHA-256 of everything in it.

    blobs/videos/…     every blob that a row needs, under its key
    rows.db            the rows, as a SQLite file, whatever database they come from
    secret.key         the server's secret, only if it was asked for
    SHA256SUMS         a line for each of these, in their order, as `sha256sum -c` reads them
    manifest.json      what it is, and the SHA-256 of SHA256SUMS

It has its name only once it is complete and on the disk.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Literal

import msgspec

from matinee.core.errors import MatineeError, ServiceUnavailable, StorageFull
from matinee.data_folder import PEPPER_BYTES
from matinee.durability import sync
from matinee.ports.blobs import checked_key

ROWS, SECRET = "rows.db", "secret.key"
BLOBS = "blobs/"
_SUMS, _MANIFEST = "SHA256SUMS", "manifest.json"
_VERSION = 1
_PIECE_BYTES = 1024 * 1024
_MOST_MANIFEST_BYTES = 64 * 1024
_COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd")
"""How files of gzip, bzip2, xz and zstd begin."""

Report = Callable[[int], None]
"""Is told how many bytes were just read or written."""


class BackupInvalid(MatineeError):
    """The file is no whole backup, or one that this version can't read."""

    code = "backup_invalid"


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup is."""

    format: Literal["matinee-backup"] = "matinee-backup"
    version: int = _VERSION
    matinee: str
    schema: str
    made_at: str
    videos: int
    blobs: int
    size_bytes: int
    has_secret: bool
    sums_sha256: str = ""


class ArchiveWriter:
    """Writes a backup, member by member. Blocking; used by one thread at a time."""

    def __init__(self, file: IO[bytes], sums: IO[bytes], report: Report) -> None:
        self._tar = tarfile.TarFile(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)
        self._file = file
        self._sums = sums
        self._report = report
        self.size_bytes = 0

    def add(self, name: str, path: Path) -> str:
        """Add the file at `path`, which does not change; its SHA-256. FileNotFoundError if gone."""
        with path.open("rb") as file:
            size_bytes = os.fstat(file.fileno()).st_size
            return self._add(name, file, size_bytes)

    def finish(self, manifest: Manifest) -> None:
        """Write the sums and the manifest, and all of it to the disk."""
        size_bytes = self._sums.tell()
        self._sums.seek(0)
        sums = _Hashed(self._sums, self._report)
        self._tar.addfile(_info(_SUMS, size_bytes), sums)
        whole = msgspec.structs.replace(manifest, sums_sha256=sums.hash.hexdigest())
        data = msgspec.json.format(msgspec.json.encode(whole))
        self._tar.addfile(_info(_MANIFEST, len(data)), io.BytesIO(data))
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())

    def _add(self, name: str, file: IO[bytes], size_bytes: int) -> str:
        hashed = _Hashed(file, self._report)
        self._tar.addfile(_info(name, size_bytes), hashed)
        digest = hashed.hash.hexdigest()
        self._sums.write(_sum_line(digest, name))
        self.size_bytes += size_bytes
        return digest


@contextmanager
def new_archive(target: Path, report: Report) -> Iterator[tuple[ArchiveWriter, Path]]:
    """A writer of the backup `target`, and a folder for what is to be put into it.

    The file appears when the context ends well, and nothing is left of it otherwise. What a
    process left that was killed is removed by the next one. Raises BackupInvalid if there is such
    a file already, StorageFull and ServiceUnavailable.
    """
    with _translated(), _workplace(target) as folder:
        unnamed = folder / "archive.tar"
        with _private(unnamed) as file, tempfile.TemporaryFile(dir=folder) as sums:
            yield ArchiveWriter(file, sums, report), folder
        try:
            # A link never replaces a file, as a new name would.
            os.link(unnamed, target)
        except FileExistsError as error:
            raise _there_already(target) from error
        sync(target.parent)


@contextmanager
def _workplace(target: Path) -> Iterator[Path]:
    """A folder beside `target`, on the same disk, for this process alone."""
    if target.exists():
        raise _there_already(target)
    for left in target.parent.glob(f".{target.name}.*.partial"):
        with suppress(OSError), _held(left):
            shutil.rmtree(left)
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".partial", dir=target.parent))
    with _held(folder):
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


def _private(path: Path) -> IO[bytes]:
    """A new file that its owner alone may read: prompts, films and their links are in it."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def check_archive(source: Path, report: Report) -> Manifest:
    """Read the whole backup at `source` and compare every byte with its sums; what it is.

    Raises BackupInvalid, naming what is wrong.
    """
    contents = _Contents()
    with _translated(), tempfile.TemporaryFile() as found:
        manifest, sums_sha256 = None, ""
        for name, file, size_bytes in _members(source):
            if manifest is not None or (sums_sha256 and name != _MANIFEST):
                raise BackupInvalid(f"There is more in {source} behind its end.")
            if name == _MANIFEST:
                manifest = _read_manifest(file.read(_MOST_MANIFEST_BYTES))
            elif name == _SUMS:
                sums_sha256 = _compare(file, found)
            else:
                contents.add(name, size_bytes)
                hashed = _Hashed(file, report)
                while hashed.read(_PIECE_BYTES):
                    pass
                found.write(_sum_line(hashed.hash.hexdigest(), name))
    if manifest is None or manifest.sums_sha256 != sums_sha256:
        raise BackupInvalid(f"{source} is not whole: its end is missing, or was changed.")
    contents.compare(manifest)
    return manifest


def read_archive(source: Path, folder: Path, report: Report) -> Iterator[tuple[str, Path]]:
    """Every member of a backup that was checked, as a file in `folder` that is the caller's.

    Raises BackupInvalid if it was changed since.
    """
    with _translated(), tempfile.TemporaryFile() as found:
        for number, (name, file, _) in enumerate(_members(source)):
            if name == _SUMS:
                _compare(file, found)
            elif name != _MANIFEST:
                path = folder / f"member-{number}"
                hashed = _Hashed(file, report)
                with path.open("xb") as copy:
                    shutil.copyfileobj(hashed, copy, _PIECE_BYTES)
                found.write(_sum_line(hashed.hash.hexdigest(), name))
                yield name, path


class _Contents:
    """Counts what is in a backup, for comparison with what its manifest says."""

    def __init__(self) -> None:
        self._once: set[str] = set()
        self._blobs = 0
        self._size_bytes = 0

    def add(self, name: str, size_bytes: int) -> None:
        """Count a member. Raises BackupInvalid for what can't be in it, or be there twice."""
        if name == SECRET and size_bytes < PEPPER_BYTES:
            raise BackupInvalid(
                f"The backup's secret has {size_bytes} bytes; one has {PEPPER_BYTES} at least."
            )
        if name.startswith(BLOBS):
            self._blobs += 1
        elif name in self._once:
            raise BackupInvalid(f"The backup holds '{name}' twice.")
        else:
            self._once.add(name)
        self._size_bytes += size_bytes

    def compare(self, manifest: Manifest) -> None:
        """Raise BackupInvalid unless it is what the manifest says."""
        if ROWS not in self._once:
            raise BackupInvalid(f"The backup holds no rows: '{ROWS}' is missing.")
        found = _told(self._blobs, self._size_bytes, has_secret=SECRET in self._once)
        said = _told(manifest.blobs, manifest.size_bytes, has_secret=manifest.has_secret)
        if found != said:
            raise BackupInvalid(
                f"The backup is not what its manifest says: it has {found} instead of {said}."
            )


def _told(blobs: int, size_bytes: int, *, has_secret: bool) -> str:
    return f"{blobs} files, {size_bytes} bytes and {'a' if has_secret else 'no'} secret"


def _members(source: Path) -> Iterator[tuple[str, IO[bytes], int]]:
    """Every member: its name, which is one of ours, its bytes, and how many they are."""
    try:
        with tarfile.open(source, "r:") as tar:
            for info in tar:
                # A sparse file takes far more room than the backup did.
                file = tar.extractfile(info) if info.isfile() and not info.issparse() else None
                if file is None or not _is_ours(info.name):
                    raise BackupInvalid(f"{source} holds what no backup holds: {info.name[:99]!r}.")
                yield info.name, file, info.size
                # Else it would remember every one.
                tar.members = []  # type: ignore[attr-defined]  # what its documentation advises
    except tarfile.ReadError as error:
        if _is_compressed(source):
            raise BackupInvalid(
                f"{source} is compressed: unpack it first, so that a tar is left."
            ) from error
        raise BackupInvalid(f"{source} is no backup, or is broken: {error}.") from error


def _is_ours(name: str) -> bool:
    if not name.startswith(BLOBS):
        return name in (ROWS, SECRET, _SUMS, _MANIFEST)
    try:
        checked_key(name.removeprefix(BLOBS))
    except ValueError:
        return False
    return True


def _is_compressed(source: Path) -> bool:
    with source.open("rb") as file:
        return file.read(6).startswith(_COMPRESSED)


def _compare(sums: IO[bytes], found: IO[bytes]) -> str:
    """The SHA-256 of `sums`, which must be the same lines as `found`. Raises BackupInvalid."""
    found.seek(0)
    digest = hashlib.sha256()
    for line in sums:
        digest.update(line)
        is_so = found.readline()
        if line != is_so:
            name = line.decode("utf-8", "replace").partition("  ")[2].strip()
            raise BackupInvalid(f"'{name}' in the backup is damaged: its SHA-256 is another.")
    if found.read(1):
        raise BackupInvalid("The backup holds files that its sums don't name.")
    return digest.hexdigest()


def _read_manifest(data: bytes) -> Manifest:
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except msgspec.MsgspecError as error:
        raise BackupInvalid(f"The backup's manifest can't be read: {error}.") from error
    if manifest.version != _VERSION:
        raise BackupInvalid(
            f"A later version of Matinee, {manifest.matinee}, made the backup. Use that one."
        )
    return manifest


class _Hashed(io.RawIOBase):
    """Reads `file`, with the SHA-256 of what was read."""

    def __init__(self, file: IO[bytes], report: Report) -> None:
        self._source = file
        self._report = report
        self.hash = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        data = self._source.read(size)
        self.hash.update(data)
        self._report(len(data))
        return data


def _info(name: str, size_bytes: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size_bytes, 0o600
    return info


def _sum_line(digest: str, name: str) -> bytes:
    return f"{digest}  {name}\n".encode()


def _there_already(target: Path) -> BackupInvalid:
    return BackupInvalid(f"There is a file {target} already; a backup never replaces one.")


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Keep `folder` while its process lives. Raises BlockingIOError if another one has it."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except tarfile.TarError as error:
        raise BackupInvalid(f"The backup is broken: {error}.") from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull("The disk is full.") from error
        raise ServiceUnavailable(f"The backup can't be read or written: {error}.") from error
