"""Workers of several machines, duties, abandoned submissions, and the ends of files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_HAS_FILES = sa.text("expires_at IS NOT NULL AND assets <> '[]'")


def upgrade() -> None:
    """Make the tables and the index. How engines were is found out again."""
    _make_engine_states_anew()
    _make_tables_of_workers()
    op.create_table(
        "house",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_index(
        "videos_by_end",
        "videos",
        ["expires_at"],
        sqlite_where=_HAS_FILES,
        postgresql_where=_HAS_FILES,
    )
    op.create_index("requests_by_time", "requests", ["created_at"])


def _make_engine_states_anew() -> None:
    op.drop_table("engine_states")
    op.create_table(
        "engine_states",
        sa.Column("engine", sa.Text, primary_key=True),
        sa.Column("worker_id", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_error_code", sa.Text),
        sa.Column("last_error_message", sa.Text),
        sa.Column("last_error_at", sa.BigInteger),
        sa.Column("checked_at", sa.BigInteger),
    )


def _make_tables_of_workers() -> None:
    op.create_table(
        "workers",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("process_id", sa.Integer, nullable=False),
        sa.Column("engines", sa.Text, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "duties",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "abandoned",
        sa.Column("video_id", sa.Text, primary_key=True),
        sa.Column("submit_key", sa.Text, primary_key=True),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("upstream_id", sa.Text),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("abandoned_of_engine", "abandoned", ["engine", "due_at"])
