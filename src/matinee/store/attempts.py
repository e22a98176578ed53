"""The rows of attempts and of engines' health."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from matinee.core.attempt import Attempt
from matinee.core.circuit import Circuit, CircuitState
from matinee.core.ids import VideoId
from matinee.core.job import Failure, JobState
from matinee.ports.attempts import EngineLoad
from matinee.store.execution import Execute, Read
from matinee.store.rows import Row, Values, micros, micros_or_none, moment, moment_or_none
from matinee.store.statements import first, insertion
from matinee.store.tables import UNFINISHED, attempts, engine_states, videos

_OF_VIDEO = (
    sa.select(attempts)
    .where(attempts.c.video_id == sa.bindparam("of_video"))
    .order_by(attempts.c.number)
)
_LATEST = first(
    sa.select(attempts)
    .where(attempts.c.engine == sa.bindparam("of_engine"), attempts.c.finished_at.is_not(None))
    .order_by(attempts.c.finished_at.desc())
)
_ADD = insertion(attempts)
_THIS = (
    attempts.c.video_id == sa.bindparam("of_video"),
    attempts.c.number == sa.bindparam("of_number"),
)
_NOTE_UPSTREAM = sa.update(attempts).where(*_THIS).values(upstream_id=sa.bindparam("of_upstream"))
_FINISH = (
    sa.update(attempts)
    .where(*_THIS, attempts.c.finished_at.is_(None))
    .values({name: sa.bindparam(name) for name in ("finished_at", "outcome", "message")})
)
_CIRCUITS = sa.select(engine_states).order_by(engine_states.c.engine)
_ADD_CIRCUIT = insertion(engine_states)
_DELETE_CIRCUIT = sa.delete(engine_states).where(
    engine_states.c.engine == sa.bindparam("of_engine"),
    engine_states.c.worker_id == sa.bindparam("of_worker"),
)
_LOADS = (
    sa.select(videos.c.engine, videos.c.state, sa.func.count())
    .where(UNFINISHED)
    .group_by(videos.c.engine, videos.c.state)
)
_WAITING = (
    sa.select(videos.c.model, sa.func.count())
    .where(
        UNFINISHED,
        videos.c.engine == sa.bindparam("of_engine"),
        videos.c.state == sa.literal_column(f"'{JobState.QUEUED}'"),
    )
    .group_by(videos.c.model)
    .order_by(videos.c.model)
)


class SqlAttemptRows:
    """The `AttemptRows` of every SQL database."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute

    def add(self, attempt: Attempt) -> None:
        """Insert `attempt`."""
        self._execute(_ADD, **_values_of_attempt(attempt))

    def note_upstream(self, video_id: VideoId, number: int, upstream_id: str) -> None:
        """Note under which id an upstream has the attempt's work."""
        self._execute(_NOTE_UPSTREAM, of_video=video_id, of_number=number, of_upstream=upstream_id)

    def finish(
        self,
        video_id: VideoId,
        number: int,
        *,
        outcome: str,
        message: str | None = None,
        now: datetime,
    ) -> None:
        """Note how the attempt ended; one that is not there, or has ended, stays as it is."""
        self._execute(
            _FINISH,
            of_video=video_id,
            of_number=number,
            finished_at=micros(now),
            outcome=outcome,
            message=message,
        )

    def of_video(self, video_id: VideoId) -> list[Attempt]:
        """The video's attempts, in order."""
        return [_attempt_of(row) for row in self._execute(_OF_VIDEO, of_video=video_id).fetchall()]

    def save_circuit(self, worker_id: str, circuit: Circuit) -> None:
        """Write what the worker knows of an engine's health, over what it knew."""
        self._execute(_DELETE_CIRCUIT, of_engine=circuit.engine, of_worker=worker_id)
        self._execute(_ADD_CIRCUIT, worker_id=worker_id, **_values_of_circuit(circuit))


class SqlAttemptReads:
    """The `AttemptReads` of every SQL database."""

    def __init__(self, read: Read) -> None:
        self._read = read

    async def of_video(self, video_id: VideoId) -> list[Attempt]:
        """The video's attempts, in order."""
        return [_attempt_of(row) for row in await self._read(_OF_VIDEO, of_video=video_id)]

    async def latest(self, engine: str, most: int) -> list[Attempt]:
        """The engine's attempts that ended last, the newest first."""
        return [_attempt_of(row) for row in await self._read(_LATEST, of_engine=engine, most=most)]

    async def circuits(self) -> list[tuple[str, Circuit]]:
        """What each worker knows of the health of every engine that was ever in trouble."""
        return [(row[1], _circuit_of(row)) for row in await self._read(_CIRCUITS)]

    async def loads(self) -> Mapping[str, EngineLoad]:
        """What each engine has before it; those with nothing to do are left out."""
        counts: dict[str, dict[str, int]] = {}
        for engine, state, count in await self._read(_LOADS):
            counts.setdefault(engine, {})[state] = count
        return {
            engine: EngineLoad(
                queued=by_state.get(JobState.QUEUED, 0),
                in_progress=by_state.get(JobState.IN_PROGRESS, 0),
            )
            for engine, by_state in counts.items()
        }

    async def waiting_by_model(self, engine: str) -> Mapping[str, int]:
        """How many videos wait for the engine, by its own names of the models."""
        return {row[0]: row[1] for row in await self._read(_WAITING, of_engine=engine)}


def _attempt_of(row: Row) -> Attempt:
    """The attempt in a row of all columns of `attempts`."""
    video_id, number, engine, model, film_seconds, started_at, finished_at, *end = row
    outcome, message, upstream_id = end
    return Attempt(
        video_id=video_id,
        number=number,
        engine=engine,
        model=model,
        film_seconds=film_seconds,
        started_at=moment(started_at),
        finished_at=moment_or_none(finished_at),
        outcome=outcome,
        message=message,
        upstream_id=upstream_id,
    )


def _values_of_attempt(attempt: Attempt) -> Values:
    return {
        "video_id": attempt.video_id,
        "number": attempt.number,
        "engine": attempt.engine,
        "model": attempt.model,
        "film_seconds": attempt.film_seconds,
        "started_at": micros(attempt.started_at),
        "finished_at": micros_or_none(attempt.finished_at),
        "outcome": attempt.outcome,
        "message": attempt.message,
        "upstream_id": attempt.upstream_id,
    }


def _circuit_of(row: Row) -> Circuit:
    """The circuit in a row of all columns of `engine_states`."""
    engine, _, state, since, failures, error_code, error_message, error_at, checked_at = row
    error = Failure(code=error_code, message=error_message) if error_code is not None else None
    return Circuit(
        engine=engine,
        state=CircuitState(state),
        since=moment_or_none(since),
        failures=failures,
        last_error=error,
        last_error_at=moment_or_none(error_at),
        checked_at=moment_or_none(checked_at),
    )


def _values_of_circuit(circuit: Circuit) -> Values:
    error = circuit.last_error
    return {
        "engine": circuit.engine,
        "state": circuit.state.value,
        "since": micros_or_none(circuit.since),
        "failures": circuit.failures,
        "last_error_code": error.code if error else None,
        "last_error_message": error.message if error else None,
        "last_error_at": micros_or_none(circuit.last_error_at),
        "checked_at": micros_or_none(circuit.checked_at),
    }
