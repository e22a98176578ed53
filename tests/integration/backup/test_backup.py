"""Backups, and what comes back out of them."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from matinee.backup.archive import BackupInvalid
from matinee.core.errors import SettingsInvalid
from matinee.core.retention import needed_blobs
from matinee.data_folder import DataFolder, FolderInUse
from matinee.services.orphans import find_missing
from tests.houses import FILM, House, a_house
from tests.integration.backup.houses import Stock, a_stock, restore


@pytest.fixture
async def stock(tmp_path: Path) -> AsyncIterator[Stock]:
    """A house with something to lose."""
    async with a_stock(tmp_path / "old") as stock:
        yield stock


def blobs_of(folder: Path) -> dict[str, str]:
    """Every blob by its key, with its SHA-256."""
    root = folder / "blobs"
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


def everything(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def sums_of(archive: Path, folder: Path) -> tuple[int, int]:
    """How `sha256sum` ends, and how many files it finds good."""
    subprocess.run(["tar", "-xf", archive, "-C", folder], check=True)
    check = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    checked = subprocess.run(check, cwd=folder, capture_output=True, check=False)
    return checked.returncode, checked.stdout.count(b": OK")


async def lack(house: House) -> list[str]:
    return [each.blob_key async for each in find_missing(house.store, house.blobs)]


async def test_what_was_backed_up_beside_a_server_comes_back(stock: Stock, tmp_path: Path) -> None:
    taken = await stock.back_up(tmp_path / "films.tar")
    assert (taken.videos, taken.blobs, taken.damaged) == (2, 4, [])
    await restore(tmp_path / "films.tar", tmp_path / "new")
    assert blobs_of(tmp_path / "new") == blobs_of(tmp_path / "old")
    async with a_house(tmp_path / "new") as house, house.client() as client:
        content = await client.get(f"/v1/videos/{stock.film.id}/content")
        waiting = await client.get(f"/v1/videos/{stock.waiting}")
        file = await client.get(f"/v1/files/{stock.file}/content")
        assert (content.content, file.content) == (FILM, b"abc")
        assert waiting.json()["status"] == "queued"
        assert await house.store.video(stock.film.id) == stock.film
        assert await lack(house) == []


async def test_its_sums_are_what_sha256sum_checks(stock: Stock, tmp_path: Path) -> None:
    await stock.back_up(tmp_path / "films.tar")
    assert (tmp_path / "films.tar").stat().st_mode & 0o777 == 0o600
    assert sums_of(tmp_path / "films.tar", tmp_path) == (0, 5)


async def test_the_secret_is_in_it_only_when_it_is_asked_for(stock: Stock, tmp_path: Path) -> None:
    secret = stock.folder.pepper()
    created = await stock.house.access.create_key("alice")
    await stock.back_up(tmp_path / "without.tar")
    await stock.back_up(tmp_path / "with.tar", has_secret=True)
    without = (tmp_path / "without.tar").read_bytes()
    assert secret not in without
    assert created.secret.encode() not in without
    await restore(tmp_path / "with.tar", tmp_path / "new")
    assert DataFolder(tmp_path / "new").pepper() == secret
    await restore(tmp_path / "without.tar", tmp_path / "other")
    assert DataFolder(tmp_path / "other").pepper() != secret


async def test_a_row_without_its_film_is_told_of_and_comes_back_as_one_without_files(
    stock: Stock, tmp_path: Path
) -> None:
    gone = await stock.house.videos.delete(stock.film.account_id, stock.film.id)
    await stock.house.store.write(lambda each: each.add_video(gone))
    kept = await stock.back_up(tmp_path / "damaged.tar")
    assert kept.damaged == sorted(needed_blobs(stock.film))
    await restore(tmp_path / "damaged.tar", tmp_path / "new")
    async with a_house(tmp_path / "new") as house, house.client() as client:
        assert await lack(house) == []
        assert (await client.get(f"/v1/videos/{gone.id}/content")).status_code == 410


async def test_a_damaged_film_is_told_of(stock: Stock, tmp_path: Path) -> None:
    key = stock.film.assets[0].blob_key
    path = stock.house.blobs.local_path(key)
    assert path is not None
    path.write_bytes(b"rot")
    assert (await stock.back_up(tmp_path / "films.tar")).damaged == [key]


async def test_a_backup_never_replaces_a_file_and_leaves_nothing_else(
    stock: Stock, tmp_path: Path
) -> None:
    target = tmp_path / "out" / "films.tar"
    target.parent.mkdir()
    await stock.back_up(target)
    before = target.read_bytes()
    with pytest.raises(BackupInvalid, match="never replaces"):
        await stock.back_up(target)
    assert target.read_bytes() == before
    assert list(target.parent.iterdir()) == [target]


async def test_there_is_nothing_to_back_up_in_an_empty_folder(stock: Stock, tmp_path: Path) -> None:
    (tmp_path / "old" / "matinee.db").rename(tmp_path / "moved.db")
    with pytest.raises(SettingsInvalid, match="nothing to back up"):
        await stock.back_up(tmp_path / "films.tar")
    assert not (tmp_path / "films.tar").exists()


@pytest.mark.parametrize("end", [0.0, 0.3, 0.9, 0.999])
async def test_a_cut_backup_is_refused_before_anything_is_touched(
    stock: Stock, tmp_path: Path, end: float
) -> None:
    await stock.back_up(tmp_path / "films.tar")
    data = (tmp_path / "films.tar").read_bytes()
    (tmp_path / "cut.tar").write_bytes(data[: int(len(data.rstrip(b"\0")) * end)])
    with pytest.raises(BackupInvalid):
        await restore(tmp_path / "cut.tar", tmp_path / "new")
    assert not (tmp_path / "new").exists()


async def test_a_changed_byte_is_found_and_its_file_is_named(stock: Stock, tmp_path: Path) -> None:
    await stock.back_up(tmp_path / "films.tar")
    data = bytearray((tmp_path / "films.tar").read_bytes())
    data[data.index(FILM[:512]) + 700] ^= 1
    (tmp_path / "films.tar").write_bytes(data)
    with pytest.raises(BackupInvalid, match=r"video\.mp4' in the backup is damaged"):
        await restore(tmp_path / "films.tar", tmp_path / "new")
    assert not (tmp_path / "new").exists()


async def test_a_folder_that_is_not_empty_or_in_use_is_refused(
    stock: Stock, tmp_path: Path
) -> None:
    await stock.back_up(tmp_path / "films.tar")
    busy = DataFolder(tmp_path / "busy")
    busy.prepare()
    with busy.hold():
        before = everything(tmp_path)
        with pytest.raises(SettingsInvalid, match="not empty"):
            await restore(tmp_path / "films.tar", tmp_path / "old")
        with pytest.raises(FolderInUse):
            await restore(tmp_path / "films.tar", busy.root)
        assert everything(tmp_path) == before


async def test_a_restore_that_was_broken_off_is_done_again_and_nothing_starts_there_before(
    stock: Stock, tmp_path: Path
) -> None:
    await stock.back_up(tmp_path / "films.tar")
    half = DataFolder(tmp_path / "new")
    half.restoring.mkdir(parents=True)
    (half.restoring / "rows.db").write_bytes(b"half")
    (half.blobs / "videos").mkdir(parents=True)
    with pytest.raises(SettingsInvalid, match="broken off"), half.hold():
        pass
    await restore(tmp_path / "films.tar", tmp_path / "new")
    with half.hold():
        assert blobs_of(tmp_path / "new") == blobs_of(tmp_path / "old")
    assert not half.restoring.exists()
