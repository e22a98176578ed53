"""How the engines are: for whoever looks after the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from matinee.core.attempt import Attempt
from matinee.core.circuit import Circuit, healthiest
from matinee.core.errors import VideoNotFound, shown
from matinee.core.ids import VideoId, parse_video_id
from matinee.policy.estimates import speed
from matinee.ports.attempts import EngineLoad
from matinee.ports.clock import Clock
from matinee.ports.crew import Worker
from matinee.ports.store import Store

_LATEST = 100
_MOST_TROUBLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFacts:
    """What the settings say of an engine."""

    name: str
    kind: str
    summary: str
    is_proven: bool
    """Whether its kind was seen to work with the real thing."""

    models: tuple[str, ...]
    """The engine's own names of the models that it makes."""

    slots: int
    """How many films it makes at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """An error that an engine met: with a video, or when it was asked whether it is there."""

    code: str
    message: str
    at: datetime
    video_id: VideoId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineWorker:
    """A process that makes films with an engine, and how it finds that engine."""

    worker: Worker
    circuit: Circuit


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineReport:
    """An engine as it stands."""

    facts: EngineFacts
    circuit: Circuit
    """As it is with the worker with which it is best."""

    workers: tuple[EngineWorker, ...]
    """Those that were heard of lately."""

    load: EngineLoad
    unserved: Mapping[str, int]
    """How many of those that wait are for a model that none of the workers makes, by model."""

    speed: float | None
    """Seconds of film that it makes in a second, one film at a time; None if it made none yet."""

    troubles: tuple[Trouble, ...]
    """The last ones, the newest first."""


class Engines:
    """What is known of every engine, by the rows: beside a running server or without one."""

    def __init__(
        self, store: Store, clock: Clock, facts: Sequence[EngineFacts], *, silence: timedelta
    ) -> None:
        """`silence` is after how long a worker counts as dead, or its machine as cut off."""
        self._store = store
        self._clock = clock
        self._facts = tuple(facts)
        self._silence = silence

    async def list(self) -> list[EngineReport]:
        """Every engine in the settings' order, then those that videos wait for in vain."""
        circuits = await self._store.attempts.circuits()
        workers = await self._workers()
        loads = await self._store.attempts.loads()
        unknown = sorted(loads.keys() - {each.name for each in self._facts})
        reports = []
        for facts in (*self._facts, *map(_not_configured, unknown)):
            circuit, having = _of_engine(facts.name, workers, circuits)
            latest = await self._store.attempts.latest(facts.name, _LATEST)
            load = loads.get(facts.name) or EngineLoad()
            reports.append(
                EngineReport(
                    facts=facts,
                    circuit=circuit,
                    workers=having,
                    load=load,
                    unserved=await self._unserved(facts.name, load, having),
                    speed=speed(latest),
                    troubles=_troubles(circuit, latest),
                )
            )
        return reports

    async def _workers(self) -> Sequence[Worker]:
        since = self._clock.now() - self._silence
        return [each for each in await self._store.crew.workers() if each.seen_at >= since]

    async def _unserved(
        self, engine: str, load: EngineLoad, having: Sequence[EngineWorker]
    ) -> Mapping[str, int]:
        if not load.queued:
            return {}
        waiting = await self._store.attempts.waiting_by_model(engine)
        return {
            model: count
            for model, count in waiting.items()
            if not any(each.worker.makes(engine, model) for each in having)
        }

    async def attempts(self, spelled_id: str) -> Sequence[Attempt]:
        """What was tried for the video, whoever owns it, in order. Raises VideoNotFound."""
        video_id = parse_video_id(spelled_id)
        video = await self._store.video(video_id) if video_id else None
        if video is None:
            raise VideoNotFound(f"Video with id '{shown(spelled_id)}' not found.")
        return await self._store.attempts.of_video(video.id)


def _of_engine(
    name: str, workers: Sequence[Worker], circuits: Sequence[tuple[str, Circuit]]
) -> tuple[Circuit, tuple[EngineWorker, ...]]:
    """How the engine is, and who has it. Without a worker, how it was when there was one."""
    known = {worker_id: each for worker_id, each in circuits if each.engine == name}
    having = tuple(
        EngineWorker(worker=each, circuit=known.get(each.id) or Circuit(engine=name))
        for each in workers
        if name in each.engines
    )
    told = [each.circuit for each in having] if having else list(known.values())
    return healthiest(name, told), having


def _not_configured(name: str) -> EngineFacts:
    """An engine of which only rows speak: the settings were others when these were written."""
    return EngineFacts(
        name=name,
        kind="unknown",
        summary="Not configured.",
        is_proven=False,
        models=(),
        slots=0,
    )


def _troubles(circuit: Circuit, latest: Sequence[Attempt]) -> tuple[Trouble, ...]:
    met = [
        Trouble(
            code=each.outcome,
            message=each.message or "",
            at=each.finished_at,
            video_id=each.video_id,
        )
        for each in latest
        if each.is_fault and each.outcome is not None and each.finished_at is not None
    ]
    error, at = circuit.last_error, circuit.last_error_at
    if error is not None and at is not None and all(each.at < at for each in met):
        met.insert(0, Trouble(code=error.code, message=error.message, at=at))
    return tuple(met[:_MOST_TROUBLES])
