"""Commands that only look make nothing, and all commands find the database that is named."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg  # noqa: TID253  # the tests have every extra
import pytest
from typer.testing import CliRunner, Result

from matinee.cli import app
from matinee.core.errors import NotFound, SettingsInvalid
from tests.postgres import a_database, the_server

LOOKING = (
    ["engines"],
    ["keys", "list"],
    ["keys", "revoke", "key_1"],
    ["webhooks", "list"],
    ["webhooks", "deliveries"],
    ["webhooks", "resend", "dlv_1"],
    ["webhooks", "secret"],
    ["db", "files"],
    ["db", "check"],
)


def run(*arguments: str, data: Path) -> Result:
    return CliRunner().invoke(app, [*arguments, "--data", str(data)])


@pytest.mark.parametrize("command", LOOKING, ids=" ".join)
def test_a_folder_that_is_mistyped_is_said_and_not_made(tmp_path: Path, command: list[str]) -> None:
    done = run(*command, data=tmp_path / "nowhere")
    assert isinstance(done.exception, NotFound)
    assert "no database" in str(done.exception)
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("command", LOOKING[:-1], ids=" ".join)
def test_a_database_without_tables_is_said_and_left_alone(
    tmp_path: Path, command: list[str]
) -> None:
    with the_server().a_bare_database() as url:
        done = run(*command, "--database", url, data=tmp_path / "data")
        with psycopg.connect(url) as connection:
            made = connection.execute("SELECT to_regclass('house')").fetchone()
    assert isinstance(done.exception, SettingsInvalid)
    assert "matinee db upgrade" in str(done.exception)
    assert made == (None,)
    assert not (tmp_path / "data").exists()


def test_a_look_at_a_database_needs_no_secret(tmp_path: Path) -> None:
    with a_database() as url:
        run("db", "upgrade", "--database", url, data=tmp_path / "first")
        for command in ("engines",), ("keys", "list"), ("webhooks", "list"):
            done = run(*command, "--database", url, data=tmp_path / "second")
            assert done.exit_code == 0, done.exception
    assert not (tmp_path / "second").exists()


def test_a_key_goes_into_the_database_that_is_named(tmp_path: Path) -> None:
    with a_database() as url:
        made = run(
            "keys", "create", "--account", "alice", "--database", url, data=tmp_path / "data"
        )
        assert "every request to a server on this database needs a key" in made.stderr
        listed = run("keys", "list", "--json", "--database", url, data=tmp_path / "data")
    assert [key["account"] for key in json.loads(listed.stdout)] == ["alice"]
    assert not (tmp_path / "data" / "matinee.db").exists()
