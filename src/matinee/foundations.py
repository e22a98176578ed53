"""What everything stands on, as the settings have it: rows, bytes, delivery, news, time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from matinee.blobs.local import LocalBlobs
from matinee.data_folder import DataFolder
from matinee.engine_room import configured_engines, engine_facts, routes_to
from matinee.net.guard import Guard
from matinee.net.post import check_receiver
from matinee.net.signing import SigningSecrets
from matinee.queue.announcements import LocalAnnouncements
from matinee.queue.embedded import EmbeddedQueue
from matinee.services.access import Access
from matinee.services.engines import Engines
from matinee.services.ports import Ports
from matinee.services.webhooks import Webhooks
from matinee.settings import Settings
from matinee.store.schema import upgrade
from matinee.store.sql import SqlStore
from matinee.store.sqlite import SqliteDatabase
from matinee.system import SystemClock, SystemIdentities


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundations:
    """The adapters behind every port, and what else all processes of a server share."""

    store: SqlStore
    blobs: LocalBlobs
    queue: EmbeddedQueue
    announcements: LocalAnnouncements
    clock: SystemClock
    identities: SystemIdentities
    pepper: bytes

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
        )


@asynccontextmanager
async def open_foundations(settings: Settings, folder: DataFolder) -> AsyncIterator[Foundations]:
    """Everything of `settings` and `folder`, the rows brought up to date."""
    async with open_store(settings, folder) as store:
        yield Foundations(
            store=store,
            blobs=LocalBlobs(folder.blobs),
            queue=EmbeddedQueue(),
            announcements=LocalAnnouncements(),
            clock=SystemClock(),
            identities=SystemIdentities(),
            pepper=folder.pepper(),
        )


@asynccontextmanager
async def open_store(settings: Settings, folder: DataFolder) -> AsyncIterator[SqlStore]:
    """The database, brought up to date."""
    del settings
    folder.prepare()
    await asyncio.to_thread(upgrade, folder.database)
    store = SqlStore(SqliteDatabase(folder.database))
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def open_webhooks(
    settings: Settings, folder: DataFolder
) -> AsyncIterator[tuple[SqlStore, Webhooks]]:
    """The webhooks with their rows, beside a running server or without one."""
    async with open_store(settings, folder) as store:
        check = partial(check_receiver, guard=Guard())
        signing = SigningSecrets(folder.pepper())
        yield store, Webhooks(store, SystemClock(), SystemIdentities(), signing, check)


@asynccontextmanager
async def open_access(settings: Settings, folder: DataFolder) -> AsyncIterator[Access]:
    """Accounts and keys, beside a running server or without one."""
    async with open_store(settings, folder) as store:
        yield Access(store, SystemClock(), SystemIdentities(), pepper=folder.pepper())


@asynccontextmanager
async def open_engines(settings: Settings, folder: DataFolder) -> AsyncIterator[Engines]:
    """How the engines are, beside a running server or without one."""
    async with open_store(settings, folder) as store:
        engines = configured_engines(settings, folder)
        routes = routes_to(engines, settings, needs_key=await store.has_keys())
        yield Engines(store, engine_facts(engines, routes))
