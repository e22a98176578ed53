"""How a database file comes to its schema."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from matinee.core.errors import ServiceUnavailable, SettingsInvalid
from matinee.store.schema import REVISIONS, upgrade
from matinee.store.tables import metadata

UPGRADE = """
import sys
from pathlib import Path
from matinee.store.schema import upgrade
upgrade(Path(sys.argv[1]))
print("alembic" in sys.modules)
"""


def start_upgrade(path: Path) -> subprocess.Popen[str]:
    """A process that upgrades `path` and says whether it loaded Alembic."""
    return subprocess.Popen(
        [sys.executable, "-c", UPGRADE, str(path)], stdout=subprocess.PIPE, text=True
    )


def revisions_in(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    return [revision for (revision,) in found]


def schema_of(path: Path) -> dict[str, str]:
    """The statements that made every table and index."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql NOT NULL AND name NOT LIKE 'alembic%'"
        ).fetchall()
    return {name: " ".join(sql.split()) for name, sql in found}


def test_the_steps_make_what_the_tables_say(tmp_path: Path) -> None:
    upgrade(tmp_path / "stepped.db")
    made = sa.create_engine(f"sqlite:///{tmp_path / 'made.db'}")
    metadata.create_all(made)
    made.dispose()
    assert schema_of(tmp_path / "stepped.db") == schema_of(tmp_path / "made.db")


def test_alembic_finds_nothing_left_to_do(tmp_path: Path) -> None:
    upgrade(tmp_path / "matinee.db")
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'matinee.db'}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_every_step_is_known_in_order() -> None:
    config = Config()
    config.set_main_option("script_location", "matinee.store:migrations")
    steps = ScriptDirectory.from_config(config).walk_revisions()
    assert [step.revision for step in steps] == list(reversed(REVISIONS))


def test_a_database_that_is_up_to_date_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "matinee.db"
    upgrade(path)
    before = path.read_bytes()
    upgrade(path)
    assert path.read_bytes() == before
    assert revisions_in(path) == [REVISIONS[-1]]


def test_a_start_with_nothing_to_do_does_not_load_alembic(tmp_path: Path) -> None:
    for expected in ("True", "False"):
        output, _ = start_upgrade(tmp_path / "matinee.db").communicate()
        assert output.strip() == expected


def test_two_processes_that_start_at_once_both_succeed(tmp_path: Path) -> None:
    processes = [start_upgrade(tmp_path / "matinee.db") for _ in range(2)]
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    assert revisions_in(tmp_path / "matinee.db") == [REVISIONS[-1]]


def test_a_file_that_is_made_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "matinee.db"
    upgrade(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE outbox SET resends = 0")
        made = sorted(each.name for each in tmp_path.iterdir())
        assert made == ["matinee.db", "matinee.db-shm", "matinee.db-wal"]
        assert {each.stat().st_mode & 0o777 for each in tmp_path.iterdir()} == {0o600}


def test_a_folder_with_odd_characters_is_no_matter(tmp_path: Path) -> None:
    folder = tmp_path / "my films 100%s %(here)s ?mode=ro#"
    folder.mkdir()
    upgrade(folder / "matinee.db")
    assert [path.name for path in folder.iterdir()] == ["matinee.db"]


def test_a_database_of_a_later_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "matinee.db"
    upgrade(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SettingsInvalid, match="9999") as refused:
        upgrade(path)
    assert "Install the version that wrote it" in str(refused.value)
    assert revisions_in(path) == ["9999"]


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "matinee.db"
    path.write_bytes(b"a letter, not a database" * 999)
    with pytest.raises(
        ServiceUnavailable, check=lambda raised: "not a database" in (raised.why or "")
    ):
        upgrade(path)
    assert path.read_bytes() == b"a letter, not a database" * 999


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ServiceUnavailable, check=lambda raised: "unable to open" in (raised.why or "")
    ):
        upgrade(tmp_path / "none" / "matinee.db")
