"""What kind of engine this is. Nothing heavy is imported here: the server reads it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from matinee.core.errors import SettingsInvalid
from matinee.core.route import Capabilities
from matinee.engines.diffusers.capabilities import capabilities_of
from matinee.engines.diffusers.installation import missing_libraries
from matinee.engines.diffusers.profiles import Profile
from matinee.engines.diffusers.roster import (
    DiffusersOptions,
    offered_models,
    siblings_of,
)
from matinee.ports.engine_kind import EngineKind, EngineSetup, Place

logger = logging.getLogger(__name__)


def offers(setup: EngineSetup) -> Mapping[str, Capabilities]:
    """What each model of the engine can make. Raises SettingsInvalid."""
    siblings = siblings_of(setup) if setup.options.profile == Profile.TURBO else {}
    offered = offered_models(setup)
    for name, entry in offered.items():
        if not entry.is_here:
            logger.warning(
                "weights missing",
                extra={"engine": setup.name, "model": name, "do": f"matinee models pull {name}"},
            )
    if not offered:
        logger.warning(
            "no models", extra={"engine": setup.name, "do": "matinee models pull wan2.2-ti2v-5b"}
        )
    has_loras = setup.options.loras is not None
    return {
        name: capabilities_of(
            siblings.get(entry.model.turbo or "", entry.model), has_loras=has_loras
        )
        for name, entry in offered.items()
    }


def refuse_without(libraries: Sequence[str], engine: str) -> None:
    """Raise SettingsInvalid, saying what to install, if any of `libraries` are missing."""
    if libraries:
        raise SettingsInvalid(
            f"The engine '{engine}' needs {', '.join(libraries)}: pip install -e '.[diffusers]'",
            param=f"engines.{engine}.kind",
        )


def _models(setup: EngineSetup) -> Mapping[str, Capabilities]:
    refuse_without(missing_libraries(), setup.name)
    return offers(setup)


KIND = EngineKind(
    name="diffusers",
    summary="Makes films with open models on this machine's own GPU, through diffusers.",
    options=DiffusersOptions,
    models=_models,
    place=Place.CHILD,
    factory="matinee.engines.diffusers.engine:make_diffusers",
    count_slots=lambda setup: len(setup.options.devices),
    stops_softly=True,
    is_proven=False,
)
"""`is_proven` is about real weights on a real GPU; tests run small ones with random weights."""
