"""What the farm is told to make, and who knows how to make it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

OrderT = TypeVar("OrderT")
OrderT_contra = TypeVar("OrderT_contra", contravariant=True)
SceneT = TypeVar("SceneT")

Planes = NDArray[np.uint8]
"""I420, uint8, shape (height_px * 3 / 2, width_px)."""

FADE_FRAMES = 5


class Studio(Protocol[OrderT_contra, SceneT]):
    """Builds scenes and draws their frames. It is pickled, and lives in every render process."""

    def build(self, order: OrderT_contra) -> SceneT:
        """The scene of a shot. It is pickled too, and its arrays become unchangeable."""

    def render(self, scene: SceneT, t: float) -> Planes:
        """The frame at `t` seconds: a pure function of both. It is copied at once.

        A frame smaller than the film's is drawn as a draft and enlarged.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Generic[OrderT]):
    """One shot to render. At a cut with a fade the picture goes through black."""

    order: OrderT
    frames: int
    fps: int
    lead_s: float = 0.0
    """How far into the shot the first frame lies."""

    fades_in: bool = False
    fades_out: bool = False

    def moment(self, index: int) -> float:
        """How far into the shot frame `index` lies, in seconds."""
        return self.lead_s + index / self.fps

    def brightness(self, index: int) -> float:
        """How bright frame `index` is: 1 but in fades, which last five frames."""
        brightness = 1.0
        if self.fades_in:
            brightness = min(brightness, (index + 1) / (FADE_FRAMES + 1))
        if self.fades_out:
            brightness = min(brightness, (self.frames - index) / (FADE_FRAMES + 1))
        return brightness
