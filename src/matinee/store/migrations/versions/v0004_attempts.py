"""Attempts, engines' health, the model that an engine is to use, and keys of administrators."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables and the columns. What was attempted before is not known."""
    # Added in place: a million rows need not be written anew for an empty text.
    op.add_column("videos", sa.Column("model", sa.Text, nullable=False, server_default=""))
    op.add_column("keys", sa.Column("is_admin", sa.Integer, nullable=False, server_default="0"))
    op.create_table(
        "attempts",
        sa.Column("video_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("film_seconds", sa.Integer, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("outcome", sa.Text),
        sa.Column("message", sa.Text),
        sa.Column("upstream_id", sa.Text),
    )
    op.create_index("attempts_of_engine", "attempts", ["engine", "finished_at"])
    op.create_table(
        "engine_states",
        sa.Column("engine", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_error_code", sa.Text),
        sa.Column("last_error_message", sa.Text),
        sa.Column("last_error_at", sa.BigInteger),
        sa.Column("checked_at", sa.BigInteger),
    )
