"""Databases with a long past or a long line, filled through our own tables and rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice

import sqlalchemy as sa
from tests.samples import NOW, a_video, a_video_id

from matinee.core.asset import Asset, AssetVariant, blob_folder
from matinee.core.attempt import COMPLETED
from matinee.core.event import EventKind
from matinee.core.ids import AccountId, VideoId
from matinee.core.job import JobState
from matinee.core.video import Video
from matinee.core.webhook import DeliveryState
from matinee.store import tables
from matinee.store.rows import Values, micros, values_of_video

ENGINE = "animatic"
_BATCH = 20_000
_TOOK = timedelta(seconds=30)
_EVERY_TENTH = 10


def fill_finished(url: str, account_id: AccountId, count: int) -> None:
    """Give the account `count` completed videos: with their events, attempts and assets.

    Every tenth was asked for with an `Idempotency-Key`, every tenth by an SDK that counts its
    tries, and every tenth's end was told to a webhook. `url` is as SQLAlchemy writes it.
    """
    template = _finished(account_id)
    video_values = values_of_video(template)
    kinds = (EventKind.ACCEPTED, EventKind.STARTED, EventKind.COMPLETED)

    def rows_of(number: int) -> Iterator[tuple[sa.Table, Values]]:
        video_id, at = a_video_id(number), micros(NOW) + number * 1_000_000
        owned = {"video_id": video_id, "account_id": account_id}
        yield tables.videos, {**video_values, "id": video_id, "created_at": at}
        for kind in kinds:
            told = {"kind": kind.value, "at": at, "attempt": 1, "reason": None}
            yield tables.events, {**owned, **told}
        yield tables.attempts, _attempt(video_id, at)
        match number % _EVERY_TENTH:
            case 0:
                asked = {"request_key": f"key-{number}", "digest": "0" * 64, "created_at": at}
                yield tables.requests, {**owned, **asked}
            case 1:
                yield tables.answers, _answer(video_id, account_id, at)
                yield tables.answered_videos, {"answer_id": video_id, "video_id": video_id}
            case 2:
                yield tables.deliveries, {**_delivery(at), **owned, "id": video_id}

    _insert(url, (row for number in range(1, count + 1) for row in rows_of(number)))


def account_named(url: str, name: str) -> AccountId:
    """The id of the account of that name, which is there."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        named = sa.select(tables.accounts.c.id).where(tables.accounts.c.name == name)
        account_id = AccountId(connection.execute(named).scalar_one())
    engine.dispose()
    return account_id


def fill_waiting(url: str, account_id: AccountId, count: int) -> None:
    """Have `count` videos of the account wait for the animatic."""
    values = values_of_video(a_video(account_id=account_id))

    def rows() -> Iterator[tuple[sa.Table, Values]]:
        for number in range(1, count + 1):
            yield tables.videos, {**values, "id": a_video_id(number), "priority": number}

    _insert(url, rows())


def _finished(account_id: AccountId) -> Video:
    video = a_video(account_id=account_id, state=JobState.COMPLETED, progress=100, attempt=1)
    assets = tuple(
        Asset(
            variant=variant,
            blob_key=f"{blob_folder(video.id)}/1/{variant}{variant.extension}",
            size_bytes=1_000_000,
            sha256="0" * 64,
            width_px=1280,
            height_px=720,
        )
        for variant in AssetVariant
    )
    job = replace(video.job, started_at=NOW, finished_at=NOW + _TOOK)
    return replace(video, job=job, assets=assets)


def _attempt(video_id: VideoId, at: int) -> Values:
    return {
        "video_id": video_id,
        "number": 1,
        "engine": ENGINE,
        "model": "",
        "film_seconds": 4,
        "started_at": at,
        "finished_at": at + micros(NOW + _TOOK) - micros(NOW),
        "outcome": COMPLETED,
        "message": None,
        "upstream_id": None,
    }


def _answer(video_id: VideoId, account_id: AccountId, at: int) -> Values:
    return {
        "id": video_id,
        "account_id": account_id,
        "digest": f"{at:064x}",
        "created_at": at,
        "is_repeat": False,
        "delivered_at": at,
    }


def _delivery(at: int) -> Values:
    absent = ("url", "link_base", "last_error")
    return {
        **dict.fromkeys(absent),
        "receiver": "https://example.org/hook",
        "endpoint_id": "we",
        "event_type": "video.completed",
        "happened_at": at,
        "created_at": at,
        "state": DeliveryState.DELIVERED.value,
        "attempts": 1,
        "due_at": at,
        "finished_at": at,
        "last_status": 200,
    }


def _insert(url: str, rows: Iterator[tuple[sa.Table, Values]]) -> None:
    """Insert the rows by the thousand, each batch a transaction."""
    engine = sa.create_engine(url)
    is_sqlite = engine.name == "sqlite"
    with engine.connect() as connection:
        if is_sqlite:
            for pragma in ("synchronous=OFF", "cache_size=-400000"):
                connection.exec_driver_sql(f"PRAGMA {pragma}")
        while batch := list(islice(rows, _BATCH)):
            by_table: dict[sa.Table, list[Values]] = {}
            for table, values in batch:
                by_table.setdefault(table, []).append(values)
            for table, many in by_table.items():
                connection.execute(sa.insert(table), many)
            connection.commit()
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)" if is_sqlite else "ANALYZE")
        connection.commit()
    engine.dispose()
