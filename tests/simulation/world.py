"""A world: processes, a database, upstreams and owners, and all that may happen to them."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import Any

from matinee.core.ids import AccountId, EndpointId, VideoId
from matinee.core.job import JobState
from matinee.core.video import Video
from matinee.core.webhook import EventType, WebhookEndpoint
from matinee.services.creation import NOT_REPEATED, Asked, RequestKey
from tests.fakes import CountingIdentities, StoppedClock
from tests.simulation.houses import DEFAULTS, WISH, Ground, make_process
from tests.simulation.lines import SharedLines
from tests.simulation.moment import Stage
from tests.simulation.processes import Blobs, Parts, Process, Strand, video_of
from tests.simulation.promises import Promises
from tests.simulation.store import Database
from tests.simulation.upstreams import ENGINES, Kind, Order, Upstream
from tests.simulation.weather import Weather

ACCOUNTS = (AccountId("ann"), AccountId("ben"))
_SLOTS = 3
_MOST_STEPS = 16
_MOST_VIDEOS = 8
_ROUNDS = 60
_STEPS_PER_ROUND = 2000


class World:
    """Everything that happens follows from one number, and from what is done to it."""

    def __init__(self, seed: int, parts: Parts | None = None) -> None:
        self.weather = weather = Weather(seed)
        self.parts = parts or Parts()
        self.is_shared = weather.happens(0.6)
        self.clock = StoppedClock()
        self._began_at = self.clock.now()
        self.promises = Promises()
        self.database = Database(self.parts.rows, self.promises.check)
        self.orders: list[Order] = []
        self._strands = 0
        self._spelled: list[tuple[AccountId, VideoId]] = []
        """What owners may ask for: all that they were ever told of."""

        lines = (
            self.parts.shared_lines(self.database, weather, self.clock.now, self._living)
            if self.is_shared
            else None
        )
        self.ground = Ground(
            weather=weather,
            clock=self.clock,
            identities=CountingIdentities(),
            database=self.database,
            blobs=Blobs(weather, self.clock),
            upstreams={
                name: Upstream(weather.choose(list(Kind)), weather, self._note_order)
                for name in ENGINES
            },
            parts=self.parts,
            lines=lines,
            stage=Stage(),
        )
        self._add_endpoints()
        self.processes: list[Process] = []
        for number in range(1 + weather.below(3) if self.is_shared else 1):
            self.processes.append(self._make_process(f"p{number}"))

    def happen(self, name: str) -> str:
        """Have happen what has that name here; what it was, in a few words. Raises Breach."""
        try:
            what: str = getattr(self, name)()
        finally:
            self.ground.stage.leave()
        self._check()
        return what

    # What may happen. Each gives a word for the history.

    def step(self) -> str:
        """Some strands go on, in turns."""
        taken = []
        for _ in range(1 + self.weather.below(_MOST_STEPS)):
            able = [each for each in self.processes if each.can_go_on]
            if able and self.promises.breach is None:
                taken.append(self._step(self.weather.choose(able), self.weather.below(1000)))
        return ", ".join(taken)

    def deliver(self) -> str:
        """A process takes what the queue has for it."""
        process = self._someone()
        if process is None or process.is_stopping:
            return ""
        first = self.weather.choose(ENGINES)
        last = next(name for name in ENGINES if name != first)
        return self._deliver(process, first) or self._deliver(process, last)

    def deliver_twice(self) -> str:
        """A delivery comes that nobody sent, or a second time."""
        process, video_id = self._someone(), self._some_video()
        if process is None or process.is_stopping or video_id is None:
            return ""
        return self._attempt(process, video_id, self.weather.choose(ENGINES)).label

    def lose_delivery(self) -> str:
        """A delivery never comes."""
        lines = self.ground.lines
        if isinstance(lines, SharedLines):
            lines.lose()
        return "lost"

    def create(self) -> str:
        """An owner asks for a video, with a key that may have been used."""
        process = self._someone()
        if process is None or len(self.database.tables.videos) >= _MOST_VIDEOS:
            return ""
        account_id = self.weather.choose(ACCOUNTS)
        key = self.weather.choose((None, None, "key 1", "key 2", "key 3"))
        return self._begin(process, f"create {key}", self._create(process, account_id, key)).label

    def cancel(self) -> str:
        """An owner cancels a video."""
        return self._ask("cancel")

    def delete(self) -> str:
        """An owner deletes a video."""
        return self._ask("delete")

    def look_after(self) -> str:
        """A process does one of its chores."""
        process = self._someone()
        if process is None:
            return ""
        chore = self.weather.choose(
            ("sweep", "sweep", "sweep", "divert", "tell", "plan", "watch", "check", "orphans")
        )
        return self._begin(process, chore, self._chore(process, chore)).label

    def wait(self) -> str:
        """Time goes by: seldom for long."""
        seconds = self.weather.choose((0.3, 1.0, 1.0, 5.0, 5.0, 20.0, 20.0, 200.0, 4000.0))
        self.clock.move(seconds)
        return f"{seconds:g} s"

    def wait_long(self) -> str:
        """Nobody knows where the day went."""
        self.clock.move(90_000.0)
        return "a day"

    def freeze(self) -> str:
        """A process stands still, or goes on with what it believed."""
        process = self.weather.choose(self.processes)
        process.is_frozen = not process.is_frozen
        return f"{process.name} {process.is_frozen}"

    def overtake(self) -> str:
        """A process stands still until it is taken for dead, and another one looks after things."""
        busy = [each for each in self.processes if self._attempts_of(each)]
        if not busy or len(self.processes) < 2:
            return ""
        still = self.weather.choose(busy)
        still.is_frozen = True
        self.clock.move(20.0)
        other = self._someone()
        if other is None:
            return still.name
        return self._begin(other, "sweep", self._chore(other, "sweep")).label

    def kill(self) -> str:
        """A process dies, and another one begins."""
        process = self.weather.choose(self.processes)
        process.die()
        self._replace(process)
        return process.name

    def stop(self) -> str:
        """A process is told to end."""
        process = self._someone()
        if process is None or process.is_stopping:
            return ""
        process.crew.attempts.begin_no_more()
        process.stop()
        return process.name

    def turn_upstream(self) -> str:
        """An upstream goes away, or comes back."""
        name = self.weather.choose(ENGINES)
        upstream = self.ground.upstreams[name]
        upstream.is_up = not upstream.is_up
        return f"{name} {upstream.is_up}"

    def make_film(self) -> str:
        """An upstream is done with a film."""
        name = self.weather.choose(ENGINES)
        self.ground.upstreams[name].work()
        return name

    # The end.

    def calm_down(self) -> str:
        """Nothing goes wrong any more; how many rounds it takes until all is done."""
        self.weather.is_calm = True
        for upstream in self.ground.upstreams.values():
            upstream.is_up = True
        for process in self.processes:
            process.is_frozen = False
        rounds = 1
        self._do_round()
        while self.promises.breach is None and not self._is_done() and rounds < _ROUNDS:
            self._do_round()
            rounds += 1
        self.promises.demand(self._is_done(), f"not done: {self._left_over()}")
        self.promises.check_end(self.database.tables, self.orders)
        return str(rounds)

    def end(self) -> None:
        """Nobody does anything any more."""
        for process in self.processes:
            process.die()
        self.ground.stage.leave()

    def _check(self) -> None:
        self.promises.check_blobs(self.database.tables, self.ground.blobs.keys)
        if self.promises.breach is not None:
            raise self.promises.breach

    def _do_round(self) -> None:
        for process in list(self.processes):
            for chore in ("sweep", "divert", "check", "plan", "tell"):
                self._begin(process, chore, self._chore(process, chore))
            for engine in ENGINES:
                while self._has_room(process) and self._deliver(process, engine):
                    pass
        self._begin(self.processes[0], "orphans", self._chore(self.processes[0], "orphans"))
        for _ in range(_STEPS_PER_ROUND):
            able = [each for each in self.processes if each.strands or each.can_go_on]
            if not able or self.promises.breach is not None:
                break
            self._step(self.weather.choose(able), self.weather.below(1000))
            if self.weather.happens(0.03):
                self._make_wanted_film()
        self.clock.move(20.0)

    def _make_wanted_film(self) -> None:
        tables = self.database.tables
        wanted = {video.id for video in tables.videos.values() if not _is_over(video)}
        for upstream in self.ground.upstreams.values():
            upstream.work(wanted)

    def _is_done(self) -> bool:
        tables = self.database.tables
        is_over = all(_is_over(video) for video in tables.videos.values())
        is_told = tables.planned_up_to >= max(
            (e.sequence for e in tables.events if e.event.kind.is_final), default=0
        )
        if is_over and is_told and tables.abandoned:
            # What is to be told to upstreams waits for minutes after each try.
            self.clock.move(4000.0)
        return is_over and is_told and not tables.abandoned

    def _left_over(self) -> object:
        tables = self.database.tables
        waiting = [v.job for v in tables.videos.values() if not _is_over(v)]
        return waiting or tables.abandoned or tables.planned_up_to

    # How it happens.

    def _step(self, process: Process, choice: int) -> str:
        stepped = process.step(choice)
        if process.is_stopping and not process.can_go_on and not process.is_frozen:
            process.die()
            self._replace(process)
        if stepped is None:
            return f"{process.name} behind"
        strand, what = stepped
        if what != "-":
            process.lines.done(strand.number)
        return f"{process.name} {strand.label} {what}"

    def _replace(self, process: Process) -> None:
        self._strands += 1
        begun = self._make_process(f"{process.name.split('.')[0]}.{self._strands}")
        self.processes[self.processes.index(process)] = begun
        if not self.is_shared:
            self._recover(begun)

    def _recover(self, process: Process) -> None:
        """Nothing else is done before it is; one that can't is begun again, in the real house."""
        was_calm, self.weather.is_calm = self.weather.is_calm, True
        self._begin(process, "recover", process.crew.supervisor.recover())
        while process.strands:
            process.step(0)
        self.weather.is_calm = was_calm

    def _make_process(self, name: str) -> Process:
        return make_process(name, self.ground, self._now_s, self._note_defect)

    def _begin(self, process: Process, label: str, work: Coroutine[Any, Any, Any]) -> Strand:
        self._strands += 1
        return process.begin(self._strands, label, work)

    def _deliver(self, process: Process, engine: str) -> str:
        if not (self._has_room(process) and process.crew.health.is_usable(engine)):
            return ""
        video_id = process.lines.draw(engine, self._strands + 1)
        return self._attempt(process, video_id, engine).label if video_id else ""

    def _has_room(self, process: Process) -> bool:
        return len(self._attempts_of(process)) < _SLOTS and not process.is_stopping

    @staticmethod
    def _attempts_of(process: Process) -> list[Strand]:
        return [strand for strand in process.strands if video_of(strand) is not None]

    def _attempt(self, process: Process, video_id: VideoId, engine: str) -> Strand:
        work = process.crew.attempts.run(video_id, engine=engine)
        return self._begin(process, f"attempt {video_id} {engine}", work)

    def _ask(self, what: str) -> str:
        process = self._someone()
        if process is None or not self._spelled:
            return ""
        tables = self.database.tables
        running = [each for each in self._spelled if _runs(tables.videos.get(each[1]))]
        account_id, video_id = self.weather.choose(
            running if running and self.weather.happens(0.8) else self._spelled
        )
        asking = process.videos.cancel if what == "cancel" else process.videos.delete
        label = f"{what} {video_id}"
        return self._begin(process, label, asking(account_id, f"video_{video_id}")).label

    async def _create(self, process: Process, account_id: AccountId, key: str | None) -> Any:
        asked = Asked(request_key=RequestKey(key=key, digest="d")) if key else NOT_REPEATED
        video = await process.videos.create(account_id, WISH, DEFAULTS, asked)
        self._spelled.append((account_id, video.id))
        self.promises.note_accepted(video, key)
        return video

    def _chore(self, process: Process, chore: str) -> Coroutine[Any, Any, Any]:
        crew = process.crew
        chores: Mapping[str, Callable[[], Coroutine[Any, Any, Any]]] = {
            "sweep": lambda: crew.make_sweep().sweep(),
            "divert": crew.diversions.divert_all,
            "tell": crew.farewells.tell,
            "plan": process.planner.plan,
            "watch": process.watchdog.sweep,
            "check": crew.health.check,
            "orphans": process.orphans.sweep,
        }
        return chores[chore]()

    def _someone(self) -> Process | None:
        able = [each for each in self.processes if not each.is_frozen]
        return self.weather.choose(able) if able else None

    def _some_video(self) -> VideoId | None:
        videos = list(self.database.tables.videos)
        return self.weather.choose(videos) if videos else None

    def _living(self) -> Collection[int]:
        return {strand.number for process in self.processes for strand in process.strands}

    def _now_s(self) -> float:
        return (self.clock.now() - self._began_at).total_seconds()

    def _note_order(self, order: Order) -> None:
        self.orders.append(order)
        self.promises.note_order(order)

    def _note_defect(self, error: BaseException) -> None:
        where = "".join(traceback.format_tb(error.__traceback__)[-2:])
        self.promises.demand(False, f"a defect: {error!r}\n{where}")

    def _add_endpoints(self) -> None:
        now = self.clock.now()
        for account_id in ACCOUNTS:
            self.database.tables.endpoints[account_id] = WebhookEndpoint(
                id=EndpointId(account_id),
                account_id=account_id,
                name="",
                url="https://hooks.example.org",
                event_types=tuple(EventType),
                created_at=now,
                updated_at=now,
            )


def _is_over(video: Video) -> bool:
    return video.job.state.is_final


def _runs(video: Video | None) -> bool:
    return video is not None and video.job.state is JobState.IN_PROGRESS
