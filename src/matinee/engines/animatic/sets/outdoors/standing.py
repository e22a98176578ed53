"""What stands in the open: groves of trees, hedges that sway, each without end sideways."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.affine import compose, matrix, scale, translate
from matinee.engines.animatic.camera import Camera, place
from matinee.engines.animatic.canvas import Canvas, Texture
from matinee.engines.animatic.staging import wander

LIGHT_WIND = 0.012


@dataclass(frozen=True, slots=True, kw_only=True)
class Grove:
    """Pictures that stand here and there on the ground, again after every `period`. A layer."""

    textures: tuple[Texture, ...]
    spots: NDArray[np.float64]
    """(count, 6): world x, depth, world height, number of the texture, 1 or -1 for mirrored, phase;
    the farthest first."""

    level: float
    """World y of the ground."""

    period: float
    depth: float
    sway: float = LIGHT_WIND
    """Share of their height by which tops move in the wind."""

    shadow: Texture | None = None
    side: float = 1.0
    """Where the sun is; shadows fall away from it."""

    sunk: float = 0.02
    """Share of the height that is hidden in the ground."""

    def depth_at(self, t: float) -> float:
        """Its depth among the layers."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw all that the camera sees."""
        seen = list(self._seen(camera))
        if self.shadow is not None:
            for x, (_, z, height, *_rest) in seen:
                self._shade(canvas, camera, (x, self.level, z), height)
        for x, (_, z, height, number, mirrored, phase) in seen:
            texture = self.textures[int(number)]
            lean = self.sway * wander(phase, t, 0.9)
            foot = texture.height * (1 - self.sunk)
            left, top, across = camera.project(x, self.level, z)
            fit = height * across / texture.height
            stand = place(texture, left, top, (fit * mirrored, fit), 0.0, (0.5, 1 - self.sunk))
            shear = matrix(1.0, -lean * mirrored, lean * mirrored * foot, 0.0, 1.0, 0.0)
            canvas.draw(texture, compose(stand, shear))

    def _seen(self, camera: Camera) -> list[tuple[float, list[float]]]:
        found: list[tuple[float, list[float]]] = []
        for spot in self.spots.tolist():
            x, z, height = spot[0], spot[1], spot[2]
            away = z - camera.z
            if away <= 0.12:
                continue
            reach = camera.frame.half_width * away + height
            first = math.ceil((camera.x - reach - x) / self.period)
            last = math.floor((camera.x + reach - x) / self.period)
            found.extend((x + copy * self.period, spot) for copy in range(first, last + 1))
        return found

    def _shade(
        self, canvas: Canvas, camera: Camera, at: tuple[float, float, float], height: float
    ) -> None:
        if self.shadow is None:
            return
        x, y, across = camera.project(*at)
        width = height * 0.75 * across / self.shadow.width
        flat = compose(
            translate(x - 0.2 * self.side * height * across, y), scale(width, width * 0.2)
        )
        middle = translate(-self.shadow.width / 2, -self.shadow.height / 2)
        canvas.draw(self.shadow, compose(flat, middle))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hedge:
    """A strip like `layers.Strip` whose top sways while its foot stands: grass, reeds, kelp."""

    texture: Texture
    y: float
    """World y of its foot."""

    depth: float
    height: float
    offset: float = 0.0
    sway: float = 0.06
    pace: float = 1.0

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw as many copies as the canvas is wide."""
        if self.depth - camera.z <= 0.1:
            return
        fit = self.height * camera.scale(self.depth) / self.texture.height
        width = self.texture.width * fit
        lean = self.sway * wander(self.depth + self.offset, t, self.pace)
        foot = float(self.texture.height)
        shear = matrix(1.0, -lean, lean * foot, 0.0, 1.0, 0.0)
        left, bottom, _ = camera.project(self.offset, self.y, self.depth)
        margin = self.texture.height * fit * 0.2 + 4
        first = math.floor((-margin - left) / width)
        last = math.floor((canvas.width_px + margin - left) / width)
        for copy in range(first, last + 1):
            across = fit * (1 + 1 / width)
            stand = place(self.texture, left + copy * width, bottom, (across, fit), 0.0, (0.0, 1.0))
            canvas.draw(self.texture, compose(stand, shear))


def scattered(
    random: np.random.Generator,
    count: int,
    box: tuple[float, float, float],
    height: tuple[float, float],
    kinds: int,
) -> NDArray[np.float64]:
    """Spots of a `Grove`: `count` of them over `box` (period, nearest, farthest depth), far first.

    Sideways they keep about equal distances, so that no gap and no heap opens by chance.
    """
    period, near, far = box
    draws = random.random((count, 6))
    order = random.permutation(count)
    spots = np.empty((count, 6))
    spots[:, 0] = (order + 0.15 + 0.7 * draws[:, 0]) * period / count
    spots[:, 1] = near + (far - near) * draws[:, 1]
    spots[:, 2] = height[0] + (height[1] - height[0]) * draws[:, 2]
    spots[:, 3] = np.arange(count) % max(1, kinds)
    spots[:, 4] = np.where(draws[:, 4] < 0.5, -1.0, 1.0)
    spots[:, 5] = draws[:, 5]
    return spots[np.argsort(-spots[:, 1], kind="stable")]
