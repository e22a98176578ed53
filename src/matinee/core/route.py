"""What an engine can make, and the rule that leads from a model's name to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from itertools import chain
from typing import TypeVar

from matinee.core.size import Size
from matinee.core.video import Relation

MICROS_PER_USD = 1_000_000

MODELS_SINCE = datetime(2025, 10, 6, tzinfo=UTC)
"""When the Videos API began: models of one's own have no better date."""


_Value = TypeVar("_Value")


class Marks(StrEnum):
    """Whether an engine's films carry a visible watermark."""

    NEVER = "never"
    TOLD = "told"
    """Some do, and the engine knows of each."""

    ALWAYS = "always"
    """Or nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What an engine can make. Requests are checked against it before they are accepted."""

    sizes: tuple[Size, ...]
    min_seconds: int
    max_seconds: int
    fps: int = 24
    styles: tuple[str, ...] = ()
    max_references: int = 1
    min_references: int = 0
    """Images without which it can't begin, unless the film goes on from another one."""

    has_sound: bool = False
    relations: tuple[Relation, ...] = ()
    """How it can make a film out of another one."""

    max_extended_seconds: int = 120
    max_extensions: int = 6
    """Source of both: OpenAI's guide on extensions."""

    max_scenes: int = 0
    """The longest storyboard it follows."""

    max_characters: int = 0
    pace: float = 1.0
    """About how many seconds it works for one second of film, by which waiting is estimated."""

    fps_choices: tuple[int, ...] = ()
    """Frame rates that may be asked for, besides `fps`."""

    options: tuple[str, ...] = ()
    """Which fields of `SamplingOptions` it heeds."""

    marks: Marks = Marks.NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a second of film costs in some sizes, in millionths of a US dollar."""

    name: str
    """What the price list calls these sizes: a class such as `720p`, or an exact size."""

    sizes: tuple[Size, ...]
    micros_per_second: int

    @property
    def usd_per_second(self) -> float:
        """The same in US dollars, to be shown and not to be summed up."""
        return self.micros_per_second / MICROS_PER_USD


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """What a style means: a look of the engine, or else words around the prompt."""

    name: str
    look: str | None = None
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An engine that may make a model's films."""

    engine: str
    """The name under which the engine is configured."""

    model: str = ""
    """What the engine itself calls the model; empty where it has only one."""

    capabilities: Capabilities
    styles: tuple[Style, ...] = ()
    """What the styles on offer mean to this engine, where they are not its own looks."""

    def has_look(self, name: str) -> bool:
        """Whether the engine itself has a look of that name."""
        if any(style.look == name for style in self.styles):
            return True
        is_worded = any(style.name == name for style in self.styles)
        return name in self.capabilities.styles and not is_worded


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A public model, and the engines that may make its films, the preferred one first."""

    model: str
    targets: tuple[Target, ...]
    """One at least."""

    prices: tuple[Price, ...] = ()
    """None at all: the model is free."""

    is_test: bool = False
    """Whether it is there to be tested with; its films show nothing of the prompt."""

    cuts_streams: bool = False
    """Whether it breaks connections off, so that clients can be seen to go on."""

    @classmethod
    def to(cls, model: str, engine: str, capabilities: Capabilities) -> Route:
        """The route of `model` to one engine that has one model."""
        return cls(model=model, targets=(Target(engine=engine, capabilities=capabilities),))

    @property
    def capabilities(self) -> Capabilities:
        """What one or the other of its engines can make.

        No single one need be able to make all of it at once: a wish is checked against each.
        """
        return joined([target.capabilities for target in self.targets])

    def price_of(self, size: Size) -> Price | None:
        """What a second of film in that size costs, if anything."""
        return next((each for each in self.prices if size in each.sizes), None)


def joined(able: list[Capabilities]) -> Capabilities:
    """What one or the other of them can make; frame rate and pace are the first's."""
    first = able[0]
    if len(able) == 1:
        return first
    return replace(
        first,
        sizes=_each_once(each.sizes for each in able),
        min_seconds=min(each.min_seconds for each in able),
        max_seconds=max(each.max_seconds for each in able),
        styles=_each_once(each.styles for each in able),
        max_references=max(each.max_references for each in able),
        min_references=min(each.min_references for each in able),
        has_sound=any(each.has_sound for each in able),
        relations=_each_once(each.relations for each in able),
        max_extended_seconds=max(each.max_extended_seconds for each in able),
        max_extensions=max(each.max_extensions for each in able),
        max_scenes=max(each.max_scenes for each in able),
        max_characters=max(each.max_characters for each in able),
        fps_choices=_each_once((each.fps, *each.fps_choices) for each in able),
        options=_each_once(each.options for each in able),
        marks=min((each.marks for each in able), key=list(Marks).index),
    )


def _each_once(groups: Iterable[tuple[_Value, ...]]) -> tuple[_Value, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(groups)))
