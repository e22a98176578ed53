"""Water: a moving surface that mirrors the sky and what stands behind it, with a shore."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.camera import Camera
from matinee.engines.animatic.canvas import Canvas, Image
from matinee.engines.animatic.paint import Floats, colour, smoothstep
from matinee.engines.animatic.sets.outdoors.fields import field
from matinee.engines.animatic.sets.outdoors.plane import horizon_row, meet
from matinee.engines.animatic.sets.outdoors.site import Site

COARSE = 2
"""Water is computed with every second pixel; it never holds still long enough to be read."""

TILE = 256
ACROSS, AWAY = 64.0, 46.0
"""Cells of the wave pattern per unit sideways at depth 1, and per e-fold of depth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shore:
    """Where water runs out on sand."""

    depth: float
    """The depth of the middle of the swash."""

    reach: float = 0.16
    """How far it runs up and back, in depth."""

    surf: float = 1.0
    """Strength of its foam."""

    foam: str = "#f4f9fa"


@dataclass(frozen=True, slots=True, kw_only=True)
class Water:
    """A level surface from the horizon to the viewer, or to a shore. A layer.

    It mirrors whatever has been drawn before it: its `depth` must be less than theirs.
    """

    level: float
    waves: Floats
    """(TILE, TILE, 2), seamless: two patterns of slopes, about -1..1."""

    deep: Floats
    """Its own colour (BGR 0..255) where it turns to us ..."""

    light: Floats
    """... and where it turns to the sky."""

    rough: float = 1.0
    """Height of the waves: 0.15 for a lake, 1 for the sea."""

    crests: float = 0.0
    """Strength of foam on the waves."""

    glitter: Floats | None = None
    """Colour (BGR 0..255) of sparks under the sun."""

    sun_x: float = 0.0
    """Frame units from the middle, where the sun stands."""

    shore: Shore | None = None
    depth: float = 40.0

    def depth_at(self, t: float) -> float:
        """Its depth among the layers."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw the surface over what lies there, mirroring what stands above."""
        pixels = canvas.finish()
        top = horizon_row(camera)
        bottom = self._bottom(camera, canvas.height_px)
        if bottom - top < 2 * COARSE:
            return
        seen = meet(camera, self.level, (top, bottom), COARSE)
        slopes = self._slopes(seen.x, seen.z, t)
        steps = np.arange(slopes.shape[0], dtype=np.float32)
        down: Floats = (steps + np.float32(0.5))[:, None]
        share = down * np.float32(COARSE / camera.frame.unit_px)
        surface = self._mirrored(pixels[:top], slopes, down)
        surface = self._tinted(surface, slopes, share)
        self._sparkle(surface, slopes, (share, seen.away), camera)
        target = pixels[top:bottom]
        if self.shore is not None:
            surface = self._run_out(surface, target, (seen.x, seen.z), t)
        size = (target.shape[1], target.shape[0])
        cv2.resize(surface, size, target, interpolation=cv2.INTER_LINEAR)

    def _bottom(self, camera: Camera, height_px: int) -> int:
        if self.shore is None:
            return height_px
        edge = max(0.2, self.shore.depth - 2.2 * self.shore.reach)
        _, row, _ = camera.project(0.0, self.level, edge)
        return min(height_px, max(horizon_row(camera), int(row) // COARSE * COARSE))

    def _slopes(self, x: Floats, z: Floats, t: float) -> Floats:
        """Two mixed patterns that travel towards us at different speeds, (rows, columns)."""
        log = np.log(np.maximum(z, 0.05)) * np.float32(AWAY)
        u = x * (np.float32(ACROSS) * np.maximum(z, 0.05) ** np.float32(-0.62))
        v = np.repeat(log, x.shape[1], 1)
        wrap, linear = cv2.BORDER_WRAP, cv2.INTER_LINEAR
        pace = np.float32(t)
        first = cv2.remap(self.waves, u + 3 * pace, v + 7 * pace, linear, None, wrap)
        second = cv2.remap(self.waves, u * 1.6 - 5 * pace, v * 1.7 + 9 * pace, linear, None, wrap)
        mixed = cv2.addWeighted(first[..., 0], 0.62, second[..., 1], 0.5, 0.0)
        return cast(Floats, mixed)

    def _mirrored(self, above: Image, slopes: Floats, down: Floats) -> Image:
        size = (slopes.shape[1], above.shape[0] // COARSE)
        small = cv2.resize(above, size, interpolation=cv2.INTER_AREA)
        # Waves turn more to the sky than their mean, the more the steeper we look.
        near = np.minimum(1, down * np.float32(0.03) + np.float32(0.12))
        lift = (slopes * np.float32(34 * self.rough) + np.float32(16 * self.rough)) * near
        up = np.clip(down + lift * np.float32(size[1] / 180), 1, None)
        v = np.clip(np.float32(size[1]) - up, 0, size[1] - 1).astype(np.float32)
        aside = slopes * (np.float32(9 * self.rough) * near)
        u = np.arange(size[0], dtype=np.float32)[None] + aside
        edge = cv2.BORDER_REFLECT
        return cast(Image, cv2.remap(small, u.astype(np.float32), v, cv2.INTER_LINEAR, None, edge))

    def _tinted(self, mirrored: Image, slopes: Floats, share: Floats) -> Image:
        """The mirror image over the water's own colour: little of it where we look down."""
        turned = np.clip(np.float32(0.5) + slopes * np.float32(0.62 * self.rough**0.5), 0, 1)
        own = cv2.blendLinear(
            _sheet(self.light, slopes.shape), _sheet(self.deep, slopes.shape), turned, 1 - turned
        )
        mirror = np.exp(share * np.float32(-3.6)) * np.float32(0.66) + np.float32(0.16)
        mirror = np.clip(mirror + slopes * np.float32(0.16 * self.rough), 0.05, 0.95)
        mirror = mirror.astype(np.float32)
        return cast(Image, cv2.blendLinear(mirrored, own, mirror, 1 - mirror))

    def _sparkle(
        self, surface: Image, slopes: Floats, where: tuple[Floats, Floats], camera: Camera
    ) -> None:
        share, away = where
        shine: Floats | None = None
        if self.glitter is not None:
            columns = np.arange(slopes.shape[1], dtype=np.float32) * COARSE
            x = (columns - np.float32(camera.frame.width_px / 2)) / np.float32(camera.frame.unit_px)
            path = np.exp(-(((x[None] - self.sun_x) / (0.1 + 0.5 * share)) ** 2))
            sparks = np.clip(slopes * np.float32(2.6) - np.float32(0.75), 0, 1) * path
            shine = sparks[..., None] * self.glitter
        if self.crests > 0:
            foam = np.clip(slopes * np.float32(3.4) - np.float32(2.3), 0, 1)
            foam = foam * np.clip(np.float32(7) / away - np.float32(0.35), 0, 1)
            # Close by, one foamy wave would fill the frame.
            foam = foam * np.clip(away - np.float32(1.1), 0, 1)
            white = foam[..., None] * np.full(3, 235 * self.crests, np.float32)
            shine = white if shine is None else shine + white
        if shine is not None:
            added = np.clip(shine, 0, 255).astype(np.uint8)
            surface[..., :3] = cv2.add(np.ascontiguousarray(surface[..., :3]), added)

    def _run_out(
        self, surface: Image, target: Image, where: tuple[Floats, Floats], t: float
    ) -> Image:
        """Let the water end on the sand in `target`, with a line of foam that comes and goes."""
        shore = self.shore
        if shore is None:
            return surface
        x, z = where
        bay = np.sin(x * np.float32(1.7)) + np.float32(0.6) * np.sin(x * np.float32(4.1) + 1.3)
        fringe = np.sin(x * np.float32(17) + np.float32(0.8 * t)) * np.float32(0.012)
        tide = np.sin(np.float32(0.75 * t) + x * np.float32(0.5))
        edge = shore.depth + shore.reach * (tide + 0.45 * bay) + fringe
        out = (z - edge).astype(np.float32)
        cover = smoothstep(0.0, 0.5, out) * np.float32(0.75) + (out > 0) * np.float32(0.25)
        foam = np.exp(-((out - 0.035) ** 2) * 900) + 0.55 * np.exp(-((out - 0.33) ** 2) * 160)
        foam = foam * (0.75 + 0.25 * fringe * 80) * np.float32(shore.surf)
        foam = np.clip(foam, 0, 0.92).astype(np.float32)
        size = (surface.shape[1], surface.shape[0])
        sand = cv2.resize(target, size, interpolation=cv2.INTER_AREA)
        # Sand the swash has just left stays dark and wet.
        wet = np.exp(np.minimum(out, 0) * 3.2) * np.float32(0.38)
        damp = cv2.blendLinear(sand, _sheet(self.deep * 0.8, size[::-1]), 1 - wet, wet)
        mixed = cv2.blendLinear(surface, damp, cover, 1 - cover)
        white = _sheet(colour(shore.foam) * self.light.max(), size[::-1])
        return cast(Image, cv2.blendLinear(white, mixed, foam, 1 - foam))


def _sheet(bgr: Floats, shape: tuple[int, ...]) -> Image:
    sheet = np.empty((shape[0], shape[1], 4), np.uint8)
    blue, green, red = (min(255, max(0, round(float(value)))) for value in bgr)
    one = np.array((blue, green, red, 255), np.uint8).view(np.uint32)[0]
    sheet.view(np.uint32)[:] = one
    return sheet


def water(
    site: Site,
    codes: tuple[str, str] = ("#0f4a6e", "#2f8fb0"),
    rough: float = 1.0,
    shore: Shore | None = None,
    depth: float = 40.0,
) -> Water:
    """Water of the colours `codes` (towards us, towards the sky), lit as the site is."""
    hour = site.hour
    deep, light = water_colours(site, codes)
    pair = [
        field((TILE, TILE), site.draft.seed(f"waves{k}"), (9.0, 5.0 + 2 * k), 1.9) for k in range(2)
    ]
    waves = np.stack([(tile - tile.mean()) / (2.4 * tile.std()) for tile in pair], -1)
    sun = colour(hour.sun) * np.float32(255 * min(1.0, 1.6 * hour.glow))
    return Water(
        level=site.level,
        waves=np.ascontiguousarray(waves.astype(np.float32)),
        deep=deep * 255,
        light=light * 255,
        rough=rough,
        crests=min(1.0, float(light.mean()) * 1.9) * 0.4 if rough > 0.6 else 0.0,
        glitter=sun if hour.glow > 0.12 else None,
        sun_x=site.sun_x,
        shore=shore,
        depth=depth,
    )


def water_colours(site: Site, codes: tuple[str, str]) -> tuple[Floats, Floats]:
    """`codes` (towards us, towards the sky) under the site's light, BGR; depths take the sky's."""
    hour = site.hour
    deep = hour.shine(colour(codes[0]), 0.35) * 0.6 + colour(hour.sky[0][1]) * 0.4
    light = hour.shine(colour(codes[1]), 0.8) * 0.7 + colour(hour.sky[1][1]) * 0.3
    if not hour.night:
        deep, light = deep * np.float32(0.9), light * np.float32(0.95)
    return deep.astype(np.float32), light.astype(np.float32)
