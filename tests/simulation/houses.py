"""What the world's processes stand in for Matinee's: materials, clients' wishes, the process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from matinee.core.asset import blob_folder
from matinee.core.ids import AccountId, VideoId
from matinee.core.route import Capabilities, Route, Target
from matinee.core.size import Size
from matinee.core.video import Reference, VideoSpec
from matinee.core.wish import VideoWish, WishDefaults
from matinee.policy.framing import Described
from matinee.policy.routing import Routes
from matinee.services.creation import CreationLimits
from matinee.services.materials import Admitted, Materials
from matinee.services.ports import Ports
from matinee.services.watchdog import Watchdog
from matinee.webhooks.planner import Planner
from matinee.worker.ports import WorkerPorts
from tests.fakes import CountingIdentities, StoppedClock
from tests.simulation.lines import Lines
from tests.simulation.moment import Moment, Stage
from tests.simulation.processes import Blobs, Parts, Process, Silence, make_crew
from tests.simulation.store import Database, WorldStore
from tests.simulation.upstreams import ENGINES, Upstream
from tests.simulation.weather import Weather

LONGEST = timedelta(days=1)
_SIZE = Size(1280, 720)
_ABLE = Capabilities(sizes=(_SIZE,), min_seconds=1, max_seconds=20)
WISH = VideoWish(prompt="a fox")
DEFAULTS = WishDefaults(model="sora-2", size=_SIZE, seconds=4)


def make_routes() -> Routes:
    """One model, which both engines make."""
    targets = tuple(Target(engine=name, capabilities=_ABLE) for name in ENGINES)
    return Routes.of([Route(model="sora-2", targets=targets)])


class _WorldMaterials(Materials):
    """Most wishes come with one image."""

    def __init__(self, blobs: Blobs, weather: Weather) -> None:
        self._names = blobs
        self._weather = weather

    async def find_source(self, account_id: AccountId, wish: VideoWish) -> None:
        """It comes out of no other film."""

    @asynccontextmanager
    async def admit(self, *_: object) -> AsyncIterator[Admitted]:
        """It is a good image."""
        yield Admitted()

    def describe(self, video_id: VideoId, admitted: Admitted) -> Described:
        """Where it will lie, if there is one."""
        if self._weather.happens(0.3):
            return Described()
        key = f"{blob_folder(video_id)}/reference-0"
        image = Reference(blob_key=key, media_type="image/png", width_px=1, height_px=1)
        return Described(references=(image,))

    async def keep(self, spec: VideoSpec, admitted: Admitted) -> None:
        """Store it."""
        for image in spec.references:
            await self._names.put(image.blob_key)

    async def clear(self, video_id: VideoId, admitted: Admitted) -> None:
        """Remove it."""
        await self._names.delete_under(blob_folder(video_id))


@dataclass(slots=True, kw_only=True)
class Ground:
    """What outlives processes."""

    weather: Weather
    clock: StoppedClock
    identities: CountingIdentities
    database: Database
    blobs: Blobs
    upstreams: dict[str, Upstream]
    parts: Parts
    lines: Lines | None
    """None: each process has its own."""

    stage: Stage


def make_process(
    name: str, ground: Ground, now_s: Callable[[], float], note_defect: Callable[[Any], None]
) -> Process:
    """A process that has just begun."""
    moment = Moment(ground.stage, now_s)
    is_alone = ground.lines is None
    process = Process(name, moment, note_defect, is_in_order=is_alone)
    store = cast(Any, WorldStore(ground.database, ground.weather, process))
    process.lines = ground.lines or ground.parts.own_lines(moment)
    blobs = cast(Any, ground.blobs)
    announcements = cast(Any, Silence())
    queue = cast(Any, process.lines)
    worker_ports = WorkerPorts(
        store=store, blobs=blobs, queue=queue, announcements=announcements, clock=ground.clock
    )
    ports = Ports(
        store=store,
        blobs=blobs,
        queue=queue,
        announcements=announcements,
        clock=ground.clock,
        identities=ground.identities,
    )
    engines = {
        each: ground.parts.engine(each, upstream, ground.weather)
        for each, upstream in ground.upstreams.items()
    }
    routes = make_routes()
    process.crew = make_crew(
        worker_ports, routes, engines, ground.parts, name, ground.weather, note_defect
    )
    process.videos = ground.parts.videos(
        ports,
        routes,
        _WorldMaterials(ground.blobs, ground.weather),
        CreationLimits(max_unfinished=100, max_faults=5),
        is_usable=process.crew.health.is_usable,
    )
    process.planner = Planner(store, ground.clock, ground.identities)
    process.watchdog = Watchdog(ports, longest=LONGEST)
    process.orphans = ground.parts.orphans(store, blobs, ground.clock)
    return process
