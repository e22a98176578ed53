"""Progress that is even in time: each phase counts for as long as it took in earlier films."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from matinee.engines.diffusers.workload import FilmWork, arithmetic_seconds
from matinee.ports.engine import Progress

logger = logging.getLogger(__name__)

FILE_NAME = "phases.json"
"""What the history is called in an engine's folder."""

_NEWEST_COUNTS = 0.5
"""How much of what is remembered is the newest film, the rest being all before it."""

_UNITS_PER_S = 1000

_Rates = dict[str, dict[str, float]]
"""Seconds per unit of each phase, by the kind of film."""


class PhaseHistory:
    """How long each phase took, kept in a file that engines of one folder may share."""

    def __init__(self, file: Path | None) -> None:
        """Without a `file` nothing is remembered beyond this object."""
        self._file = file
        self._rates: _Rates = {}

    def expected(self, work: FilmWork) -> dict[str, float]:
        """How many seconds each phase of `work` will take: as films of its kind did, or by
        arithmetic for a phase that was never seen."""
        known = self._read().get(work.kind, {})
        guess = arithmetic_seconds(work)
        return {
            phase: units * known[phase] if phase in known else guess[phase]
            for phase, units in work.units().items()
        }

    def remember(self, work: FilmWork, took: Mapping[str, float]) -> None:
        """Learn from a finished film. A history that can't be written is a warning in the log:
        the film is not worse for it."""
        rates = self._read()
        of_kind = rates.setdefault(work.kind, {})
        for phase, units in work.units().items():
            if units and phase in took:
                newest = took[phase] / units
                known = of_kind.get(phase, newest)
                of_kind[phase] = known + _NEWEST_COUNTS * (newest - known)
        self._rates = rates
        if self._file is not None:
            try:
                _write(self._file, rates)
            except OSError as error:
                logger.warning("phase history not written", extra={"reason": error.strerror})

    def _read(self) -> _Rates:
        if self._file is None:
            return self._rates
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=_Rates)
        except FileNotFoundError:
            return self._rates
        except (OSError, msgspec.DecodeError) as error:
            logger.warning("phase history not readable", extra={"reason": str(error)})
            return self._rates


class PhaseMeter:
    """How far one film has come, in milliseconds of the expected time; it never goes back."""

    def __init__(self, expected: Mapping[str, float], now: Callable[[], float]) -> None:
        """`now` gives seconds that only grow."""
        self._expected = expected
        self._now = now
        self._last = now()
        self._shares = dict.fromkeys(expected, 0.0)
        self._took: dict[str, float] = {}
        self._done = 0

    @property
    def took(self) -> Mapping[str, float]:
        """The seconds spent in each phase so far."""
        return self._took

    def advance(self, phase: str, done: float, of: float) -> Progress:
        """`done` of all that `of` is to do of `phase` in the whole film is done by now.

        The time since the last call counts for `phase`. A phase that was not expected weighs
        nothing.
        """
        moment = self._now()
        self._took[phase] = self._took.get(phase, 0.0) + moment - self._last
        self._last = moment
        if phase in self._shares and of > 0:
            self._shares[phase] = max(self._shares[phase], min(1.0, done / of))
        seconds = sum(self._expected[each] * share for each, share in self._shares.items())
        self._done = max(self._done, min(self._total, int(seconds * _UNITS_PER_S)))
        return Progress(done=self._done, total=self._total, phase=phase)

    @property
    def _total(self) -> int:
        return max(1, round(sum(self._expected.values()) * _UNITS_PER_S))


def _write(file: Path, rates: _Rates) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(msgspec.json.encode(rates))
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
