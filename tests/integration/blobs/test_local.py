"""What blobs do on a file system."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from matinee.blobs.local import LocalBlobs, translated
from matinee.core.errors import (
    MatineeError,
    NotFound,
    ServiceUnavailable,
    SettingsInvalid,
    StorageFull,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where the blobs lie."""
    return tmp_path / "blobs"


@pytest.fixture
def blobs(root: Path) -> LocalBlobs:
    """An empty blob store."""
    return LocalBlobs(root)


@pytest.fixture
def other_disk(root: Path) -> Iterator[Path]:
    """A folder on another file system than the root's."""
    memory = Path("/dev/shm")
    # Only another file system refuses a rename; no test can make one without rights of its own.
    if not memory.is_dir() or memory.stat().st_dev == root.parent.stat().st_dev:
        pytest.skip("the temporary folder and /dev/shm are one file system here, or there is none")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def make(root: Path) -> None:
    """The folder; it fails where there is one."""
    root.mkdir()


def files_under(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


async def test_a_blob_lies_under_its_key(blobs: LocalBlobs, root: Path) -> None:
    await blobs.put_bytes("videos/01k/1/video.mp4", b"film")
    assert blobs.local_path("videos/01k/1/video.mp4") == root / "videos/01k/1/video.mp4"
    assert files_under(root) == ["videos/01k/1/video.mp4"]


async def test_a_file_on_the_same_disk_is_moved(
    blobs: LocalBlobs, root: Path, tmp_path: Path
) -> None:
    source = tmp_path / "film.mp4"
    source.write_bytes(b"film")
    number = source.stat().st_ino
    await blobs.put("film.mp4", source)
    assert (root / "film.mp4").stat().st_ino == number
    assert not source.exists()


async def test_a_file_on_another_disk_is_copied(
    blobs: LocalBlobs, root: Path, other_disk: Path
) -> None:
    source = other_disk / "film.mp4"
    source.write_bytes(b"film")
    assert await blobs.put("film.mp4", source) == hashlib.sha256(b"film").hexdigest()
    assert files_under(root) == ["film.mp4"]
    assert not source.exists()


async def test_a_file_that_is_not_there_leaves_nothing(
    blobs: LocalBlobs, root: Path, tmp_path: Path
) -> None:
    with pytest.raises(NotFound):
        await blobs.put("film.mp4", tmp_path / "none")
    assert files_under(root.parent) == []


async def test_deleted_blobs_leave_no_file(blobs: LocalBlobs, root: Path) -> None:
    await blobs.put_bytes("videos/01k/1/video.mp4", b"film")
    await blobs.delete_under("videos/01k")
    assert files_under(root) == []
    assert not (root / "videos" / "01k").exists()


async def test_a_sweep_removes_what_a_crash_left_and_nothing_else(
    blobs: LocalBlobs, root: Path
) -> None:
    await blobs.put_bytes("film", b"film")
    (root / ".unfinished" / "7").write_bytes(b"half a film")
    (root / ".unfinished" / "8").mkdir()
    (root / ".unfinished" / "8" / "video.mp4").write_bytes(b"half deleted")
    await LocalBlobs(root).sweep()
    assert files_under(root) == ["film"]


async def test_a_sweep_of_nothing_is_no_error(blobs: LocalBlobs) -> None:
    await blobs.sweep()


async def test_a_sweep_of_what_is_old_leaves_what_others_are_at_work_on(
    blobs: LocalBlobs, root: Path
) -> None:
    await blobs.put_bytes("film", b"film")
    (root / ".unfinished" / "7").write_bytes(b"half a film")
    os.utime(root / ".unfinished" / "7", (0, 0))
    now = datetime.now(UTC)
    await blobs.sweep(now - timedelta(hours=1))
    assert files_under(root) == [".unfinished/7", "film"]
    await blobs.sweep(now + timedelta(hours=1))
    assert files_under(root) == ["film"]


async def test_one_of_several_processes_sweeps_nothing_at_its_start(root: Path) -> None:
    one, other = LocalBlobs(root, writer="one-"), LocalBlobs(root, writer="other-")
    await one.put_bytes("film", b"film")
    (root / ".unfinished" / "one-7").write_bytes(b"half a film")
    await other.sweep()
    assert files_under(root) == [".unfinished/one-7", "film"]


async def test_several_processes_put_into_one_folder(root: Path) -> None:
    writers = [LocalBlobs(root, writer=f"{number}-") for number in range(3)]
    await asyncio.gather(
        *(
            writer.put_bytes(f"{number}/{film}", b"%d %d" % (number, film))
            for number, writer in enumerate(writers)
            for film in range(10)
        )
    )
    assert len(files_under(root)) == 30
    assert (root / "2" / "9").read_bytes() == b"2 9"


async def test_a_folder_that_can_be_used_passes_its_check_and_keeps_nothing_of_it(
    root: Path,
) -> None:
    make(root)
    await LocalBlobs(root, writer="one-").check("checks/one")
    assert files_under(root) == []


async def test_a_folder_that_is_not_there_is_not_made(root: Path) -> None:
    with pytest.raises(SettingsInvalid, match="no such folder") as raised:
        await LocalBlobs(root, writer="one-").check("checks/one")
    assert raised.value.param == "blob_store"
    make(root)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /dev/full, a full disk for all")
def test_a_full_disk_is_told_as_such() -> None:
    with pytest.raises(StorageFull), translated(), Path("/dev/full").open("wb", 0) as file:
        file.write(b"x")


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.ENOSPC, StorageFull),
        (errno.EDQUOT, StorageFull),
        (errno.EIO, ServiceUnavailable),
        (errno.EROFS, ServiceUnavailable),
        (errno.EACCES, ServiceUnavailable),
        (errno.ENOENT, NotFound),
    ],
)
def test_what_a_disk_refuses_has_an_error_of_ours(number: int, error: type[MatineeError]) -> None:
    with pytest.raises(error), translated():
        raise OSError(number, os.strerror(number))
