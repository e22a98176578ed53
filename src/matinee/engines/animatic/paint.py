"""Paint: colours, noise and shapes as float arrays, and how they become textures.

Colours are BGR float32 in 0..1, as displayed (gamma-encoded). Everything random takes a seed.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.canvas import Image, Texture

Floats = NDArray[np.float32]
"""A plane (height, width) or a picture (height, width, 3) of float32."""

GAMMA = 2.2
LADDER_STEPS = 1024
DITHER: Floats = np.random.default_rng(99).uniform(-0.75, 0.75, (512, 512, 1)).astype(np.float32)
"""Fixed grain of under one step of 8 bits, which hides banding in dark gradients."""


def floats(values: NDArray[np.floating[Any]]) -> Floats:
    """`values` as float32, themselves where they already are."""
    return values.astype(np.float32, copy=False)


def colour(code: str) -> Floats:
    """`#rrggbb` or `#rgb` as BGR floats, shape (3,)."""
    digits = code.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return np.array([int(digits[i : i + 2], 16) / 255 for i in (4, 2, 0)], np.float32)


def mix(first: str, second: str, share: float) -> Floats:
    """The colour that is `share` (0 to 1) of the way from `first` to `second`."""
    return colour(first) * np.float32(1 - share) + colour(second) * np.float32(share)


def hex_code(bgr: Floats) -> str:
    """The `#rrggbb` code of a BGR colour."""
    blue, green, red = (round(float(value) * 255) for value in np.clip(bgr, 0, 1))
    return f"#{red:02x}{green:02x}{blue:02x}"


def stream(seed: int, name: str) -> np.random.Generator:
    """A random stream of its own for everything with a name, the same for every frame size."""
    return np.random.default_rng((seed, zlib.crc32(name.encode())))


def seed_of(seed: int, name: str) -> int:
    """A seed derived from another by name, for the functions below."""
    return zlib.crc32(f"{seed}/{name}".encode())


def noise(
    shape: tuple[int, int],
    seed: int,
    cells: float | tuple[float, float] = 3.0,
    octaves: int = 6,
    gain: float = 0.5,
    *,
    wraps: bool = False,
) -> Floats:
    """Fractal noise of `shape` (height, width), stretched so that about 1 % is cut at 0 and at 1.

    `cells` is how many bumps of the coarsest octave fit down, or (down, across); given one number
    they are square. `wraps` makes the right edge continue at the left one. For a terrain's outline
    take `profile`: here cut peaks would become flat mesas.
    """
    raw = _octaves(shape, seed, _cells(shape, cells), (octaves, gain), wraps=wraps)
    low, high = np.percentile(raw[::8, ::8], (1, 99))
    stretched = (raw - np.float32(low)) / np.float32(high - low + 1e-6)
    return cast(Floats, np.clip(stretched, 0, 1))


def profile(
    width: int,
    seed: int,
    cells: float = 3.0,
    octaves: int = 6,
    gain: float = 0.5,
    *,
    wraps: bool = False,
) -> Floats:
    """A rolling line of `width` samples that just touches 0 and 1; `cells` bumps fit across."""
    raw = _octaves((8, width), seed, (1.0, cells), (octaves, gain), wraps=wraps)[3]
    low, high = raw.min(), raw.max()
    return cast(Floats, (raw - low) / (high - low + np.float32(1e-6)))


def _cells(shape: tuple[int, int], cells: float | tuple[float, float]) -> tuple[float, float]:
    if isinstance(cells, tuple):
        return cells
    return cells, cells * shape[1] / shape[0]


def _octaves(
    shape: tuple[int, int],
    seed: int,
    cells: tuple[float, float],
    falloff: tuple[int, float],
    *,
    wraps: bool,
) -> Floats:
    random = np.random.default_rng(seed)
    height, width = shape
    total = np.zeros(shape, np.float32)
    strength, frequency = 1.0, 1.0
    octaves, gain = falloff
    for _ in range(octaves):
        rows = max(2, int(cells[0] * frequency) + 2)
        columns = max(2, int(cells[1] * frequency) + 2)
        grid = random.random((rows, columns), dtype=np.float32)
        total += np.float32(strength) * _stretched(grid, (height, width), wraps=wraps)
        strength *= gain
        frequency *= 2
        if cells[1] * frequency > width:
            break
    return total


def _stretched(grid: Floats, shape: tuple[int, int], *, wraps: bool) -> Floats:
    height, width = shape
    if not wraps:
        return cast(Floats, cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC))
    # Cubic filtering looks two cells around: two columns of the other edge on each side suffice.
    columns = grid.shape[1]
    around = np.concatenate((grid[:, -2:], grid, grid[:, :2]), 1)
    cell = width / columns
    to_grid = np.array(((cell, 0, -2 * cell), (0, height / grid.shape[0], 0)), np.float64)
    to_grid[:, 2] += (np.array((cell, height / grid.shape[0])) - 1) / 2
    edge = cv2.BORDER_REPLICATE
    stretched = cv2.warpAffine(
        around, to_grid, (width, height), flags=cv2.INTER_CUBIC, borderMode=edge
    )
    return cast(Floats, stretched)


def warp(picture: Floats, across: Floats, down: Floats) -> Floats:
    """`picture` with every pixel taken from `across` and `down` pixels away; edges mirror."""
    height, width = picture.shape[:2]
    x = np.arange(width, dtype=np.float32)[None] + across.astype(np.float32)
    y = np.arange(height, dtype=np.float32)[:, None] + down.astype(np.float32)
    edge = cv2.BORDER_REFLECT
    return cast(Floats, cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=edge))


def grid(shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """x of shape (1, width) and y of shape (height, 1), each from 0 to 1 at pixel centres."""
    height, width = shape
    x = ((np.arange(width)[None] + 0.5) / width).astype(np.float32)
    y = ((np.arange(height)[:, None] + 0.5) / height).astype(np.float32)
    return x, y


def smoothstep(low: float, high: float, values: Floats) -> Floats:
    """0 below `low`, 1 above `high`, an S curve between; `low` may be the higher."""
    share = np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1)
    return cast(Floats, share * share * (3 - 2 * share))


def gradient(values: Floats, stops: Sequence[tuple[float, str]]) -> Floats:
    """The colours of `values` (0 to 1) on a ladder of (position, `#rrggbb`), as BGR.

    Blended in linear light, where mixtures of strong colours do not turn muddy.
    """
    positions = [position for position, _ in stops]
    lights = np.stack([colour(code) for _, code in stops]) ** GAMMA
    steps = np.linspace(0, 1, LADDER_STEPS)
    ladder = np.stack([np.interp(steps, positions, lights[:, k]) for k in range(3)], -1)
    codes = (ladder ** (1 / GAMMA)).astype(np.float32)
    index = np.clip(values * (LADDER_STEPS - 1), 0, LADDER_STEPS - 1).astype(np.uint16)
    return codes[index]


def to_pixels(bgr: Floats, alpha: Floats | None = None) -> Image:
    """Premultiplied pixels of straight `bgr` (height, width, 3) and `alpha` (height, width)."""
    height, width = bgr.shape[:2]
    tiles = (-(-height // DITHER.shape[0]), -(-width // DITHER.shape[1]), 1)
    dither = np.tile(DITHER, tiles)[:height, :width]
    values = bgr if alpha is None else bgr * alpha[..., None]
    pixels = np.empty((height, width, 4), np.uint8)
    pixels[..., :3] = np.clip(values * np.float32(255) + dither + np.float32(0.5), 0, 255)
    pixels[..., 3] = 255 if alpha is None else np.clip(alpha * 255 + 0.5, 0, 255)
    if alpha is not None:
        np.minimum(pixels[..., :3], pixels[..., 3:], out=pixels[..., :3])
    return pixels


def to_texture(bgr: Floats, alpha: Floats | None = None) -> Texture:
    """A texture of straight colours and alpha; without alpha it is an opaque one (a backdrop)."""
    return Texture(to_pixels(bgr, alpha), opaque=alpha is None)


def to_light(bgr: Floats) -> Texture:
    """An additive texture: `bgr` is the light that is added where it is drawn."""
    pixels = np.zeros((*bgr.shape[:2], 4), np.uint8)
    pixels[..., :3] = np.clip(bgr * 255, 0, 255)
    return Texture(pixels, additive=True)


def glow(radius_px: int, code: str, falloff: float = 2.2, core: float = 0.0) -> Texture:
    """A round light; higher `falloff` is tighter; `core` is the radius share of a white middle."""
    radius_px = max(2, radius_px)
    steps = np.arange(-radius_px, radius_px + 1, dtype=np.float32) / radius_px
    distance = np.hypot(steps[None], steps[:, None])
    light = (np.clip(1 - distance, 0, 1) ** falloff)[..., None] * colour(code)
    if core:
        light = light + (np.clip(1 - distance / core, 0, 1) ** 1.5)[..., None]
    return to_light(np.clip(light, 0, 1))


def cone(
    size_px: tuple[int, int], code: str, spread: float = 0.8, strength: float = 0.5
) -> Texture:
    """A beam of light from the middle of the top edge, (width, height), fading downwards.

    `spread` is its width at the bottom as a share of the texture's.
    """
    width, height = size_px
    x, y = grid((height, width))
    across = np.abs(x - 0.5) / np.maximum(0.02 + y * spread / 2, 1e-3)
    beam = np.clip(1 - across, 0, 1) ** 1.4 * (1 - y) ** 1.2 * smoothstep(0.0, 0.06, y)
    return to_light(beam[..., None] * colour(code) * np.float32(strength))


def blot(
    radius_px: int, alpha: float = 0.5, code: str = "#000000", falloff: float = 1.6
) -> Texture:
    """A soft round stain: a contact shadow, a puff of smoke."""
    radius_px = max(2, radius_px)
    steps = np.arange(-radius_px, radius_px + 1, dtype=np.float32) / radius_px
    cover = np.clip(1 - np.hypot(steps[None], steps[:, None]), 0, 1) ** falloff * alpha
    bgr = np.broadcast_to(colour(code), (*cover.shape, 3)).astype(np.float32)
    return Texture(to_pixels(bgr, cover.astype(np.float32)))


def starfield(shape: tuple[int, int], seed: int, count: int, brilliants: int = 10) -> Floats:
    """Stars on black, BGR (height, width, 3): `count` dots and a few `brilliants` with spikes.

    The same seed puts the same stars at the same shares of the picture in every size.
    """
    height, width = shape
    random = np.random.default_rng(seed)
    tints = np.array(((1, 0.9, 0.8), (1, 1, 1), (0.75, 0.88, 1), (0.7, 0.8, 1)), np.float32)
    spots = random.random((count, 4))
    x = (spots[:, 0] * (width - 1)).astype(int)
    y = (spots[:, 1] * (height - 1)).astype(int)
    field = np.zeros((height, width, 3), np.float32)
    brightness = (spots[:, 2] ** 4.3)[:, None].astype(np.float32)
    field[y, x] = tints[(spots[:, 3] * 4).astype(int)] * brightness * 1.4
    field = field * np.float32(0.55) + cv2.GaussianBlur(field, (0, 0), 0.8) * np.float32(2.0)
    unit = min(shape) / 720
    for spot in random.random((brilliants, 4)):
        spikes = star(max(4, int((12 + 22 * spot[2]) * unit)), tints[int(spot[3] * 4)])
        _add_at(field, spikes, int(spot[0] * width), int(spot[1] * height))
    return field


def star(radius_px: int, tint: Floats) -> Floats:
    """One star with a cross of light, BGR, 2 * radius_px + 1 square."""
    pixels = np.arange(-radius_px, radius_px + 1, dtype=np.float32)
    share = pixels / radius_px
    beam = np.clip(1 - np.abs(share), 0, 1)[None] ** 3 * np.exp(-((pixels / 1.1) ** 2))[:, None]
    distance = np.hypot(share[None], share[:, None])
    heart = np.exp(-(distance**2) * 60) * 1.2 + np.clip(1 - distance, 0, 1) ** 3 * 0.25
    return cast(Floats, (beam * 0.9 + beam.T * 0.9 + heart)[..., None] * tint)


def _add_at(picture: Floats, patch: Floats, x: int, y: int) -> None:
    radius = patch.shape[0] // 2
    top, left = max(0, y - radius), max(0, x - radius)
    bottom, right = min(picture.shape[0], y + radius + 1), min(picture.shape[1], x + radius + 1)
    if bottom > top and right > left:
        rows = slice(top - y + radius, bottom - y + radius)
        columns = slice(left - x + radius, right - x + radius)
        picture[top:bottom, left:right] += patch[rows, columns]


def tau_wave(values: Floats, turns: float, phase: float = 0.0) -> Floats:
    """0 to 1 and back, `turns` times while `values` go from 0 to 1."""
    angle = values * np.float32(turns * math.tau) + np.float32(phase)
    return cast(Floats, 0.5 + 0.5 * np.sin(angle))
