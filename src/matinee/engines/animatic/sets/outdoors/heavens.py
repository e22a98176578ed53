"""The sky: its colours by the hour, sun and moon, clouds that come over us, stars, polar light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.camera import Camera
from matinee.engines.animatic.canvas import Canvas, Image
from matinee.engines.animatic.layers import Sprite
from matinee.engines.animatic.paint import (
    Floats,
    colour,
    gradient,
    noise,
    smoothstep,
    starfield,
    to_texture,
)
from matinee.engines.animatic.sets.outdoors.fields import blend, seamless
from matinee.engines.animatic.sets.outdoors.hours import Hour
from matinee.engines.animatic.sets.outdoors.plane import dithered, fill
from matinee.engines.animatic.staging import Draft

COARSE = 2
"""The moving sky is computed with every second pixel; clouds are soft enough."""

CEILING = 1.0
"""World height of the clouds above the eye, on the scale of the sky's own depths."""

TILES_PER_UNIT = 0.18
SUN_RADIUS = 0.034
AURORA_STEP = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Heaven:
    """The whole sky down to the horizon, and haze below it. The farthest layer; it never moves.

    Pictures hold every second pixel of the frame's upper half.
    """

    clear: Image
    """The sky without clouds."""

    lit: Image
    shaded: Image
    """The colours of clouds where they are lit and where they are not."""

    clouds: Floats
    """(size, size, 2), seamless: how lit and how thick the clouds are."""

    x: Floats
    z: Floats
    """Where every pixel meets the cloud ceiling, in cells of `clouds`."""

    stars: Image | None
    """Light to add, at the frame's full size."""

    wind: tuple[float, float] = (5.0, -4.0)
    """Cells of `clouds` a second."""

    below: str = "#808080"
    """What lies below the horizon where nothing else does."""

    depth: float = 1000.0

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Fill the canvas."""
        pixels = canvas.finish()
        rows = canvas.height_px // 2
        u = self.x + np.float32(self.wind[0] * t)
        v = self.z + np.float32(self.wind[1] * t)
        seen = cv2.remap(self.clouds, u, v, cv2.INTER_LINEAR, None, cv2.BORDER_WRAP)
        light, thick = cv2.split(seen)
        cloud = cv2.blendLinear(self.lit, self.shaded, light, 1 - light)
        sky = cv2.blendLinear(cloud, self.clear, thick, 1 - thick)
        upper = pixels[:rows]
        cv2.resize(sky, (canvas.width_px, rows), upper, interpolation=cv2.INTER_LINEAR)
        if self.stars is not None:
            cv2.add(upper, self.stars, upper)
        fill(pixels[rows:], self.below)


def heaven(draft: Draft, hour: Hour, sun_x: float) -> Heaven:
    """The sky of `hour` with the sun (or the moon's glow) at world `sun_x` of the far plane."""
    frame = draft.frame
    rows, columns = frame.height_px // 2 // COARSE, frame.width_px // COARSE
    across = (np.arange(columns, dtype=np.float32) + 0.5) * COARSE / frame.unit_px
    across = (across - np.float32(frame.half_width))[None]
    up = (np.arange(rows, dtype=np.float32)[::-1] + 0.5)[:, None] * COARSE / frame.unit_px
    flat = np.broadcast_to(1 - up / np.float32(frame.half_height), (rows, columns))
    sky = gradient(np.ascontiguousarray(flat), list(hour.sky))
    distance = np.hypot(across - sun_x, up - sun_up(draft, hour)).astype(np.float32)
    halo = np.exp(-distance * 4.2) * 0.5 + np.exp(-((distance / 0.1) ** 2)) * 0.5
    near_sun = np.exp(-distance * 2.6).astype(np.float32)
    sun = colour(hour.sun)
    clear = blend(sky, np.minimum(sun * 1.04, 1), np.clip(halo * hour.glow * 1.5, 0, 1))
    if not hour.night and hour.glow > 0.2:
        disc = smoothstep(SUN_RADIUS + 0.01, SUN_RADIUS - 0.008, distance)
        clear = blend(clear, np.minimum(sun * 1.1, 1), disc * np.float32(0.95))
    # Clouds take the light of the sun near it and the colour of the sky away from it.
    veil = smoothstep(0.0, 0.1, np.broadcast_to(up, (rows, columns)))
    lit = blend(sky, hour.cloud_lit, 0.55 + 0.3 * veil) + near_sun[..., None] * sun * 0.35
    shaded = blend(sky, hour.cloud_shade, 0.35 + 0.4 * veil) + near_sun[..., None] * sun * 0.1
    away = np.float32(CEILING) / (up + np.float32(0.05))
    clouds = _ceiling(draft.seed("ceiling"), hour)
    cells = np.float32(TILES_PER_UNIT * clouds.shape[0])
    return Heaven(
        clear=dithered(np.clip(clear, 0, 0.96)),
        lit=dithered(np.clip(lit, 0, 0.93)),
        shaded=dithered(np.clip(shaded, 0, 0.9)),
        clouds=clouds,
        x=(across * away * cells).astype(np.float32),
        z=np.repeat((away * cells).astype(np.float32), columns, 1),
        stars=_stars(draft, hour) if hour.stars else None,
        below=hour.haze,
    )


def sun_up(draft: Draft, hour: Hour) -> float:
    """Height of the sun above the horizon in world units of the frame."""
    return hour.sun_height * min(draft.frame.half_height, 0.62)


def _ceiling(seed: int, hour: Hour, size: int = 512) -> Floats:
    body = seamless(seed, size, 2.2, 1.65)
    fine = seamless(seed + 1, size, 11.0, 1.35)
    density = body * np.float32(0.78) + fine * np.float32(0.22)
    edge = float(np.quantile(density[::4, ::4], 1 - hour.cover))
    thick = smoothstep(edge - 0.03, edge + 0.2, density) * np.float32(0.92)
    shift = size // 40
    ahead = np.roll(cv2.GaussianBlur(density, (0, 0), 5), (shift, -shift), (0, 1))
    light = np.clip(0.62 + (density - ahead) * 2.6 - (density - edge) * 0.9, 0.02, 0.98)
    return np.ascontiguousarray(np.stack((light, thick), -1).astype(np.float32))


def _stars(draft: Draft, hour: Hour) -> Image:
    frame = draft.frame
    shape = (frame.height_px // 2, frame.width_px)
    field = starfield(shape, draft.seed("stars"), 900, 7)
    x = np.linspace(0, 1, shape[1], dtype=np.float32)[None]
    y = np.linspace(0, 1, shape[0], dtype=np.float32)[:, None]
    # A band of faint light like the Milky Way leans over the sky.
    small = (max(2, shape[0] // 4), max(2, shape[1] // 4))
    dust = cv2.resize(noise(small, draft.seed("milky"), 3, 5), (shape[1], shape[0]))
    band = np.exp(-(((y * 0.8 - 0.55 + 0.75 * x) / 0.2) ** 2)) * (0.25 + 0.75 * dust)
    light = field * np.float32(1.3) + band[..., None] * colour("#8fa8e8") * np.float32(0.2)
    light = light * smoothstep(1.0, 0.55, y)[..., None] * np.float32(hour.stars)
    pixels = np.zeros((*shape, 4), np.uint8)
    pixels[..., :3] = np.clip(light * 255, 0, 255)
    return pixels


def moon(draft: Draft, hour: Hour, x: float) -> Sprite:
    """The moon at world `x` of the far plane."""
    radius = draft.px(0.052)
    size = 2 * radius + 3
    steps = (np.arange(size, dtype=np.float32) - size // 2) / radius
    distance = np.hypot(steps[None], steps[:, None])
    seas = smoothstep(0.5, 0.95, noise((size, size), 78, 2.6, 5)) * np.float32(0.16)
    round_ = np.clip(1.05 - 0.25 * distance**2 - 0.12 * steps[None], 0, 1)
    bgr = (0.97 - seas)[..., None] * colour("#f3f4ea") * round_[..., None]
    alpha = np.clip((1 - distance) * radius + 0.5, 0, 1).astype(np.float32)
    texture = to_texture(bgr.astype(np.float32), alpha)
    depth = 900.0
    return Sprite(
        texture=texture,
        x=x * depth,
        y=-sun_up(draft, hour) * depth,
        depth=depth,
        height=size / draft.frame.unit_px * depth,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Aurora:
    """Curtains of polar light that wave slowly. A layer of light just before the sky."""

    rays: Floats
    """One seamless row of brightness, (1, size)."""

    colours: Floats
    """The curtain's light from its foot (row 0) upwards, (rows, 1, 3), 0..255."""

    depth: float = 950.0

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Add its light to the sky."""
        pixels = canvas.finish()
        rows, columns = canvas.height_px // 2 // AURORA_STEP, canvas.width_px // AURORA_STEP
        unit = camera.frame.unit_px / AURORA_STEP
        x = (np.arange(columns, dtype=np.float32) - columns / 2) / np.float32(unit)
        y = (np.arange(rows, dtype=np.float32)[::-1] / np.float32(unit))[:, None]
        light = np.zeros((rows, columns, 3), np.float32)
        for band in range(2):
            light += self._curtain(x, y, t, band)
        shine = np.zeros((rows, columns, 4), np.uint8)
        shine[..., :3] = np.clip(light, 0, 170)
        upper = pixels[: rows * AURORA_STEP]
        size = (upper.shape[1], upper.shape[0])
        cv2.add(upper, cv2.resize(shine, size, interpolation=cv2.INTER_CUBIC), upper)

    def _curtain(self, x: Floats, y: Floats, t: float, band: int) -> Floats:
        foot = 0.1 + 0.1 * band + 0.05 * np.sin(2.6 * x + 0.25 * t + 2.2 * band)
        foot = foot + 0.025 * np.sin(7.0 * x - 0.4 * t + 4.0 * band)
        size = self.rays.shape[1]
        # The rays crowd where the curtain folds.
        folded = x + 0.09 * np.sin(4.1 * x + 0.3 * t + band) + 0.03 * band * t
        place = np.mod((folded * 0.55 + 0.31 * band) * size, size).astype(np.float32)[None]
        rays = cv2.remap(
            self.rays, place, np.zeros_like(place), cv2.INTER_LINEAR, None, cv2.BORDER_WRAP
        )
        tall = 0.16 + 0.2 * rays
        share = (y - foot[None]) / tall
        height = self.colours.shape[0]
        index = np.clip(share * height, 0, height - 1).astype(np.int32)
        shape = smoothstep(-0.12, 0.04, share.astype(np.float32)) * (share < 1)
        glow = shape * (0.25 + 0.75 * rays) * (1 - 0.35 * band)
        return cast(Floats, self.colours[index, 0] * glow[..., None].astype(np.float32))


def aurora(draft: Draft) -> Aurora:
    """Green curtains that turn violet at their tops."""
    rays = noise((8, 512), draft.seed("aurora"), (1, 14), 4, 0.6, wraps=True)[3:4]
    steps = np.linspace(0, 1, 96, dtype=np.float32)
    bgr = gradient(steps, [(0, "#9dffc4"), (0.22, "#3fe39a"), (0.6, "#3a8fc0"), (1, "#7a3fb0")])
    fading = (1 - steps) ** 1.5
    light = (bgr * fading[:, None] * np.float32(150))[:, None]
    return Aurora(rays=np.ascontiguousarray(rays), colours=light.astype(np.float32))
