"""What a wet street mirrors: houses, signs and the sky, drawn out and rippled by puddles."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.camera import Camera
from matinee.engines.animatic.canvas import Canvas, Image
from matinee.engines.animatic.paint import Floats, floats, smoothstep
from matinee.engines.animatic.sets.outdoors.fields import seamless
from matinee.engines.animatic.sets.outdoors.plane import NEAREST_S, meet
from matinee.engines.animatic.sets.street.city import City
from matinee.engines.animatic.sets.street.road import PERIOD, Course, Paving
from matinee.engines.animatic.staging import Draft, Layer

STEP = 4
"""Mirrored is every fourth pixel; ripples blur it anyway."""

SHRUNK = 3
"""How much coarser the map of puddles is than the ground's picture."""

RIPPLE = 7.0
"""Pixels, in a frame of 720, by which the roughest ground moves what it mirrors."""

MIRROR_DEPTH = 40.0
"""Its place among the layers: what it mirrors is farther, what stands on the ground nearer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WetGround:
    """The mirror on a street's ground. A layer."""

    sheen: Image
    """Rows and columns like the ground's picture, (rows, columns, 2): how wet, how rough."""

    course: Course
    veil: float
    """How much of the ground's own colour the water hides, 0 to 1; lights only add at 0."""

    far: float
    falling: bool
    """Whether drops make the water tremble."""

    def depth_at(self, t: float) -> float:
        """Its depth among the layers."""
        return MIRROR_DEPTH

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Lay the mirror image of all drawn so far over the ground."""
        pixels = canvas.finish()
        top = canvas.height_px // 2
        seen = meet(camera, self.course.level, (top, canvas.height_px), STEP)
        wet, rough = self._sheen_at(seen.x, seen.z)
        rows, columns = wet.shape
        # Halving twice is many times quicker than one step by four.
        half = cv2.resize(pixels, (2 * columns, 2 * rows * 2), interpolation=cv2.INTER_AREA)
        small = cv2.resize(half, (columns, 2 * rows), interpolation=cv2.INTER_AREA)
        across = np.arange(columns, dtype=np.float32)[None]
        down = (np.arange(rows, dtype=np.float32) + np.float32(top / STEP))[:, None]
        foot = self._foot(camera, across)
        depth = down - foot
        unit = camera.frame.unit_px / 720
        stir = (
            rough * np.clip(depth * STEP / (48 * unit), 0, 1) * np.float32(2 * RIPPLE / STEP * unit)
        )
        tremble = np.sin(down * np.float32(0.275 * STEP / unit) + np.float32(5.0 * t)) * np.float32(
            2.2 / STEP * unit
        )
        u = across + stir + (tremble if self.falling else 0.3 * tremble)
        v = 2 * foot - down + 2.5 * stir
        mirrored = cv2.remap(
            small, floats(u), floats(v), cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE
        )
        mirrored = cv2.blur(mirrored, (1, max(3, round(26 / STEP * unit))))
        share = (wet * np.clip(depth + np.float32(0.5), 0, 1)).astype(np.uint8)
        cover = cv2.merge([share] * 4)
        image = cv2.multiply(mirrored, cover, scale=1 / 255.0)
        image[..., 3] = share * np.float32(self.veil)
        size = (canvas.width_px, canvas.height_px - top)
        canvas.paste(cast(Image, cv2.resize(image, size)), 0, top)

    def _sheen_at(self, x: Floats, z: Floats) -> tuple[Floats, Floats]:
        height, width = self.sheen.shape[:2]
        u = np.mod(x, np.float32(PERIOD)) * np.float32(width / PERIOD)
        row = np.minimum(np.float32(height / NEAREST_S) / z, np.float32(height - 1))
        v = np.repeat(floats(row), u.shape[1], 1)
        found = cv2.remap(self.sheen, u, v, cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE)
        wet, rough = cv2.split(found)
        stir = (np.asarray(rough, np.float32) - 128) / np.float32(128)
        # Water shows more of what it mirrors the flatter we look at it.
        down = np.linspace(1.1, 0.62, wet.shape[0], dtype=np.float32)[:, None]
        return floats(np.minimum(np.asarray(wet, np.float32) * down, 255)), floats(stir)

    def _foot(self, camera: Camera, across: Floats) -> Floats:
        """The row (in mirrored pixels) where every column's houses meet the ground."""
        frame, course = camera.frame, self.course
        focal = camera.zoom * frame.unit_px / STEP
        aside = across - np.float32(frame.width_px / STEP / 2)
        height = (course.level - camera.y) * focal
        away = max(0.1, self.far - camera.z)
        lowest = np.full_like(across, height / away)
        if course.along:
            left, right = -course.wall - camera.x, course.wall - camera.x
            slope = np.where(aside < 0, aside / left, aside / right)
            lowest = np.maximum(lowest, np.float32(course.level - camera.y) * floats(slope))
        tilt = math.sin(camera.roll) * aside
        return floats(np.float32(frame.height_px / STEP / 2) + lowest + tilt)


def wet_ground(
    draft: Draft, paved: Paving, wetness: tuple[float, float], veil: float, *, falling: bool
) -> WetGround:
    """The mirror over `paved`; `wetness` is that of drier places and of puddles, 0 to 1."""
    shape = (paved.shape[0] // SHRUNK, paved.shape[1] // SHRUNK)
    small = cast(Floats, cv2.resize(paved.patches, shape[::-1], interpolation=cv2.INTER_AREA))
    beyond, _ = paved.off_road
    off = cast(Floats, cv2.resize(beyond, shape[::-1], interpolation=cv2.INTER_AREA))
    puddles = smoothstep(0.44, 0.6, small)
    # Gutters run full.
    puddles = np.maximum(puddles, smoothstep(0.07, 0.0, floats(np.abs(off + 0.06))))
    wet = wetness[0] + (wetness[1] - wetness[0]) * puddles
    wet = wet * np.where(off > 0, 0.72, 1.0)
    rough = paved.painting.sampled(seamless(draft.seed("ripples"), 128, 22.0, 0.9), 10, 2.2)
    rough = cast(Floats, cv2.resize(rough, shape[::-1], interpolation=cv2.INTER_AREA))
    calm = (rough - 0.5) * (1.1 - 0.6 * puddles)
    sheen = np.stack((wet * 255, 128 + 180 * calm), -1)
    course = paved.course
    return WetGround(
        sheen=np.ascontiguousarray(np.clip(sheen, 0, 255).astype(np.uint8)),
        course=course,
        veil=veil,
        far=11.0 if course.along else course.wall,
        falling=falling,
    )


def mirror(city: City, paved: Paving) -> list[Layer]:
    """The mirror on a street, where rain or the lights of the night call for one."""
    if city.snows or (not city.rains and city.lamps < 0.5):
        return []
    wetness = (0.34, 0.95) if city.rains else (0.14 * city.lamps, 0.5 * city.lamps)
    veil = 0.35 if city.lamps > 0.5 else 0.8
    return [wet_ground(city.draft, paved, wetness, veil, falling=city.rains)]
