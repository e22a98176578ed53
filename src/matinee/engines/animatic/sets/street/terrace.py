"""A row of houses in perspective, along one side of a street."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.camera import Camera, place
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.paint import Floats, colour, floats, noise, to_texture
from matinee.engines.animatic.sets.street.facades import paint_front
from matinee.engines.animatic.sets.street.front import House, Shine
from matinee.engines.animatic.staging import Draft, Layer

NEAR, FAR = 0.28, 11.5
"""Depths where the rows begin, beside the camera, and end."""

BEHIND = 60.0
"""Added to the depth of what the wet ground mirrors, which must be drawn before it."""

CLOSEST = 0.03
MOST_PX, LEAST_PX = 370.0, 90.0
"""Pixels per world unit of the nearest and the farthest front, in a frame of 720."""

PARTY_WALL = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrored:
    """A layer that is drawn early, so that the wet ground mirrors it."""

    layer: Layer
    before: float = BEHIND
    """Its place among the layers."""

    def depth_at(self, t: float) -> float:
        """Its place among the layers."""
        return self.before

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw the layer where it really is."""
        self.layer.draw(canvas, camera, t)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terraced:
    """One house of the row: its front, and the end wall that looks towards us. A layer."""

    front: Texture
    end: Texture
    x: float
    """World x of the front: negative on the left."""

    near: float
    far: float
    level: float
    """World y of the ground."""

    height: float
    bare: tuple[tuple[float, float, float, float], ...] = ()
    """What the nearer house leaves bare of the end wall: left, right, top, bottom."""

    def depth_at(self, t: float) -> float:
        """Its depth among the layers."""
        return BEHIND + self.far

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw what is seen of the end wall, then the front."""
        top = self.level - self.height
        for low, high, upper, lower in self.bare:
            self._draw_end(canvas, camera, (low, high, upper, lower))
        left, right = (self.near, self.far) if self.x < 0 else (self.far, self.near)
        canvas.draw_quad(
            self.front,
            corners(
                camera,
                (self.x, top, left),
                (self.x, top, right),
                (self.x, self.level, right),
                (self.x, self.level, left),
            ),
        )

    def _draw_end(
        self, canvas: Canvas, camera: Camera, at: tuple[float, float, float, float]
    ) -> None:
        left, right, top, bottom = at
        if self.near - camera.z < 0.2:
            return
        x, y, unit = camera.project(left, top, self.near)
        fit = ((right - left) * unit / self.end.width, (bottom - top) * unit / self.end.height)
        canvas.draw(self.end, place(self.end, x, y, fit, camera.roll, (0.0, 0.0)))


def corners(camera: Camera, *points: tuple[float, float, float]) -> NDArray[np.float64]:
    """Where world points appear, (count, 2), even when they are very near to the camera."""
    found = []
    for x, y, z in points:
        away = max(CLOSEST, z - camera.z)
        # Camera.project keeps farther from the lens, which would bend a wall that passes it.
        left, top, _ = camera.project(
            camera.x + (x - camera.x) / away, camera.y + (y - camera.y) / away, camera.z + 1.0
        )
        found.append((left, top))
    return np.array(found, np.float64)


def terrace(draft: Draft, row: list[House], shine: Shine, x: float, level: float) -> list[Terraced]:
    """The houses of `row` along the street at world `x`, the first beside the camera."""
    setbacks = draft.layout(f"setbacks{x > 0}").uniform(0.0, 0.07, len(row)).tolist()
    spans: list[tuple[House, float, float]] = []
    near = NEAR
    for house in row:
        spans.append((house, near, near + house.width))
        near += house.width
    jobs = [partial(_front, draft, shine, span) for span in spans if span[1] < FAR]
    fronts = draft.together(jobs)
    made: list[Terraced] = []
    for front, (house, at, far), setback in zip(fronts, spans, setbacks, strict=False):
        stands = x + float(np.sign(x)) * setback
        made.append(
            Terraced(
                # Near fronts are never seen smaller than painted, and need no smaller copies.
                front=Texture(front, opaque=at < 1.5),
                end=_end_wall(house, shine, at),
                x=stands,
                near=at,
                far=far,
                level=level,
                height=house.height,
                bare=_bare(stands, level - house.height, made[-1]) if made else (),
            )
        )
    return made


def _bare(x: float, top: float, nearer: Terraced) -> tuple[tuple[float, float, float, float], ...]:
    """The parts of the end wall at `x` that reach out from behind the nearer house."""
    found = []
    outer = x + float(np.sign(x)) * PARTY_WALL
    roof = nearer.level - nearer.height
    if top < roof:
        found.append((min(x, outer), max(x, outer), top, roof + 0.01))
    if abs(nearer.x) > abs(x):
        found.append((min(x, nearer.x), max(x, nearer.x), max(top, roof), nearer.level))
    return tuple(found)


def _front(draft: Draft, shine: Shine, span: tuple[House, float, float]) -> Image:
    house, near, far = span
    scale = draft.frame.unit_px / 720
    sharp = min(MOST_PX, max(LEAST_PX, 540 / max(0.6, near))) * scale
    share = float(shine.hour.thickness((near + far) / 2))
    return paint_front(house, shine, sharp, min(0.86, share))


def _end_wall(house: House, shine: Shine, depth: float) -> Texture:
    grain = noise((96, 48), house.seed + 9, 3, 4)
    y = np.linspace(1, 0, 96, dtype=np.float32)[:, None]
    hour = shine.hour
    lit: Floats = hour.ambient_light * np.float32(0.8) + hour.key_light * np.float32(0.12)
    lamps = colour(shine.glow) * np.float32(0.4 * shine.lamps)
    wall = colour(house.wall) * (0.7 + 0.25 * grain)[..., None]
    picture = wall * (lit + lamps * np.exp(-4 * y)[..., None])
    return to_texture(hour.hazed(floats(np.clip(picture, 0, 0.95)), depth), np.ones_like(grain))
