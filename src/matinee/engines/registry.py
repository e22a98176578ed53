"""Every engine and every public model, one entry each.

An engine's code is loaded in its own process, never in the server's.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from matinee.core.errors import SettingsInvalid
from matinee.core.route import Capabilities, Route
from matinee.engines.animatic.capabilities import ANIMATIC
from matinee.engines.rehearsal.capabilities import INSTANT, SLOW
from matinee.ports.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredEngine:
    """An engine by name: what it can make, and how it is made itself."""

    name: str
    capabilities: Capabilities
    factory: str
    """`module:name` of what is called with `processes`, how many it may draw with."""

    slots: int = 1
    """How many films it makes at a time, each in a process of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicModel:
    """A name that clients send, and the engine behind it."""

    name: str
    engine: str
    is_test: bool = False
    cuts_streams: bool = False


ENGINES = (
    RegisteredEngine(
        name="animatic",
        capabilities=ANIMATIC,
        factory="matinee.engines.animatic.engine:AnimaticEngine",
    ),
    RegisteredEngine(
        name="rehearsal-instant",
        capabilities=INSTANT,
        factory="matinee.engines.rehearsal.engine:instant",
        slots=2,
    ),
    RegisteredEngine(
        name="rehearsal-slow",
        capabilities=SLOW,
        factory="matinee.engines.rehearsal.engine:slow",
        slots=4,
    ),
    RegisteredEngine(
        name="rehearsal-fails",
        capabilities=INSTANT,
        factory="matinee.engines.rehearsal.refusals:failing",
        slots=4,
    ),
    RegisteredEngine(
        name="rehearsal-moderated",
        capabilities=INSTANT,
        factory="matinee.engines.rehearsal.refusals:moderated",
        slots=4,
    ),
)

MODELS = (
    PublicModel(name="sora-2", engine="animatic"),
    PublicModel(name="sora-2-pro", engine="animatic"),
    PublicModel(name="animatic", engine="animatic"),
    PublicModel(name="test-instant", engine="rehearsal-instant", is_test=True),
    PublicModel(name="test-slow", engine="rehearsal-slow", is_test=True),
    PublicModel(name="test-fails", engine="rehearsal-fails", is_test=True),
    PublicModel(name="test-moderated", engine="rehearsal-moderated", is_test=True),
    PublicModel(name="test-drops", engine="rehearsal-instant", is_test=True, cuts_streams=True),
)
"""Names such as `sora-2-hd-15s` are no entries: they are read by their grammar."""


def routes_of_models(*, with_tests: bool) -> list[Route]:
    """A route for every public model, without prices; test models only `with_tests`."""
    able = {engine.name: engine.capabilities for engine in ENGINES}
    return [
        Route(
            model=model.name,
            engine=model.engine,
            capabilities=able[model.engine],
            is_test=model.is_test,
            cuts_streams=model.cuts_streams,
        )
        for model in MODELS
        if with_tests or not model.is_test
    ]


def load_engine(name: str, *, processes: int) -> Engine:
    """The engine of that name, ready to make films in this process. Raises SettingsInvalid."""
    for registered in ENGINES:
        if registered.name == name:
            module, _, attribute = registered.factory.partition(":")
            engine: Engine = getattr(import_module(module), attribute)(processes=processes)
            return engine
    known = ", ".join(registered.name for registered in ENGINES)
    raise SettingsInvalid(f"There is no engine '{name}'. Engines here: {known}.")
