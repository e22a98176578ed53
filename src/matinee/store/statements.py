"""Every statement, written once for all databases, and the text that each database gets.

Values are numbers and text only, so a statement's text can be run by the driver itself: on the
paths that every request takes, that saves most of what a read costs.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from matinee.core.job import JobState
from matinee.store.tables import (
    JOB_COLUMNS,
    UNFINISHED,
    accounts,
    answered_videos,
    answers,
    attempts,
    callbacks,
    characters,
    deliveries,
    events,
    files,
    keys,
    requests,
    videos,
    webhook_endpoints,
)

Select = sa.Select[*tuple[object, ...]]
Statement = Select | sa.Insert | sa.Update | sa.Delete

# Ids begin with a digit, and no collation puts letters before digits.
BEFORE_ALL_IDS = ""
AFTER_ALL_IDS = "z"
BEFORE_ALL_PRIORITIES = -(2**63)

_MOST = sa.bindparam("most", type_=sa.Integer)


def insertion(table: sa.Table, *generated: str) -> sa.Insert:
    """An insertion of every column but those that the database fills."""
    names = [column.name for column in table.columns if column.name not in generated]
    return sa.insert(table).values({name: sa.bindparam(name) for name in names})


def first(statement: Select, most: sa.ColumnElement[int] = _MOST) -> Select:
    """The first rows of `statement`, at most as many as the value `most` says."""
    # SQLite's dialect would write an offset all the same, as a value with a name of its own.
    return statement.limit(most).offset(sa.literal_column("0"))


VIDEO = sa.select(videos).where(videos.c.id == sa.bindparam("video_id"))
# SQLite, where one writes at a time, has no words for such locks and needs none.
VIDEO_TO_CHANGE = VIDEO.with_for_update()
_VIDEOS_OF_ACCOUNT = first(
    sa.select(videos).where(videos.c.account_id == sa.bindparam("account_id"))
)
OLDER_VIDEOS = _VIDEOS_OF_ACCOUNT.where(videos.c.id < sa.bindparam("after")).order_by(
    videos.c.id.desc()
)
NEWER_VIDEOS = _VIDEOS_OF_ACCOUNT.where(videos.c.id > sa.bindparam("after")).order_by(videos.c.id)
# By time before id: ordered by id alone, SQLite walks all videos along it instead of the few.
UNFINISHED_VIDEOS = (
    sa.select(videos).where(UNFINISHED).order_by(videos.c.created_at, videos.c.id).with_for_update()
)

_OF_ENGINE = videos.c.engine == sa.bindparam("engine")
_QUEUED = videos.c.state == sa.literal_column(f"'{JobState.QUEUED}'")
_IN_PROGRESS = videos.c.state == sa.literal_column(f"'{JobState.IN_PROGRESS}'")
OVERDUE_VIDEOS = (
    first(sa.select(videos))
    .where(UNFINISHED, _OF_ENGINE, _IN_PROGRESS, videos.c.lease_expires_at <= sa.bindparam("now"))
    # Who holds one is moving it, or looks after what is overdue as well.
    .with_for_update(skip_locked=True)
)
WAITING_VIDEOS = (
    first(sa.select(videos))
    .where(
        UNFINISHED,
        _OF_ENGINE,
        _QUEUED,
        # Said twice, as an index leads to what is said without an "or".
        videos.c.priority >= sa.bindparam("priority"),
        sa.or_(videos.c.priority > sa.bindparam("priority"), videos.c.id > sa.bindparam("after")),
    )
    .order_by(videos.c.priority, videos.c.id)
)

ADD_VIDEO = insertion(videos)
SAVE_JOB = (
    sa.update(videos)
    .where(
        videos.c.id == sa.bindparam("video_id"),
        videos.c.state == sa.bindparam("held_state"),
        videos.c.attempt == sa.bindparam("held_attempt"),
    )
    .values({column.name: sa.bindparam(column.name) for column in JOB_COLUMNS})
)
SAVE_ASSETS = (
    sa.update(videos)
    .where(videos.c.id == sa.bindparam("video_id"))
    .values({name: sa.bindparam(name) for name in ("assets", "expires_at")})
)
DELETE_VIDEO = sa.delete(videos).where(videos.c.id == sa.bindparam("video_id"))
DELETE_WHAT_HANGS_ON_VIDEO = tuple(
    sa.delete(table).where(table.c.video_id == sa.bindparam("video_id"))
    for table in (requests, answered_videos, attempts)
)


def _giving(table: sa.Table) -> sa.Update:
    """Every row of an account becomes another's."""
    return (
        sa.update(table)
        .where(table.c.account_id == sa.bindparam("giver"))
        .values(account_id=sa.bindparam("taker"))
    )


GIVE_VIDEOS = _giving(videos)
GIVE_OTHERS = tuple(
    _giving(table)
    for table in (
        *(events, answers, characters, files),
        *(webhook_endpoints, callbacks, deliveries),
    )
)

COUNT_UNFINISHED = sa.select(sa.func.count()).select_from(videos).where(UNFINISHED)
COUNT_UNFINISHED_OF_ACCOUNT = COUNT_UNFINISHED.where(
    videos.c.account_id == sa.bindparam("account_id")
)
FIRST_WAITING_PRIORITY = sa.select(sa.func.min(videos.c.priority)).where(
    UNFINISHED, _OF_ENGINE, _QUEUED
)
LAST_STARTED_PRIORITY = sa.select(sa.func.max(videos.c.priority)).where(
    UNFINISHED, _OF_ENGINE, _IN_PROGRESS
)
COUNT_WAITING = (
    sa.select(sa.func.count()).select_from(videos).where(UNFINISHED, _OF_ENGINE, _QUEUED)
)
WAITING_IDS = (
    sa.select(videos.c.id, videos.c.model)
    .where(UNFINISHED, _OF_ENGINE, _QUEUED)
    .order_by(videos.c.priority, videos.c.id)
)
_AHEAD = first(
    sa.select(videos.c.id).where(
        UNFINISHED,
        _OF_ENGINE,
        _QUEUED,
        sa.or_(
            videos.c.priority < sa.bindparam("priority"),
            sa.and_(
                videos.c.priority == sa.bindparam("priority"),
                videos.c.id < sa.bindparam("video_id"),
            ),
        ),
    )
)
COUNT_AHEAD = sa.select(sa.func.count()).select_from(_AHEAD.subquery())
LAST_PRIORITY = sa.select(sa.func.max(videos.c.priority)).where(
    UNFINISHED, _OF_ENGINE, videos.c.account_id == sa.bindparam("account_id")
)

# An event outlives its video, and must still be told to its owner alone.
OWNER = sa.select(videos.c.account_id).where(videos.c.id == sa.bindparam("video_id"))
ADD_EVENT = insertion(events, "sequence", "account_id").values(account_id=OWNER.scalar_subquery())
EVENTS = (
    sa.select(events.c.video_id, events.c.kind, events.c.at, events.c.attempt, events.c.reason)
    .where(events.c.video_id == sa.bindparam("video_id"))
    .order_by(events.c.sequence)
)

ADD_REQUEST = insertion(requests)
VIDEO_OF_REQUEST = sa.select(requests.c.video_id, requests.c.digest).where(
    requests.c.account_id == sa.bindparam("account_id"),
    requests.c.request_key == sa.bindparam("request_key"),
)

ADD_ACCOUNT = insertion(accounts)
ACCOUNT_NAMED = sa.select(accounts).where(accounts.c.name == sa.bindparam("name"))

ADD_KEY = insertion(keys)
KEYS = sa.select(keys, accounts.c.name).join(accounts).order_by(keys.c.created_at, keys.c.id)
VALID_KEY = (
    sa.select(keys, accounts.c.name)
    .join(accounts)
    .where(keys.c.digest == sa.bindparam("digest"), keys.c.revoked_at.is_(None))
)
COUNT_KEYS = sa.select(sa.func.count()).select_from(keys)
# Larger after every change: no key is removed, and none valid again.
VERSION_OF_KEYS = sa.select(sa.func.count() + sa.func.count(keys.c.revoked_at)).select_from(keys)
REVOKE_KEY = (
    sa.update(keys)
    .where(keys.c.id == sa.bindparam("key_id"), keys.c.revoked_at.is_(None))
    .values(revoked_at=sa.bindparam("now"))
)


class Texts:
    """The statements as one database reads them, each put into words once."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._texts: dict[Statement, str] = {}

    def of(self, statement: Statement) -> str:
        """The text of `statement`, with its values named."""
        text = self._texts.get(statement)
        if text is None:
            text = self._texts[statement] = str(statement.compile(dialect=self._dialect))
        return text
