"""The kinds of ground: grass, forest floor, snow, sand, stony soil."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.paint import Floats, colour, gradient, smoothstep
from matinee.engines.animatic.sets.outdoors.fields import blend, seamless
from matinee.engines.animatic.sets.outdoors.hours import Hour
from matinee.engines.animatic.sets.outdoors.plane import (
    NEAREST_S,
    PERIOD,
    Ground,
    GroundPainting,
    dithered,
)
from matinee.engines.animatic.staging import Draft

SLABS = 9
"""Blades are drawn in so many slabs of depth, the farthest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sward:
    """Blades, stalks and flowers over a ground."""

    codes: tuple[str, ...]
    count: int = 9000
    height: float = 0.034
    lean: float = 0.35
    flowers: tuple[str, ...] = ()
    flower_share: float = 0.05


def grassland(
    draft: Draft, hour: Hour, level: float, sward: Sward, base: tuple[str, ...]
) -> Ground:
    """Ground of the colours `base` (dark to light) under a sward."""
    painting = GroundPainting(draft, level)
    patches = painting.sampled(seamless(draft.seed("patches"), 256, 3.0, 1.9), 2, 0.8)
    fine = painting.sampled(seamless(draft.seed("fine"), 512, 24.0, 0.9), 6)
    tone = np.clip(patches * 0.62 + fine * 0.38, 0, 1).astype(np.float32)
    steps = len(base) - 1
    albedo = gradient(tone, [(i / steps, code) for i, code in enumerate(base)])
    facing = 0.42 + 0.34 * fine + 0.16 * patches
    pixels = finished(painting, hour, albedo, facing)
    grow(painting, pixels, draft, hour, sward)
    return painting.ground(pixels)


def finished(painting: GroundPainting, hour: Hour, albedo: Floats, facing: Floats) -> Image:
    """The lit, hazed and smoothed pixels of a ground."""
    lit = hour.shine(albedo, facing)
    depth = np.minimum(painting.z, 60.0)
    return dithered(painting.softened(hour.hazed(lit, depth)))


def grow(painting: GroundPainting, pixels: Image, draft: Draft, hour: Hour, sward: Sward) -> None:
    """Draw the blades of a sward, far ones first, and its flowers."""
    random = draft.layout("sward")
    spots = random.random((sward.count, 6)).astype(np.float32)
    # Even over the picture: by 1 / depth, from depth 12 to the nearest.
    s = 0.09 + (NEAREST_S - 0.09) * spots[:, 1]
    order = np.argsort(s, kind="stable")
    inks = len(sward.codes)
    for slab in range(SLABS):
        chosen = order[slab * len(order) // SLABS : (slab + 1) * len(order) // SLABS]
        for kind in range(inks):
            part = chosen[kind::inks]
            if part.size:
                _blades(painting, pixels, hour, (sward, sward.codes[kind]), spots[part], s[part])
        for kind, code in enumerate(sward.flowers):
            part = chosen[kind :: len(sward.flowers)]
            part = part[spots[part, 5] < sward.flower_share]
            if part.size:
                _flowers(painting, pixels, hour, (sward, code), spots[part], s[part])


def _blades(
    painting: GroundPainting,
    pixels: Image,
    hour: Hour,
    made: tuple[Sward, str],
    spots: Floats,
    s: Floats,
) -> None:
    sward, code = made
    x, y, tall, lean = _stalks(painting, sward, spots, s)
    depth = float(1 / s.mean())
    shade = 0.45 + 0.5 * float(spots[:, 4].mean())
    ink = hour.hazed(hour.shine(colour(code), shade), depth)
    knee = np.stack((x + lean * 0.3, y - tall * 0.6), 1)
    tip = np.stack((x + lean, y - tall), 1)
    blades = np.stack((np.stack((x, y), 1), knee, tip), 1)
    painting.strokes(pixels, blades, ink, 2 if s.mean() * painting.unit_px > 900 else 1)


def _flowers(
    painting: GroundPainting,
    pixels: Image,
    hour: Hour,
    made: tuple[Sward, str],
    spots: Floats,
    s: Floats,
) -> None:
    sward, code = made
    x, y, tall, lean = _stalks(painting, sward, spots, s)
    depth = float(1 / s.mean())
    size = max(1, round(0.0085 * painting.unit_px * float(s.mean())))
    head = np.stack((x + lean, y - tall * 1.1), 1)
    for shade, code_, shift, share in ((0.25, code, 0.0, 1.0), (0.85, code, -0.3, 0.66)):
        ink = hour.hazed(hour.shine(colour(code_), shade), depth)
        dots = np.stack((head, head + 0.2), 1) + np.float32(shift * size)
        painting.strokes(pixels, dots.astype(np.float32), ink, max(1, round(size * share)))


def _stalks(
    painting: GroundPainting, sward: Sward, spots: Floats, s: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Columns and rows of feet, heights in rows, lean in columns."""
    x = spots[:, 0] * painting.columns
    y = s * np.float32(painting.rows / NEAREST_S)
    tall = np.float32(sward.height * painting.unit_px) * s * (0.45 + 0.75 * spots[:, 2])
    per_unit = np.float32(painting.columns / PERIOD)
    lean = np.float32(sward.height * sward.lean) * per_unit * (2 * spots[:, 3] - 0.8)
    return x, y, tall.astype(np.float32), lean.astype(np.float32)


def snowfield(draft: Draft, hour: Hour, level: float) -> Ground:
    """Snow in soft drifts with blue hollows and a glitter."""
    painting = GroundPainting(draft, level)
    drifts = painting.sampled(seamless(draft.seed("drifts"), 256, 3.0, 2.6), 2, 0.5)
    crust = painting.sampled(seamless(draft.seed("crust"), 512, 24.0, 1.0), 5, 0.7)
    slope = (np.roll(drifts, 9, 1) - np.roll(drifts, -9, 1)) * np.float32(1.3)
    facing = np.clip(0.66 + slope + (crust - 0.5) * 0.07, 0.05, 1).astype(np.float32)
    white = np.broadcast_to(colour("#f0f5fc"), (*facing.shape, 3))
    hollow = smoothstep(0.62, 0.22, drifts)
    albedo = blend(white, "#cfdcf2", hollow * np.float32(0.55))
    pixels = finished(painting, hour, albedo, facing)
    spots = draft.layout("glitter").random((1500, 3)).astype(np.float32)
    s = 0.3 + (NEAREST_S - 0.3) * spots[:, 1]
    dots = np.stack((spots[:, 0] * painting.columns, s * painting.rows / NEAREST_S), 1)
    ink = np.clip(hour.shine(colour("#ffffff"), 1.0), 0, 0.98)
    for part in (dots[::3], dots[1::3]):
        painting.strokes(pixels, np.stack((part, part + 0.1), 1).astype(np.float32), ink, 1)
    return painting.ground(pixels)


def sands(
    draft: Draft, hour: Hour, level: float, codes: tuple[str, str, str], ripples: int = 60
) -> Ground:
    """Sand with wind ripples; `codes` from hollow to crest."""
    painting = GroundPainting(draft, level)
    bends = painting.sampled(seamless(draft.seed("bends"), 256, 2.5, 2.2), 2)
    grain = painting.sampled(seamless(draft.seed("grain"), 512, 60.0, 0.6), 8)
    # Crests run across the view and waver.
    phase = painting.z * np.float32(ripples / 4) + bends * 4 + 0.5 * np.sin(painting.x * 2.513274)
    wave = np.sin(phase * np.float32(np.pi)).astype(np.float32)
    clear = np.clip(1.5 / (painting.z * np.float32(ripples / 12)), 0, 1).astype(np.float32)
    wave = wave * clear * smoothstep(0.25, 0.8, bends) * np.float32(0.7)
    tone = np.clip(0.52 + 0.2 * wave + (bends - 0.5) * 0.36 + (grain - 0.5) * 0.3, 0, 1)
    albedo = gradient(tone.astype(np.float32), [(0, codes[0]), (0.5, codes[1]), (1, codes[2])])
    facing = np.clip(0.6 + 0.16 * wave + (bends - 0.5) * 0.2 + (grain - 0.5) * 0.2, 0, 1)
    return painting.ground(finished(painting, hour, albedo, facing))


def litter(
    draft: Draft, hour: Hour, level: float, soil: tuple[str, ...], fallen: tuple[str, ...]
) -> Ground:
    """A forest's floor: soil of the colours `soil`, spots of light, and `fallen` leaves."""
    painting = GroundPainting(draft, level)
    patches = painting.sampled(seamless(draft.seed("patches"), 256, 4.0, 1.7), 2)
    fine = painting.sampled(seamless(draft.seed("fine"), 512, 26.0, 0.8), 6)
    tone = np.clip(patches * 0.45 + fine * 0.55, 0, 1).astype(np.float32)
    steps = len(soil) - 1
    albedo = gradient(tone, [(i / steps, code) for i, code in enumerate(soil)])
    # Light that fell through leaves.
    spots = painting.sampled(seamless(draft.seed("dapples"), 256, 9.0, 1.5), 3, 0.6)
    facing = 0.26 + 0.34 * fine + 0.36 * smoothstep(0.5, 0.95, spots)
    pixels = finished(painting, hour, albedo, facing)
    grow(painting, pixels, draft, hour, Sward(codes=fallen, count=10000, height=0.008, lean=1.9))
    return painting.ground(pixels)


def stony(
    draft: Draft, hour: Hour, level: float, soil: tuple[str, ...], stones: tuple[str, ...]
) -> Ground:
    """Soil or short grass of the colours `soil`, strewn with stones."""
    painting = GroundPainting(draft, level)
    patches = painting.sampled(seamless(draft.seed("patches"), 256, 3.0, 1.8), 2)
    fine = painting.sampled(seamless(draft.seed("fine"), 512, 30.0, 0.8), 6)
    tone = np.clip(patches * 0.6 + fine * 0.4, 0, 1).astype(np.float32)
    steps = len(soil) - 1
    albedo = gradient(tone, [(i / steps, code) for i, code in enumerate(soil)])
    pixels = finished(painting, hour, albedo, 0.36 + 0.36 * fine + 0.16 * patches)
    grow(painting, pixels, draft, hour, Sward(codes=soil, count=6000, height=0.01, lean=1.4))
    _strew(painting, pixels, draft, hour, stones)
    return painting.ground(pixels)


def _strew(
    painting: GroundPainting, pixels: Image, draft: Draft, hour: Hour, codes: tuple[str, ...]
) -> None:
    """Lay pebbles, each a dark foot and a lit top."""
    spots = draft.layout("stones").random((900, 4)).astype(np.float32)
    # What is nearest is left out: nearer still, the ground mirrors it.
    s = np.sort(0.12 + (0.92 * NEAREST_S - 0.12) * spots[:, 1])
    per_unit = painting.columns / PERIOD
    for slab in np.array_split(np.arange(s.size), 10):
        near = float(s[slab].mean())
        for kind in range(4):
            part = slab[kind::4]
            wide = np.float32(per_unit * (0.002 + 0.0035 * kind / 3))
            x, y = spots[part, 0] * painting.columns, s[part] * painting.rows / NEAREST_S
            tall = (0.003 + 0.004 * kind / 3) * painting.unit_px * near
            code = colour(codes[kind % len(codes)])
            for shade, up, share in ((0.0, -0.1, 1.05), (0.6, 0.35, 1.0)):
                albedo = code * np.float32(0.6 if shade == 0 else 1.05)
                ink = hour.hazed(hour.shine(albedo, shade), 1 / near)
                left = np.stack((x - wide * share, y - up * tall), 1)
                right = np.stack((x + wide * share, y - up * tall), 1)
                lines = np.stack((left, right), 1).astype(np.float32)
                painting.strokes(pixels, lines, ink, max(1, round(tall * share)))
