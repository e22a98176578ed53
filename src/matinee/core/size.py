"""The size of a film."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SPELLED = re.compile(r"\s*(\d{1,5})\s*[xX×*]\s*(\d{1,5})\s*")


@dataclass(frozen=True, slots=True, order=True)
class Size:
    """Width and height in pixels; `str()` gives `720x1280`."""

    width_px: int
    height_px: int

    def __str__(self) -> str:
        return f"{self.width_px}x{self.height_px}"

    @property
    def pixels(self) -> int:
        """The number of pixels in one frame."""
        return self.width_px * self.height_px

    @property
    def is_portrait(self) -> bool:
        """Whether it stands upright; a square does not."""
        return self.height_px > self.width_px

    @classmethod
    def parse(cls, text: str) -> Size | None:
        """Read `1280x720`; None if `text` is no pair of positive numbers."""
        spelled = _SPELLED.fullmatch(text)
        if spelled is None:
            return None
        width_px, height_px = int(spelled.group(1)), int(spelled.group(2))
        return cls(width_px, height_px) if width_px and height_px else None
