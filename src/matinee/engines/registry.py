"""Every engine, one line each. Its code is loaded in its own process, never in the server's."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from matinee.core.errors import SettingsInvalid
from matinee.core.route import Capabilities
from matinee.engines.animatic.capabilities import ANIMATIC
from matinee.ports.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredEngine:
    """An engine by name: what it can make, and where its class is."""

    name: str
    capabilities: Capabilities
    factory: str
    """`module:Class`; the class is called with `processes`, how many it may draw with."""


ENGINES = (
    RegisteredEngine(
        name="animatic",
        capabilities=ANIMATIC,
        factory="matinee.engines.animatic.engine:AnimaticEngine",
    ),
)


def load_engine(name: str, *, processes: int) -> Engine:
    """The engine of that name, ready to make films in this process. Raises SettingsInvalid."""
    for registered in ENGINES:
        if registered.name == name:
            module, _, attribute = registered.factory.partition(":")
            engine: Engine = getattr(import_module(module), attribute)(processes=processes)
            return engine
    known = ", ".join(registered.name for registered in ENGINES)
    raise SettingsInvalid(f"There is no engine '{name}'. Engines here: {known}.")
