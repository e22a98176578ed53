"""What everything stands on, as the settings have it: rows, bytes, delivery, news, time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from matinee.blobs.local import LocalBlobs
from matinee.blobs.reserve import DiskReserve
from matinee.core.errors import MatineeError, SettingsInvalid
from matinee.data_folder import DataFolder
from matinee.database import bring_up_to_date, needing_extra, require_rows, secret_of
from matinee.engine_room import configured_engines, engine_facts, routes_to
from matinee.net.guard import Guard
from matinee.net.post import check_receiver
from matinee.net.signing import SigningSecrets
from matinee.ports.blobs import Blobs
from matinee.ports.clock import Clock
from matinee.ports.queue import JobQueue
from matinee.ports.room import Room
from matinee.ports.store import Store
from matinee.queue.announcements import LocalAnnouncements
from matinee.queue.embedded import EmbeddedQueue
from matinee.services.access import Access
from matinee.services.engines import Engines
from matinee.services.ports import Ports
from matinee.services.webhooks import Webhooks
from matinee.settings import Settings, secret_in
from matinee.store.sql import SqlStore
from matinee.store.sqlite import SqliteDatabase
from matinee.system import SystemClock, SystemIdentities

Upkeep = tuple[Callable[[], Coroutine[Any, Any, None]], ...]
"""What adapters need done while they are used, each until it is cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundations:
    """The adapters behind every port, and what else all processes of a server share."""

    store: SqlStore
    blobs: Blobs
    queue: JobQueue
    announcements: LocalAnnouncements
    clock: Clock
    identities: SystemIdentities
    pepper: bytes
    room: Room
    upkeep: Upkeep = ()
    queues: Collection[tuple[str, str]] = ()
    """Engines and models: of an engine that is among them nothing else is served here."""

    async def keep_going(self) -> None:
        """Do what the adapters need done while they are used, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for keep_up in self.upkeep:
                group.create_task(keep_up())
            await asyncio.Event().wait()

    @property
    def ports(self) -> Ports:
        """What the use cases need of it."""
        return Ports(
            store=self.store,
            blobs=self.blobs,
            queue=self.queue,
            announcements=self.announcements,
            clock=self.clock,
            identities=self.identities,
            room=self.room,
        )


Lay = Callable[[Settings, DataFolder], AbstractAsyncContextManager[Foundations]]
"""Opens what everything stands on."""


@asynccontextmanager
async def open_foundations(
    settings: Settings, folder: DataFolder, queues: Collection[tuple[str, str]] = ()
) -> AsyncIterator[Foundations]:
    """Everything of `settings` and `folder`, the rows brought up to date.

    Of an engine that is among the engines and models of `queues`, only those are served.
    """
    async with _open_rows(settings, folder) as rows:
        delivery = _delivery(settings, rows.store, queues)
        yield Foundations(
            store=rows.store,
            blobs=await open_blobs(settings, folder),
            queue=delivery.queue,
            announcements=delivery.announcements,
            clock=rows.clock,
            identities=SystemIdentities(),
            pepper=secret_of(settings, folder),
            room=_room(settings, folder),
            upkeep=(*rows.upkeep, *delivery.upkeep),
            queues=queues,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Delivery:
    queue: JobQueue
    announcements: LocalAnnouncements
    upkeep: Upkeep = ()


def _delivery(settings: Settings, store: Store, queues: Collection[tuple[str, str]]) -> _Delivery:
    """How videos reach workers and changes reach watchers: here, or on every machine."""
    if settings.database is None:
        return _Delivery(queue=EmbeddedQueue(), announcements=LocalAnnouncements())
    with needing_extra("database"):
        from matinee.queue import postgres_announcements, postgres_queue
        from matinee.queue.postgres_listener import PostgresListener
        from matinee.store.postgres_connection import options_of
    queue = postgres_queue.PostgresQueue(store, chosen=queues)
    announcements = LocalAnnouncements(postgres_announcements.carry)
    feed = postgres_announcements.ChangeFeed(announcements.publish, announcements.publish_gap)
    listener = PostgresListener(options_of(settings.database))
    listener.listen(postgres_announcements.CHANNEL, feed.hear, feed.miss)
    listener.listen(postgres_queue.CHANNEL, queue.hear, queue.miss)
    return _Delivery(queue=queue, announcements=announcements, upkeep=(listener.run,))


def _room(settings: Settings, folder: DataFolder) -> Room:
    """The room on the disks of this machine that rows and films are kept on."""
    places = [folder.root]
    if settings.blob_store is not None and "://" not in settings.blob_store:
        places.append(Path(settings.blob_store))
    return DiskReserve(places, settings.disk_reserve_mb)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """The database, and the time that its rows speak of."""

    store: SqlStore
    clock: Clock
    upkeep: Upkeep = ()


@asynccontextmanager
async def _open_rows(settings: Settings, folder: DataFolder) -> AsyncIterator[_Rows]:
    """The database, brought up to date."""
    await asyncio.to_thread(bring_up_to_date, settings, folder)
    async with _rows_as_they_are(settings, folder) as rows:
        yield rows


@asynccontextmanager
async def _look_at_rows(settings: Settings, folder: DataFolder) -> AsyncIterator[_Rows]:
    """The database as it is: nothing is made, and nothing brought up to date."""
    await require_rows(settings, folder)
    async with _rows_as_they_are(settings, folder) as rows:
        yield rows


@asynccontextmanager
async def _rows_as_they_are(settings: Settings, folder: DataFolder) -> AsyncIterator[_Rows]:
    if settings.database is not None:
        rows = await _shared_rows(settings.database)
    else:
        rows = _Rows(store=SqlStore(SqliteDatabase(folder.database)), clock=SystemClock())
    try:
        yield rows
    finally:
        await rows.store.close()


async def _shared_rows(url: str) -> _Rows:
    with needing_extra("database"):
        from matinee.store.postgres import PostgresDatabase
        from matinee.store.postgres_clock import DatabaseClock
    database = PostgresDatabase(url)
    clock = DatabaseClock(database.now)
    try:
        await clock.measure()
    except MatineeError:
        await database.close()
        raise
    return _Rows(store=SqlStore(database), clock=clock, upkeep=(clock.run, database.run))


@asynccontextmanager
async def look_at_store(settings: Settings, folder: DataFolder) -> AsyncIterator[SqlStore]:
    """The database as it is. Raises NotFound and SettingsInvalid as `require_rows` does."""
    async with _look_at_rows(settings, folder) as rows:
        yield rows.store


def require_shared_films(settings: Settings) -> None:
    """Raise SettingsInvalid unless other processes find the films that one of them makes."""
    if settings.blob_store is None:
        raise SettingsInvalid(
            "Films that one process makes and another one serves must lie where both find them: "
            "set 'blob_store' to a folder that every machine sees, or to such as 's3://films'.",
            param="blob_store",
        )


async def open_blobs(settings: Settings, folder: DataFolder) -> Blobs:
    """Where the films lie. Raises SettingsInvalid unless they can be written and read there."""
    name, where = SystemIdentities().secret(10), settings.blob_store
    if where is not None and "://" in where:
        return await _open_objects(where, settings.blob_endpoint, name)
    if settings.blob_endpoint is not None:
        raise SettingsInvalid(
            "'blob_endpoint' is for an object store: set 'blob_store' to such as 's3://films'.",
            param="blob_endpoint",
        )
    if where is None:
        # With a shared database several servers may use one data folder.
        writer = None if settings.database is None else f"{name}-"
        return LocalBlobs(folder.blobs, writer=writer)
    shared = LocalBlobs(Path(where), writer=f"{name}-")
    await shared.check(f"checks/{name}")
    return shared


async def _open_objects(url: str, endpoint: str | None, name: str) -> Blobs:
    with needing_extra("blob_store"):
        from matinee.blobs.objects import Bucket, Keys, ObjectBlobs
    access_key, secret_key = secret_in("AWS_ACCESS_KEY_ID"), secret_in("AWS_SECRET_ACCESS_KEY")
    region = secret_in("AWS_REGION") or secret_in("AWS_DEFAULT_REGION") or "us-east-1"
    keys = None
    if access_key and secret_key:
        keys = Keys(access_key=access_key, secret_key=secret_key, region=region)
    objects = ObjectBlobs(Bucket.parse(url, endpoint, keys), SystemClock())
    await objects.check(f"checks/{name}")
    return objects


@asynccontextmanager
async def open_webhooks(
    settings: Settings, folder: DataFolder
) -> AsyncIterator[tuple[SqlStore, Webhooks]]:
    """The webhooks with their rows, beside a running server or without one.

    Raises NotFound and SettingsInvalid as `require_rows` does.
    """
    await require_rows(settings, folder)
    async with _open_rows(settings, folder) as rows:
        check = partial(check_receiver, guard=Guard())
        signing = SigningSecrets(secret_of(settings, folder))
        yield rows.store, Webhooks(rows.store, rows.clock, SystemIdentities(), signing, check)


@asynccontextmanager
async def open_access(settings: Settings, folder: DataFolder) -> AsyncIterator[Access]:
    """Accounts and keys, beside a running server or without one."""
    async with _open_rows(settings, folder) as rows:
        pepper = secret_of(settings, folder)
        yield Access(rows.store, rows.clock, SystemIdentities(), pepper=pepper)


@asynccontextmanager
async def open_engines(settings: Settings, folder: DataFolder) -> AsyncIterator[Engines]:
    """How the engines are, beside a running server or without one.

    Raises NotFound and SettingsInvalid as `require_rows` does.
    """
    async with _look_at_rows(settings, folder) as rows:
        engines = configured_engines(settings, folder)
        routes = routes_to(engines, settings, needs_key=await rows.store.has_keys())
        silence = timedelta(seconds=settings.lease_s)
        yield Engines(rows.store, rows.clock, engine_facts(engines, routes), silence=silence)
