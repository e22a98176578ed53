"""What older versions wrote is still there after the next step, and says what it said."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from matinee.store.schema import upgrade
from matinee.store.sql import SqlStore
from matinee.store.sqlite import SqliteDatabase
from tests.samples import a_key, a_video, an_account

VIDEO = """
INSERT INTO videos (id, account_id, created_at, access_token, spec, assets, engine, state,
    priority, progress, attempt, faults, max_faults)
SELECT :id, :account_id, :created_at, :access_token, :spec, '[]', 'animatic', 'queued',
    0, 0, 0, 0, 5
"""
SPEC = """{"model": "sora-2", "prompt": "A calico cat plays the piano on a small stage.",
"size": {"width_px": 1280, "height_px": 720}, "seconds": 4, "seed": 1}"""


def upgrade_to(path: Path, revision: str) -> None:
    engine = sa.create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", "matinee.store:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def fill(path: Path) -> None:
    """Rows as schema 0003 has them: a waiting video and a key."""
    video, key, account = a_video(), a_key(), an_account()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            VIDEO,
            {
                "id": video.id,
                "account_id": video.account_id,
                "created_at": int(video.created_at.timestamp() * 1_000_000),
                "access_token": video.access_token,
                "spec": SPEC,
            },
        )
        connection.execute("INSERT INTO accounts VALUES (?, 'alice', 0)", (account.id,))
        connection.execute(
            "INSERT INTO keys (id, account_id, digest, hint, created_at) VALUES (?, ?, ?, ?, 0)",
            (key.id, account.id, key.digest, key.hint),
        )


async def test_videos_and_keys_of_schema_0003_are_read_after_0004(tmp_path: Path) -> None:
    path = tmp_path / "matinee.db"
    upgrade_to(path, "0003")
    fill(path)
    upgrade(path)
    store = SqlStore(SqliteDatabase(path))
    try:
        video = await store.video(a_video().id)
        assert video is not None
        assert (video.job, video.spec) == (a_video().job, a_video().spec)
        (key,) = await store.list_keys()
        assert (key.id, key.is_admin) == (a_key().id, False)
        assert await store.attempts.of_video(video.id) == []
        assert await store.attempts.circuits() == []
    finally:
        await store.close()
