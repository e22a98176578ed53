"""Whether an engine is thought to be well, by how its attempts ended lately.

    closed ──failures in a row──► open ──check passed──► half-open
      ▲                            ▲                       │
      └────────── success ─────────┼───────────────────────┤
                                   └────── failure ────────┘

Every function is pure. While a circuit is open nothing is sent to its engine but checks; half-open
it is given one film, by which it shows whether it is well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from matinee.core.errors import MatineeError
from matinee.core.job import Failure

THRESHOLD = 3
"""So many failures in a row open a circuit."""

_FIRST_S, _MOST_S = 5.0, 300.0
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class CircuitState(StrEnum):
    """What an engine is given."""

    CLOSED = "closed"
    """Everything: it is well."""

    OPEN = "open"
    """Nothing: it is away."""

    HALF_OPEN = "half_open"
    """One film, to see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """What is known of one engine's health."""

    engine: str
    state: CircuitState = CircuitState.CLOSED
    since: datetime | None = None
    """When it opened or closed. Half-open it is as long away as before."""

    failures: int = 0
    """How many times in a row the engine was found to be away."""

    last_error: Failure | None = None
    last_error_at: datetime | None = None
    checked_at: datetime | None = None
    """When it was last found away, or asked whether it is; None: nothing is waited for."""

    @property
    def is_open(self) -> bool:
        """Whether the engine is given nothing."""
        return self.state is CircuitState.OPEN

    def check_at(self, now: datetime) -> datetime:
        """When an engine that is away is to be asked next whether it is back.

        5 s after it was last found away, then 10 s, twice as long each time, 5 minutes at most.
        """
        if self.checked_at is None:
            return now
        doublings = min(10, max(0, self.failures - THRESHOLD))
        return self.checked_at + timedelta(seconds=min(_MOST_S, _FIRST_S * 2**doublings))


def note_failure(circuit: Circuit, error: MatineeError, now: datetime) -> Circuit:
    """`circuit` after an attempt found the engine away.

    Attempts that were under way when it opened change nothing any more: it is known.
    """
    told = _with_error(circuit, error, now)
    if circuit.is_open:
        return told
    failures = circuit.failures + 1
    if circuit.state is CircuitState.CLOSED and failures < THRESHOLD:
        return replace(told, failures=failures)
    return _opened(told, max(THRESHOLD, failures), now)


def note_success(circuit: Circuit, now: datetime) -> Circuit:
    """`circuit` after an attempt found the engine well."""
    if circuit.state is CircuitState.CLOSED:
        return replace(circuit, failures=0) if circuit.failures else circuit
    return replace(circuit, state=CircuitState.CLOSED, since=now, failures=0, checked_at=now)


def note_other_error(circuit: Circuit, error: MatineeError, now: datetime) -> Circuit:
    """`circuit` after an attempt that failed for a reason of its own: the engine was there."""
    return _with_error(note_success(circuit, now), error, now)


def pass_check(circuit: Circuit, now: datetime) -> Circuit:
    """`circuit`, which is open, after the engine said that it is there."""
    return replace(circuit, state=CircuitState.HALF_OPEN, checked_at=now)


def fail_check(circuit: Circuit, error: MatineeError, now: datetime) -> Circuit:
    """`circuit`, which is open, after the engine was asked and is still away."""
    return _opened(_with_error(circuit, error, now), circuit.failures + 1, now)


def reopen(circuit: Circuit) -> Circuit:
    """`circuit` as a server that starts takes it over: what was away is asked at once."""
    if circuit.state is CircuitState.CLOSED:
        return circuit
    return replace(circuit, state=CircuitState.OPEN, failures=THRESHOLD, checked_at=None)


def healthiest(engine: str, circuits: Sequence[Circuit]) -> Circuit:
    """What is known of an engine that several workers have: it is as well as the best of them.

    Of those that are as well as each other, the one that has been so the longest.
    """
    order = (CircuitState.CLOSED, CircuitState.HALF_OPEN, CircuitState.OPEN)
    ranked = sorted(circuits, key=lambda each: (order.index(each.state), each.since or _LONG_AGO))
    return ranked[0] if ranked else Circuit(engine=engine)


def _opened(circuit: Circuit, failures: int, now: datetime) -> Circuit:
    was_closed = circuit.state is CircuitState.CLOSED
    return replace(
        circuit,
        state=CircuitState.OPEN,
        since=now if was_closed else circuit.since,
        failures=failures,
        checked_at=now,
    )


def _with_error(circuit: Circuit, error: MatineeError, now: datetime) -> Circuit:
    return replace(circuit, last_error=Failure.of(error), last_error_at=now)
