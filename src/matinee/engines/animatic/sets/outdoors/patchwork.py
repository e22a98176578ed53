"""Grounds seen from above: a sea of clouds, a patchwork of fields."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.paint import Floats, colour, smoothstep, warp
from matinee.engines.animatic.sets.outdoors.fields import blend, seamless
from matinee.engines.animatic.sets.outdoors.plane import Ground, GroundPainting, dithered
from matinee.engines.animatic.sets.outdoors.site import Site

TILE = 768
FIELDS = ("#6f9a46", "#8fae52", "#b9b25c", "#d8c070", "#5c8540", "#a58f56", "#7fa85a")


def cloud_floor(site: Site, level: float, drift: float) -> Ground:
    """A closed layer of cloud below us, drifting."""
    # As near as a raised camera sees it.
    nearest_s = 1.06 * site.draft.frame.half_height / (level - 0.16)
    painting = GroundPainting(site.draft, level, nearest_s, 6.0)
    heaps = painting.sampled(seamless(site.draft.seed("floor"), 512, 4.0, 2.1), 2, 0.62)
    puffs = painting.sampled(seamless(site.draft.seed("puffs"), 512, 14.0, 1.9), 3, 0.62)
    body = heaps * np.float32(0.7) + puffs * np.float32(0.3)
    slope = (np.roll(body, 7, 1) - np.roll(body, -7, 1)) * np.float32(1.1 * site.side)
    far = (np.roll(body, -5, 0) - np.roll(body, 5, 0)) * np.float32(0.7)
    lit = np.clip(0.24 + 0.62 * body + slope + far, 0, 1)
    hour = site.hour
    dark, bright = colour(hour.cloud_shade), colour(hour.cloud_lit)
    bgr: Floats = (dark + (bright - dark) * lit[..., None]).astype(np.float32)
    haze = 1 - np.exp(-np.maximum(painting.z - 1, 0) * np.float32(0.06))
    bgr = blend(bgr, hour.haze, np.broadcast_to(haze, lit.shape))
    return painting.ground(dithered(painting.softened(np.clip(bgr, 0, 0.95))), drift)


def fields(site: Site, level: float, drift: float) -> Ground:
    """Fields, woods and lakes far below."""
    painting = GroundPainting(site.draft, level, 0.56, 14.0)
    tile = _fields_tile(site)
    albedo = np.stack([painting.sampled(tile[..., k], 2, 1.0) for k in range(3)], -1)
    relief = painting.sampled(seamless(site.draft.seed("rolling"), 256, 3.0, 2.0), 2)
    # Shadows of clouds lie over the land.
    shadow = painting.sampled(seamless(site.draft.seed("overcast"), 256, 5.0, 2.0), 1, 0.7)
    facing = (0.5 + 0.4 * (relief - 0.5)) * (1 - 0.5 * smoothstep(0.58, 0.72, shadow))
    lit = site.hour.shine(albedo.astype(np.float32), facing)
    bgr = site.hour.hazed(lit, np.minimum(painting.z * 1.3, 60))
    return painting.ground(dithered(painting.softened(bgr)), drift)


def _fields_tile(site: Site) -> Floats:
    random = site.painter("fields")
    tile = np.zeros((TILE, TILE, 3), np.float32)
    _split(tile, random, (0, 0, TILE, TILE))
    bend = seamless(site.draft.seed("bend"), TILE, 3.0, 2.2) - np.float32(0.5)
    other = seamless(site.draft.seed("bend2"), TILE, 3.0, 2.2) - np.float32(0.5)
    tile = warp(tile, bend * 70, other * 70)
    woods = smoothstep(0.63, 0.66, seamless(site.draft.seed("woods"), TILE, 6.0, 1.5))
    grain = seamless(site.draft.seed("grain"), TILE, 60.0, 0.6)
    tile = blend(tile, "#33562f", woods * np.float32(0.95)) * (0.78 + 0.44 * grain[..., None])
    lakes = seamless(site.draft.seed("lakes"), TILE, 4.0, 2.2)
    return blend(tile, "#4f86a8", smoothstep(0.8, 0.81, lakes))


def _split(tile: Floats, random: np.random.Generator, box: tuple[int, int, int, int]) -> None:
    """Divide `box` (left, top, right, bottom) into fields, each with furrows and a hedge."""
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    if max(wide, high) > 150 or (max(wide, high) > 70 and random.random() < 0.75):
        share = random.uniform(0.35, 0.65)
        if wide > high:
            middle = left + int(wide * share)
            parts = ((left, top, middle, bottom), (middle, top, right, bottom))
        else:
            middle = top + int(high * share)
            parts = ((left, top, right, middle), (left, middle, right, bottom))
        for part in parts:
            _split(tile, random, part)
        return
    code = colour(FIELDS[int(random.integers(len(FIELDS)))])
    piece = tile[top:bottom, left:right]
    piece[:] = code * random.uniform(0.88, 1.1)
    lines = np.arange(high)[:, None] if random.random() < 0.5 else np.arange(wide)[None]
    piece *= (1 + 0.07 * np.sin(lines * random.uniform(0.7, 1.6)))[..., None].astype(np.float32)
    corner = (right - 1, bottom - 1)
    hedge = cast(tuple[float, float, float], tuple(float(v) for v in colour("#3c5a34")))
    cv2.rectangle(tile, (left, top), corner, hedge, 2)
