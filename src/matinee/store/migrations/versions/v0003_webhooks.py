"""Webhook endpoints, callbacks and deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Make the tables. What ended before is told to nobody."""
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("event_types", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("secret_number", sa.Integer, nullable=False),
        sa.Column("former_secrets", sa.Text, nullable=False),
        sa.Column("after_sequence", sa.BigInteger, nullable=False),
    )
    op.create_index("webhook_endpoints_of_account", "webhook_endpoints", ["account_id", "id"])
    op.create_table(
        "callbacks",
        sa.Column("video_id", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("link_base", sa.Text, nullable=False),
    )
    _deliveries()
    op.create_table(
        "outbox",
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("resends", sa.BigInteger, nullable=False),
    )
    op.execute("INSERT INTO outbox SELECT COALESCE(MAX(sequence), 0), 0 FROM events")


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("receiver", sa.Text, nullable=False),
        sa.Column("endpoint_id", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("link_base", sa.Text),
        sa.Column("video_id", sa.Text, nullable=False),
        sa.Column("event_type", sa.Text, nullable=False),
        sa.Column("happened_at", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("last_status", sa.Integer),
        sa.Column("last_error", sa.Text),
    )
    op.create_index("deliveries_of_account", "deliveries", ["account_id", "state", "id"])
    op.create_index("deliveries_of_endpoint", "deliveries", ["endpoint_id", "state", "id"])
    op.create_index(
        "deliveries_waiting",
        "deliveries",
        ["account_id", "receiver", "due_at"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
