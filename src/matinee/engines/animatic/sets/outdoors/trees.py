"""Trees, painted dab by dab: firs, broad-leaved trees, palms, tall trunks."""

from __future__ import annotations

import math

import cv2
import numpy as np

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.paint import Floats, colour, noise, smoothstep, to_pixels
from matinee.engines.animatic.sets.outdoors.brush import Botany, dab
from matinee.engines.animatic.sets.outdoors.strokes import draw_lines, draw_shape


def conifer(made: Botany, code: str = "#3c7446", snow: float = 0.0) -> Image:
    """A fir; `snow` is the share of its twigs that carry snow."""
    height = made.height_px
    width = round(height * 0.56)
    pixels = np.zeros((height, width, 4), np.uint8)
    random = made.random
    middle = width / 2 + random.normal(0, 0.008) * height
    trunk = np.array(((-0.016, 1.0), (-0.004, 0.1), (0.004, 0.1), (0.016, 1.0)))
    draw_shape(pixels, trunk * height + (middle, -2), made.ink("#5d4634", 0.3))
    tiers = int(random.integers(15, 19))
    fullness = random.uniform(0.85, 1.12)
    albedo = colour(code) * np.float32(random.uniform(0.85, 1.15))
    for tier in range(tiers, 0, -1):
        share = tier / tiers
        reach = height * fullness * (0.018 + 0.225 * share**0.85) * random.uniform(0.84, 1.1)
        _tier(pixels, made, (middle, height * (0.03 + 0.87 * share)), reach, albedo)
        if snow:
            _snowed(pixels, made, (middle, height * (0.03 + 0.87 * share)), reach, snow)
    return pixels


def _tier(
    pixels: Image, made: Botany, at: tuple[float, float], reach: float, albedo: Floats
) -> None:
    """One whorl of branches: twigs that hang from `at`, `reach` to both sides."""
    random, height = made.random, made.height_px
    count = int(46 + 90 * reach / (0.25 * height))
    inner = np.array(((0, -0.09), (-0.55, -0.005), (-0.3, 0.03), (0.3, 0.03), (0.55, -0.005)))
    outline = inner * (reach, height) + at
    draw_shape(pixels, outline, made.ink(albedo * np.float32(0.86), 0.14))
    aside = random.uniform(-1, 1, count)
    front = random.random(count)
    lean = aside * made.side
    # Twigs at the back are short, high and dark, those in front long, low and light.
    x = at[0] + aside * reach * (0.75 + 0.25 * front)
    droop = 0.42 * np.abs(aside) ** 1.4 * reach
    y = (
        at[1]
        - height * 0.055
        + droop
        + front * height * 0.042
        + random.normal(0, 0.004, count) * height
    )
    places = np.stack((x, y), 1).astype(np.float32)
    length = height * 0.032 * (0.6 + 0.6 * random.random(count))
    stroke = np.stack((aside * length * 0.9, length * (0.75 - 0.3 * np.abs(aside))), 1)
    shades = 0.12 + 0.34 * front + 0.24 * np.clip(lean, -0.6, 1) + random.normal(0, 0.07, count)
    shades += 0.16 * (1 - at[1] / height)
    thickness = max(1.0, height * 0.0105)
    dab(pixels, made, albedo, (places, shades.astype(np.float32)), stroke, thickness)


def _snowed(
    pixels: Image, made: Botany, at: tuple[float, float], reach: float, share: float
) -> None:
    random, height = made.random, made.height_px
    count = int((14 + 26 * reach / (0.25 * height)) * share)
    aside = random.uniform(-0.95, 0.95, count)
    x = at[0] + aside * reach
    y = at[1] - height * 0.05 + 0.42 * np.abs(aside) ** 1.4 * reach
    y += random.uniform(0, 0.024, count) * height
    places = np.stack((x, y), 1).astype(np.float32)
    length = height * 0.026 * (0.5 + random.random(count))
    stroke = np.stack((aside * length, 0.35 * np.abs(aside) * length), 1)
    shades = np.clip(0.62 + 0.3 * aside * made.side + random.normal(0, 0.08, count), 0.2, 1)
    white = colour("#f2f6fc")
    dab(pixels, made, white, (places, shades.astype(np.float32)), stroke, max(1, height * 0.013))


def broadleaf(
    made: Botany, code: str = "#5d9440", bark: str = "#6b5038", wide: float = 1.0
) -> Image:
    """A tree with a round crown of several lobes on a forked trunk."""
    height = made.height_px
    width = round(height * 1.04 * wide)
    pixels = np.zeros((height, width, 4), np.uint8)
    random = made.random
    middle = width / 2
    fork = height * random.uniform(0.60, 0.68)
    _trunk(pixels, made, bark, (middle, fork))
    lobes = [(middle, height * 0.36, height * 0.24)]
    for angle in np.linspace(math.pi * 1.02, math.tau * 0.99, 7):
        reach = height * random.uniform(0.2, 0.27)
        x = middle + math.cos(angle) * reach * 1.12 * wide
        y = height * 0.45 + math.sin(angle) * reach * 0.85
        lobes.append((x, y, height * random.uniform(0.11, 0.165)))
    for aside in (-0.16, 0.12):
        lobes.append((middle + aside * height, height * random.uniform(0.5, 0.55), height * 0.105))
    crown(pixels, made, lobes, code)
    return pixels


def _trunk(pixels: Image, made: Botany, bark: str, fork: tuple[float, float]) -> None:
    height, random = made.height_px, made.random
    x, y = fork
    thick = height * random.uniform(0.028, 0.036)
    for aside, shade in ((0.0, 0.12), (0.32 * made.side, 0.55)):
        narrow = 1.0 if aside == 0 else 0.42
        outline = np.array(
            (
                (-1.5 * narrow, height - 1 - y),
                (-0.8 * narrow, (height - y) * 0.4),
                (-0.6 * narrow, -0.2 * height),
                (0.6 * narrow, -0.2 * height),
                (0.8 * narrow, (height - y) * 0.4),
                (1.5 * narrow, height - 1 - y),
            )
        )
        outline[:, 0] = outline[:, 0] * thick + x + aside * thick
        outline[:, 1] += y
        draw_shape(pixels, outline, made.ink(bark, shade))
    tips = random.uniform((-0.26, -0.3), (0.26, -0.12), (5, 2)) * height
    branches = np.stack((np.zeros((5, 2)), tips * (0.4, 0.6), tips), 1) + (x, y + 0.04 * height)
    draw_lines(pixels, branches.astype(np.float32), made.ink(bark, 0.2), thick * 0.6)


def crown(pixels: Image, made: Botany, lobes: list[tuple[float, float, float]], code: str) -> None:
    """Leaves over round `lobes` (x, y, radius in pixels), lit from the sun's side."""
    random, height = made.random, made.height_px
    albedo = colour(code) * random.uniform(0.88, 1.1, 3).astype(np.float32)
    places, shades = [], []
    for x, y, radius in lobes:
        dark = made.ink(albedo * np.float32(0.8), 0.02)
        spot = (round(x * 8), round(y * 8))
        ink = (*(float(value) * 255 for value in np.clip(dark, 0, 1)), 255.0)
        cv2.circle(pixels, spot, round(radius * 0.86 * 8), ink, -1, cv2.LINE_AA, 3)
        count = max(24, int(5200 * (radius / height) ** 1.35))
        angle = random.uniform(0, math.tau, count)
        out = np.sqrt(random.random(count)) * random.uniform(0.92, 1.06, count)
        across, down = np.cos(angle) * out, np.sin(angle) * out
        toward = np.sqrt(np.clip(1 - out**2, 0, 1))
        lit = 0.62 * across * made.side - 0.68 * down + 0.38 * toward
        low = 0.22 * (y + down * radius) / height
        places.append(np.stack((x + across * radius, y + down * radius), 1))
        shades.append(0.36 + 0.42 * lit - low + random.normal(0, 0.09, count))
    at = np.concatenate(places).astype(np.float32)
    shade = np.concatenate(shades).astype(np.float32)
    angle = random.uniform(0, math.tau, shade.size)
    length = height * 0.011 * random.uniform(0.4, 1.3, shade.size)
    stroke = np.stack((np.cos(angle) * length, np.sin(angle) * length), 1)
    dab(pixels, made, albedo, (at, shade), stroke, max(1, height * 0.013))


def palm(made: Botany) -> Image:
    """A palm that leans; its box is as wide as high."""
    height = made.height_px
    pixels = np.zeros((height, height, 4), np.uint8)
    random = made.random
    lean = random.uniform(0.08, 0.2) * (1 if random.random() < 0.5 else -1)
    share = np.linspace(0, 1, 30)
    x = height * (0.5 - lean * 0.5 + lean * share**1.6)
    y = height * (0.995 - 0.66 * share)
    for k in range(share.size - 1):
        thick = height * (0.034 - 0.017 * share[k])
        piece = np.array(((x[k], y[k]), (x[k + 1], y[k + 1])))[None]
        draw_lines(pixels, piece, made.ink("#8a6a48", 0.18 + 0.12 * (k % 2)), thick)
        edge = piece + (made.side * thick * 0.25, 0)
        draw_lines(pixels, edge, made.ink("#a8865c", 0.55 + 0.2 * (k % 2)), thick * 0.35)
    heart = np.array((x[-1], y[-1]))
    angles = np.concatenate(
        (np.linspace(-0.5, math.pi + 0.5, 9), np.linspace(-0.2, math.pi + 0.2, 6))
    )
    order = np.argsort(-np.abs(angles - math.pi / 2))
    for angle in angles[order]:
        _frond(pixels, made, heart, float(angle) + random.normal(0, 0.08))
    return pixels


def _frond(pixels: Image, made: Botany, heart: Floats, angle: float) -> None:
    height, random = made.height_px, made.random
    reach = height * random.uniform(0.28, 0.36)
    share = np.linspace(0, 1, 24)
    x = heart[0] + math.cos(angle) * reach * share
    y = heart[1] - math.sin(angle) * reach * share * 0.75 + reach * 0.55 * share**2.1
    spine = np.stack((x, y), 1)
    lit = float(np.clip(0.42 + 0.3 * math.cos(angle) * made.side + 0.16 * math.sin(angle), 0.08, 1))
    draw_lines(pixels, spine[None], made.ink("#7d9440", lit), height * 0.006)
    hang = reach * 0.24 * np.sin(np.clip(share * 0.96 + 0.1, 0, 1) * math.pi) ** 0.7
    along = np.gradient(spine, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    across = np.stack((along[:, 1], -along[:, 0]), 1)
    for side, shade in ((-1.0, lit * 0.6), (1.0, lit)):
        reach_out = along * 0.55 + across * (0.62 * side) + (0.0, 0.42)
        tips = spine + reach_out * hang[:, None]
        leaves = np.stack((spine, (spine + tips) / 2 - (0, 0.012 * height), tips), 1)
        draw_lines(pixels, leaves, made.ink("#5f9a3c", shade), height * 0.0065)


def trunk(made: Botany, bark: str = "#6a5442", moss: str = "#6f8f46") -> Image:
    """The lower part of a tall tree: its roots at the foot, its top cut off by the frame."""
    height = made.height_px
    thick = height * 0.052
    width = round(thick * 3.4)
    random = made.random
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    flare = 1 + 0.9 * np.clip((y - 0.9) / 0.1, 0, 1) ** 2.2 - 0.18 * (1 - y)
    bow = 0.35 * np.sin(y * random.uniform(1.5, 3.0) + random.uniform(0, 6)) * thick
    x = np.arange(width, dtype=np.float32)[None] - width / 2 - bow
    roots = 1 + 0.12 * np.sin(np.arctan2(x, thick) * 9 + random.uniform(0, 6)) * (y > 0.9)
    across = x / (thick * flare * roots)
    grooves = noise((height, width), int(random.integers(1 << 30)), (height / thick / 3, 5), 4)
    round_ = np.sqrt(np.clip(1 - across**2, 0, 1))
    lit = 0.16 + 0.42 * round_ + 0.5 * np.clip(across * made.side, -0.5, 1) * round_
    lit = np.clip(lit * (0.62 + 0.7 * grooves), 0.02, 1).astype(np.float32)
    albedo = np.broadcast_to(colour(bark), (*lit.shape, 3))
    mossy = smoothstep(0.5, 0.75, grooves + 0.28 * (y - 0.6) - 0.2 * across * made.side)
    albedo = albedo + (colour(moss) - albedo) * (mossy * np.float32(0.6))[..., None]
    bgr = made.hour.hazed(made.hour.shine(albedo, lit), made.depth)
    alpha = np.clip((1 - np.abs(across)) * thick + 0.5, 0, 1).astype(np.float32)
    # Roots go into the ground along a soft curve.
    sole = 1 - 0.016 * np.clip(1.2 - (x / thick / 1.9) ** 2, -0.6, 1.0)
    alpha *= np.clip((2 - sole - 0.006 - y) * height * 0.12, 0, 1)
    return to_pixels(bgr, alpha)
