"""`matinee backup` and `matinee restore`."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from matinee.backup.archive import BackupInvalid
from matinee.cli import app
from matinee.core.errors import NotFound, SettingsInvalid
from matinee.data_folder import DataFolder
from tests.databases import an_empty_database
from tests.postgres import a_database


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder whose server has a secret and nothing else."""
    folder = DataFolder(tmp_path / "old")
    folder.prepare()
    folder.pepper()
    an_empty_database(folder.database)
    return folder.root


def run(*arguments: str | Path) -> tuple[str, str]:
    """What a command says on its output and beside it."""
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    if result.exception is not None:
        raise result.exception
    return result.stdout, result.stderr


def test_a_backup_goes_into_a_folder_under_the_time_of_day(data: Path, tmp_path: Path) -> None:
    said, beside = run("backup", tmp_path, "--data", data)
    (made,) = tmp_path.glob("matinee-*Z.tar")
    assert said.strip() == str(made)
    assert "0 videos, 0 files" in beside
    assert "Without --with-secret" in beside


def test_it_is_restored_and_what_is_lost_is_said(data: Path, tmp_path: Path) -> None:
    run("backup", tmp_path / "a.tar", "--data", data)
    _, beside = run("restore", tmp_path / "a.tar", "--data", tmp_path / "new")
    assert "Restored 0 videos with 0 files" in beside
    assert "keys made before open nothing any more" in beside
    assert (tmp_path / "new" / "matinee.db").is_file()


def test_with_its_secret_nothing_is_lost(data: Path, tmp_path: Path) -> None:
    _, beside = run("backup", tmp_path / "a.tar", "--data", data, "--with-secret")
    assert "It holds the server's secret" in beside
    _, beside = run("restore", tmp_path / "a.tar", "--data", tmp_path / "new")
    assert "no secret" not in beside
    assert (tmp_path / "new" / "pepper.key").read_bytes() == (data / "pepper.key").read_bytes()


def test_a_secret_that_is_not_the_database_s_is_put_in_no_backup(tmp_path: Path) -> None:
    first, second, target = tmp_path / "first", tmp_path / "second", tmp_path / "a.tar"
    with a_database() as url:
        run("db", "upgrade", "--database", url, "--data", first)
        given = ("backup", target, "--database", url, "--with-secret", "--data")
        with pytest.raises(SettingsInvalid, match="another secret"):
            run(*given, second)
        assert not target.exists()
        assert not second.exists()
        run(*given, first)
        assert target.exists()


def test_what_is_not_installed_is_said_in_a_line(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if its driver were not installed.
    monkeypatch.setitem(sys.modules, "matinee.store.postgres", None)
    url = "postgresql://matinee@127.0.0.1/matinee"
    for command in (("backup", tmp_path / "a.tar"), ("db", "files")):
        with pytest.raises(SettingsInvalid, match=r"\.\[scale\]"):
            run(*command, "--database", url, "--data", data)


def test_of_what_fails_no_bar_is_shown(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["backup", str(tmp_path / "a.tar"), "--data", str(tmp_path / "none")]
    )
    assert isinstance(result.exception, SettingsInvalid)
    assert result.stderr.strip() == ""


def test_a_compressed_backup_is_known(data: Path, tmp_path: Path) -> None:
    run("backup", tmp_path / "a.tar", "--data", data)
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress((tmp_path / "a.tar").read_bytes()))
    with pytest.raises(BackupInvalid, match="unpack it first"):
        run("restore", tmp_path / "a.tar.gz", "--data", tmp_path / "new")


def test_what_is_not_there_or_no_backup_is_said(data: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no backup"):
        run("restore", tmp_path / "nothing.tar", "--data", tmp_path / "new")
    with pytest.raises(NotFound, match="no folder"):
        run("backup", tmp_path / "nowhere" / "a.tar", "--data", data)
    (tmp_path / "text.tar").write_text("This is no backup." * 100)
    with pytest.raises(BackupInvalid, match="is no backup"):
        run("restore", tmp_path / "text.tar", "--data", tmp_path / "new")
