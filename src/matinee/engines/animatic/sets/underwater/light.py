"""The light under water: its colours, the net that waves throw, bubbles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.camera import Camera
from matinee.engines.animatic.canvas import Canvas, Image
from matinee.engines.animatic.layers import OVERSCAN, Backdrop, Motes
from matinee.engines.animatic.paint import (
    Floats,
    colour,
    gradient,
    grid,
    to_light,
    to_texture,
)
from matinee.engines.animatic.sets.outdoors.fields import seamless
from matinee.engines.animatic.sets.outdoors.plane import horizon_row, meet
from matinee.engines.animatic.sets.outdoors.site import Site
from matinee.engines.animatic.shots import TimeOfDay

WATERS = {
    TimeOfDay.DAWN: ("#bfe6d8", "#4fa6b4", "#1f6488", "#123f66"),
    TimeOfDay.DAY: ("#c9f6f4", "#3fb6cc", "#1478a8", "#0c4a80"),
    TimeOfDay.DUSK: ("#ffd9b0", "#7f9fb0", "#3a5f90", "#22386c"),
    TimeOfDay.NIGHT: ("#6fa8d0", "#2a6a9a", "#174878", "#0f3058"),
}
"""The water's colour from the surface down, by the hour above."""

CAUSTIC = 256


def depths(site: Site) -> Backdrop:
    """The water itself, bright at the surface and dark below."""
    frame = site.draft.frame
    shape = (round(frame.height_px * OVERSCAN) // 4, round(frame.width_px * OVERSCAN) // 4)
    x, y = grid(shape)
    codes = WATERS[site.draft.shot.time_of_day]
    sideways = np.abs(x - np.float32(0.5 + 0.12 * site.side))
    t = np.clip(y * 0.95 + sideways**2 * 0.7 * (1 - y), 0, 1)
    stops = [(0.0, codes[0]), (0.16, codes[1]), (0.56, codes[2]), (1.0, codes[3])]
    return Backdrop(texture=to_texture(gradient(t.astype(np.float32), stops)), parallax=0.02)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caustics:
    """The net of light that waves throw on a level plane. A layer of light."""

    net: Floats
    """(CAUSTIC, CAUSTIC), seamless, 0..1."""

    level: float
    """World y; below the eye on the ground, above it (negative) for the surface itself."""

    tint: Floats
    """BGR, 0..255."""

    depth: float
    scale: float = 0.9
    """Tiles per world unit."""

    reach: float = 6.0
    """The depth where it has faded."""

    coarse: int = 2
    """Pixels per computed one, across and down."""

    def depth_at(self, t: float) -> float:
        """Its depth among the layers."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Add the light."""
        pixels = canvas.finish()
        half = horizon_row(camera)
        camera = camera if self.level > 0 else replace(camera, y=-camera.y)
        level = abs(self.level)
        first = half + int(level / self.reach * camera.frame.unit_px)
        if first >= canvas.height_px - 4:
            return
        seen = meet(camera, level, (first, canvas.height_px), self.coarse)
        cell = np.float32(CAUSTIC * self.scale)
        u, v = seen.x * cell, np.repeat(seen.z * cell, seen.x.shape[1], 1)
        pace = np.float32(t * 9)
        wrap, linear = cv2.BORDER_WRAP, cv2.INTER_LINEAR
        one = cv2.remap(self.net, u + pace, v + 0.6 * pace, linear, None, wrap)
        two = cv2.remap(self.net, u * 0.83 - 0.7 * pace, v * 0.83 + pace, linear, None, wrap)
        fade = np.clip(1.15 - seen.away / np.float32(self.reach), 0, 1)
        light = np.minimum(one, two) * fade
        shine = np.zeros((*light.shape, 4), np.uint8)
        shine[..., :3] = np.clip(light[..., None] * self.tint, 0, 255)
        target = pixels[first:]
        if self.level < 0:
            shine = cast(Image, np.ascontiguousarray(shine[::-1]))
            target = pixels[: canvas.height_px - first]
        size = (target.shape[1], target.shape[0])
        cv2.add(target, cv2.resize(shine, size, interpolation=cv2.INTER_LINEAR), target)


def _net(site: Site) -> Floats:
    first = seamless(site.draft.seed("net"), CAUSTIC, 6.0, 2.6)
    ridge = np.clip(1 - np.abs(first - np.float32(0.5)) * 4.2, 0, 1)
    return cast(Floats, (ridge**1.6).astype(np.float32))


def caustics(site: Site) -> Caustics:
    """The net of light on the ground."""
    tint = colour(site.hour.sun) * np.float32(120 if not site.hour.night else 70)
    return Caustics(net=_net(site), level=site.level, tint=tint, depth=50.0)


def surface(site: Site) -> Caustics:
    """The surface above us, seen from below."""
    tint = colour(site.hour.sun) * np.float32(130 if not site.hour.night else 80)
    high = site.draft.frame.half_height * 1.1
    return Caustics(
        net=_net(site), level=-high, tint=tint, depth=900.0, scale=0.28, reach=high * 5.5, coarse=4
    )


def bubbles(site: Site) -> Motes:
    """Bubbles that rise."""
    size = max(8, site.draft.px(0.03))
    steps = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1
    x, y = steps[None], steps[:, None]
    distance = np.hypot(x, y)
    ring = np.exp(-(((distance - 0.82) / 0.13) ** 2)) * 0.5
    glint = np.exp(-(((x + 0.35) ** 2 + (y + 0.4) ** 2) / 0.03))
    light = (ring + glint * 0.9) * (distance < 1)
    texture = to_light(light[..., None].astype(np.float32) * colour("#dff6ff"))
    return Motes(
        texture=texture,
        spots=np.asarray(site.draft.layout("bubbles").random((44, 5))),
        near=0.6,
        far=2.4,
        height=0.035,
        drift=(0.0, -0.16),
        flutter=0.03,
        alpha=0.9,
        depth=0.8,
    )


def plankton(site: Site) -> Motes:
    """Specks that drift and glint."""
    size = max(4, site.draft.px(0.008))
    steps = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1
    light = np.clip(1 - np.hypot(steps[None], steps[:, None]), 0, 1)[..., None]
    return Motes(
        texture=to_light((light * colour("#e8fff8")).astype(np.float32)),
        spots=np.asarray(site.draft.layout("plankton").random((70, 5))),
        height=0.008,
        drift=(0.012, -0.006),
        alpha=0.45,
        twinkle=0.6,
        depth=0.6,
    )
