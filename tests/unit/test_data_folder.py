"""The data folder's lock, and the server's own secret."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from matinee.core.errors import SettingsInvalid
from matinee.data_folder import DataFolder, FolderInUse


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    made = DataFolder(tmp_path / "data")
    made.prepare()
    return made


def test_the_folder_is_its_owners_alone(folder: DataFolder) -> None:
    assert folder.root.stat().st_mode & 0o777 == 0o700


def test_who_holds_the_folder_tells_where_it_answers(folder: DataFolder) -> None:
    assert folder.running_server() is None
    with folder.hold() as locked:
        locked.tell("http://127.0.0.1:1")
        running = DataFolder(folder.root).running_server()
        assert running is not None
        assert running.url == "http://127.0.0.1:1"
    assert folder.running_server() is None


def test_a_second_holder_is_refused_and_told_of_the_first(folder: DataFolder) -> None:
    with folder.hold() as locked:
        locked.tell("http://127.0.0.1:1")
        with pytest.raises(FolderInUse, match=r"127\.0\.0\.1:1"), DataFolder(folder.root).hold():
            pass


def test_a_holder_that_has_not_said_its_address_is_no_running_server(folder: DataFolder) -> None:
    with folder.hold():
        assert DataFolder(folder.root).running_server() is None


def test_the_secret_stays_the_same_and_is_readable_by_its_owner_alone(folder: DataFolder) -> None:
    first = folder.pepper()
    assert len(first) == 32
    assert DataFolder(folder.root).pepper() == first
    assert (folder.root / "pepper.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.root.iterdir()] == ["pepper.key"]


@pytest.mark.parametrize("size_bytes", [0, 1, 31])
def test_a_file_that_is_too_short_for_a_secret_is_none(
    folder: DataFolder, tmp_path: Path, size_bytes: int
) -> None:
    short = tmp_path / "short"
    short.write_bytes(bytes(size_bytes))
    with pytest.raises(SettingsInvalid, match=f"has {size_bytes} bytes"):
        folder.adopt_pepper(short)
    short.rename(folder.root / "pepper.key")
    for read in (folder.pepper, folder.known_pepper):
        with pytest.raises(SettingsInvalid, match="Put the old one back"):
            read()


def test_a_folder_that_can_not_be_made_is_a_bad_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsInvalid, match="--data"):
        DataFolder(tmp_path / "file" / "data").prepare()


def test_a_lock_that_can_not_be_opened_is_a_bad_setting(folder: DataFolder) -> None:
    (folder.root / "server.lock").mkdir()
    with pytest.raises(SettingsInvalid, match="--data"), folder.hold():
        pass


def test_processes_that_share_a_folder_work_apart_and_clear_up_after_dead_ones(
    tmp_path: Path,
) -> None:
    folder = DataFolder(tmp_path)
    own, dead = folder.apart(os.getpid()), folder.apart(2**22 + 1)
    alive = folder.apart(os.getppid())
    for each in (own, dead, alive):
        each.uploads.mkdir(parents=True)
    own.clear_work()
    left = [path.name for path in folder.work.iterdir()]
    assert left == [alive.work.name]
