"""`matinee db`, as it is run beside servers or without any."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from matinee.cli import app
from matinee.core.errors import NotFound, SettingsInvalid
from matinee.data_folder import DataFolder
from tests.databases import an_empty_database
from tests.postgres import a_database, the_server

SECRET, ANOTHER = "5e" * 32, "a0" * 32


def db(*arguments: str, data: Path, **environment: str) -> Result:
    return CliRunner().invoke(app, ["db", *arguments, "--data", str(data)], env=environment)


def test_a_file_is_made_and_found_to_be_well(tmp_path: Path) -> None:
    assert db("upgrade", data=tmp_path).stdout == "schema 0005\n"
    done = db("check", data=tmp_path)
    assert done.exit_code == 0
    assert done.stdout == (
        "ok  schema: 0005\nok  integrity: every page\n"
        "ok  secret: the one that keys are made under\n"
    )


def test_nothing_is_made_by_a_look(tmp_path: Path) -> None:
    done = db("check", data=tmp_path)
    assert isinstance(done.exception, NotFound)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = an_empty_database(DataFolder(tmp_path).database)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute(
            "INSERT INTO keys (id, account_id, digest, hint, created_at)"
            " VALUES ('k', 'nobody', 'd', 'h', 0)"
        )
    done = db("check", "--json", data=tmp_path)
    assert done.exit_code == 1
    assert [each["is_well"] for each in json.loads(done.stdout)] == [True, False, True]


def test_a_file_of_a_later_version_is_told(tmp_path: Path) -> None:
    path = an_empty_database(DataFolder(tmp_path).database)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    done = db("check", data=tmp_path)
    assert done.exit_code == 1
    assert "9999, of a later version" in done.stdout


def test_a_shared_database_is_made_and_found_to_be_well(tmp_path: Path) -> None:
    with the_server().a_bare_database() as url:
        before = db("check", data=tmp_path, MATINEE_DATABASE=url)
        assert "'matinee db upgrade' makes them" in before.stdout
        assert db("upgrade", data=tmp_path, MATINEE_DATABASE=url).exit_code == 0
        after = db("check", "--json", data=tmp_path, MATINEE_DATABASE=url)
    found = {each["name"]: each["is_well"] for each in json.loads(after.stdout)}
    assert found == {"schema": True, "queue": True, "secret": True}


def test_a_machine_is_let_in_with_the_secret_of_another(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    with a_database() as url:
        assert db("upgrade", data=first, MATINEE_DATABASE=url).exit_code == 0
        refused = db("upgrade", data=second, MATINEE_DATABASE=url)
        assert isinstance(refused.exception, SettingsInvalid)
        secret = db("secret", data=first, MATINEE_DATABASE=url).stdout.strip()
        environment = {"MATINEE_DATABASE": url, "MATINEE_SECRET": secret}
        assert db("upgrade", data=second, **environment).exit_code == 0


def test_no_secret_is_shown_that_is_not_the_database_s(tmp_path: Path) -> None:
    first, new, other = tmp_path / "first", tmp_path / "new", tmp_path / "other"
    with a_database() as url:
        assert db("upgrade", data=first, MATINEE_DATABASE=url).exit_code == 0
        refused = db("secret", "--database", url, data=new)
        assert isinstance(refused.exception, SettingsInvalid)
        assert not new.exists()
        assert isinstance(db("upgrade", "--database", url, data=new).exception, SettingsInvalid)
        assert not (new / "pepper.key").exists()
        wrong = db("secret", "--database", url, data=other, MATINEE_SECRET=ANOTHER)
    assert isinstance(wrong.exception, SettingsInvalid)
    assert ANOTHER not in wrong.output


def test_a_folder_without_a_secret_shows_none(tmp_path: Path) -> None:
    assert isinstance(db("secret", data=tmp_path / "new").exception, SettingsInvalid)
    assert not (tmp_path / "new").exists()


def test_a_secret_that_is_set_serves_a_machine_alone_too(tmp_path: Path) -> None:
    assert db("upgrade", data=tmp_path, MATINEE_SECRET=SECRET).exit_code == 0
    assert db("secret", data=tmp_path, MATINEE_SECRET=SECRET).stdout == f"{SECRET}\n"
    assert not (tmp_path / "pepper.key").exists()


@pytest.mark.parametrize("environment", [{}, {"MATINEE_SECRET": ANOTHER}])
def test_a_file_under_another_secret_is_told_and_not_opened(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    assert db("upgrade", data=tmp_path, MATINEE_SECRET=SECRET).exit_code == 0
    checked = db("check", data=tmp_path, **environment)
    assert checked.exit_code == 1
    assert "BAD secret" in checked.stdout
    assert isinstance(db("upgrade", data=tmp_path, **environment).exception, SettingsInvalid)
    assert not (tmp_path / "pepper.key").exists()


def test_two_secrets_of_one_folder_are_refused(tmp_path: Path) -> None:
    assert db("upgrade", data=tmp_path).exit_code == 0
    done = db("upgrade", data=tmp_path, MATINEE_SECRET=SECRET)
    assert "MATINEE_SECRET is another secret" in str(done.exception)


@pytest.mark.parametrize("place", [0, 4096])
def test_pages_that_are_damaged_are_told_with_the_remedy(tmp_path: Path, place: int) -> None:
    path = an_empty_database(DataFolder(tmp_path).database)
    with path.open("r+b") as file:
        file.seek(place)
        file.write(b"\xff" * 2048)
    done = db("check", data=tmp_path)
    assert done.exit_code == 1
    assert "BAD integrity" in done.stdout
    assert "matinee restore" in done.stdout


@pytest.mark.parametrize("secret", ["open sesame", "abcd"])
def test_what_can_be_no_secret_is_refused(tmp_path: Path, secret: str) -> None:
    environment = {"MATINEE_DATABASE": "postgresql://nowhere/x", "MATINEE_SECRET": secret}
    done = db("secret", data=tmp_path, **environment)
    assert isinstance(done.exception, SettingsInvalid)
    assert secret not in str(done.exception)
