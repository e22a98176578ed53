"""What sets, puppets, weather and looks share: light, layers, marks, and the draft of a set."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.affine import Matrix
from matinee.engines.animatic.artwork import Artwork
from matinee.engines.animatic.camera import Camera, Frame
from matinee.engines.animatic.canvas import Canvas
from matinee.engines.animatic.paint import seed_of, stream
from matinee.engines.animatic.shots import Shot

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """What shines on the figures of a set. Colours are `#rrggbb`."""

    key: str
    ambient: str
    rim: str
    direction: tuple[float, float, float] = (-0.55, -0.6, 0.55)
    """Towards the lamp: x right, y down, z towards us."""

    strength: float = 0.75
    """Of the key light: 0.4 by moonlight, 0.75 by day."""

    rim_strength: float = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """What happens to the finished picture: bloom around bright things, darker corners."""

    bloom: float = 0.45
    """0 is none, 0.6 is dreamy."""

    bloom_from: int = 170
    """Brightness (0 to 255) from which things bloom."""

    vignette: float = 0.45
    """How much the corners lose, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a leading figure plays."""

    x: float
    depth: float = 1.0
    y: float = 0.0
    """The figure's middle, where nothing stands on a floor; ignored on a floor."""


class Layer(Protocol):
    """Something at a depth that draws itself. It pickles, and keeps nothing between frames."""

    def depth_at(self, t: float) -> float:
        """How far away it is `t` seconds into the shot. Layers are drawn from far to near."""

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw what `camera` sees of it `t` seconds into the shot."""


class Puppet(Protocol):
    """A figure that plays an action for ever.

    Its design space: the origin lies between the feet, y points down, the figure is 1 high (it
    fills about y -1..0 and x -0.5..0.5) and faces right. Its own motion (steps, hops, waving,
    breathing) is part of `draw`; where it goes is the scene's.
    """

    def draw(self, canvas: Canvas, mapping: Matrix, t: float) -> None:
        """Draw the figure at `t` seconds; `mapping` takes its design space to canvas pixels."""


class Look(Protocol):
    """A visible style, laid over finished pictures."""

    def paint(self, canvas: Canvas, t: float) -> None:
        """Change `canvas` (finish it first to read its pixels), before bloom and vignette."""

    def grade(self, i420: NDArray[np.uint8], t: float) -> None:
        """Change the planes of the picture, (height * 3 / 2, width), in place, as the last step."""


class Path(Protocol):
    """A way through the world that a set prescribes to its leading figure."""

    def at(self, t: float) -> tuple[float, float, float]:
        """x, y (the figure's middle) and depth at `t` seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """What a set builder returns: everything of a shot but its figures, weather and style."""

    layers: tuple[Layer, ...]
    light: Light
    marks: tuple[Mark, ...]
    """Places for leading figures, the most important first."""

    floor_y: float | None = None
    """Height of the ground plane in world y (a figure at depth z stands at floor_y / z of the
    frame); None where there is no ground and things float."""

    grade: Grade = field(default_factory=Grade)
    sway: float = 1.0
    """Unrest of the camera; see `camera_at`."""

    reach: float = 0.25
    """How far the camera may follow walkers sideways from the middle; `math.inf` where all
    layers repeat."""

    figure_height: float = 0.5
    """World height of a leading figure of size 1 at depth 1."""

    shadow: float = 0.5
    """Darkness of contact shadows."""

    shows: frozenset[str] = frozenset()
    """Glyphs of props that the set paints by itself, and better."""

    path: Path | None = None
    """Where the first figure goes, if the set has a better idea than its mark."""

    overlays: tuple[Layer, ...] = ()
    """Drawn last, in order, whatever their depth: lens flares, frames of windows."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a set is built from: the shot, the frame, the artwork, and random streams by name."""

    shot: Shot
    frame: Frame
    artwork: Artwork

    def layout(self, name: str) -> np.random.Generator:
        """The random stream that decides where things named so stand; the same at every size."""
        return stream(self.shot.seed, f"layout/{name}")

    def seed(self, name: str) -> int:
        """The seed of a texture named so, for the functions of `paint`."""
        return seed_of(self.shot.seed, f"texture/{name}")

    def px(self, units: float) -> int:
        """World units at depth 1 as pixels, at least 1; how large to paint a texture."""
        return max(1, round(units * self.frame.unit_px))

    def variant(self, count: int) -> int:
        """Which of `count` stagings the shot asks for."""
        return self.shot.variant % count

    def together(self, jobs: Sequence[Callable[[], Made]]) -> list[Made]:
        """The results of `jobs`, in order, made side by side on two threads."""
        with ThreadPoolExecutor(max_workers=2) as pool:
            return list(pool.map(_call, jobs))


def _call(job: Callable[[], Made]) -> Made:
    return job()


def spread(frame: Frame, count: int = 3, depth: float = 1.0, y: float = 0.0) -> tuple[Mark, ...]:
    """`count` marks around the middle that stay in any frame, the first the most central."""
    half = min(frame.half_width - 0.22, 0.62)
    if count == 1:
        return (Mark(0.0, depth, y),)
    places = sorted(
        (half * (2 * i / (count - 1) - 1) for i in range(count)), key=lambda x: (abs(x), x)
    )
    return tuple(Mark(x, depth + 0.06 * i, y) for i, x in enumerate(places))


def wander(seed: float, t: float, speed: float = 1.0) -> float:
    """A smooth aimless motion between -1 and 1, different for every `seed`."""
    phase = seed * 61.7
    return (
        math.sin(0.83 * speed * t + phase)
        + 0.6 * math.sin(1.71 * speed * t + 2.3 * phase)
        + 0.3 * math.sin(2.93 * speed * t + 3.1 * phase)
    ) / 1.9
