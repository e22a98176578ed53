"""What is left of a store whose process was killed."""

from __future__ import annotations

import random
import secrets
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from matinee.store.schema import upgrade
from tests.samples import a_video_id

KILLS = 10
MOST_LINES = 400


def write_and_kill(path: Path, first: int, lines: int) -> list[int]:
    """What a process acknowledged that was killed after about so many `lines`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.store.write_until_killed", path, str(first)],
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(lines)]
        process.send_signal(signal.SIGKILL)
        # A line counts only if it came whole.
        rest = process.stdout.read().splitlines(keepends=True)
        acknowledged += [int(line) for line in rest if line.endswith("\n")]
    assert process.returncode == -signal.SIGKILL
    return acknowledged


@pytest.mark.slow
def test_a_killed_process_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "matinee.db"
    seed = secrets.randbelow(2**32)
    print(f"seed {seed}")  # noqa: T201  # shown when the test fails
    chance = random.Random(seed)  # noqa: S311  # nothing secret
    acknowledged: list[int] = []
    for kill in range(KILLS):
        acknowledged += write_and_kill(path, kill * 1_000_000, chance.randint(1, MOST_LINES))
    upgrade(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        ids = set(connection.execute("SELECT id FROM videos"))
        assert ids == set(connection.execute("SELECT video_id FROM requests"))
        assert ids == set(connection.execute("SELECT video_id FROM events"))
    assert {(a_video_id(number),) for number in acknowledged} <= ids
