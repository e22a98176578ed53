"""The tables, as both databases have them.

A moment is a whole number of microseconds since 1970 in UTC: exact, ordered, and the same in every
database and driver, which zones and text formats are not. A video and its job are one row, so that
the one conditional update of a move carries everything it changes and a read is one look-up. What
no statement asks for inside a spec or an asset is JSON.
"""

from __future__ import annotations

import sqlalchemy as sa

from matinee.core.job import JobState
from matinee.core.webhook import DeliveryState

metadata = sa.MetaData()

_final = ", ".join(f"'{state}'" for state in JobState if state.is_final)
UNFINISHED = sa.text(f"state NOT IN ({_final})")
"""The condition of the partial indices, spelled out, so that a database sees that they apply.

With the states that are not final, SQLite would look those up one by one and miss the order.
"""

HAS_END = sa.text("expires_at IS NOT NULL AND assets <> '[]'")
"""The condition of another partial index: there are files, and some day they are removed."""

JOB_COLUMNS = (
    sa.Column("engine", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("priority", sa.BigInteger, nullable=False),
    sa.Column("progress", sa.Integer, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("faults", sa.Integer, nullable=False),
    sa.Column("max_faults", sa.Integer, nullable=False),
    sa.Column("lease_expires_at", sa.BigInteger),
    sa.Column("started_at", sa.BigInteger),
    sa.Column("finished_at", sa.BigInteger),
    sa.Column("cancel_requested_at", sa.BigInteger),
    sa.Column("submit_key", sa.Text),
    sa.Column("upstream_id", sa.Text),
    sa.Column("failure_code", sa.Text),
    sa.Column("failure_message", sa.Text),
    sa.Column("model", sa.Text, nullable=False, server_default=""),
)
"""The part of a video's row that is its job."""

videos = sa.Table(
    "videos",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger),
    sa.Column("remixed_from", sa.Text),
    sa.Column("access_token", sa.Text, nullable=False),
    sa.Column("spec", sa.Text, nullable=False),
    sa.Column("assets", sa.Text, nullable=False),
    *JOB_COLUMNS,
    # Ids sort by creation, so a page needs no other order and no look-up of where it begins.
    sa.Index("videos_of_account", "account_id", "id"),
    # Small whatever the history: a video leaves it when its files are removed.
    sa.Index("videos_by_end", "expires_at", sqlite_where=HAS_END, postgresql_where=HAS_END),
    # Small whatever the history: a finished video leaves them.
    sa.Index(
        "videos_unfinished",
        "engine",
        "state",
        "priority",
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    ),
    sa.Index(
        "videos_unfinished_of_account",
        "account_id",
        "engine",
        "priority",
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    ),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("video_id", sa.Text, nullable=False),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Index("events_of_video", "video_id", "sequence"),
    sa.Index("events_of_account", "account_id", "sequence"),
)

attempts = sa.Table(
    "attempts",
    metadata,
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
    sa.Index("attempts_of_engine", "engine", "finished_at"),
)

engine_states = sa.Table(
    "engine_states",
    metadata,
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

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("process_id", sa.Integer, nullable=False),
    sa.Column("engines", sa.Text, nullable=False),
    sa.Column("started_at", sa.BigInteger, nullable=False),
    sa.Column("seen_at", sa.BigInteger, nullable=False),
)

duties = sa.Table(
    "duties",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
)

abandoned = sa.Table(
    "abandoned",
    metadata,
    sa.Column("video_id", sa.Text, primary_key=True),
    sa.Column("submit_key", sa.Text, primary_key=True),
    sa.Column("engine", sa.Text, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("upstream_id", sa.Text),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Index("abandoned_of_engine", "engine", "due_at"),
)
"""Submissions that nobody wants any more, until their upstreams were told."""

house = sa.Table(
    "house",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
"""What a shared database says of itself: by which the secret is known that keys are digested
under, and how far the tables of its queue have come."""

requests = sa.Table(
    "requests",
    metadata,
    sa.Column("account_id", sa.Text, primary_key=True),
    sa.Column("request_key", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("video_id", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Index("requests_of_video", "video_id"),
    sa.Index("requests_by_time", "created_at"),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("created_at", sa.BigInteger, nullable=False),
)

keys = sa.Table(
    "keys",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("hint", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("revoked_at", sa.BigInteger),
    sa.Column("is_admin", sa.Integer, nullable=False, server_default="0"),
)

answers = sa.Table(
    "answers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("is_repeat", sa.Boolean, nullable=False),
    sa.Column("delivered_at", sa.BigInteger),
    sa.Index("answers_of_digest", "account_id", "digest", "created_at"),
    sa.Index("answers_by_time", "created_at"),
)

answered_videos = sa.Table(
    "answered_videos",
    metadata,
    sa.Column("answer_id", sa.Text, primary_key=True),
    sa.Column("video_id", sa.Text, primary_key=True),
    sa.Index("answers_of_video", "video_id"),
)

characters = sa.Table(
    "characters",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("poster", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Index("characters_of_account", "account_id", "id"),
)

files = sa.Table(
    "files",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("blob_key", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger),
    sa.Index("files_of_account", "account_id", "id"),
    sa.Index("files_by_end", "expires_at"),
)

webhook_endpoints = sa.Table(
    "webhook_endpoints",
    metadata,
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
    sa.Index("webhook_endpoints_of_account", "account_id", "id"),
)

callbacks = sa.Table(
    "callbacks",
    metadata,
    sa.Column("video_id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("link_base", sa.Text, nullable=False),
)

WAITING = sa.text(f"state = '{DeliveryState.WAITING}'")
"""The condition of the partial index, spelled out, so that a database sees that it applies."""

deliveries = sa.Table(
    "deliveries",
    metadata,
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
    sa.Index("deliveries_of_account", "account_id", "state", "id"),
    sa.Index("deliveries_of_endpoint", "endpoint_id", "state", "id"),
    # Small whatever the history: a finished delivery leaves it.
    sa.Index(
        "deliveries_waiting",
        "account_id",
        "receiver",
        "due_at",
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    ),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("resends", sa.BigInteger, nullable=False),
)
"""One row: how far deliveries are planned, and how many were sent for again."""
