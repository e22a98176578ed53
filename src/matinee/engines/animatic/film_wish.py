"""What film is to be made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from matinee.core.size import Size
from matinee.engines.animatic.shots import Look

DRAWN_PIXELS = 1280 * 720
"""A larger film is drawn at about this many pixels and enlarged, to keep up with its own pace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmWish:
    """The film to make."""

    prompt: str
    seconds: float
    size: Size
    """Both sides divisible by 4."""

    seed: int
    fps: int = 24
    look: Look | None = None
    freedom: float = 0.0
    reference: Path | None = None
    """An image file whose picture the film begins with."""

    drawn_pixels: int = DRAWN_PIXELS
    """The most pixels that are really drawn of a frame: fewer are quicker and softer."""

    @property
    def frames(self) -> int:
        """How many frames it has."""
        return round(self.seconds * self.fps)
