"""A whole server without engines: tests are the worker, and say how far each film is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import httpx

from matinee.blobs.local import LocalBlobs
from matinee.core.asset import Asset, AssetVariant, blob_folder
from matinee.core.errors import MatineeError
from matinee.core.ids import VideoId, parse_video_id
from matinee.core.job import JobState, fail, fail_attempt, finish, renew, take
from matinee.core.route import Capabilities, Route
from matinee.core.size import Size
from matinee.core.video import Relation, Video
from matinee.dialects import unified
from matinee.entrances import UseCases, routes_of_entrances
from matinee.policy.routing import Routes
from matinee.ports.events import Change
from matinee.ports.room import AmpleRoom, Room
from matinee.ports.store import Transaction
from matinee.queue.announcements import LocalAnnouncements
from matinee.queue.embedded import EmbeddedQueue
from matinee.services.access import Access
from matinee.services.answers import Answers
from matinee.services.characters import Characters
from matinee.services.creation import CreationLimits
from matinee.services.engines import EngineFacts, Engines
from matinee.services.files import Files
from matinee.services.films import Films
from matinee.services.materials import Materials
from matinee.services.ports import Ports
from matinee.services.references import References
from matinee.services.sources import Sources
from matinee.services.videos import Videos
from matinee.services.webhooks import Webhooks
from matinee.settings import load_styles
from matinee.store.sql import Database, SqlStore
from matinee.store.sqlite import SqliteDatabase
from matinee.web.auth import Gate
from matinee.web.body import BodyLimits
from matinee.web.context import DialectContext, DialectSettings
from matinee.web.links import Links
from matinee.web.site import Site
from matinee.web.watching import StreamRules
from matinee.webhooks.office import PostOffice
from tests.databases import an_empty_database
from tests.fakes import CountingIdentities, Pages, StoppedClock, inspect_png
from tests.receivers import a_post_office

BASE = "http://localhost:8642"
SIZES = (
    Size(720, 1280),
    Size(1280, 720),
    Size(1024, 1792),
    Size(1792, 1024),
    Size(1080, 1920),
    Size(1920, 1080),
)
STYLES = ("thanksgiving", "comic", "news", "selfie", "nostalgic", "anime")
FILM = bytes(range(256)) * 5000
PICTURE = b"RIFF....WEBP"
MAX_FILE_BYTES = 4 * 1024 * 1024
ANIMATIC = EngineFacts(
    name="animatic",
    kind="animatic",
    summary="Draws every film, on any machine.",
    is_proven=True,
    models=(),
    slots=1,
)
_LEASE = timedelta(seconds=15)

Move = Callable[[Transaction, Video], None]


def routes_of(*models: str) -> Routes:
    """Routes of `models` to an engine that makes what the animatic engine makes."""
    capabilities = Capabilities(
        sizes=SIZES,
        min_seconds=4,
        max_seconds=25,
        styles=STYLES,
        max_references=2,
        relations=tuple(Relation),
        max_characters=2,
        max_scenes=12,
    )
    styles = load_styles(None)
    return Routes.of(
        [styles.offered(Route.to(model, "animatic", capabilities)) for model in models]
    )


@dataclass(slots=True, kw_only=True)
class House:
    """Everything from the site down to the rows, and the hands that do an engine's work."""

    site: Site
    store: SqlStore
    blobs: LocalBlobs
    announcements: LocalAnnouncements
    videos: Videos
    access: Access
    webhooks: Webhooks
    office: PostOffice
    """Its outbox stands still until a test runs it."""

    files: Files
    characters: Characters
    clock: StoppedClock
    pages: Pages
    delivered: asyncio.Queue[VideoId]
    """The videos that a worker was asked to make, in order."""

    folder: Path
    ports: Ports

    @property
    def uploads(self) -> list[Path]:
        """What large uploads have left in the folder where they lie meanwhile."""
        return list((self.folder / "uploads").glob("*"))

    @property
    def blob_files(self) -> set[Path]:
        """Every file in the blob store."""
        return {path for path in (self.folder / "blobs").rglob("*") if path.is_file()}

    @property
    def is_idle(self) -> bool:
        """Whether no video was accepted since the last look."""
        return self.delivered.empty()

    @asynccontextmanager
    async def client(self, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
        """A client that gets each reply at its end, without a socket."""
        transport = httpx.ASGITransport(self.site, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers) as client:
            yield client

    async def start(self, spelled_id: str) -> Video:
        """Take the video as a worker does."""

        def work(transaction: Transaction, video: Video) -> None:
            job, event = take(video.job, self.clock.now(), _LEASE)
            transaction.save_job(video.job, job)
            transaction.add_event(event)

        return await self._move(spelled_id, work)

    async def progress(self, spelled_id: str, percent: int) -> Video:
        """Come so far."""

        def work(transaction: Transaction, video: Video) -> None:
            job = video.job
            after = renew(job, job.attempt, self.clock.now(), _LEASE, percent)
            transaction.save_job(job, after)

        return await self._move(spelled_id, work)

    async def complete(
        self, spelled_id: str, film: bytes = FILM, picture: bytes | None = PICTURE
    ) -> Video:
        """Store the film and end the job; one that waits is started first."""
        video = await self.video(spelled_id)
        if video.job.state is JobState.QUEUED:
            video = await self.start(spelled_id)
        assets = [await self._asset(video, AssetVariant.VIDEO, film)]
        if picture is not None:
            assets.append(await self._asset(video, AssetVariant.THUMBNAIL, picture))

        def work(transaction: Transaction, video: Video) -> None:
            job, event = finish(video.job, video.job.attempt, self.clock.now())
            transaction.save_job(video.job, job)
            transaction.save_assets(replace(video, assets=tuple(assets)))
            transaction.add_event(event)

        return await self._move(spelled_id, work)

    async def fail(self, spelled_id: str, error: MatineeError) -> Video:
        """End the job without a film."""

        def work(transaction: Transaction, video: Video) -> None:
            job, now = video.job, self.clock.now()
            running = job.state is JobState.IN_PROGRESS
            after, event = (
                fail_attempt(job, job.attempt, error, now) if running else fail(job, error, now)
            )
            transaction.save_job(job, after)
            transaction.add_event(event)

        return await self._move(spelled_id, work)

    async def expire(self, spelled_id: str) -> Video:
        """Remove the files, as the end of their time does."""
        return await self._move(
            spelled_id,
            lambda transaction, video: transaction.save_assets(replace(video, assets=())),
        )

    async def video(self, spelled_id: str) -> Video:
        """The stored row."""
        video_id = parse_video_id(spelled_id)
        video = await self.store.video(video_id) if video_id else None
        assert video is not None, spelled_id
        return video

    async def _asset(self, video: Video, variant: AssetVariant, data: bytes) -> Asset:
        key = f"{blob_folder(video.id)}/{video.job.attempt}/{variant}{variant.extension}"
        return Asset(
            variant=variant,
            blob_key=key,
            size_bytes=len(data),
            sha256=await self.blobs.put_bytes(key, data),
            width_px=video.spec.size.width_px,
            height_px=video.spec.size.height_px,
        )

    async def _move(self, spelled_id: str, work: Move) -> Video:
        video_id = parse_video_id(spelled_id)
        assert video_id is not None

        def change(transaction: Transaction) -> None:
            video = transaction.video(video_id)
            assert video is not None
            work(transaction, video)

        await self.store.write(change)
        moved = await self.video(video_id)
        self.announcements.publish(Change.of(moved))
        return moved


@asynccontextmanager
async def a_house(
    folder: Path,
    settings: DialectSettings | None = None,
    *,
    max_unfinished: int = 100,
    stream_rules: StreamRules | None = None,
    room: Room | None = None,
    blobs: LocalBlobs | None = None,
    seen_through: Callable[[Database], Database] = lambda database: database,
) -> AsyncIterator[House]:
    """A house on `folder`, which is empty."""
    clock, identities, pages = StoppedClock(), CountingIdentities(), Pages()
    queue, delivered = EmbeddedQueue(), asyncio.Queue[VideoId]()
    database = SqliteDatabase(an_empty_database(folder / "matinee.db"))
    store = SqlStore(seen_through(database))
    blobs = blobs or LocalBlobs(folder / "blobs")
    announcements = LocalAnnouncements()
    ports = Ports(
        store=store,
        blobs=blobs,
        queue=queue,
        announcements=announcements,
        clock=clock,
        identities=identities,
        room=room or AmpleRoom(),
    )
    webhooks, office = a_post_office(
        store, clock, identities, render_callback=unified.render_callback
    )
    announcements.on_final(office.outbox.wake)
    stored = Files(ports, max_bytes=MAX_FILE_BYTES)
    films = Films(stored, pages.film_tools, folder=folder / "uploads")
    sources = Sources(ports, films)
    characters = Characters(ports, films, sources, pepper=b"pepper")
    references = References(blobs, stored, inspect=inspect_png, fetch=pages.fetch)
    videos = Videos(
        ports,
        routes_of("sora-2", "sora-2-pro"),
        Materials(blobs, references, sources, characters),
        CreationLimits(max_unfinished=max_unfinished, max_faults=3),
        webhooks,
    )
    access = Access(store, clock, identities, pepper=b"pepper")
    context = DialectContext(
        videos=videos,
        answers=Answers(store, clock),
        gate=Gate(access),
        links=Links(public_url=None),
        blobs=blobs,
        clock=clock,
        settings=settings or DialectSettings(version="0.1.0"),
        limits=BodyLimits(
            file_bytes=MAX_FILE_BYTES, folder=folder / "uploads", check_room=ports.room.check
        ),
        stream_rules=stream_rules or StreamRules(chance=lambda: 0.5),
    )
    site = Site(
        routes_of_entrances(
            context,
            UseCases(
                files=stored,
                characters=characters,
                webhooks=webhooks,
                engines=Engines(store, clock, [ANIMATIC], silence=_LEASE),
            ),
            send_sample=office.send_sample,
            ping=store.ping,
        ),
        new_request_id=lambda: f"req_{identities.secret(8)}",
    )
    serving = asyncio.create_task(queue.serve("animatic", 1000, delivered.put))
    try:
        yield House(
            site=site,
            store=store,
            blobs=blobs,
            announcements=announcements,
            videos=videos,
            access=access,
            webhooks=webhooks,
            office=office,
            files=stored,
            characters=characters,
            clock=clock,
            pages=pages,
            delivered=delivered,
            folder=folder,
            ports=ports,
        )
    finally:
        serving.cancel()
        await asyncio.wait((serving,))
        await store.close()
