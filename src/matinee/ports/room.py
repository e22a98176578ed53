"""Whether there is room for what is new."""

from __future__ import annotations

from typing import Protocol


class Room(Protocol):
    """How much room there is where films and rows are kept."""

    def check(self) -> None:
        """Raise StorageFull if nothing new should be begun. It costs next to nothing."""


class AmpleRoom:
    """Always enough."""

    def check(self) -> None:
        """Nothing is refused."""
