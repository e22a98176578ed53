"""Workers on a real store, with an engine that does as it is told."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from matinee.blobs.local import LocalBlobs
from matinee.core.errors import MatineeError
from matinee.core.event import Event, EventKind
from matinee.core.ids import AccountId, VideoId
from matinee.core.job import Job
from matinee.core.size import Size
from matinee.core.video import Video, VideoSpec
from matinee.ports.engine import Checkpoint, Intent, Progress, Report, Submission, Workspace
from matinee.ports.store import Transaction
from matinee.queue.announcements import LocalAnnouncements
from matinee.queue.embedded import EmbeddedQueue
from matinee.store.schema import upgrade
from matinee.store.sql import SqlStore
from matinee.store.sqlite import SqliteDatabase
from matinee.worker.attempt import Attempts, WorkerPorts
from matinee.worker.supervisor import Supervisor
from matinee.worker.variants import Variants
from tests.fakes import CountingIdentities, StoppedClock

Result = TypeVar("Result")

LEASE = timedelta(seconds=15)
ACCOUNT = AccountId("local")


@dataclass(slots=True)
class ScriptedEngine:
    """Reports half of the work, waits until it may go on, then fails or hands over a film."""

    film: Path
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    errors: list[Exception] = field(default_factory=list)
    cancelled: int = 0
    checkpoint: str | None = None
    resumed: list[Submission | None] = field(default_factory=list)
    name: str = "animatic"

    async def generate(self, spec: VideoSpec, space: Workspace) -> AsyncGenerator[Report, None]:
        """Make the film of the script."""
        self.resumed.append(space.resume)
        try:
            if self.checkpoint is not None:
                yield Intent(submit_key=space.submit_key)
                yield Checkpoint(upstream_id=self.checkpoint)
            yield Progress(done=12, total=24)
            self.begun.set()
            await self.may_end.wait()
        except (asyncio.CancelledError, GeneratorExit):
            self.cancelled += 1
            raise
        if self.errors:
            raise self.errors.pop(0)
        await asyncio.to_thread(shutil.copy, self.film, space.film)

    async def abandon(self, submission: Submission, model: str) -> None:
        """There is no upstream."""

    async def check(self) -> None:
        """It is always there."""

    async def close(self) -> None:
        """Nothing keeps running."""


class UnsteadyStore(SqlStore):
    """Refuses some writes, as a store does whose database is locked or whose disk is full."""

    def __init__(self, database: SqliteDatabase) -> None:
        super().__init__(database)
        self.refusals: list[MatineeError | None] = []
        """What the next writes meet, in order; None lets one through."""

        self.has_refused = asyncio.Event()

    async def write(self, work: Callable[[Transaction], Result]) -> Result:
        """Run `work`, unless this write is to be refused."""
        refusal = self.refusals.pop(0) if self.refusals else None
        if refusal is not None:
            self.has_refused.set()
            raise refusal
        return await super().write(work)


@dataclass(slots=True, kw_only=True)
class Workshop:
    """A store, its workers, and the engine that they drive."""

    store: UnsteadyStore
    blobs: LocalBlobs
    queue: EmbeddedQueue
    announcements: LocalAnnouncements
    clock: StoppedClock
    engine: ScriptedEngine
    attempts: Attempts
    supervisor: Supervisor
    folder: Path
    identities: CountingIdentities = field(default_factory=CountingIdentities)

    async def accept(self, *, max_faults: int = 3) -> VideoId:
        """A video that waits."""
        now = self.clock.now()
        video_id = self.identities.video_id(now)
        video = Video(
            id=video_id,
            account_id=ACCOUNT,
            spec=VideoSpec(model="sora-2", prompt="a fox", size=Size(160, 96), seconds=1, seed=7),
            job=Job(video_id=video_id, engine=self.engine.name, max_faults=max_faults),
            created_at=now,
            access_token="token",
        )

        def add(transaction: Transaction) -> None:
            transaction.add_video(video)
            transaction.add_event(
                Event(video_id=video_id, kind=EventKind.ACCEPTED, at=now, attempt=0)
            )
            self.queue.deliver(transaction, video.job)

        await self.store.write(add)
        return video_id

    async def video(self, video_id: VideoId) -> Video:
        """The row as it is."""
        video = await self.store.video(video_id)
        assert video is not None
        return video

    async def until(self, video_id: VideoId, holds: Callable[[Video], bool]) -> Video:
        """The row once something holds of it; the test's time limit ends a vain wait."""
        with self.announcements.watch(video_id) as changes:
            video = await self.video(video_id)
            if holds(video):
                return video
            async for _ in changes:
                video = await self.video(video_id)
                if holds(video):
                    return video
        raise AssertionError(f"it never held of {video}")

    async def happened(self, video_id: VideoId) -> list[tuple[EventKind, str | None]]:
        """The events of the video."""
        return [(event.kind, event.reason) for event in await self.store.events(video_id)]


@asynccontextmanager
async def a_workshop(folder: Path, film: Path) -> AsyncIterator[Workshop]:
    """A workshop on `folder`; its engine hands over `film`."""
    upgrade(folder / "matinee.db")
    store = UnsteadyStore(SqliteDatabase(folder / "matinee.db"))
    blobs, queue, announcements = (
        LocalBlobs(folder / "blobs"),
        EmbeddedQueue(),
        LocalAnnouncements(),
    )
    clock, engine = StoppedClock(), ScriptedEngine(film)
    ports = WorkerPorts(
        store=store, blobs=blobs, queue=queue, announcements=announcements, clock=clock
    )
    engines = {engine.name: engine}
    attempts = Attempts(
        ports, engines, Variants(blobs), folder=folder / "work", lease=LEASE, look_s=0.005
    )
    try:
        yield Workshop(
            store=store,
            blobs=blobs,
            queue=queue,
            announcements=announcements,
            clock=clock,
            engine=engine,
            attempts=attempts,
            supervisor=Supervisor(ports, attempts, engines, slots=dict.fromkeys(engines, 1)),
            folder=folder,
        )
    finally:
        await store.close()
