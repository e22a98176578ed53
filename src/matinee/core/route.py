"""What an engine can make, and the rule that leads from a model's name to it."""

from __future__ import annotations

from dataclasses import dataclass

from matinee.core.size import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What an engine can make. Requests are checked against it before they are accepted."""

    sizes: tuple[Size, ...]
    min_seconds: int
    max_seconds: int
    styles: tuple[str, ...] = ()
    max_references: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A public model and the engine that makes its films."""

    model: str
    engine: str
    capabilities: Capabilities
