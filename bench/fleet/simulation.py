"""A fleet of GPUs as discrete events: films come, machines take them, load models, die, come back.

Time is the only thing that is simulated. Who is next is the server's own rule (`bench.fleet.line`),
and so is which GPU of a machine a film goes to (`worker.pool.warmest`).
"""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count

from bench.fleet.line import Film, Line, Place
from matinee.worker.pool import warmest


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Machines that are alike."""

    machines: int
    gpus: int = 1
    models: frozenset[str] | None = None
    """The only models that they take, as `matinee worker --queue`; None: all of the engine's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """What makes the films, and how it fails."""

    groups: tuple[Group, ...]
    load_s: Mapping[str, float] = field(default_factory=dict)
    """Seconds until a model is ready on a GPU that had another one."""

    ahead: int | None = None
    """None: the server's rule. Otherwise so many rounds may be skipped for the warm model."""

    counts_by_model: bool = False
    """Whether each model's line has rounds of its own, which is not the server's rule either."""

    hours_to_death: float = 0.0
    """After how many hours of work a GPU's process dies, in the mean; 0: never."""

    lease_s: float = 15.0
    """How long a film of a dead one waits until another one may take it."""

    repair_s: float = 60.0
    """How long it takes until the GPU works again; its model is gone then."""


@dataclass(frozen=True, slots=True)
class Made:
    """A film, and when it was first begun and done."""

    film: Film
    begun_s: float
    done_s: float

    @property
    def wait_s(self) -> float:
        """From its arrival until it was first begun."""
        return self.begun_s - self.film.arrives_s


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of it."""

    gpus: int
    made: list[Made] = field(default_factory=list)
    ended_s: float = 0.0
    making_s: float = 0.0
    loading_s: float = 0.0
    loads: int = 0
    deaths: int = 0


@dataclass(slots=True, eq=False)
class _Gpu:
    machine: _Machine
    model: str = ""
    place: Place | None = None


@dataclass(slots=True, eq=False)
class _Machine:
    models: Collection[str] | None
    free: list[_Gpu] = field(default_factory=list)


class Simulation:
    """One run. The same films, fleet and seed give the same outcome."""

    def __init__(self, fleet: Fleet, films: Iterable[Film], rng: random.Random) -> None:
        """`films` come in the order of time."""
        self._fleet = fleet
        self._films = iter(films)
        self._rng = rng
        self._line = Line(counts_by_model=fleet.counts_by_model)
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()
        self._begun_s: dict[int, float] = {}
        self._now_s = 0.0
        self._idle: deque[_Machine] = deque()
        gpus = sum(group.machines * group.gpus for group in fleet.groups)
        self._outcome = Outcome(gpus=gpus)
        for group in fleet.groups:
            for _ in range(group.machines):
                machine = _Machine(group.models)
                machine.free = [_Gpu(machine) for _ in range(group.gpus)]
                self._idle.append(machine)
        self._rng.shuffle(self._idle)

    def run(self, until_s: float = float("inf")) -> Outcome:
        """Until every film is made, or that second."""
        self._expect_next()
        while self._events and self._events[0][0] <= until_s:
            self._now_s, _, happen = heapq.heappop(self._events)
            happen()
        self._outcome.ended_s = min(self._now_s, until_s)
        return self._outcome

    def _at(self, at_s: float, happen: Callable[[], None]) -> None:
        heapq.heappush(self._events, (at_s, next(self._numbers), happen))

    def _expect_next(self) -> None:
        film = next(self._films, None)
        if film is not None:
            self._at(film.arrives_s, lambda: self._arrive(film))

    def _arrive(self, film: Film) -> None:
        self._line.join(film)
        self._expect_next()
        # All who are idle are woken and one of them is first: in turn, which is as good as chance.
        for _ in range(len(self._idle)):
            machine = self._idle.popleft()
            took = self._serve(machine)
            if machine.free:
                self._idle.append(machine)
            if took:
                return

    def _serve(self, machine: _Machine) -> bool:
        """Let a free GPU of the machine take a film; whether there was one."""
        warm = machine.free[-1].model if len(machine.free) == 1 else ""
        place = self._line.take(machine.models, warm=warm, ahead=self._fleet.ahead)
        if place is None:
            return False
        gpu = warmest(machine.free, place.film.model)
        machine.free.remove(gpu)
        self._begin(gpu, place)
        return True

    def _begin(self, gpu: _Gpu, place: Place) -> None:
        film, load_s = place.film, 0.0
        self._begun_s.setdefault(film.number, self._now_s)
        gpu.place = place
        if gpu.model != film.model:
            load_s = self._fleet.load_s.get(film.model, 0.0)
            self._outcome.loads += 1
            gpu.model = film.model
        done_s = self._now_s + load_s + film.takes_s
        if self._fleet.hours_to_death:
            dies_s = self._now_s + self._rng.expovariate(1 / self._fleet.hours_to_death / 3600)
            if dies_s < done_s:
                self._at(dies_s, lambda: self._die(gpu))
                return
        self._at(done_s, lambda: self._finish(gpu, load_s))

    def _finish(self, gpu: _Gpu, load_s: float) -> None:
        place = gpu.place
        assert place is not None
        self._line.finish(place)
        film = place.film
        self._outcome.made.append(Made(film, self._begun_s.pop(film.number), self._now_s))
        self._outcome.making_s += film.takes_s
        self._outcome.loading_s += load_s
        self._release(gpu)

    def _die(self, gpu: _Gpu) -> None:
        place = gpu.place
        assert place is not None
        self._outcome.deaths += 1
        gpu.model = ""
        self._at(self._now_s + self._fleet.lease_s, lambda: self._put_back(place))
        self._at(self._now_s + self._fleet.repair_s, lambda: self._release(gpu))

    def _put_back(self, place: Place) -> None:
        self._line.put_back(place)
        for machine in list(self._idle):
            if machine.free and self._serve(machine):
                break
        self._forget_busy()

    def _release(self, gpu: _Gpu) -> None:
        machine = gpu.machine
        gpu.place = None
        was_idle = bool(machine.free)
        machine.free.append(gpu)
        self._serve(machine)
        if machine.free and not was_idle:
            self._idle.append(machine)
        elif not machine.free and was_idle:
            self._forget_busy()

    def _forget_busy(self) -> None:
        self._idle = deque(machine for machine in self._idle if machine.free)
