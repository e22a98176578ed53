"""Level planes in perspective: the ground under a set, and where the frame's pixels meet it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.camera import Camera
from matinee.engines.animatic.canvas import Canvas, Image
from matinee.engines.animatic.paint import DITHER, Floats, colour
from matinee.engines.animatic.sets.outdoors.strokes import draw_lines
from matinee.engines.animatic.staging import Draft

PERIOD = 5.0
"""World units after which a ground repeats sideways."""

NEAREST_S = 2.3
"""Ground is painted up to depth 1 / NEAREST_S; what is nearer mirrors it."""

COLUMNS_PER_UNIT = 0.72
"""Columns of a ground's picture per pixel of a world unit; its near part is slightly soft."""


ROWS_AT_ONCE = 48


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where pixels below the horizon meet a level plane."""

    x: Floats
    """World x of every pixel, (rows, columns)."""

    z: Floats
    """World depth of every row, (rows, 1)."""

    away: Floats
    """Depth of every row as the camera sees it, (rows, 1)."""


def meet(camera: Camera, level: float, rows: tuple[int, int], step: int = 1) -> Meeting:
    """Where the plane y = `level` is seen in the pixel rows from `rows[0]` to `rows[1]`.

    Every `step`-th pixel is taken. The camera's slight roll is left out: it would tilt a horizon
    that the eye knows to be level.
    """
    frame = camera.frame
    focal = frame.unit_px * camera.zoom
    across = np.arange(step / 2, frame.width_px, step, dtype=np.float32) - frame.width_px / 2
    down = np.arange(rows[0] + step / 2, rows[1], step, dtype=np.float32) - frame.height_px / 2
    height = max(0.02, level - camera.y) * focal
    away = (height / np.maximum(down, 0.5)).astype(np.float32)[:, None]
    x = away * (across / np.float32(focal))[None]
    x += np.float32(camera.x)
    return Meeting(x, away + np.float32(camera.z), away)


def horizon_row(camera: Camera) -> int:
    """The first pixel row below the horizon."""
    return camera.frame.height_px // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The opaque level ground of a set, to the horizon and without end sideways. A layer."""

    picture: Image
    """Rows from the horizon down, evenly spaced in 1 / depth; columns are world x, PERIOD wide."""

    level: float
    nearest_s: float = NEAREST_S
    """1 / depth of the picture's last row."""

    period: float = PERIOD
    drift: float = 0.0
    """World units a second it moves to the right."""

    depth: float = 60.0
    """Where it stands among the layers: behind all that stands on it."""

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Fill the frame below the horizon."""
        pixels = canvas.finish()
        top = horizon_row(camera)
        # A few rows at a time stay in the processor's cache.
        for first in range(top, canvas.height_px, ROWS_AT_ONCE):
            last = min(first + ROWS_AT_ONCE, canvas.height_px)
            self._fill(pixels[first:last], camera.moved(x=-self.drift * t), (first, last))

    def _fill(self, target: Image, camera: Camera, rows: tuple[int, int]) -> None:
        seen = meet(camera, self.level, rows)
        height, width = self.picture.shape[:2]
        u = seen.x * np.float32(width / self.period)
        last = np.float32(height - 1)
        row = np.float32(height / self.nearest_s) / seen.z - np.float32(0.5)
        # Nearer than painted, it mirrors.
        row = last - np.abs(last - np.clip(row, 0, 2 * last))
        v = np.repeat(row.astype(np.float32), u.shape[1], 1)
        cv2.remap(self.picture, u, v, cv2.INTER_LINEAR, target, cv2.BORDER_WRAP)


class GroundPainting:
    """The picture of a ground while it is painted: its places in the world, noise, strokes."""

    def __init__(
        self, draft: Draft, level: float, nearest_s: float = NEAREST_S, period: float = PERIOD
    ) -> None:
        self.unit_px = draft.frame.unit_px
        self.level, self.nearest_s, self.period = level, nearest_s, period
        self.rows = max(8, round(level * self.unit_px * nearest_s))
        # As many columns as a nearest unit has pixels, but for a little softness.
        sharp = COLUMNS_PER_UNIT * min(1.0, nearest_s / 1.4)
        self.columns = max(8, round(period * self.unit_px * sharp))
        share = (np.arange(self.rows, dtype=np.float32) + 0.5) / self.rows
        self.z: Floats = (1 / (share * np.float32(nearest_s))).astype(np.float32)[:, None]
        """Depth of every row, (rows, 1)."""

        self.x: Floats = (
            (np.arange(self.columns, dtype=np.float32) + 0.5)[None] * period / self.columns
        ).astype(np.float32)

    def ground(self, pixels: Image, drift: float = 0.0) -> Ground:
        """The finished ground."""
        return Ground(
            picture=pixels,
            level=self.level,
            nearest_s=self.nearest_s,
            period=self.period,
            drift=drift,
        )

    def sampled(self, tile: Floats, times: int, stretch: float = 1.0) -> Floats:
        """`tile`, seamless on all sides, laid out `times` times along the period; faint far away.

        `stretch` > 1 draws it out into the distance. Values stay centred at their mean.
        """
        size = tile.shape[0]
        per_unit = times * size / self.period
        u = np.repeat(self.x * np.float32(per_unit), self.rows, 0)
        away = np.minimum(self.z, 40) * np.float32(per_unit / stretch)
        v = np.repeat(np.mod(away, size), self.columns, 1)
        flat = cv2.remap(tile, np.mod(u, size), v, cv2.INTER_LINEAR, None, cv2.BORDER_WRAP)
        # A texel smaller than a pixel would only flicker.
        pixel = self.z * np.float32(per_unit / self.unit_px)
        clear = np.clip(3.2 / np.maximum(pixel * 0.5, 1e-3), 0, 1).astype(np.float32)
        middle = np.float32(tile.mean())
        return cast(Floats, (flat - middle) * clear + middle)

    def softened(self, picture: Floats) -> Floats:
        """`picture` (rows, columns, 3) blurred sideways where a pixel sees several columns."""
        per_pixel = self.z[:, 0] * np.float32(self.columns / self.period / self.unit_px)
        limits = np.minimum(np.round(per_pixel / 2) * 2 + 1, self.columns - 1).astype(int)
        for width in np.unique(limits[limits > 1]).tolist():
            rows = np.flatnonzero(limits == width)
            first, last = int(rows[0]), int(rows[-1]) + 1
            band = picture[first:last]
            margin = min(width, self.columns)
            around = np.concatenate((band[:, -margin:], band, band[:, :margin]), 1)
            picture[first:last] = cv2.blur(around, (width, 1))[:, margin:-margin]
        return picture

    def strokes(self, pixels: Image, shapes: Floats, code: Floats, thickness: int) -> None:
        """Draw lines of one colour, seamlessly: `shapes` (count, points, 2) in columns and rows."""
        over = shapes[..., 0].max(1) > self.columns
        under = shapes[..., 0].min(1) < 0
        shift = np.array((self.columns, 0), np.float32)
        everything = np.concatenate((shapes, shapes[over] - shift, shapes[under] + shift))
        draw_lines(pixels, everything, code, thickness)


def fill(target: Image, code: str) -> None:
    """Fill contiguous rows of pixels with one colour."""
    blue, green, red = (round(float(value) * 255) for value in colour(code))
    target.view(np.uint32)[:] = np.array((blue, green, red, 255), np.uint8).view(np.uint32)[0]


def dithered(bgr: Floats) -> Image:
    """Opaque pixels of `bgr` with fixed grain against banding."""
    height, width = bgr.shape[:2]
    tiles = (-(-height // DITHER.shape[0]), -(-width // DITHER.shape[1]), 1)
    grain = np.tile(DITHER, tiles)[:height, :width]
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[..., :3] = np.clip(bgr * np.float32(255) + grain + np.float32(0.5), 0, 255)
    return pixels
