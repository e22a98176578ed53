"""How the engines are: for whoever looks after the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from matinee.core.attempt import Attempt
from matinee.core.circuit import Circuit
from matinee.core.errors import VideoNotFound, shown
from matinee.core.ids import VideoId, parse_video_id
from matinee.policy.estimates import speed
from matinee.ports.attempts import EngineLoad
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
class EngineReport:
    """An engine as it stands."""

    facts: EngineFacts
    circuit: Circuit
    load: EngineLoad
    speed: float | None
    """Seconds of film that it makes in a second, one film at a time; None if it made none yet."""

    troubles: tuple[Trouble, ...]
    """The last ones, the newest first."""


class Engines:
    """What is known of every engine, by the rows: beside a running server or without one."""

    def __init__(self, store: Store, facts: Sequence[EngineFacts]) -> None:
        self._store = store
        self._facts = tuple(facts)

    async def list(self) -> list[EngineReport]:
        """Every engine in the settings' order, then those that videos wait for in vain."""
        circuits = {each.engine: each for _, each in await self._store.attempts.circuits()}
        loads = await self._store.attempts.loads()
        unknown = sorted(loads.keys() - {each.name for each in self._facts})
        reports = []
        for facts in (*self._facts, *map(_not_configured, unknown)):
            circuit = circuits.get(facts.name) or Circuit(engine=facts.name)
            latest = await self._store.attempts.latest(facts.name, _LATEST)
            reports.append(
                EngineReport(
                    facts=facts,
                    circuit=circuit,
                    load=loads.get(facts.name) or EngineLoad(),
                    speed=speed(latest),
                    troubles=_troubles(circuit, latest),
                )
            )
        return reports

    async def attempts(self, spelled_id: str) -> Sequence[Attempt]:
        """What was tried for the video, whoever owns it, in order. Raises VideoNotFound."""
        video_id = parse_video_id(spelled_id)
        video = await self._store.video(video_id) if video_id else None
        if video is None:
            raise VideoNotFound(f"Video with id '{shown(spelled_id)}' not found.")
        return await self._store.attempts.of_video(video.id)


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
