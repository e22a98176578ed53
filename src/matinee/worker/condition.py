"""How the engines of all machines are, as the rows of their workers say."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Protocol

from matinee.core.circuit import Circuit, CircuitState, healthiest
from matinee.core.errors import MatineeError
from matinee.ports.clock import Clock
from matinee.ports.store import Store

logger = logging.getLogger(__name__)

_EVERY_S = 1.0


class Changes:
    """Wakes who waits for something to change."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()
        self.version = 0
        """Rises with every change, so that none is missed between two waits."""

    def tell(self) -> None:
        """Something has changed."""
        self.version += 1
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def wait(self) -> None:
        """Return at the next change."""
        await self._changed.wait()

    async def wait_since(self, version: int, timeout_s: float) -> None:
        """Return when something has changed since `version`, or after `timeout_s`."""
        if self.version != version:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._changed.wait()


class Condition(Protocol):
    """Which engines are well, as far as is known."""

    @property
    def changes(self) -> Changes:
        """Tells when an engine's state is another one."""

    def is_usable(self, engine: str) -> bool:
        """Whether a film given to the engine now would be begun."""

    def away(self) -> list[Circuit]:
        """The circuits of the engines that are given nothing."""

    def unmanned(self, engines: Collection[str], outage: timedelta) -> set[str]:
        """Which of `engines` no worker has had for so long."""


class JoinedCondition:
    """The `Condition` of engines that workers of several machines may have, a second old at most.

    An engine is as well as it is with the best of the workers that live. One that none of them
    has may be there in a moment: films wait for it.
    """

    def __init__(self, store: Store, clock: Clock, *, silence: timedelta) -> None:
        """`silence` is after how long a worker counts as dead."""
        self._store = store
        self._clock = clock
        self._silence = silence
        self.changes = Changes()
        self._circuits: dict[str, Circuit] = {}
        self._seen_at: dict[str, datetime] = {}
        self._began_at = clock.now()

    async def run(self) -> None:
        """Read again and again, until cancelled."""
        while True:
            try:
                await self.refresh()
            except MatineeError as error:
                # What was known last still counts.
                logger.log(
                    error.log_level, "condition of engines not read", extra={"code": error.code}
                )
            await asyncio.sleep(_EVERY_S)

    async def refresh(self) -> None:
        """Read which workers live and what they know."""
        workers = await self._store.crew.workers()
        known = {
            (worker_id, circuit.engine): circuit
            for worker_id, circuit in await self._store.attempts.circuits()
        }
        now = self._clock.now()
        by_engine: dict[str, list[Circuit]] = {}
        for worker in workers:
            if now - worker.seen_at > self._silence:
                continue
            for engine in worker.engines:
                circuit = known.get((worker.id, engine)) or Circuit(engine=engine)
                by_engine.setdefault(engine, []).append(circuit)
                self._seen_at[engine] = worker.seen_at
        before = {name: each.state for name, each in self._circuits.items()}
        self._circuits = {name: healthiest(name, each) for name, each in by_engine.items()}
        if before != {name: each.state for name, each in self._circuits.items()}:
            self.changes.tell()

    def is_usable(self, engine: str) -> bool:
        """Whether a film given to the engine now would be begun, as far as is known."""
        circuit = self._circuits.get(engine)
        return circuit is None or circuit.state is not CircuitState.OPEN

    def away(self) -> list[Circuit]:
        """The circuits of the engines that are given nothing by any worker."""
        return [circuit for circuit in self._circuits.values() if circuit.is_open]

    def unmanned(self, engines: Collection[str], outage: timedelta) -> set[str]:
        """Which of `engines` no worker has had for so long, as far as this process saw."""
        now = self._clock.now()
        return {
            name
            for name in engines
            if name not in self._circuits
            and now - self._seen_at.get(name, self._began_at) >= outage
        }
