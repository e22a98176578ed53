"""A migration that is killed changed nothing, and the next start makes it whole."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from matinee.store import rows
from matinee.store.schema import REVISIONS
from tests.chaos.migrations import AfterKill
from tests.samples import a_video, a_video_id

VIDEOS = 3
STEP = 5
"""Every statement takes five times as long, and was tried by hand."""


@pytest.mark.timeout(120)
def test_a_migration_that_is_killed_changed_nothing_and_is_made_at_the_next_start(
    tmp_path: Path,
) -> None:
    old = REVISIONS[0]
    database = an_old_database(tmp_path / "old.db", old)
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos.migrations", str(database), str(STEP)],
        stdout=subprocess.PIPE,
        check=True,
    )
    kills = msgspec.json.decode(done.stdout, type=list[AfterKill])
    assert len(kills) > 3
    for each in kills:
        assert each.schema == old
        assert each.rows_after == [a_video_id(number) for number in range(VIDEOS)]
        assert each.check == "ok"


def an_old_database(path: Path, revision: str) -> Path:
    """A file of that schema, with some videos in it."""
    engine = sa.create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", "matinee.store:migrations")
    with engine.begin() as opened:
        config.attributes["connection"] = opened
        command.upgrade(config, revision)
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        known = {row[1] for row in connection.execute("PRAGMA table_info(videos)")}
        for number in range(VIDEOS):
            values = rows.values_of_video(a_video(number))
            named = {name: value for name, value in values.items() if name in known}
            columns, marks = ", ".join(named), ", ".join(f":{name}" for name in named)
            connection.execute(f"INSERT INTO videos ({columns}) VALUES ({marks})", named)  # noqa: S608
        connection.commit()
    return path
