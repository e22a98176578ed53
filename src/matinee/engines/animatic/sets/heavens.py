"""Painted heavens: nebulae, planets and comets, for every set from which they can be seen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.canvas import Image, Texture
from matinee.engines.animatic.paint import (
    DITHER,
    Floats,
    colour,
    floats,
    gradient,
    grid,
    noise,
    smoothstep,
    starfield,
    to_light,
    warp,
)

HALO = 0.18

SURFACE_PX = 640
"""Size of the noise that covers the half of a planet that we see."""

SHADE_PX = np.float32(4)
"""How far clouds' shadows fall beside them, on that noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nebula:
    """The colours of a part of the galaxy."""

    dark: tuple[str, str, str, str] = ("#04050f", "#0b1030", "#1b1140", "#2c1550")
    """From empty space to the haze of the band."""

    clouds: tuple[str, str, str] = ("#5b2bd0", "#e0409a", "#20b8d8")
    fibres: str = "#ffb060"
    slope: float = 0.45
    """How steeply the band falls to the right."""

    height: float = 0.62
    """Where the band crosses the middle, 0 is the top."""

    strength: float = 0.75


def night_sky(
    shape: tuple[int, int], seed: int, nebula: Nebula, *, stars: int = 2300, brilliants: int = 10
) -> Floats:
    """A sky of `nebula` and stars, BGR (height, width, 3)."""
    clouds = nebula_clouds(shape, seed, nebula)
    hidden = np.clip(clouds.max(-1, keepdims=True) * 1.2, 0, 1)
    points = starfield(shape, seed, stars, brilliants)
    return cast(Floats, np.clip(clouds + points * (1 - 0.65 * hidden), 0, 1))


def nebula_clouds(shape: tuple[int, int], seed: int, nebula: Nebula) -> Floats:
    """Glowing gas along a band, with dark dust in front, BGR (height, width, 3)."""
    height, width = shape
    # Gas has no sharp edges: half the resolution is enough, and four times as quick.
    half = (height // 2, width // 2)
    broad = noise(half, seed, 2, 7, 0.55)
    drift = noise(half, seed + 1, 2, 5)
    curl = noise(half, seed + 2, 3, 6, 0.58)
    pull = np.float32(0.16 * min(half) * 1.7)
    broad = warp(broad, (drift - 0.5) * pull, (curl - 0.5) * pull)
    fibre = noise(half, seed + 3, 2, 7, 0.6)
    fibre = warp(fibre, (curl - 0.5) * pull * 1.3, (drift - 0.5) * pull * 1.3)
    ridge = 1 - np.abs(2 * fibre - 1)
    x, y = grid(half)
    off = y - nebula.height + nebula.slope * (x - 0.5) + 0.12 * (drift - 0.5)
    band = np.exp(-((off / 0.34) ** 2)).astype(np.float32)
    base = _ladder(np.clip(0.15 + 0.75 * band * broad + 0.15 * y, 0, 1), nebula)
    gas = smoothstep(0.35, 0.95, broad) * band
    tint = _blend(nebula.clouds[0], nebula.clouds[1], smoothstep(0.25, 0.75, drift))
    third = (smoothstep(0.6, 1, curl) * smoothstep(0.4, 0.9, drift))[..., None]
    tint = tint * (1 - third) + colour(nebula.clouds[2]) * third
    glow = base + (gas**1.3)[..., None] * tint * np.float32(nebula.strength)
    glow += (smoothstep(0.72, 1, ridge) * gas)[..., None] * colour(nebula.fibres) * 0.5
    dust = noise(half, seed + 8, 4, 6, 0.6)
    dust = smoothstep(0.55, 0.9, warp(dust, (broad - 0.5) * pull, (broad - 0.5) * pull)) * band
    glow *= (1 - 0.72 * dust)[..., None]
    return cast(Floats, cv2.resize(glow, (width, height), interpolation=cv2.INTER_CUBIC))


def _ladder(values: Floats, nebula: Nebula) -> Floats:
    return gradient(values, list(zip((0.0, 0.35, 0.7, 1.0), nebula.dark, strict=True)))


def _blend(first: str, second: str, share: Floats) -> Floats:
    weight = share[..., None]
    return cast(Floats, colour(first) * (1 - weight) + colour(second) * weight)


@dataclass(frozen=True, slots=True, kw_only=True)
class Globe:
    """What a planet looks like."""

    ground: tuple[tuple[float, str], ...]
    """Colours of its surface from deep to high, (position 0..1, `#rrggbb`)."""

    atmosphere: str = "#7fd0ff"
    clouds: float = 0.7
    """How much of it they hide, 0 to 1."""

    sea_level: float = 0.0
    """Surface below this position mirrors the sun."""

    banded: bool = False
    """Whether it is a gas giant with belts."""

    craters: bool = False
    tilt: float = 0.35
    sun: tuple[float, float, float] = (0.62, -0.62, 0.42)
    """Towards the sun: x right, y down, z towards us."""

    night: float = 0.012
    """How bright its dark side is, as a share of the ground's colour."""

    halo: float = HALO
    """How far its atmosphere shines beyond its edge, in radii."""

    cities: str | None = None
    """The colour of the lights on its night side, if it has any."""


def planet(radius_px: int, seed: int, globe: Globe) -> Texture:
    """A planet with its atmosphere; the texture is 2 * (1 + globe.halo) radii wide."""
    side = round(radius_px * 2 * (1 + globe.halo))
    steps = (np.arange(side, dtype=np.float32) - (side - 1) / 2) / np.float32(radius_px)
    return Texture(_sphere(steps[None], steps[:, None], radius_px, seed, globe))


def limb(size_px: tuple[int, int], radius_px: int, top_px: int, seed: int, globe: Globe) -> Texture:
    """The uppermost part of a planet too large to be seen whole, (width, height) in pixels.

    Its edge crosses the middle `top_px` below the texture's upper side: leave room for its halo.
    """
    width, height = size_px
    x = (np.arange(width, dtype=np.float32) - (width - 1) / 2) / np.float32(radius_px)
    y = (np.arange(height, dtype=np.float32) - np.float32(radius_px + top_px)) / radius_px
    return Texture(_sphere(x[None], y[:, None].astype(np.float32), radius_px, seed, globe))


def _sphere(x: Floats, y: Floats, radius_px: int, seed: int, globe: Globe) -> Image:
    """Premultiplied pixels of a unit sphere seen at the places x (1, width) and y (height, 1).

    The atmosphere's halo has colour but no alpha: it is light, added to what is behind.
    """
    distance = np.sqrt(x * x + y * y)
    z = np.sqrt(np.clip(1 - distance * distance, 0, 1))
    sun = np.array(globe.sun, np.float32)
    sun /= np.linalg.norm(sun)
    facing = x * sun[0] + y * sun[1] + z * sun[2]
    surface, water = _surface(x, y, z, seed, globe)
    day = (smoothstep(-0.12, 0.9, facing) ** 1.15)[..., None]
    lit = surface * (day * np.float32(0.88) + np.float32(globe.night))
    if globe.sea_level:
        half_way = sun + np.array((0, 0, 1), np.float32)
        half_way /= np.linalg.norm(half_way)
        glint = np.clip(x * half_way[0] + y * half_way[1] + z * half_way[2], 0, 1) ** 40
        lit += (glint * water * 0.55)[..., None] * colour("#fff0d8")
    if globe.cities is not None:
        dark = smoothstep(0.05, -0.2, facing)
        lit += (_cities(x, y, seed) * dark * (1 - water))[..., None] * colour(globe.cities)
    fringe = (1 - z) ** 2.2 * smoothstep(-0.3, 0.6, facing)
    lit += fringe[..., None] * colour(globe.atmosphere) * np.float32(0.75)
    inside = np.clip((1 - distance) * radius_px + 0.5, 0, 1)
    towards = (x * sun[0] + y * sun[1]) / np.maximum(distance, 1e-3)
    beyond = np.clip(1 - (distance - 1) / np.float32(globe.halo), 0, 1) ** 3.2 * (distance > 0.98)
    halo = beyond * smoothstep(-0.4, 0.75, towards.astype(np.float32)) * (1 - inside) * 0.72
    shown = lit * inside[..., None] + halo[..., None] * colour(globe.atmosphere)
    return _packed(floats(shown), floats(inside))


def _packed(bgr: Floats, alpha: Floats) -> Image:
    height, width = alpha.shape
    tiles = (-(-height // DITHER.shape[0]), -(-width // DITHER.shape[1]), 1)
    dither = np.tile(DITHER, tiles)[:height, :width]
    pixels = np.zeros((height, width, 4), np.uint8)
    drawn = bgr * np.float32(255) + dither * (bgr.max(-1, keepdims=True) > 0.004)
    pixels[..., :3] = np.clip(drawn + np.float32(0.5), 0, 255)
    pixels[..., 3] = np.clip(alpha * 255 + 0.5, 0, 255)
    return pixels


def _surface(x: Floats, y: Floats, z: Floats, seed: int, globe: Globe) -> tuple[Floats, Floats]:
    """The colours of the ground and clouds, and where there is open water (0 to 1)."""
    cosine, sine = np.float32(math.cos(globe.tilt)), np.float32(math.sin(globe.tilt))
    across, down = cosine * x + sine * y, -sine * x + cosine * y
    round_it = np.arctan2(across, np.maximum(z, 1e-3)) / np.float32(math.pi) + np.float32(0.5)
    up_it = np.arcsin(np.clip(down, -1, 1)) / np.float32(math.pi) + np.float32(0.5)
    u, v = floats(round_it * (SURFACE_PX - 1)), floats(up_it * (SURFACE_PX - 1))
    shape = (SURFACE_PX, SURFACE_PX)
    heights = _belts(shape, seed) if globe.banded else noise(shape, seed, 4, 7, 0.55)
    if globe.craters:
        heights = _cratered(heights, seed)
    level = _sampled(heights, u, v)
    ground = gradient(level, globe.ground)
    water = smoothstep(globe.sea_level + 0.02, globe.sea_level - 0.02, level)
    if globe.clouds:
        weather = noise(shape, seed + 9, 4, 7, 0.6)
        swirl = noise(shape, seed + 10, 3, 4)
        weather = warp(weather, (swirl - 0.5) * 90, (swirl.T - 0.5) * 50)
        cover = smoothstep(0.5, 0.85, _sampled(weather, u, v))
        shade = smoothstep(0.5, 0.85, _sampled(weather, u - SHADE_PX, v + SHADE_PX))
        ground *= (1 - 0.35 * globe.clouds * shade)[..., None]
        veil = (cover * globe.clouds)[..., None]
        ground = ground * (1 - veil) + np.float32(0.72) * veil
        water = water * (1 - cover)
    return ground, water


def _sampled(plane: Floats, u: Floats, v: Floats) -> Floats:
    edge = cv2.BORDER_REFLECT
    return cast(Floats, cv2.remap(plane, u, v, cv2.INTER_LINEAR, borderMode=edge))


def _belts(shape: tuple[int, int], seed: int) -> Floats:
    height, width = shape
    belts = noise((height, 8), seed + 6, (9.0, 1.0), 4).mean(1, keepdims=True)
    belts = np.repeat((belts - belts.min()) / (np.ptp(belts) + 1e-6), width, 1)
    storms = noise(shape, seed + 5, 3, 6, 0.55)
    eddies = noise(shape, seed, 6, 6, 0.55)
    bent = warp(belts.astype(np.float32), storms * 0, (storms - 0.5) * 60 + (eddies - 0.5) * 22)
    return cast(Floats, np.clip(0.86 * bent + 0.14 * eddies, 0, 1))


def _cratered(heights: Floats, seed: int) -> Floats:
    """`heights` with round hollows, each with a raised rim."""
    random = np.random.default_rng(seed)
    size = heights.shape[0]
    result = heights.copy()
    for place_x, place_y, scale in random.random((60, 3)).tolist():
        radius = int(size * (0.012 + 0.06 * scale**3))
        cx, cy = int(size * (0.1 + 0.8 * place_x)), int(size * (0.1 + 0.8 * place_y))
        reach = int(radius * 1.6)
        rows, columns = slice(max(0, cy - reach), cy + reach), slice(max(0, cx - reach), cx + reach)
        yy, xx = np.ogrid[rows, columns]
        far = np.hypot(xx - cx, yy - cy)[: size - rows.start, : size - columns.start] / radius
        hollow = np.clip(1 - far, 0, 1) ** 0.7 * 0.3
        rim = np.exp(-(((far - 1.05) / 0.16) ** 2)) * 0.22
        result[rows, columns] += (rim - hollow).astype(np.float32)
    return cast(Floats, np.clip(result, 0, 1))


def _cities(x: Floats, y: Floats, seed: int) -> Floats:
    """Sparkling clusters of light, one value per pixel."""
    shape = (y.shape[0], x.shape[1])
    towns = smoothstep(0.5, 0.95, noise(shape, seed + 20, 6, 4))
    streets = 1 - np.abs(2 * noise(shape, seed + 22, 16, 3) - 1)
    random = np.random.default_rng(seed + 21)
    sparks = random.random(shape, dtype=np.float32) ** 14 * (towns + 0.5 * streets**8)
    lights = cv2.GaussianBlur(floats(sparks), (0, 0), 0.9) * np.float32(4.5)
    return cast(Floats, np.clip(lights + towns * streets**6 * 0.35 + towns * 0.05, 0, 1))


def comet(size_px: tuple[int, int], seed: int, tail: str, head: str = "#eaffff") -> Texture:
    """A comet flying to the right, as light; its head lies at 0.9 of the texture's width."""
    width, height = size_px
    x = np.arange(width, dtype=np.float32)[None]
    y = np.arange(height, dtype=np.float32)[:, None] - height / 2
    nose, unit = width * 0.9, height / 150
    behind = np.clip((nose - x) / nose, 0, 1)
    fibres = noise((height, width), seed, (3.0, 4.0), 5, 0.6)
    spread = (3 + 26 * behind**0.8) * unit
    plume = np.exp(-((y / spread) ** 2)) * (1 - behind) ** 1.5 * (x < nose) * (0.65 + 0.5 * fibres)
    jet = np.exp(-((y / ((2 + 9 * behind) * unit)) ** 2)) * (1 - behind) ** 3 * (x < nose)
    far = np.hypot(x - nose, y) / unit
    core = np.exp(-((far / 8) ** 2)) * 1.5 + np.exp(-((far / 24) ** 2)) * 0.55
    core += np.clip(1 - far / 60, 0, 1) ** 2 * 0.3
    light = plume[..., None] * colour(tail) * 0.9 + (jet + core)[..., None] * colour(head)
    return to_light(np.clip(light, 0, 1).astype(np.float32))


def rings(
    planet_px: int, seed: int, codes: tuple[str, str], *, sun_x: float, tilt: float = 0.34
) -> tuple[Image, Image]:
    """The far and the near half of a planet's rings, 4.8 planet radii wide, as images.

    `tilt` is their height as a share of their width; `sun_x` is negative for a sun on the left.
    Both images are as large, their middle the planet's.
    """
    width = round(planet_px * 4.8)
    height = round(width * tilt)
    x = (np.arange(width, dtype=np.float32)[None] - width / 2) / planet_px
    y = (np.arange(height, dtype=np.float32)[:, None] - height / 2) / (planet_px * tilt)
    far = np.hypot(x, y)
    grooves = noise((4, 512), seed, (1.0, 40.0), 3, 0.6)[1]
    line = floats(np.interp(far, np.linspace(1.2, 2.4, 512), grooves))
    body = smoothstep(1.28, 1.36, floats(far)) * smoothstep(2.36, 2.26, floats(far))
    gap = 1 - 0.85 * np.exp(-(((far - 1.93) / 0.035) ** 2))
    alpha = body * gap * (0.35 + 0.6 * line)
    # The planet's shadow falls on the far half, away from the sun.
    away = np.hypot(x + math.copysign(0.9, sun_x), (y + 0.7) * 0.8)
    shadow = smoothstep(1.1, 0.8, floats(away)) * smoothstep(0.0, -0.3, y)
    bgr = gradient(line, [(0, codes[0]), (1, codes[1])]) * (1 - 0.8 * shadow[..., None])
    front = _packed(floats(bgr * alpha[..., None]), floats(alpha))
    back = front.copy()
    back[height // 2 :] = 0
    front[: height // 2] = 0
    return back, front
