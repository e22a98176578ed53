"""Workers on a real store, with an engine that does as it is told."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from matinee.blobs.local import LocalBlobs
from matinee.core.errors import MatineeError
from matinee.core.event import Event, EventKind
from matinee.core.ids import AccountId, VideoId
from matinee.core.job import Job, request_cancel
from matinee.core.route import Capabilities, Marks, Route, Target
from matinee.core.size import Size
from matinee.core.video import Video, VideoSpec
from matinee.policy.routing import Routes
from matinee.ports.crew import Worker
from matinee.ports.engine import (
    Checkpoint,
    Intent,
    Progress,
    Report,
    Submission,
    Withdrawn,
    Workspace,
)
from matinee.ports.events import Change
from matinee.ports.store import Transaction
from matinee.queue.announcements import LocalAnnouncements
from matinee.queue.embedded import EmbeddedQueue
from matinee.store.sql import SqlStore
from matinee.store.sqlite import SqliteDatabase
from matinee.worker.attempt import Attempts, Desk
from matinee.worker.caretaker import Caretaker
from matinee.worker.diversions import Diversions
from matinee.worker.duties import SoleDuties
from matinee.worker.farewells import Farewells
from matinee.worker.health import LOCAL_WORKER, Health
from matinee.worker.ledger import Ledger
from matinee.worker.ports import WorkerPorts
from matinee.worker.roster import Roster
from matinee.worker.supervisor import Supervisor
from matinee.worker.sweep import Sweep
from tests.databases import an_empty_database
from tests.fakes import CountingIdentities, StoppedClock

Result = TypeVar("Result")

LEASE = timedelta(seconds=15)
OUTAGE = timedelta(hours=1)
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
    """The upstream's id for what is submitted; without one there is no upstream."""

    withdraws: bool = False
    """Whether it says of what failed that the upstream has nothing of it any more."""

    resumed: list[Submission | None] = field(default_factory=list)
    submitted: list[str] = field(default_factory=list)
    abandoned: list[tuple[Submission, str]] = field(default_factory=list)
    standing: set[str] = field(default_factory=set)
    """The videos that an upstream has, by the beginning of their keys. Engines may share it."""

    stray: list[str] = field(default_factory=list)
    """The keys of submissions of what an upstream had already."""

    refusal: Exception | None = None
    """What it says when it is asked whether it is there, or told to abandon something."""

    spaces: list[Workspace] = field(default_factory=list)
    name: str = "animatic"

    async def generate(self, spec: VideoSpec, space: Workspace) -> AsyncGenerator[Report, None]:
        """Make the film of the script."""
        self.resumed.append(space.resume)
        self.spaces.append(space)
        try:
            if self.checkpoint is not None and space.resume is None:
                yield Intent(submit_key=space.submit_key)
                self._submit(space.submit_key)
                yield Checkpoint(upstream_id=self.checkpoint)
            yield Progress(done=12, total=24)
            self.begun.set()
            await self.may_end.wait()
        except (asyncio.CancelledError, GeneratorExit):
            self.cancelled += 1
            raise
        if self.errors:
            if self.withdraws:
                self.standing.discard(_video_of(space.submit_key))
                yield Withdrawn()
            raise self.errors.pop(0)
        await asyncio.to_thread(shutil.copy, self.film, space.film)

    def _submit(self, submit_key: str) -> None:
        self.submitted.append(submit_key)
        if _video_of(submit_key) in self.standing:
            self.stray.append(submit_key)
        self.standing.add(_video_of(submit_key))

    async def abandon(self, submission: Submission, model: str) -> None:
        """Note what nobody wants any more."""
        self.abandoned.append((submission, model))
        if self.refusal is not None:
            raise self.refusal

    async def check(self) -> None:
        """Say that it is there, or why not."""
        if self.refusal is not None:
            raise self.refusal

    async def close(self) -> None:
        """Nothing keeps running."""


def _video_of(submit_key: str) -> str:
    return submit_key.partition("-")[0]


class UnsteadyStore(SqlStore):
    """Refuses some writes, as a store does whose database is locked or whose disk is full."""

    def __init__(self, database: SqliteDatabase) -> None:
        super().__init__(database)
        self.refusals: list[MatineeError | None] = []
        """What the next writes meet, in order; None lets one through."""

        self.has_refused = asyncio.Event()
        self.breaks_off: MatineeError | None = None
        """What the next write meets that did what it should: a reply that was lost."""

    async def write(self, work: Callable[[Transaction], Result]) -> Result:
        """Run `work`, unless this write is to be refused."""
        refusal = self.refusals.pop(0) if self.refusals else None
        if refusal is not None:
            self.has_refused.set()
            raise refusal
        result = await super().write(work)
        if self.breaks_off is not None:
            lost, self.breaks_off = self.breaks_off, None
            raise lost
        return result


@dataclass(slots=True, kw_only=True)
class Workshop:
    """A store, its workers, and the engines that they drive, the preferred one first."""

    store: UnsteadyStore
    blobs: LocalBlobs
    announcements: LocalAnnouncements
    clock: StoppedClock
    engines: dict[str, ScriptedEngine]
    marks: dict[str, Marks]
    folder: Path
    queue: EmbeddedQueue = field(default_factory=EmbeddedQueue)
    ports: WorkerPorts = field(init=False)
    routes: Routes = field(init=False)
    attempts: Attempts = field(init=False)
    desk: Desk = field(init=False)
    supervisor: Supervisor = field(init=False)
    sweep: Sweep = field(init=False)
    caretaker: Caretaker = field(init=False)
    identities: CountingIdentities = field(default_factory=CountingIdentities)
    pace_s: float = 0.005
    """How much lies between two writes of progress; for workers that begin from now on."""

    @property
    def engine(self) -> ScriptedEngine:
        """The first engine."""
        return next(iter(self.engines.values()))

    async def accept(
        self, *, max_faults: int = 3, engine: str | None = None, watermark: bool | None = None
    ) -> VideoId:
        """A video that waits, for the first engine unless another is named."""
        now = self.clock.now()
        video_id = self.identities.video_id(now)
        spec = VideoSpec(
            model="sora-2",
            prompt="a fox",
            size=Size(160, 96),
            seconds=1,
            seed=7,
            watermark=watermark,
        )
        video = Video(
            id=video_id,
            account_id=ACCOUNT,
            spec=spec,
            job=Job(video_id=video_id, engine=engine or self.engine.name, max_faults=max_faults),
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

    async def cancel(self, video_id: VideoId) -> None:
        """The owner does not want the video, as a service writes it."""

        def work(transaction: Transaction) -> None:
            video = transaction.video(video_id)
            assert video is not None
            job, event = request_cancel(video.job, self.clock.now())
            transaction.save_job(video.job, job)
            if event is not None:
                transaction.add_event(event)
                transaction.crew.abandon(job, self.clock.now())
            self.announcements.announce(transaction, Change.of(replace(video, job=job)))

        await self.store.write(work)

    async def delete(self, video_id: VideoId) -> None:
        """Remove the video, as a service does."""

        def work(transaction: Transaction) -> None:
            video = transaction.video(video_id)
            assert video is not None
            transaction.crew.abandon(video.job, self.clock.now())
            transaction.delete_video(video_id)
            gone = replace(Change.of(video), is_wanted=False, is_gone=True)
            self.announcements.announce(transaction, gone)

        await self.store.write(work)

    async def run_until_final(self, video_id: VideoId) -> Video:
        """Attempt the video again and again, whatever the delays, until it is over."""
        while not (video := await self.video(video_id)).job.state.is_final:
            await self.attempts.run(video_id)
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

    async def tried(self, video_id: VideoId) -> list[tuple[str, str | None]]:
        """The attempts at the video: with which engine, and how each ended."""
        attempts = await self.store.attempts.of_video(video_id)
        return [(attempt.engine, attempt.outcome) for attempt in attempts]

    def restart(self, *, without: str = "") -> None:
        """New workers on the same rows, as after the end of the process.

        `without` is an engine that is not configured any more.
        """
        self.engines.pop(without, None)
        self.queue = EmbeddedQueue()
        self._staff()

    def __post_init__(self) -> None:
        """Begin with workers."""
        self._staff()

    def _staff(self) -> None:
        self.ports = ports = WorkerPorts(
            store=self.store,
            blobs=self.blobs,
            queue=self.queue,
            announcements=self.announcements,
            clock=self.clock,
        )
        self.routes = routes = Routes.of([Route(model="sora-2", targets=self._targets())])
        health = Health(self.store, self.clock, self.engines)
        self.desk = Desk(
            ledger=Ledger(ports, routes, health.is_usable, lease=LEASE),
            health=health,
            diversions=Diversions(ports, routes, health, outage=OUTAGE),
            farewells=Farewells(ports, self.engines),
        )
        self.attempts = Attempts(
            ports, self.engines, self.desk, folder=self.folder / "work", pace_s=self.pace_s
        )
        self.sweep = Sweep(
            ports,
            self.engines,
            is_running=self.attempts.is_running,
            lease=LEASE,
            trusts_at_once=True,
        )
        self.caretaker = Caretaker(self.sweep, self.desk.diversions, health, SoleDuties())
        worker = Worker(
            id=LOCAL_WORKER,
            host="here",
            process_id=1,
            engines=tuple(self.engines),
            started_at=self.clock.now(),
            seen_at=self.clock.now(),
        )
        self.supervisor = Supervisor(
            ports,
            self.attempts,
            self.engines,
            self.desk,
            Roster(ports, worker, silence=LEASE, leaves=False),
            slots=dict.fromkeys(self.engines, 1),
        )

    def _targets(self) -> tuple[Target, ...]:
        able = Capabilities(sizes=(Size(160, 96),), min_seconds=1, max_seconds=25)
        return tuple(
            Target(engine=name, capabilities=replace(able, marks=self.marks.get(name, Marks.NEVER)))
            for name in self.engines
        )


@asynccontextmanager
async def a_workshop(
    folder: Path,
    film: Path,
    engines: Sequence[str] = ("animatic",),
    marks: Mapping[str, Marks] | None = None,
) -> AsyncIterator[Workshop]:
    """A workshop on `folder`; its engines hand over `film`."""
    store = UnsteadyStore(SqliteDatabase(an_empty_database(folder / "matinee.db")))
    workshop = Workshop(
        store=store,
        blobs=LocalBlobs(folder / "blobs"),
        announcements=LocalAnnouncements(),
        clock=StoppedClock(),
        engines={name: ScriptedEngine(film, name=name) for name in engines},
        marks=dict(marks or {}),
        folder=folder,
    )
    try:
        yield workshop
    finally:
        await store.close()
