"""Wall paint of a station: panels, pads, vents, light strips, ribs with bolts and lamps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.paint import (
    Floats,
    colour,
    floats,
    mix,
    noise,
    smoothstep,
    to_pixels,
)
from matinee.engines.animatic.sets.station.hull import RIB, RIB_DEPTH, STRIP_PX, Outline, Ring
from matinee.engines.animatic.shading import straight

BOLT_GAP = 0.13
PLAIN, PAD, VENT, LOCKER = range(4)
FARTHEST_LIGHT = 0.3
"""World units from a light strip at which its light has fallen to a third."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A row of lamps into the depth."""

    around: float
    """Its place around the hull, 0 at the top to 1 at the bottom."""

    code: str
    width: float = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp:
    """A lamp along a rib."""

    first: float
    last: float
    """From where to where around the hull."""

    codes: tuple[str, ...]
    """Its colour on the ribs in turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paint:
    """The colours of a station's inside."""

    panel: str
    trim: str
    above: str
    """The light that falls from the top, and from below."""

    below: str
    strips: tuple[Strip, ...]
    lamps: tuple[Lamp, ...]
    window: str
    """The light that comes in through the window."""

    bands: int = 7
    """Rows of panels from the top to the bottom."""

    accent: str = "#ffb45c"
    """Handles, marks and emblems."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the pixels of a strip are, in world units."""

    around: Floats
    """(1, STRIP_PX), 0..1 from the top to the bottom."""

    along: Floats
    """The same in world units."""

    reach: Floats
    """Depth over the rib's depth, (rows, 1)."""

    depth: Floats
    """World depth of the wall, (rows, 1)."""

    radius: Floats
    """World units from the hull's middle to the wall, (1, STRIP_PX)."""


def wall_strip(
    ring: Ring, outline: Outline, paint: Paint, seed: int, emblem: Image | None
) -> Image:
    """The strip of `ring`: its wall, its rib, and the lamps on both."""
    around = ((np.arange(STRIP_PX, dtype=np.float32) + 0.5) / np.float32(STRIP_PX))[None]
    reach = ring.reaches
    place = Place(
        around=around,
        along=floats(around * np.float32(outline.length)),
        reach=reach,
        depth=reach * ring.depth,
        radius=floats(np.interp(around, outline.around, 1 / outline.inverse_radius)),
    )
    wall = _panels(place, ring, paint, seed)
    lit = wall * _light(place, ring, paint)
    if emblem is not None:
        _stamp(lit, place, ring, paint, emblem)
    _put_rib(lit, place, ring, paint)
    lit += _glow_of_strips(place, ring, paint)
    lit += _glow_of_lamps(place, ring, paint)
    alpha = np.broadcast_to(reach < ring.next_depth / ring.depth, lit.shape[:2])
    return to_pixels(np.clip(lit, 0, 0.92), alpha.astype(np.float32))


def _panels(place: Place, ring: Ring, paint: Paint, seed: int) -> Floats:
    """The bare wall, BGR, as in white light."""
    bay = ring.next_depth - ring.depth
    column = place.around * paint.bands
    row = (place.depth - ring.depth) / np.float32(bay)
    band, step = np.floor(column).astype(int), np.floor(row).astype(int)
    across = floats((column - band) * (place.along[0, -1] / paint.bands))
    down = floats((row - step) * bay)
    edge_across = np.minimum(across, place.along[0, -1] / paint.bands - across)
    edge = np.minimum(edge_across, np.minimum(down, bay - down))
    random = np.random.default_rng(seed)
    tones = random.uniform(0.86, 1.08, (8, paint.bands + 1)).astype(np.float32)
    kinds = random.choice(4, (8, paint.bands + 1), p=(0.26, 0.4, 0.16, 0.18))
    kind = kinds[step % 8, band]
    tone = tones[step % 8, band] * (0.94 + 0.1 * noise((place.depth.size, STRIP_PX), seed, 4, 3))
    bgr = colour(paint.panel) * tone[..., None]
    bgr *= (1 - 0.5 * smoothstep(0.012, 0.004, edge))[..., None]
    lip = smoothstep(0.02, 0.013, edge) * smoothstep(0.008, 0.013, edge)
    bgr += (lip * np.where(across < bay / 2, 0.16, -0.1))[..., None]
    inner = edge - np.float32(0.045)
    pad = (kind == PAD) * smoothstep(-0.004, 0.004, inner)
    bulge = 0.86 + 0.2 * smoothstep(0.0, 0.045, inner) + 0.1 * smoothstep(0.2, 0.0, across)
    bgr = bgr * (1 - pad[..., None]) + bgr * (pad * bulge)[..., None] * mix(
        paint.panel, paint.trim, 0.3
    ) / np.maximum(colour(paint.panel), 0.05)
    outline = smoothstep(0.010, 0.004, np.abs(inner)) * (kind != PLAIN)
    bgr *= (1 - 0.45 * outline)[..., None]
    slots = smoothstep(-0.3, 0.3, np.sin(down * 150)) * smoothstep(0.0, 0.01, inner)
    bgr *= (1 - 0.62 * slots * (kind == VENT))[..., None]
    _put_handles(bgr, (across, down), kind == LOCKER, bay, paint)
    return floats(bgr)


def _put_handles(
    bgr: Floats, at: tuple[Floats, Floats], where: NDArray[np.bool_], bay: float, paint: Paint
) -> None:
    across, down = at
    bar = np.maximum(np.abs(across - 0.085) - 0.008, np.abs(down - bay / 2) - 0.05)
    handle = smoothstep(0.004, -0.002, floats(bar)) * where
    bgr *= (1 - handle)[..., None]
    bgr += handle[..., None] * colour(paint.accent)
    shade = smoothstep(0.016, 0.0, floats(bar)) * where * (1 - handle)
    bgr *= (1 - 0.5 * shade)[..., None]


def _stamp(lit: Floats, place: Place, ring: Ring, paint: Paint, emblem: Image) -> None:
    """Put `emblem`, which shines a little by itself, upright on the wall of one side."""
    size = 0.2
    middle = (ring.depth + ring.next_depth) / 2 + 0.4 * RIB_DEPTH
    across = size * min(1.0, emblem.shape[0] / emblem.shape[1])
    high = round(across / place.along[0, -1] * STRIP_PX)
    deep = round(size / ring.depth * ring.rows_per_unit)
    # The picture's up is towards the top of the hull, which is the strip's left.
    turned = cv2.resize(cv2.transpose(emblem), (high, deep), interpolation=cv2.INTER_AREA)
    own, alpha = straight(cast(Image, turned))
    top = int((middle - size / 2 - float(place.depth[0, 0])) / ring.depth * ring.rows_per_unit)
    top = max(0, min(lit.shape[0] - deep, top))
    for band in (1.5, 4.5):
        left = int(band / paint.bands * STRIP_PX) - high // 2
        target = lit[top : top + deep, left : left + high]
        target *= 1 - 0.9 * alpha
        target += 0.68 * alpha * own


def _light(place: Place, ring: Ring, paint: Paint) -> Floats:
    """What light falls on each part of the wall, BGR."""
    high = (1 - place.around)[..., None]
    light = colour(paint.above) * high + colour(paint.below) * (1 - high)
    for strip in paint.strips:
        away = np.abs(place.around - strip.around) * place.along[0, -1]
        light = light + np.exp(-away / FARTHEST_LIGHT)[..., None] * colour(strip.code) * 0.6
    near = smoothstep(0.35, 1.3, place.depth)[..., None]
    end = smoothstep(0.9, 3.0, place.depth)[..., None] * colour(paint.window) * 0.5
    # The rib keeps some light from the wall behind it.
    behind = place.depth / ring.depth - (1 + RIB_DEPTH / ring.depth) / (1 - RIB)
    shade = 1 - 0.5 * smoothstep(0.09, 0.0, np.abs(behind))[..., None]
    return floats((light * (0.45 + 0.55 * near) + end) * shade)


def _put_rib(lit: Floats, place: Place, ring: Ring, paint: Paint) -> None:
    """Paint the rib's face and its inner side over the wall."""
    last = 1 / (1 - RIB)
    inner_end = (1 + RIB_DEPTH / ring.depth) / (1 - RIB)
    rows = np.flatnonzero((place.reach[:, 0] >= 1) & (place.reach[:, 0] < inner_end))
    first, stop = int(rows[0]), int(rows[-1]) + 1
    reach = place.reach[first:stop]
    high = (1 - place.around)[..., None]
    light = colour(paint.above) * (0.35 + 0.75 * high) + colour(paint.below) * (1 - high) * 0.7
    for strip in paint.strips:
        away = np.abs(place.around - strip.around) * place.along[0, -1]
        light = light + np.exp(-away / 0.2)[..., None] * colour(strip.code) * 0.45
    metal = colour(paint.trim) * light
    # 0 at the outer edge of the face, 1 at its inner edge.
    share = (1 - 1 / reach) / np.float32(RIB)
    face = (
        0.8 + 0.75 * np.exp(-(((share - 0.9) / 0.07) ** 2)) + 0.5 * np.exp(-((share / 0.06) ** 2))
    )
    face -= 0.5 * np.exp(-(((share - 0.18) / 0.06) ** 2)) + 0.4 * np.exp(
        -(((share - 0.74) / 0.05) ** 2)
    )
    inside = (reach - last) / np.float32(inner_end - last)
    side = 0.62 - 0.35 * inside + 0.5 * np.exp(-((inside / 0.12) ** 2))
    band = metal * np.where(reach < last, face, side)[..., None]
    gap = place.along / np.float32(BOLT_GAP)
    aside = (gap - np.floor(gap) - 0.5) * np.float32(BOLT_GAP)
    away = np.hypot(aside, (share - 0.46) * place.radius * np.float32(RIB))
    bolt = smoothstep(0.011, 0.008, floats(away)) * (reach < last)
    ring_of_bolt = smoothstep(0.015, 0.012, floats(away)) * (reach < last)
    band = band * (1 - 0.6 * ring_of_bolt[..., None]) + bolt[..., None] * metal * 1.1
    lit[first:stop] = band
    # A dark line parts rib and wall.
    for row in (first - 1, first, stop - 1):
        lit[max(0, row)] *= np.float32(0.35)


def _glow_of_strips(place: Place, ring: Ring, paint: Paint) -> Floats:
    """The lamps into the depth, only between the ribs, and their haze."""
    bay = ring.next_depth - ring.depth
    row = (place.depth - ring.depth) / np.float32(bay)
    inside = np.minimum(row - np.floor(row), 1 - (row - np.floor(row))) * np.float32(bay)
    start = RIB_DEPTH * 0.8
    lamp = smoothstep(start, start + 0.03, inside) * (np.abs(row - 0.5) < 9)
    total = np.zeros((place.depth.size, STRIP_PX, 3), np.float32)
    for strip in paint.strips:
        away = np.abs(place.around - strip.around) * place.along[0, -1]
        core = smoothstep(strip.width * 0.7, strip.width * 0.3, floats(away))
        haze = np.exp(-((away / (2.6 * strip.width)) ** 2)) * 0.6
        tint = colour(strip.code)
        total += (lamp * core)[..., None] * (0.35 * tint + 0.65)
        total += (lamp * haze)[..., None] * tint
    return total


def _glow_of_lamps(place: Place, ring: Ring, paint: Paint) -> Floats:
    """The lamps along the rib's face, and their haze."""
    share = (1 - 1 / place.reach) / np.float32(RIB)
    on_face = np.exp(-(((share - 0.46) / 0.13) ** 2)) * (place.reach > 0.99)
    core = smoothstep(0.16, 0.10, np.abs(share - 0.46)) * (place.reach > 1)
    haze = np.exp(-(((share - 0.46) / 0.8) ** 2)) * 0.34
    total = np.zeros((place.depth.size, STRIP_PX, 3), np.float32)
    for lamp in paint.lamps:
        tint = colour(lamp.codes[ring.index % len(lamp.codes)])
        ends = np.minimum(place.around - lamp.first, lamp.last - place.around)
        reach = ends * place.along[0, -1]
        total += (core * smoothstep(0.0, 0.012, floats(reach)))[..., None] * (0.3 * tint + 0.7)
        spread = smoothstep(-0.07, 0.04, floats(reach))
        total += ((on_face * 0.5 + haze) * spread)[..., None] * tint
    return total
