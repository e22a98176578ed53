"""What film is to be made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matinee.core.size import Size
from matinee.core.video import VideoSpec
from matinee.engines.animatic.canvas import Image

DRAWN_PIXELS = 1280 * 720
"""A larger film is drawn at about this many pixels and enlarged, to keep up with its own pace."""

Picture = NDArray[np.uint8]
"""RGB, (height_px, width_px, 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmWish:
    """The film to make, and the files that belong to its spec."""

    spec: VideoSpec
    """Both sides of its size are divisible by 4."""

    reference: Path | None = None
    """An image file whose picture the film begins with."""

    source: Path | None = None
    """The film that it comes out of."""

    posters: tuple[Path, ...] = ()
    """Image files of the spec's roles, in their order."""

    drawn_pixels: int = DRAWN_PIXELS
    """The most pixels that are really drawn of a frame: fewer are quicker and softer."""

    @property
    def size(self) -> Size:
        """The size of its frames."""
        return self.spec.size

    @property
    def fps(self) -> int:
        """Its frames per second."""
        return self.spec.fps

    @property
    def frames(self) -> int:
        """How many frames it has."""
        return self.spec.seconds * self.spec.fps


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Materials:
    """The pictures that belong to a film, decoded."""

    first: Picture | None = None
    """In the size of the film: what its first shot shows."""

    cards: Mapping[str, Image] = field(default_factory=dict)
    """By glyph, the pictures of its characters; see `puppets.standee`."""
