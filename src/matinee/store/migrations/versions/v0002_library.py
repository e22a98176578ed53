"""Answers to requests, characters and files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "answers",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("is_repeat", sa.Boolean, nullable=False),
        sa.Column("delivered_at", sa.BigInteger),
    )
    op.create_index("answers_of_digest", "answers", ["account_id", "digest", "created_at"])
    op.create_index("answers_by_time", "answers", ["created_at"])
    op.create_table(
        "answered_videos",
        sa.Column("answer_id", sa.Text, primary_key=True),
        sa.Column("video_id", sa.Text, primary_key=True),
    )
    op.create_index("answers_of_video", "answered_videos", ["video_id"])
    op.create_table(
        "characters",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("poster", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("characters_of_account", "characters", ["account_id", "id"])
    op.create_table(
        "files",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("blob_key", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
    )
    op.create_index("files_of_account", "files", ["account_id", "id"])
    op.create_index("files_by_end", "files", ["expires_at"])
