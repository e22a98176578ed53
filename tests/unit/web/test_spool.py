"""Large files of forms go to the disk while they come in."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from matinee.core.errors import ServiceUnavailable, StorageFull, TooLarge
from matinee.web.forms import FilePart, MultipartReader
from matinee.web.spool import Spool, SpooledFile

FULL = Path("/dev/full")
LARGE = bytes(range(256)) * 8000


def a_form(*parts: tuple[str, bytes]) -> bytes:
    body = b""
    for name, data in parts:
        head = f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="f"\r\n\r\n'
        body += head.encode() + data + b"\r\n"
    return body + b"--b--\r\n"


def read(body: bytes, spool: Spool | None, *, file_bytes: int | None = None) -> list[FilePart]:
    reader = MultipartReader(b"multipart/form-data; boundary=b", spool=spool, file_bytes=file_bytes)
    for start in range(0, len(body), 65_536):
        reader.feed(body[start : start + 65_536])
    return [part for _, part in reader.items() if isinstance(part, FilePart)]


def test_a_large_file_lies_on_the_disk_and_a_small_one_does_not(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "uploads")
    large, small = read(a_form(("video", LARGE), ("image", b"abc")), spool)
    assert (large.data, large.is_empty) == (b"", False)
    assert large.path is not None
    assert large.path.read_bytes() == LARGE
    assert (small.data, small.path) == (b"abc", None)
    assert large.sha256 == hashlib.sha256(LARGE).hexdigest()
    assert small.sha256 == hashlib.sha256(b"abc").hexdigest()


def test_a_closed_spool_leaves_nothing_behind(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    read(a_form(("a", LARGE), ("b", LARGE)), spool)
    assert len(list(tmp_path.iterdir())) == 2
    spool.close()
    assert spool.is_empty
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_moved_away_is_nobodys_concern(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "uploads")
    (part,) = read(a_form(("a", LARGE)), spool)
    assert part.path is not None
    part.path.rename(tmp_path / "kept")
    spool.close()
    assert (tmp_path / "kept").read_bytes() == LARGE


def test_a_body_that_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    reader = MultipartReader(b"multipart/form-data; boundary=b", spool=spool)
    reader.feed(a_form(("a", LARGE))[:1_500_000])
    spool.close()
    assert list(tmp_path.iterdir()) == []


def test_without_a_spool_everything_stays_in_memory() -> None:
    (part,) = read(a_form(("a", LARGE)), None)
    assert (part.data, part.path) == (LARGE, None)


def test_many_small_files_do_not_stay_in_memory_together(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    data = LARGE[:900_000]
    parts = read(a_form(*((f"f{number}", data) for number in range(30))), spool)
    assert sum(len(part.data) for part in parts) <= 8 * 2**20
    assert all((part.data or (part.path and part.path.read_bytes())) == data for part in parts)
    spool.close()


def test_texts_are_limited_together_as_they_stay_in_memory(tmp_path: Path) -> None:
    reader = MultipartReader(
        b"multipart/form-data; boundary=b", spool=Spool(tmp_path), text_bytes=1000
    )
    head = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n'
    reader.feed(head % b"a" + b"x" * 600 + b"\r\n" + head % b"b")
    with pytest.raises(TooLarge, match="texts of the form") as refused:
        reader.feed(b"x" * 600)
    assert refused.value.param == "b"


def test_a_file_above_the_limit_is_refused_by_its_name_before_it_ends(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    with pytest.raises(TooLarge, match="'video' is larger than 1 MiB") as refused:
        read(a_form(("video", LARGE))[:1_200_000], spool, file_bytes=2**20)
    assert refused.value.param == "video"
    spool.close()


def test_a_folder_that_can_not_be_written_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ServiceUnavailable, match="No upload"):
        read(a_form(("a", LARGE)), Spool(tmp_path / "file" / "uploads"))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /dev/full, a full disk for all")
def test_a_full_disk_is_told_as_such() -> None:
    with FULL.open("wb", buffering=0) as full, pytest.raises(StorageFull):
        SpooledFile(FULL, full).write(b"abc")
