"""Landforms: mountain ranges, dunes, table mountains, snowy hills."""

from __future__ import annotations

import cv2
import numpy as np

from matinee.engines.animatic.layers import Strip
from matinee.engines.animatic.paint import Floats, colour, gradient, smoothstep
from matinee.engines.animatic.sets.outdoors.fields import blend
from matinee.engines.animatic.sets.outdoors.relief import Terrain
from matinee.engines.animatic.sets.outdoors.site import Site
from matinee.engines.animatic.sets.outdoors.stamps import Trees

SNOW = "#eef4fc"


def alps(
    site: Site, name: str, box: tuple[float, float], tall: float, snow_from: float = 0.42
) -> Strip:
    """A range of peaks between two depths, `tall` frame units high, snow above `snow_from`."""
    near, far = box
    land = Terrain(draft=site.draft, level=site.level, near=near, far=far, wide=3.0)
    peaks = land.ridged(f"{name}-peaks", 1.1, 2.0)
    broad = land.noise(f"{name}-broad", 1.0, 2.0, 2.6)
    rise = smoothstep(0.0, 0.75, np.broadcast_to(land.share, land.shape))
    shape = rise * (0.3 * broad + 0.7 * peaks**1.3 * (0.4 + 0.6 * broad))
    heights = (shape / shape.max() * tall * land.z).astype(np.float32)
    crags = land.on_faces(f"{name}-crags", heights, 9.0) * np.float32(0.5)
    crags = crags + land.on_faces(f"{name}-cracks", heights, 30.0) * np.float32(0.5)
    lit = land.facing(heights, site.side, 0.42) ** 1.2 * (0.82 + 0.62 * crags)
    lit = lit * (0.3 + 0.7 * land.shadowed(heights, site.side, 0.5))
    high = heights / (land.z * tall)
    rock = gradient(crags, [(0, "#4a4750"), (0.5, "#726c78"), (1, "#a09694")])
    grown = smoothstep(0.3, 0.1, high + (crags - 0.5) * 0.16)
    albedo = blend(rock, "#4f7048", grown)
    white = smoothstep(snow_from - 0.1, snow_from + 0.14, high + (crags - 0.5) * 0.5)
    # Snow slides off the steepest faces.
    steep = smoothstep(0.1, 0.32, land.facing(heights, 0.0, 1.0) + (crags - 0.5) * 0.22)
    albedo = blend(albedo, SNOW, white * (0.3 + 0.7 * steep))
    bgr = site.hour.hazed(site.hour.shine(albedo, lit), land.z * 0.42)
    return land.strip(heights, bgr, (near * far) ** 0.5)


def hills(
    site: Site,
    name: str,
    box: tuple[float, float],
    tall: float,
    codes: tuple[str, ...],
    trees: Trees | None = None,
) -> Strip:
    """Rolling hills between two depths, up to `tall` world units high, in the colours `codes`."""
    near, far = box
    land = Terrain(draft=site.draft, level=site.level, near=near, far=far)
    rise = np.clip(land.share * 1.3 - 0.06, 0, 1)
    heights = (land.noise(name, 2.2, 2.5, 2.5) * rise * tall).astype(np.float32)
    grain = land.noise(f"{name}-grain", 40, 120, 0.9)
    lit = land.facing(heights, site.side, 0.7) * (0.8 + 0.3 * grain)
    steps = max(1, len(codes) - 1)
    tone = land.noise(f"{name}-tone", 5, 6)
    albedo = gradient(tone, [(i / steps, code) for i, code in enumerate(codes)])
    bgr = site.hour.hazed(site.hour.shine(albedo, lit), land.z)
    return land.strip(heights, bgr, (near * far) ** 0.5, trees)


def dunes(
    site: Site, name: str, box: tuple[float, float], tall: float, codes: tuple[str, str, str]
) -> Strip:
    """Dunes with sharp crests between two depths; `codes` are shade, sand and light."""
    near, far = box
    land = Terrain(draft=site.draft, level=site.level, near=near, far=far, slices=420)
    heights = _dune_heights(land, name) * tall * np.clip(land.share * 1.5, 0, 1)
    heights = (heights * (0.6 + 0.4 * land.z / far)).astype(np.float32)
    lit = land.facing(heights, site.side, 0.42)
    lit = lit * (0.25 + 0.75 * land.shadowed(heights, site.side, 0.3))
    ripple = land.noise(f"{name}-ripple", 120, 26, 0.7)
    tone = np.clip(lit * 1.1 + (ripple - 0.5) * 0.12, 0, 1).astype(np.float32)
    albedo = gradient(tone, [(0, codes[0]), (0.5, codes[1]), (1, codes[2])])
    bgr = site.hour.hazed(site.hour.shine(albedo, tone), land.z)
    return land.strip(heights, bgr, (near * far) ** 0.5)


def _dune_heights(land: Terrain, name: str) -> Floats:
    """Long waves of sand: they rise slowly and fall steeply; their crests waver."""
    bend = land.noise(f"{name}-bend", 1.4, 1.6, 2.8)
    tiers = land.noise(f"{name}-tiers", 2.0, 2.2, 2.6)
    x = np.arange(land.columns, dtype=np.float32)[None] / land.columns
    turns = np.mod(2 * x + 3.4 * land.share + 1.3 * bend, 1.0)
    # A rounded saw: up over 70 % of its length, down over the rest.
    slope = np.where(turns < 0.7, turns / 0.7, (1 - turns) / 0.3).astype(np.float32)
    rounded = slope - 0.12 * np.sin(slope * np.pi) * (1 - slope)
    # A crest sharper than the slices lie close would be seen as steps.
    soft = cv2.GaussianBlur(rounded * (0.35 + 0.65 * tiers), (0, 0), 3.0)
    return np.asarray(soft, np.float32)


def mesas(site: Site, name: str, box: tuple[float, float], tall: float) -> Strip:
    """Table mountains of layered red rock between two depths, `tall` frame units high."""
    near, far = box
    land = Terrain(draft=site.draft, level=site.level, near=near, far=far, wide=3.0, slices=260)
    base = land.noise(name, 3.0, 5.0, 2.0)
    crags = land.noise(f"{name}-crags", 30, 150, 1.1)
    mass = base + (crags - 0.5) * 0.07
    tiers = 0.62 + 0.38 * land.noise(f"{name}-tiers", 2.0, 5.0, 2.6)
    table = smoothstep(0.62, 0.65, mass) * 0.66 + smoothstep(0.72, 0.745, mass) * 0.34
    table = table * tiers
    talus = smoothstep(0.42, 0.64, base) * 0.22
    shape = np.maximum(table, talus) * smoothstep(0, 0.3, np.broadcast_to(land.share, land.shape))
    heights = (shape * tall * land.z).astype(np.float32)
    lit = land.facing(_softened(heights), site.side, 0.5)
    lit = lit * (0.4 + 0.6 * land.shadowed(heights, site.side, 0.5))
    high = heights / (land.z * tall)
    bands = 0.5 + 0.5 * np.sin(high * 46 + 5 * base + 2 * crags)
    rock = gradient(
        np.clip(0.25 * high + 0.5 * bands + 0.3 * (crags - 0.5), 0, 1).astype(np.float32),
        [(0, "#8f3f28"), (0.5, "#c0623a"), (1, "#e09a62")],
    )
    flat = smoothstep(0.3, 0.12, high)
    albedo = blend(rock, "#c98a58", flat * np.float32(0.8))
    bgr = site.hour.hazed(site.hour.shine(albedo, np.clip(lit + 0.12, 0, 1)), land.z * 0.7)
    return land.strip(heights, bgr, (near * far) ** 0.5)


def _softened(heights: Floats) -> Floats:
    """`heights` with cliffs a few columns wide, or they would be lit by one column only."""
    return np.asarray(cv2.blur(heights, (7, 3)), np.float32)


def snowy(
    site: Site, name: str, box: tuple[float, float], tall: float, trees: Trees | None = None
) -> Strip:
    """Hills deep in snow between two depths."""
    near, far = box
    land = Terrain(draft=site.draft, level=site.level, near=near, far=far)
    rise = np.clip(land.share * 1.3 - 0.06, 0, 1)
    heights = (land.noise(name, 2.2, 2.4, 2.5) * rise * tall).astype(np.float32)
    drift = land.noise(f"{name}-drift", 22, 30, 1.5)
    lit = land.facing(heights + drift * 0.008 * land.z, site.side, 0.6)
    white = np.broadcast_to(colour("#e6eefa"), (*land.shape, 3))
    albedo = blend(white, "#aebfe2", smoothstep(0.55, 0.15, lit) * np.float32(0.7))
    bgr = site.hour.hazed(site.hour.shine(albedo, lit), land.z)
    return land.strip(heights, bgr, (near * far) ** 0.5, trees)
