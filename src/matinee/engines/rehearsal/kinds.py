"""The kinds of rehearsal engines. Nothing heavy is imported here: the server reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matinee.core.route import Capabilities
from matinee.engines.rehearsal.capabilities import INSTANT, SLOW
from matinee.ports.engine_kind import EngineKind, EngineSetup, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalOptions:
    """There is nothing to set."""


def _instant(setup: EngineSetup) -> Mapping[str, Capabilities]:
    return {"": INSTANT}


def _slow(setup: EngineSetup) -> Mapping[str, Capabilities]:
    return {"": SLOW}


INSTANT_KIND = EngineKind(
    name="rehearsal-instant",
    summary="Makes a film leader at once, for tests.",
    options=RehearsalOptions,
    models=_instant,
    place=Place.CHILD,
    factory="matinee.engines.rehearsal.engine:instant",
    slots=2,
)

SLOW_KIND = EngineKind(
    name="rehearsal-slow",
    summary="Makes a film leader in a minute, for tests.",
    options=RehearsalOptions,
    models=_slow,
    place=Place.CHILD,
    factory="matinee.engines.rehearsal.engine:slow",
    slots=4,
)

FAILING_KIND = EngineKind(
    name="rehearsal-fails",
    summary="Always fails, for tests.",
    options=RehearsalOptions,
    models=_instant,
    place=Place.CHILD,
    factory="matinee.engines.rehearsal.refusals:failing",
    slots=4,
)

MODERATED_KIND = EngineKind(
    name="rehearsal-moderated",
    summary="Always refuses as moderation does, for tests.",
    options=RehearsalOptions,
    models=_instant,
    place=Place.CHILD,
    factory="matinee.engines.rehearsal.refusals:moderated",
    slots=4,
)
