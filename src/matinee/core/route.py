"""What an engine can make, and the rule that leads from a model's name to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from matinee.core.size import Size
from matinee.core.video import Relation

MICROS_PER_USD = 1_000_000

MODELS_SINCE = datetime(2025, 10, 6, tzinfo=UTC)
"""When the Videos API began: models of one's own have no better date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What an engine can make. Requests are checked against it before they are accepted."""

    sizes: tuple[Size, ...]
    min_seconds: int
    max_seconds: int
    fps: int = 24
    styles: tuple[str, ...] = ()
    max_references: int = 1
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
class Route:
    """A public model and the engine that makes its films."""

    model: str
    engine: str
    capabilities: Capabilities
    prices: tuple[Price, ...] = ()
    """None at all: the model is free."""

    is_test: bool = False
    """Whether it is there to be tested with; its films show nothing of the prompt."""

    styles: tuple[Style, ...] = ()
    """What the styles on offer mean to this engine, where they are not its own looks."""

    cuts_streams: bool = False
    """Whether it breaks connections off, so that clients can be seen to go on."""

    def price_of(self, size: Size) -> Price | None:
        """What a second of film in that size costs, if anything."""
        return next((each for each in self.prices if size in each.sizes), None)
