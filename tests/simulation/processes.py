"""One process of Matinee: its own code, on the world's store, queue and engines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any, cast

from matinee.core.asset import Asset, AssetVariant
from matinee.core.errors import MatineeError, MediaInvalid, ServiceUnavailable, StorageFull
from matinee.core.ids import VideoId
from matinee.core.video import Video, VideoSpec
from matinee.policy.routing import Routes
from matinee.ports.blobs import BlobFacts
from matinee.ports.crew import Worker
from matinee.ports.engine import Workspace
from matinee.ports.events import Change
from matinee.services.orphans import Orphans
from matinee.services.videos import Videos
from matinee.services.watchdog import Watchdog
from matinee.webhooks.planner import Planner
from matinee.worker.attempt import Attempts, Desk
from matinee.worker.course import Course, submission_of
from matinee.worker.diversions import Diversions
from matinee.worker.farewells import Farewells
from matinee.worker.health import Health
from matinee.worker.keeping import _check
from matinee.worker.ledger import Ledger
from matinee.worker.ports import WorkerPorts
from matinee.worker.roster import Roster
from matinee.worker.supervisor import Supervisor
from matinee.worker.sweep import Sweep
from matinee.worker.variants import Variants
from tests.fakes import StoppedClock
from tests.simulation.lines import Lines, OwnLines, SharedLines
from tests.simulation.moment import Moment, Race, kill, pause
from tests.simulation.rows import Rows
from tests.simulation.upstreams import WorldEngine
from tests.simulation.weather import Weather

LEASE = timedelta(seconds=15)
OUTAGE = timedelta(hours=1)


class _Folder(PurePosixPath):
    """A work folder in which every film is that should be."""

    def is_file(self) -> bool:
        return True


class Blobs:
    """The names of all blobs. It may be slow and it may fail."""

    def __init__(self, weather: Weather, clock: StoppedClock) -> None:
        self._weather = weather
        self._clock = clock
        self._stored_at: dict[str, datetime] = {}

    @property
    def keys(self) -> Set[str]:
        """Where there is something."""
        return self._stored_at.keys()

    async def put(self, key: str) -> None:
        """Store a blob."""
        await pause()
        if self._weather.strikes("blob"):
            raise StorageFull("The disk is full.")
        self._stored_at[key] = self._clock.now()
        await pause()

    async def delete_under(self, prefix: str) -> None:
        """Remove every blob below `prefix`."""
        await pause()
        for key in [key for key in self.keys if key.startswith(f"{prefix}/")]:
            del self._stored_at[key]

    async def delete(self, key: str) -> None:
        """Remove a blob."""
        await pause()
        self._stored_at.pop(key, None)

    async def list_under(self, prefix: str) -> AsyncIterator[BlobFacts]:
        """Every blob below `prefix`, as they all were when the first was asked for."""
        await pause()
        for key, stored_at in sorted(self._stored_at.items()):
            if key.startswith(f"{prefix}/"):
                yield BlobFacts(key=key, size_bytes=1, stored_at=stored_at)


class _WorldVariants(Variants):
    def __init__(self, blobs: Blobs, engines: Mapping[str, WorldEngine]) -> None:
        self._names = blobs
        self._engines = engines

    async def store(self, film: Path, spec: VideoSpec, blob_folder: str) -> tuple[Asset, ...]:
        """Store three files, if the film is a good one."""
        if any(str(film) in engine.upstream.bad_films for engine in self._engines.values()):
            raise MediaInvalid("This is no film.")
        assets = []
        for variant in AssetVariant:
            key = f"{blob_folder}/{variant}{variant.extension}"
            await self._names.put(key)
            size = spec.size
            assets.append(
                Asset(
                    variant=variant,
                    blob_key=key,
                    size_bytes=1,
                    sha256="",
                    width_px=size.width_px,
                    height_px=size.height_px,
                )
            )
        return tuple(assets)


class WorldAttempts(Attempts):
    """Matinee's attempts. Only what they do at the same time is done in turns here."""

    world_weather: Weather
    note_defect: Callable[[BaseException], None]

    async def _work(self, video: Video, course: Course) -> tuple[Asset, ...]:
        folder = _Folder(f"{video.id}-{video.job.attempt}")
        return cast(
            "tuple[Asset, ...]",
            await Race(
                self.world_weather.below,
                self._make(video, cast(Path, folder), course),
                self._keep(video, course),
            ),
        )

    async def _prepare(self, video: Video, folder: Path) -> Workspace:
        await pause()
        return Workspace(
            folder=folder,
            model=video.job.model,
            submit_key=f"{video.id}-{video.job.attempt}",
            resume=submission_of(video.job),
        )

    async def _keep(self, video: Video, course: Course) -> None:
        """What the keeper does, at any time."""
        while True:
            await pause()
            if self.world_weather.happens(0.3):
                await self._keeper._look(video)
            elif self.world_weather.happens(0.3):
                try:
                    _check(video, await self._ledger.renew(video, course.progress))
                except (ServiceUnavailable, StorageFull):
                    continue

    async def _fail(self, video: Video, course: Course, error: MatineeError) -> None:
        if type(error) is MatineeError:
            self.note_defect(error.__context__ or error)
        await super()._fail(video, course, error)


class _WorldHealth(Health):
    async def ready(self, engine: str) -> None:
        """Wait until the engine may be given a film."""
        while not self.is_usable(engine):
            await pause()


class Silence:
    """Announces to nobody: who listens looks by itself, at any time."""

    def announce(self, transaction: object, change: Change) -> None:
        """Nobody hears it."""


@dataclass(slots=True)
class Strand:
    """Something that a process does."""

    number: int
    label: str
    work: Coroutine[Any, Any, Any]
    is_stopping: bool = False
    is_begun: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What of Matinee's own is built in: a defect is another one."""

    ledger: type[Ledger] = Ledger
    attempts: type[WorldAttempts] = WorldAttempts
    videos: type[Videos] = Videos
    rows: type[Rows] = Rows
    engine: type[WorldEngine] = WorldEngine
    shared_lines: type[SharedLines] = SharedLines
    own_lines: type[OwnLines] = OwnLines
    orphans: type[Orphans] = Orphans


@dataclass(slots=True, kw_only=True)
class Crew:
    """The worker's side of a process."""

    attempts: Attempts
    health: Health
    diversions: Diversions
    farewells: Farewells
    make_sweep: Callable[[], Sweep]
    """Each looks as if it had seen the database all the time: no real clock decides."""

    supervisor: Supervisor


def make_crew(
    ports: WorkerPorts,
    routes: Routes,
    engines: Mapping[str, WorldEngine],
    parts: Parts,
    name: str,
    weather: Weather,
    note_defect: Callable[[BaseException], None],
) -> Crew:
    """The crew of the process `name`."""
    health = _WorldHealth(ports.store, ports.clock, engines, worker_id=name)
    ledger = parts.ledger(ports, routes, health.is_usable, lease=LEASE)
    desk = Desk(
        ledger=ledger,
        health=health,
        diversions=Diversions(ports, routes, health, outage=OUTAGE),
        farewells=Farewells(ports, engines),
    )
    attempts = parts.attempts(ports, engines, desk, folder=Path("nowhere"), pace_s=0)
    attempts.world_weather = weather
    attempts.note_defect = note_defect
    attempts._variants = _WorldVariants(cast(Blobs, ports.blobs), engines)
    now = ports.clock.now()
    worker = Worker(
        id=name, host=name, process_id=1, engines=tuple(engines), started_at=now, seen_at=now
    )
    roster = Roster(ports, worker, silence=LEASE, leaves=False)
    return Crew(
        attempts=attempts,
        health=health,
        diversions=desk.diversions,
        farewells=desk.farewells,
        make_sweep=lambda: Sweep(
            ports,
            engines.keys(),
            is_running=attempts.is_running,
            lease=LEASE,
            trusts_at_once=True,
        ),
        supervisor=Supervisor(
            ports, attempts, engines, desk, roster, slots=dict.fromkeys(engines, 2)
        ),
    )


class Process:
    """A process that may freeze, be told to stop, and die."""

    def __init__(
        self,
        name: str,
        moment: Moment,
        note_defect: Callable[[BaseException], None],
        *,
        is_in_order: bool,
    ) -> None:
        """`is_in_order`: it writes in the order in which writes are handed in."""
        self.name = name
        self.moment = moment
        self._note_defect = note_defect
        self._is_in_order = is_in_order
        self.strands: list[Strand] = []
        self.is_frozen = False
        self.is_stopping = False
        self.is_dead = False
        self._left: list[Callable[[], object]] = []
        self.actor: object = None
        self.crew: Crew
        self.lines: Lines
        self.videos: Videos
        self.planner: Planner
        self.watchdog: Watchdog
        self.orphans: Orphans

    def begin(self, number: int, label: str, work: Coroutine[Any, Any, Any]) -> Strand:
        """Have something done from now on."""
        strand = Strand(number, label, work)
        self.strands.append(strand)
        return strand

    def leave(self, write: Callable[[], object]) -> None:
        """Have `write` done some time."""
        if self._is_in_order:
            self._write_behind(write)
        else:
            self._left.append(write)

    @property
    def can_go_on(self) -> bool:
        """Whether there is something to be stepped."""
        return not self.is_frozen and bool(self.strands or self._left)

    def step(self, choice: int) -> tuple[Strand, str] | None:
        """Let one strand go on; it, and how it is then, unless it was something behind them."""
        behind = choice % (len(self.strands) + len(self._left))
        if behind >= len(self.strands):
            self._write_behind(self._left.pop(behind - len(self.strands)))
            return None
        strand = self.strands[behind]
        return strand, self._step(strand)

    def stop(self) -> None:
        """Be told to end: everything is handed back, and then it is dead."""
        self.is_stopping = True
        for strand in list(self.strands):
            strand.is_stopping = True
            if not strand.is_begun:
                kill(strand.work)
                self.strands.remove(strand)

    def die(self) -> None:
        """End in the middle of everything."""
        self.is_dead = True
        for strand in self.strands:
            kill(strand.work)
        self.strands.clear()
        self._left.clear()

    def _step(self, strand: Strand) -> str:
        error: BaseException | None = None
        if strand.is_stopping:
            strand.is_stopping, error = False, asyncio.CancelledError()
        strand.is_begun, self.actor = True, strand
        try:
            self.moment.step(strand.work, error)
        except StopIteration as stop:
            self.strands.remove(strand)
            return f"done {getattr(stop.value, 'id', '')}"
        except asyncio.CancelledError:
            self.strands.remove(strand)
            return "cancelled"
        except MatineeError as met:
            self.strands.remove(strand)
            return met.code
        except Exception as defect:  # noqa: BLE001  # whatever it is, it should not have come out
            self.strands.remove(strand)
            self._note_defect(defect)
            return "defect"
        return "-"

    def _write_behind(self, write: Callable[[], object]) -> None:
        try:
            write()
        except MatineeError:
            return


def video_of(strand: object) -> VideoId | None:
    """The video at which an attempt is, if that is what `strand` does."""
    if isinstance(strand, Strand) and strand.label.startswith("attempt "):
        return VideoId(strand.label.split()[1])
    return None
