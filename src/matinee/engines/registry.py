"""Every kind of engine, one line each, and how one is made in a process of its own.

A kind is loaded when the settings name it, and an engine's code in its own process: a server loads
nothing that it does not use. Packages add kinds by the entry point `matinee.engines`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import msgspec

from matinee.core.errors import SettingsInvalid
from matinee.ports.engine import Engine, FilmMaker
from matinee.ports.engine_kind import EngineKind, EngineSetup

ENTRY_POINTS = "matinee.engines"
"""The group of entry points: the kind's name, then `module:NAME` of its `EngineKind`."""

KINDS: Mapping[str, str] = {
    "animatic": "matinee.engines.animatic.kind:KIND",
    "diffusers": "matinee.engines.diffusers.kind:KIND",
    "openai": "matinee.engines.openai_videos:KIND",
    "sglang": "matinee.engines.sglang:KIND",
    "vllm-omni": "matinee.engines.vllm_omni:KIND",
    "fastvideo": "matinee.engines.fastvideo:KIND",
    "tensorrt-llm": "matinee.engines.tensorrt_llm:KIND",
    "unified": "matinee.engines.unified:KIND",
    "chat": "matinee.engines.chat:KIND",
    "lightx2v": "matinee.engines.lightx2v:KIND",
    "localai": "matinee.engines.localai:KIND",
    "veo": "matinee.engines.veo:KIND",
    "fal": "matinee.engines.fal:KIND",
    "replicate": "matinee.engines.replicate:KIND",
    "rehearsal-instant": "matinee.engines.rehearsal.kinds:INSTANT_KIND",
    "rehearsal-slow": "matinee.engines.rehearsal.kinds:SLOW_KIND",
    "rehearsal-fails": "matinee.engines.rehearsal.kinds:FAILING_KIND",
    "rehearsal-moderated": "matinee.engines.rehearsal.kinds:MODERATED_KIND",
}


def load_kind(name: str) -> EngineKind:
    """The kind of that name, of ours or of an installed package. Raises SettingsInvalid."""
    place = KINDS.get(name)
    if place is not None:
        kind = _attribute(place)
    else:
        found = next((each for each in entry_points(group=ENTRY_POINTS) if each.name == name), None)
        kind = _loaded(name, found) if found is not None else None
    if not isinstance(kind, EngineKind):
        known = ", ".join(f"'{each}'" for each in kind_names())
        raise SettingsInvalid(f"There is no kind of engine '{name}'. Kinds here: {known}.")
    return kind


def kind_names() -> list[str]:
    """The name of every kind, ours first."""
    return list(dict.fromkeys([*KINDS, *(each.name for each in entry_points(group=ENTRY_POINTS))]))


def set_up(kind: EngineKind, setup: EngineSetup) -> EngineSetup:
    """`setup` with its options, a table so far, as its kind reads them. Raises SettingsInvalid."""
    # First, as a name that is misspelled also leaves the right one missing.
    _refuse_unknown(f"The engine '{setup.name}'", setup, setup.options, kind.options)
    try:
        options = msgspec.convert(setup.options, kind.options, strict=False)
    except (msgspec.ValidationError, ValueError) as error:
        raise SettingsInvalid(
            f"The settings of the engine '{setup.name}' can't be used: {error}.",
            param=f"engines.{setup.name}",
        ) from error
    for name, table in _models_in(setup.options).items():
        kind_of_model = type(options.models[name])
        if is_dataclass(kind_of_model):
            where = f"The model '{name}' of the engine '{setup.name}'"
            _refuse_unknown(where, setup, table, kind_of_model)
    return replace(setup, options=options)


def load_film_maker(kind: str, setup: EngineSetup) -> FilmMaker:
    """What makes films in this process, from a `setup` whose options are a table still."""
    loaded = load_kind(kind)
    maker: FilmMaker = _attribute(loaded.factory)(set_up(loaded, setup))
    return maker


def make_server_engine(kind: EngineKind, setup: EngineSetup) -> Engine:
    """An engine that works in the server, of a `setup` that `set_up` read."""
    engine: Engine = _attribute(kind.factory)(setup)
    return engine


def _models_in(table: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The models that the settings of an engine describe, if they are described by tables."""
    models = table.get("models")
    described = models if isinstance(models, Mapping) else {}
    return {name: model for name, model in described.items() if isinstance(model, Mapping)}


def _refuse_unknown(
    whose: str, setup: EngineSetup, table: Mapping[str, Any], options: type[Any]
) -> None:
    known = [field.name for field in fields(options)]
    unknown = next((name for name in table if name not in known), None)
    if unknown is not None:
        own = ("kind", "slots", *known) if table is setup.options else known
        listed = ", ".join(f"'{name}'" for name in own)
        raise SettingsInvalid(
            f"{whose} has no setting '{unknown}'. Settings: {listed}.",
            param=f"engines.{setup.name}",
        )


def _loaded(name: str, entry: EntryPoint) -> Any:
    """What another package put under the entry point. Raises SettingsInvalid."""
    try:
        return entry.load()
    except (ImportError, SyntaxError, AttributeError) as error:
        raise SettingsInvalid(
            f"The kind of engine '{name}' can't be loaded from {entry.value}: {error}."
        ) from error


def _attribute(place: str) -> Any:
    module, _, attribute = place.partition(":")
    return getattr(import_module(module), attribute)
