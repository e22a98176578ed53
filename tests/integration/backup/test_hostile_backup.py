"""Backups that somebody changed, sums and all."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import pytest

from matinee.backup.archive import BackupInvalid, Manifest
from matinee.backup.restoring import restore_backup
from matinee.core.errors import StorageFull
from matinee.data_folder import DataFolder
from matinee.settings import Settings
from matinee.store.schema import REVISIONS
from tests.databases import an_empty_database
from tests.integration.backup.houses import ignore, restore

Member = tuple[str, bytes]

FILM = ("blobs/videos/a/1/video.mp4", b"film")
SECRET = ("secret.key", b"s" * 32)


@pytest.fixture
def rows(tmp_path: Path) -> Member:
    """The member with the rows, of which there are none."""
    return "rows.db", an_empty_database(tmp_path / "empty.db").read_bytes()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where the backup comes."""
    return tmp_path / "films.tar"


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """The data folder that nobody has made yet."""
    return tmp_path / "new"


def forge(
    target: Path,
    members: Sequence[Member],
    *,
    said: Mapping[str, object] | None = None,
    late: Sequence[Member] = (),
) -> None:
    """Write a backup of `members`, with their true sums, behind what is in `target` already.

    Its manifest says `said` instead of the truth; `late` stands behind the sums.
    """
    sums = b"".join(
        f"{hashlib.sha256(data).hexdigest()}  {name}\n".encode() for name, data in members
    )
    manifest = msgspec.json.encode(_true_manifest(members, sums) | dict(said or {}))
    with tarfile.open(target, "a", format=tarfile.PAX_FORMAT) as tar:
        for name, data in (*members, ("SHA256SUMS", sums), *late, ("manifest.json", manifest)):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def _true_manifest(members: Sequence[Member], sums: bytes) -> dict[str, object]:
    true = Manifest(
        matinee="0",
        schema=REVISIONS[-1],
        made_at="2026-11-21T09:30:00",
        videos=0,
        blobs=sum(name.startswith("blobs/") for name, _ in members),
        size_bytes=sum(len(data) for _, data in members),
        has_secret="secret.key" in dict(members),
        sums_sha256=hashlib.sha256(sums).hexdigest(),
    )
    return msgspec.structs.asdict(true)


def refuse(source: Path, folder: Path, why: str) -> None:
    """Make sure that `source` is not restored into `folder`, and that this is said."""
    with pytest.raises(BackupInvalid, match=why):
        asyncio.run(restore(source, folder))


def test_one_that_is_as_it_should_be_is_restored(rows: Member, target: Path, new: Path) -> None:
    forge(target, [FILM, rows, SECRET])
    asyncio.run(restore(target, new))
    assert (new / FILM[0]).read_bytes() == FILM[1]
    assert DataFolder(new).pepper() == SECRET[1]


@pytest.mark.parametrize(
    "name",
    [
        *("blobs/", "blobs//etc/evil", "blobs/../../evil", "blobs/videos/../../../evil"),
        *("blobs/.unfinished/x", "blobs/videos/a\nb", "../evil", "/etc/evil"),
        pytest.param(f"blobs/{'a/' * 2000}x", id="deep"),
        pytest.param(f"blobs/{'n' * 300}", id="long"),
    ],
)
def test_a_name_that_no_blob_has_is_refused_before_anything_is_made(
    rows: Member, target: Path, new: Path, name: str
) -> None:
    forge(target, [(name, b"x"), rows])
    refuse(target, new, "what no backup holds")
    assert not new.exists()


def test_a_sparse_film_that_would_grow_is_refused(
    rows: Member, target: Path, new: Path, tmp_path: Path
) -> None:
    with (tmp_path / "hole").open("wb") as file:
        file.truncate(50_000_000)
    archive = ["tar", "--sparse", "--format=posix", "--transform=s,^,blobs/,", "-cf", str(target)]
    subprocess.run([*archive, "-C", str(tmp_path), "hole"], check=True)
    forge(target, [rows])
    assert target.stat().st_size < 1_000_000
    refuse(target, new, "'blobs/hole'")
    assert not new.exists()


@pytest.mark.parametrize("secret", [b"", b"z"])
def test_a_secret_that_is_none_is_refused(
    rows: Member, target: Path, new: Path, secret: bytes
) -> None:
    forge(target, [rows, ("secret.key", secret)])
    refuse(target, new, f"secret has {len(secret)} bytes")
    assert not new.exists()


def test_one_without_rows_is_refused(target: Path, new: Path) -> None:
    forge(target, [FILM])
    refuse(target, new, r"'rows\.db' is missing")
    assert not new.exists()


def test_one_with_rows_twice_is_refused(rows: Member, target: Path, new: Path) -> None:
    forge(target, [("rows.db", b"junk"), rows])
    refuse(target, new, r"'rows\.db' twice")


def test_rows_that_are_none_are_refused_and_no_server_starts_there(target: Path, new: Path) -> None:
    forge(target, [("rows.db", b"not a database" * 100)])
    refuse(target, new, "not a database")
    assert not (new / "matinee.db").exists()


@pytest.mark.parametrize(
    "said", [{"blobs": 7}, {"size_bytes": 7}, {"has_secret": True}, {"videos": 7}], ids=str
)
def test_one_that_is_not_what_its_manifest_says_is_refused(
    rows: Member, target: Path, new: Path, said: Mapping[str, object]
) -> None:
    forge(target, [FILM, rows], said=said)
    refuse(target, new, "manifest says")
    assert not (new / "matinee.db").exists()


def test_what_stands_behind_the_sums_is_refused(rows: Member, target: Path, new: Path) -> None:
    forge(target, [rows], late=[FILM])
    refuse(target, new, "behind its end")
    assert not new.exists()


def test_a_compressed_one_is_to_be_unpacked_first(rows: Member, target: Path, new: Path) -> None:
    forge(target, [FILM, rows])
    target.write_bytes(gzip.compress(target.read_bytes()))
    refuse(target, new, "unpack it first")


def test_where_there_is_no_room_nothing_is_begun(rows: Member, target: Path, new: Path) -> None:
    forge(target, [FILM, rows])
    folder = DataFolder(new)
    with pytest.raises(StorageFull, match=r"0\.1 MB are free"):
        asyncio.run(
            restore_backup(target, Settings(), folder, report=ignore, free=lambda _: 100_000)
        )
    assert not folder.restoring.exists()
    assert not folder.blobs.exists()
    asyncio.run(restore(target, new))
