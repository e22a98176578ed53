"""The composition root: names every adapter, hands settings down, and starts and stops it all."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from ulid import ULID

import matinee
from matinee.blobs.local import LocalBlobs
from matinee.core.ids import AccountId, KeyId, VideoId
from matinee.core.route import Route
from matinee.data_folder import DataFolder
from matinee.dialects import chat, links, openai_videos, unified
from matinee.engines.registry import ENGINES
from matinee.media.inspection import ReferenceLimits, inspect_reference
from matinee.net.fetch import fetch_source
from matinee.net.guard import Guard
from matinee.policy.routing import Routes
from matinee.ports.engine import Engine
from matinee.queue.announcements import LocalAnnouncements
from matinee.queue.embedded import EmbeddedQueue
from matinee.services.access import Access
from matinee.services.references import ImageFacts, References
from matinee.services.videos import Ports, Videos
from matinee.settings import Settings
from matinee.store.schema import upgrade
from matinee.store.sql import SqlStore
from matinee.store.sqlite import SqliteDatabase
from matinee.web.auth import Gate
from matinee.web.body import BodyLimits
from matinee.web.context import DialectContext, DialectSettings
from matinee.web.health import health_routes
from matinee.web.links import Links
from matinee.web.site import Site
from matinee.worker.attempt import Attempts, WorkerPorts
from matinee.worker.child import ChildEngine
from matinee.worker.supervisor import Supervisor
from matinee.worker.variants import Variants

_MIB = 1024 * 1024
_MODELS = {"sora-2": "animatic", "sora-2-pro": "animatic", "animatic": "animatic"}
"""Public models and their engines. Names such as `sora-2-hd-15s` are read by their grammar."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)


class SystemIdentities:
    """Ids from the time and the machine's randomness."""

    def video_id(self, now: datetime) -> VideoId:
        """A ULID, lower case."""
        return VideoId(_ulid(now))

    def account_id(self, now: datetime) -> AccountId:
        """A ULID, lower case."""
        return AccountId(_ulid(now))

    def key_id(self, now: datetime) -> KeyId:
        """A ULID, lower case."""
        return KeyId(f"key_{_ulid(now)}")

    def secret(self, size_bytes: int) -> str:
        """Unpredictable bytes as URL-safe text."""
        return secrets.token_urlsafe(size_bytes)

    def seed(self) -> int:
        """A film's seed."""
        return secrets.randbelow(2**31)


def _ulid(now: datetime) -> str:
    return str(ULID.from_datetime(now)).lower()


@asynccontextmanager
async def open_store(folder: DataFolder) -> AsyncIterator[SqlStore]:
    """The database in `folder`, brought up to date."""
    folder.prepare()
    await asyncio.to_thread(upgrade, folder.database)
    store = SqlStore(SqliteDatabase(folder.database))
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def open_access(folder: DataFolder) -> AsyncIterator[Access]:
    """Accounts and keys of `folder`, beside a running server or without one."""
    async with open_store(folder) as store:
        yield Access(store, SystemClock(), SystemIdentities(), pepper=folder.pepper())


class Application:
    """Everything that one server process is made of, wired together."""

    def __init__(self, settings: Settings, folder: DataFolder, store: SqlStore) -> None:
        clock, identities = SystemClock(), SystemIdentities()
        blobs, queue, announcements = (
            LocalBlobs(folder.blobs),
            EmbeddedQueue(),
            LocalAnnouncements(),
        )
        engines = _engines(settings)
        videos = Videos(
            Ports(
                store=store,
                blobs=blobs,
                queue=queue,
                announcements=announcements,
                clock=clock,
                identities=identities,
            ),
            _routes(engines),
            _references(settings, blobs),
            max_unfinished=settings.max_unfinished,
            max_faults=settings.max_faults,
        )
        worker_ports = WorkerPorts(
            store=store, blobs=blobs, queue=queue, announcements=announcements, clock=clock
        )
        attempts = Attempts(
            worker_ports,
            engines,
            Variants(blobs),
            folder=folder.work,
            lease=timedelta(seconds=settings.lease_s),
        )
        self.store = store
        self.blobs = blobs
        self.announcements = announcements
        self.supervisor = Supervisor(worker_ports, attempts, engines, slots=1)
        self.access = Access(store, clock, identities, pepper=folder.pepper())
        self.site = _site(settings, self, videos)
        self._work = folder.work

    async def sweep(self) -> None:
        """Remove what a server that was killed left unfinished. Only before anything is done."""
        await asyncio.to_thread(shutil.rmtree, self._work, ignore_errors=True)
        await self.blobs.sweep()


def _site(settings: Settings, parts: Application, videos: Videos) -> Site:
    context = DialectContext(
        videos=videos,
        gate=Gate(parts.access),
        clock=SystemClock(),
        links=Links(public_url=settings.public_url, trusted_proxies=settings.trusted_proxies),
        blobs=parts.blobs,
        settings=DialectSettings(
            version=matinee.__version__,
            chat_progress=settings.chat_progress,
            chat_video_tag=settings.chat_video_tag,
            chat_auxiliary_filter=settings.chat_auxiliary_filter,
        ),
        limits=BodyLimits(
            json_bytes=min(32, settings.max_body_mb) * _MIB,
            form_bytes=settings.max_body_mb * _MIB,
        ),
    )
    return Site(
        [
            *openai_videos.routes(context),
            *unified.routes(context),
            *chat.routes(context),
            *links.routes(context),
            *health_routes(parts.store.ping, version=matinee.__version__),
        ],
        new_request_id=lambda: f"req_{secrets.token_hex(12)}",
    )


def _engines(settings: Settings) -> dict[str, Engine]:
    return {
        registered.name: ChildEngine(
            registered.name,
            registered.capabilities,
            (
                *(sys.executable, "-m", "matinee", "engine-child", registered.name),
                *("--processes", str(settings.render_processes)),
                *("--log-level", settings.log_level, "--log-format", settings.log_format),
            ),
            idle_s=settings.engine_idle_s,
        )
        for registered in ENGINES
    }


def _routes(engines: Mapping[str, Engine]) -> Routes:
    return Routes.of(
        [
            Route(model=model, engine=name, capabilities=engines[name].capabilities)
            for model, name in _MODELS.items()
        ]
    )


def _references(settings: Settings, blobs: LocalBlobs) -> References:
    limit_bytes = settings.max_image_mb * _MIB
    own = urlsplit(settings.public_url).hostname if settings.public_url else None
    guard = Guard(allow=settings.fetch_allow, deny=[own] if own else [])
    return References(
        blobs, inspect=partial(_inspect, limit_bytes), fetch=partial(_fetch, guard, limit_bytes)
    )


async def _inspect(limit_bytes: int, data: bytes, *, param: str) -> ImageFacts:
    limits = ReferenceLimits(max_bytes=limit_bytes)
    facts = await inspect_reference(data, param=param, limits=limits)
    return ImageFacts(
        media_type=facts.media_type, width_px=facts.width_px, height_px=facts.height_px
    )


async def _fetch(guard: Guard, limit_bytes: int, text: str, *, param: str) -> bytes:
    fetched = await fetch_source(text, limit_bytes=limit_bytes, guard=guard, param=param)
    return fetched.data
