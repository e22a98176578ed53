"""What everything stands on, as the settings have it: rows, bytes, delivery, news, time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from matinee.blobs.local import LocalBlobs
from matinee.blobs.reserve import DiskReserve
from matinee.core.errors import MatineeError, SettingsInvalid
from matinee.data_folder import DataFolder
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
from matinee.store.findings import Finding, findings
from matinee.store.schema import upgrade
from matinee.store.sql import SqlStore
from matinee.store.sqlite import SqliteDatabase
from matinee.system import SystemClock, SystemIdentities

_SECRET_BYTES = 32

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
    with _extra("database"):
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


@contextmanager
def _extra(param: str) -> Iterator[None]:
    """Import adapters of the extra, which `param` names. Raises SettingsInvalid without it."""
    try:
        yield
    except ImportError as error:
        raise SettingsInvalid(
            f"The setting {param} needs what is not installed: pip install 'matinee[scale]'.",
            param=param,
        ) from error


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
    folder.prepare()
    if settings.database is not None:
        rows = await _shared_rows(settings.database, secret_of(settings, folder))
    else:
        await asyncio.to_thread(upgrade, folder.database)
        rows = _Rows(store=SqlStore(SqliteDatabase(folder.database)), clock=SystemClock())
    try:
        yield rows
    finally:
        await rows.store.close()


async def _shared_rows(url: str, secret: bytes) -> _Rows:
    with _extra("database"):
        from matinee.store import postgres_schema
        from matinee.store.postgres import PostgresDatabase
        from matinee.store.postgres_clock import DatabaseClock
    await asyncio.to_thread(postgres_schema.upgrade, url)
    await asyncio.to_thread(postgres_schema.agree_on_secret, url, secret)
    database = PostgresDatabase(url)
    clock = DatabaseClock(database.now)
    try:
        await clock.measure()
    except MatineeError:
        await database.close()
        raise
    return _Rows(store=SqlStore(database), clock=clock, upkeep=(clock.run,))


@asynccontextmanager
async def open_store(settings: Settings, folder: DataFolder) -> AsyncIterator[SqlStore]:
    """The database, brought up to date."""
    async with _open_rows(settings, folder) as rows:
        yield rows.store


async def look_over(settings: Settings, folder: DataFolder) -> list[Finding]:
    """How the database is, which is there already."""
    if settings.database is None:
        return await asyncio.to_thread(findings, folder.database)
    with _extra("database"):
        from matinee.store import postgres_schema
    folder.prepare()
    secret = secret_of(settings, folder)
    return await asyncio.to_thread(postgres_schema.findings, settings.database, secret)


def move_rows(folder: DataFolder, url: str) -> Mapping[str, int]:
    """Copy all rows of the folder's file to the empty PostgreSQL database at `url`.

    Returns how many of each table. Nobody else may use the folder meanwhile.
    """
    with _extra("database"):
        from matinee.store import postgres_schema
        from matinee.store.postgres_transfer import transfer
    upgrade(folder.database)
    postgres_schema.upgrade(url)
    counts = transfer(folder.database, url)
    postgres_schema.agree_on_secret(url, folder.pepper())
    return counts


def secret_of(settings: Settings, folder: DataFolder) -> bytes:
    """The house's own secret, under which keys are digested and links and webhooks are signed.

    Machines that share a database share it too. Raises SettingsInvalid if it can't be one.
    """
    given = secret_in("MATINEE_SECRET") if settings.database is not None else None
    if given is None:
        return folder.pepper()
    try:
        secret = bytes.fromhex(given)
    except ValueError:
        secret = b""
    if len(secret) < _SECRET_BYTES:
        raise SettingsInvalid(
            f"MATINEE_SECRET must be at least {_SECRET_BYTES} bytes in hexadecimal digits, such as "
            "'openssl rand -hex 32' prints."
        )
    return secret


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
        return LocalBlobs(folder.blobs)
    shared = LocalBlobs(Path(where), writer=f"{name}-")
    await shared.check(f"checks/{name}")
    return shared


async def _open_objects(url: str, endpoint: str | None, name: str) -> Blobs:
    with _extra("blob_store"):
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
    """The webhooks with their rows, beside a running server or without one."""
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
    """How the engines are, beside a running server or without one."""
    async with _open_rows(settings, folder) as rows:
        engines = configured_engines(settings, folder)
        routes = routes_to(engines, settings, needs_key=await rows.store.has_keys())
        yield Engines(rows.store, rows.clock, engine_facts(engines, routes))
