"""The `Store` of one process: what is read and written there, and what that may meet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from matinee.core.attempt import Attempt
from matinee.core.character import Character
from matinee.core.circuit import Circuit
from matinee.core.errors import ServiceUnavailable, StorageFull
from matinee.core.event import Event
from matinee.core.ids import AccountId, VideoId
from matinee.core.job import JobState
from matinee.core.stored_file import StoredFile
from matinee.core.video import Video
from matinee.core.webhook import NumberedEvent
from matinee.ports.attempts import EngineLoad
from matinee.ports.crew import Abandoned
from matinee.ports.webhooks import OutboxMarks
from tests.simulation.moment import Killed, Moment, pause
from tests.simulation.rows import Rows, Tables
from tests.simulation.weather import Weather, WriteFault

Result = TypeVar("Result")


class Database:
    """The durable rows, which every process shares."""

    def __init__(self, rows: type[Rows], check: Callable[[Tables, Tables, object], None]) -> None:
        """`check` sees what every commit changes, and who made it."""
        self.tables = Tables()
        self._rows = rows
        self._check = check

    def commit(
        self, work: Callable[[Any], Result], actor: object, fault: WriteFault | None
    ) -> tuple[Result, list[Callable[[], None]]]:
        """Run `work`; what it gave, and what is to be done now that it is durable."""
        if fault is WriteFault.REPEATED:
            work(self._rows(self.tables.copied()))
        rows = self._rows(self.tables.copied())
        result = work(rows)
        if fault is WriteFault.UNDONE:
            raise ServiceUnavailable("The database gave it up.")
        before, self.tables = self.tables, rows.tables
        self._check(before, rows.tables, actor)
        if fault is WriteFault.LOST:
            raise ServiceUnavailable("The database broke off.")
        return result, rows.actions


class Host(Protocol):
    """Where a store is."""

    moment: Moment
    is_dead: bool

    @property
    def actor(self) -> object:
        """Who is at it."""

    def leave(self, write: Callable[[], object]) -> None:
        """Have `write` done some time, by whoever writes behind the scenes."""


class WorldStore:
    """What one process sees of the database."""

    def __init__(self, database: Database, weather: Weather, host: Host) -> None:
        self._database = database
        self._weather = weather
        self._host = host

    @property
    def attempts(self) -> WorldStore:
        """Attempts and circuits."""
        return self

    crew = webhooks = history = retention = attempts

    async def write(self, work: Callable[[Any], Result]) -> Result:
        """Run `work` in a transaction; its result once the commit is durable."""
        actor = self._host.actor
        try:
            await pause()
        except asyncio.CancelledError:
            # What was handed in is written all the same, before or after what comes next.
            self._host.leave(lambda: self._write(work, actor))
            raise
        result = self._write(work, actor)
        await pause()
        return result

    def _write(self, work: Callable[[Any], Result], actor: object) -> Result:
        if self._host.is_dead:
            raise Killed
        fault = self._weather.write_fault()
        if fault is WriteFault.REFUSED:
            if self._weather.happens(0.5):
                raise StorageFull("The disk is full.")
            raise ServiceUnavailable("The database is away.")
        result, actions = self._database.commit(work, actor, fault)
        for action in actions:
            self._host.moment.call_soon(action)
        return result

    async def _look(self) -> Tables:
        await pause()
        if self._weather.strikes("read"):
            raise ServiceUnavailable("The database is away.")
        return self._database.tables

    async def video(self, video_id: VideoId) -> Video | None:
        """The video, whoever owns it."""
        return (await self._look()).videos.get(video_id)

    async def waiting(self, engine: str, after: Video | None, most: int) -> list[Video]:
        """Some of the videos that wait for the engine, in line behind `after` as it was read."""
        found = [
            video
            for video in (await self._look()).videos.values()
            if video.job.state is JobState.QUEUED and video.job.engine == engine
        ]
        found.sort(key=_place)
        return [each for each in found if after is None or _place(each) > _place(after)][:most]

    async def videos(self, after: VideoId | None, most: int) -> list[Video]:
        """The videos behind that id."""
        found = sorted((await self._look()).videos.items())
        return [video for video_id, video in found if video_id > (after or "")][:most]

    async def files(self, after: object, most: int) -> list[StoredFile]:
        """Nobody stores files."""
        return []

    async def characters(self, after: object, most: int) -> list[Character]:
        """Nobody makes characters."""
        return []

    async def first_event(self) -> Event | None:
        """The oldest event."""
        return next((each.event for each in (await self._look()).events), None)

    async def circuits(self) -> list[tuple[str, Circuit]]:
        """What each worker knows of the engines."""
        found = (await self._look()).circuits
        return [(worker_id, circuit) for (worker_id, _), circuit in found.items()]

    async def loads(self) -> Mapping[str, EngineLoad]:
        """What each engine has before it."""
        counts: dict[str, list[int]] = {}
        for video in (await self._look()).videos.values():
            if not video.job.state.is_final:
                count = counts.setdefault(video.job.engine, [0, 0])
                count[video.job.state is JobState.IN_PROGRESS] += 1
        return {name: EngineLoad(queued=q, in_progress=p) for name, (q, p) in counts.items()}

    async def of_video(self, video_id: VideoId) -> list[Attempt]:
        """The video's attempts, in order."""
        found = (await self._look()).attempts
        return [attempt for key, attempt in found.items() if key[0] == video_id]

    async def abandoned(self, engines: Sequence[str], now: datetime, most: int) -> list[Abandoned]:
        """What the upstreams of `engines` are to be told by now."""
        found = (await self._look()).abandoned.values()
        return [each for each in found if each.engine in engines and each.due_at <= now][:most]

    async def marks(self) -> OutboxMarks:
        """How far the outbox has come."""
        return OutboxMarks(sequence=(await self._look()).planned_up_to, resends=0)

    async def events_after(self, sequence: int, most: int) -> list[NumberedEvent]:
        """The events behind that one, in order."""
        return (await self._look()).events[sequence : sequence + most]

    async def is_awaited(self, account_id: AccountId, video_id: VideoId) -> bool:
        """Every account has an endpoint."""
        return True


def _place(video: Video) -> tuple[int, VideoId]:
    return video.job.priority, video.id
