"""Moving lights of the sky: twinkling stars, comets, the flare of a sun in the lens, exhaust."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.camera import Camera, place
from matinee.engines.animatic.canvas import Canvas, Texture
from matinee.engines.animatic.layers import OVERSCAN, far_point
from matinee.engines.animatic.paint import colour, floats, glow, star, to_light
from matinee.engines.animatic.sets.heavens import comet
from matinee.engines.animatic.staging import Draft, Path

STAR_TINTS = ("#bfe0ff", "#ffffff", "#ffe8cc")
GHOSTS = ((0.064, "#20305a", 0.55), (0.125, "#301a44", 1.25), (0.036, "#204a4a", 1.55))
"""Radius in world units, colour, and place on the line from the sun through the middle."""

COMETS = ((0.97, "#58b8ff"), (0.72, "#7fe0d0"), (0.58, "#c090ff"))
"""Length in world units and colour of the tail."""


@dataclass(frozen=True, slots=True)
class Twinkles:
    """Brilliant stars that flash up in turn. A layer."""

    stars: tuple[Texture, ...]
    spots: NDArray[np.float64]
    """Shape (count, 4), uniform in 0..1: x, y, phase, size."""

    def depth_at(self, t: float) -> float:
        """Just before the backdrop."""
        return 900.0

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw those that shine now."""
        frame = camera.frame
        for x, y, phase, size in self.spots.tolist():
            shine = math.sin(t * (1.2 + 2 * size) + phase * 40)
            if shine <= 0:
                continue
            texture = self.stars[int(phase * len(self.stars))]
            across = (2 * x - 1) * frame.half_width * OVERSCAN
            down = (2 * y - 1) * frame.half_height * OVERSCAN
            px, py, _ = far_point(camera, across, down)
            grow = (0.35 + 0.8 * size**2) * frame.unit_px / 720
            canvas.draw(texture, place(texture, px, py, grow, camera.roll), shine)


def twinkles(draft: Draft, count: int = 46) -> Twinkles:
    """`count` twinkling stars."""
    stars = tuple(to_light(np.clip(star(15, colour(tint)), 0, 1)) for tint in STAR_TINTS)
    return Twinkles(stars, draft.layout("twinkles").random((count, 4)))


@dataclass(frozen=True, slots=True)
class Comets:
    """Comets that cross the sky from the upper left, again and again. A layer."""

    textures: tuple[Texture, ...]
    phases: tuple[float, ...]

    def depth_at(self, t: float) -> float:
        """Before planets, behind everything that is near."""
        return 3.0

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw each on its way."""
        frame = camera.frame
        for index, (texture, phase) in enumerate(zip(self.textures, self.phases, strict=True)):
            period = 3.4 + 1.3 * index
            share = ((t + period * phase * 0.55) % period) / period
            fall = 0.55 * (0.7 + 0.3 * index) * frame.half_height / 0.5
            way = 1.9 * frame.half_width / 0.85
            x = -frame.half_width - 0.1 + way * share + 0.25 * index * frame.half_width
            y = -frame.half_height * 0.98 + fall * share + 0.1 * index
            alpha = min(1.0, share * 6) * min(1.0, (1 - share) * 5)
            px, py, _ = far_point(camera, x, y, 0.3)
            grow = 0.9 - 0.12 * index
            angle = math.atan2(fall, way) + camera.roll
            canvas.draw(texture, place(texture, px, py, grow, angle, (0.9, 0.5)), alpha)


def comets(draft: Draft, count: int = 3) -> Comets:
    """Up to three comets of different colours."""
    chosen = list(enumerate(COMETS))[:count]
    phases = draft.layout("comets").random(len(COMETS)).tolist()
    height = draft.px(0.18)
    textures = tuple(
        comet((draft.px(length), height), draft.seed(f"comet{index}"), tail)
        for index, (length, tail) in chosen
    )
    return Comets(textures, tuple(phases[:count]))


@dataclass(frozen=True, slots=True)
class Sun:
    """A sun's disc, flickering a little; its halo is painted on the backdrop. A layer."""

    at: tuple[float, float]
    """World units from the middle of the backdrop."""

    core: Texture

    def depth_at(self, t: float) -> float:
        """Behind every planet."""
        return 800.0

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Add its light."""
        x, y, _ = far_point(camera, *self.at)
        canvas.draw(self.core, place(self.core, x, y, 1 + 0.04 * math.sin(3 * t)), 0.85)


@dataclass(frozen=True, slots=True)
class Flare:
    """What a sun does in a lens: a streak, and ghosts towards the other side. An overlay."""

    sun: tuple[float, float]
    streak: Texture
    ghosts: tuple[tuple[Texture, float], ...]

    def depth_at(self, t: float) -> float:
        """On the lens."""
        return 0.0

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Add its light."""
        x, y, _ = far_point(camera, *self.sun)
        canvas.draw(self.streak, place(self.streak, x, y, 1 + 0.03 * math.sin(2.3 * t)), 0.7)
        across, down = canvas.width_px / 2 - x, canvas.height_px / 2 - y
        for texture, share in self.ghosts:
            at = (x + across * share * 1.2, y + down * share * 1.2)
            canvas.draw(texture, place(texture, *at, 1.0), 0.8)


def sun_and_flare(
    draft: Draft, sun: tuple[float, float], code: str = "#ffd8a8"
) -> tuple[Sun, Flare]:
    """The disc and the flare of a sun at `sun`, in world units from the backdrop's middle."""
    height, width = 2 * draft.px(0.02), draft.px(1.7)
    across = np.clip(1 - np.abs(np.linspace(-1, 1, width)), 0, 1) ** 2.2
    down = np.exp(-((np.linspace(-6, 6, height) / 1.2) ** 2))
    streak = floats(down[:, None] * across[None] * 0.55)[..., None] * colour("#a8c8ff")
    ghosts = tuple((glow(draft.px(size), tint, 0.7), share) for size, tint, share in GHOSTS)
    disc = Sun(sun, glow(draft.px(0.2), code, 2.6, 0.16))
    return disc, Flare(sun, to_light(streak), ghosts)


@dataclass(frozen=True, slots=True)
class Exhaust:
    """Puffs that a jet pack leaves along a path. A layer."""

    path: Path
    puff: Texture
    spots: NDArray[np.float64]
    """Shape (count, 3), uniform in 0..1: age, and two for the scatter."""

    foot: float
    """How far below the path's points the jets are, in world units."""

    def depth_at(self, t: float) -> float:
        """Just behind whoever flies on the path."""
        return self.path.at(t)[2] + 0.01

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw the puffs, older ones larger and fainter."""
        for first, across, down in self.spots.tolist():
            age = (1.1 * t + first) % 1.0
            x, y, z = self.path.at(t - 0.9 * age)
            x += (across - 0.5) * 0.05
            y += self.foot + 0.10 * age + (down - 0.5) * 0.03
            size = 0.04 + 0.09 * age
            mapping = camera.place(self.puff, (x, y, z), size)
            canvas.draw(self.puff, mapping, 0.28 * (1 - age) ** 1.5)


def exhaust(draft: Draft, path: Path, foot: float) -> Exhaust:
    """The exhaust of a jet pack that flies along `path`."""
    puff = glow(draft.px(0.06), "#ff9a50", 2.0)
    return Exhaust(path, puff, draft.layout("exhaust").random((26, 3)), foot)
