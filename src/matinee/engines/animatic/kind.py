"""What kind of engine the animatic is. Nothing heavy is imported here: the server reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matinee.core.route import Capabilities
from matinee.engines.animatic.capabilities import ANIMATIC
from matinee.ports.engine_kind import EngineKind, EngineSetup, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class AnimaticOptions:
    """There is nothing to set."""


def _models(setup: EngineSetup) -> Mapping[str, Capabilities]:
    return {"": ANIMATIC}


KIND = EngineKind(
    name="animatic",
    summary="Draws and scores a film on two CPU cores, without weights and without a network.",
    options=AnimaticOptions,
    models=_models,
    place=Place.CHILD,
    factory="matinee.engines.animatic.engine:make_animatic",
)
