"""Which engines are well: circuits in memory, fed by attempts and checks, kept in rows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

from matinee.core.circuit import (
    Circuit,
    CircuitState,
    fail_check,
    note_failure,
    note_other_error,
    note_success,
    pass_check,
    reopen,
)
from matinee.core.errors import (
    EngineCrashed,
    EngineError,
    EngineUnavailable,
    MatineeError,
    ModerationBlocked,
    SubmissionUnknown,
)
from matinee.core.ids import VideoId
from matinee.ports.clock import Clock
from matinee.ports.engine import Engine
from matinee.ports.store import Store
from matinee.worker.condition import Changes

logger = logging.getLogger(__name__)

LOCAL_WORKER = "local"
"""The worker of a server that owns its rows alone."""

_CHECK_S = 10.0
"""An engine that takes longer to say that it is there is not."""


class Health:
    """The circuits of the engines of one process.

    Its rows are for those who look on, and for the next start: what is in memory counts.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        engines: Mapping[str, Engine],
        *,
        worker_id: str = LOCAL_WORKER,
    ) -> None:
        self._store = store
        self._worker_id = worker_id
        self._clock = clock
        self._engines = engines
        self._circuits = {name: Circuit(engine=name) for name in engines}
        self._trials: set[str] = set()
        """The half-open engines that have their one film."""

        self._crashed: dict[str, VideoId] = {}
        """Whose film it was that crashed each engine last."""

        self.changes = Changes()

    async def load(self) -> None:
        """Take over what the rows say. What was away then is asked at once."""
        for worker_id, circuit in await self._store.attempts.circuits():
            if worker_id == self._worker_id and circuit.engine in self._circuits:
                self._circuits[circuit.engine] = reopen(circuit)

    def circuit(self, engine: str) -> Circuit:
        """What is known of the engine."""
        return self._circuits.get(engine) or Circuit(engine=engine)

    def is_usable(self, engine: str) -> bool:
        """Whether a film given to the engine now would be begun, as far as is known."""
        state = self.circuit(engine).state
        is_free = state is CircuitState.HALF_OPEN and engine not in self._trials
        return state is CircuitState.CLOSED or is_free

    def away(self) -> list[Circuit]:
        """The circuits that are open."""
        return [circuit for circuit in self._circuits.values() if circuit.is_open]

    def unmanned(self, engines: Collection[str], outage: timedelta) -> set[str]:
        """None: a server that owns its rows alone finds other engines a place at its start."""
        del engines, outage
        return set()

    async def ready(self, engine: str) -> None:
        """Wait until the engine may be given a film."""
        while not self.is_usable(engine):
            await self.changes.wait()

    @asynccontextmanager
    async def turn(self, engine: str) -> AsyncIterator[None]:
        """Wait until the engine may be given a film; it is made while the context is open."""
        await self.ready(engine)
        is_trial = self.circuit(engine).state is CircuitState.HALF_OPEN
        if is_trial:
            self._trials.add(engine)
        try:
            yield
        finally:
            if is_trial:
                # If it showed nothing, because it was cancelled for instance, the next film does.
                self._trials.discard(engine)
                self.changes.tell()

    async def note_error(self, engine: str, video_id: VideoId, error: MatineeError) -> None:
        """Learn from an attempt at the video that ended in `error`."""
        now, circuit = self._clock.now(), self.circuit(engine)
        match error:
            case EngineUnavailable() | SubmissionUnknown():
                await self._set(note_failure(circuit, error, now))
            case EngineCrashed():
                # A film that crashes whatever makes it says nothing of the engine. Two films do.
                is_known = self._crashed.get(engine) == video_id
                self._crashed[engine] = video_id
                if not is_known or circuit.state is not CircuitState.CLOSED:
                    await self._set(note_failure(circuit, error, now))
            case EngineError():
                await self._set(note_other_error(circuit, error, now))
            case ModerationBlocked():
                await self._set(note_success(circuit, now))
            case _:
                return

    async def note_success(self, engine: str) -> None:
        """Learn that the engine does what it is there for."""
        self._crashed.pop(engine, None)
        await self._set(note_success(self.circuit(engine), self._clock.now()))

    async def note_sign(self, engine: str) -> None:
        """Learn that an upstream took a film or makes it, which ends its trial.

        While it is away, that may only be what was last heard of it.
        """
        if self.circuit(engine).state is CircuitState.HALF_OPEN:
            await self.note_success(engine)

    async def check(self) -> None:
        """Ask the engines that are away and due to be asked whether they are back."""
        now = self._clock.now()
        due = [each for each in self.away() if each.check_at(now) <= now]
        answers = await asyncio.gather(
            *(self._ask(self._engines[each.engine]) for each in due), return_exceptions=True
        )
        for asked, answer in zip(due, answers, strict=True):
            await self._note_answer(asked.engine, answer)

    async def _ask(self, engine: Engine) -> None:
        try:
            async with asyncio.timeout(_CHECK_S):
                await engine.check()
        except TimeoutError as error:
            raise EngineUnavailable(
                f"The engine {engine.name} did not answer within {_CHECK_S:g} s."
            ) from error

    async def _note_answer(self, engine: str, answer: BaseException | None) -> None:
        now, circuit = self._clock.now(), self.circuit(engine)
        if not circuit.is_open:
            return
        match answer:
            case None:
                await self._set(pass_check(circuit, now))
            case MatineeError():
                await self._set(fail_check(circuit, answer, now))
            case _:
                logger.error("a check met a defect", exc_info=answer, extra={"engine": engine})
                defect = EngineError(f"Asking the engine {engine} whether it is there failed.")
                await self._set(fail_check(circuit, defect, now))

    async def _set(self, circuit: Circuit) -> None:
        before = self.circuit(circuit.engine)
        if circuit == before:
            return
        self._circuits[circuit.engine] = circuit
        if circuit.state is not before.state:
            _log(before, circuit)
            self.changes.tell()
        try:
            await self._store.write(
                lambda transaction: transaction.attempts.save_circuit(self._worker_id, circuit)
            )
        except MatineeError as error:
            logger.log(
                error.log_level, "an engine's state was not written", extra={"code": error.code}
            )


def _log(before: Circuit, after: Circuit) -> None:
    fields = {"engine": after.engine, "failures": before.failures or after.failures}
    if after.state is CircuitState.CLOSED:
        logger.info("engine is well again", extra=fields)
    elif before.state is CircuitState.CLOSED:
        why = after.last_error.message if after.last_error else ""
        logger.warning("engine is away", extra={**fields, "why": why})
    else:
        # Between open and half-open it may go to and fro for hours.
        logger.debug("engine was tried", extra={**fields, "state": after.state.value})
