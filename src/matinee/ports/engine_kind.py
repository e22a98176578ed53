"""How engines are described, so that the settings can name them and a server can make them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from matinee.core.route import Capabilities

ANY_MODEL = "*"
"""The name under which a kind says what it makes by whatever other name it is told."""


class Place(StrEnum):
    """Where an engine works."""

    CHILD = "child"
    """In processes of its own, one for each film that is made at a time."""

    SERVER = "server"
    """In the server: it only waits for others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSetup:
    """Everything that an engine is made from."""

    name: str
    """The name under which it is configured."""

    options: Any
    """The settings of its kind: an instance of `EngineKind.options`."""

    model: str = ""
    """For a child: the one model that this process is for."""

    slot: int = 0
    """For a child: which one of the engine's it is."""

    processes: int = 2
    """With how many processes it may work."""

    models_folder: Path | None = None
    """Where the weights of open models lie."""

    state_folder: Path | None = None
    """Where it may remember something between films, such as how long its phases took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineKind:
    """A kind of engine. `summary` says in one line what it is."""

    name: str
    summary: str
    options: type[Any]
    """A frozen dataclass: the settings of one engine of the kind, beside those of every engine."""

    models: Callable[[EngineSetup], Mapping[str, Capabilities]]
    """What it makes under which of its own model names, by its options alone and fast: the server
    asks at its start. A single model may have the name "", and `ANY_MODEL` stands for any that is
    not named. Raises SettingsInvalid."""

    place: Place
    factory: str
    """`module:name` of what makes it of an `EngineSetup`: a `FilmMaker` for a child, loaded there
    and never in the server, else an `Engine`."""

    slots: int = 1
    """How many films it makes at a time, unless the settings say otherwise."""

    count_slots: Callable[[EngineSetup], int] | None = None
    """The same where it follows from the settings of the kind, such as a list of devices."""

    stops_softly: bool = False
    """For a child: whether it can give up a film and stay, with what it loaded, for the next. Else
    its process is ended, which is sure and costs the loading."""

    is_proven: bool = True
    """Whether it was seen to work with the real thing; tests against a stand-in don't count."""
