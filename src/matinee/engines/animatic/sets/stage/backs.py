"""What is behind a stage: a lamp-lit wall of bricks, a hall in haze, the sky at night, signs."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from matinee.engines.animatic.artwork import SHIPPED
from matinee.engines.animatic.canvas import Image, Texture
from matinee.engines.animatic.paint import (
    Floats,
    colour,
    floats,
    gradient,
    grid,
    noise,
    profile,
    smoothstep,
    starfield,
    to_light,
    to_texture,
)
from matinee.engines.animatic.staging import Draft

FACE = SHIPPED / "fonts" / "Inter-Black.otf"
BRICK = (0.17, 0.062)
"""Width and height of a brick in pixels per pixel of a world unit."""


def brick_wall(size: tuple[int, int], unit_px: float, seed: int) -> Texture:
    """An old wall of bricks, lit in the middle, (width, height); `unit_px` is a world unit."""
    width, height = size
    x, y = grid((height, width))
    across, down = (
        x * np.float32(width / unit_px / BRICK[0]),
        y * np.float32(height / unit_px / BRICK[1]),
    )
    row = np.floor(down)
    across = across + 0.5 * (row % 2)
    column = np.floor(across)
    edge_x = np.minimum(across - column, 1 - (across - column)) * np.float32(BRICK[0])
    edge_y = np.minimum(down - row, 1 - (down - row)) * np.float32(BRICK[1])
    rough = noise((height, width), seed, 26, 3, 0.6)
    edge = floats(np.minimum(edge_x, edge_y) + (rough - 0.5) * 0.004)
    tones = np.random.default_rng(seed).random((64, 64), dtype=np.float32)
    tone = tones[row.astype(int) % 64, column.astype(int) % 64]
    ladder = [(0.0, "#3a1c1c"), (0.4, "#6e3428"), (0.75, "#8c4a34"), (1.0, "#b0684a")]
    bgr = gradient(np.clip(0.62 * tone + 0.4 * rough - 0.02, 0, 1), ladder)
    lit_edge = smoothstep(0.009, 0.005, edge) * np.where((down - row) < 0.5, 0.22, -0.25)
    bgr *= (1 + lit_edge)[..., None]
    mortar = smoothstep(0.0055, 0.003, edge)[..., None]
    bgr = bgr * (1 - mortar) + mortar * colour("#2a1a1c")
    warm = np.exp(-(((x - 0.5) / 0.25) ** 2) - ((y - 0.66) / 0.34) ** 2)[..., None]
    side = np.exp(-(((np.abs(x - 0.5) - 0.3) / 0.14) ** 2) - ((y - 0.5) / 0.4) ** 2)[..., None]
    light = 0.2 * colour("#9a7ae0") + warm * colour("#ffc888") + side * colour("#8a4ad0") * 0.5
    return to_texture(np.clip(floats(bgr * light * 1.15), 0, 0.8))


def hazy_hall(size: tuple[int, int], codes: tuple[str, str, str], seed: int) -> Texture:
    """The dark back of a hall with coloured haze, (width, height)."""
    width, height = size
    half = (max(2, height // 2), max(2, width // 2))
    x, y = grid(half)
    haze = noise(half, seed, 3, 5, 0.55)
    dark, left, right = codes
    bgr = colour(dark) * (0.55 + 0.7 * y)[..., None]
    for code, place in ((left, 0.3), (right, 0.7), (left, 0.5)):
        spot = np.exp(-(((x - place) / 0.2) ** 2) - ((y - 0.74) / 0.36) ** 2)
        bgr = bgr + (spot * (0.25 + 0.75 * haze))[..., None] * colour(code) * 0.4
    large = cv2.resize(floats(bgr), (width, height), interpolation=cv2.INTER_LINEAR)
    return to_texture(np.clip(cast(Floats, large), 0, 0.75))


def night_over_fields(shape: tuple[int, int], seed: int, moon: tuple[float, float]) -> Texture:
    """A clear night sky with a glow at the horizon and around the moon, (height, width)."""
    x, y = grid(shape)
    ladder = [
        (0, "#070c28"),
        (0.25, "#10204e"),
        (0.42, "#2c3278"),
        (0.53, "#7a4a86"),
        (0.6, "#d87a6c"),
        (1, "#e89a70"),
    ]
    sky = gradient(np.broadcast_to(y, shape).astype(np.float32), ladder)
    clouds = smoothstep(0.5, 0.9, noise(shape, seed + 1, (7.0, 3.0), 5)) * smoothstep(0.2, 0.6, y)
    sky = sky + clouds[..., None] * colour("#7a5a90") * 0.25
    stars = starfield(shape, seed, 900, 8) * (smoothstep(0.75, 0.3, y))[..., None]
    ratio = np.float32(shape[1] / shape[0])
    far = np.hypot((x - moon[0]) * ratio, y - moon[1])
    halo = np.exp(-far / 0.09)[..., None] * colour("#ffe8c0") * 0.5
    return to_texture(np.clip(floats(sky + stars + halo), 0, 0.9))


def woods(draft: Draft, name: str, size: tuple[float, float], codes: tuple[str, str]) -> Texture:
    """Dark tree tops that repeat sideways; `size` in frame units, `codes` from top to bottom."""
    width, height = draft.px(size[0]), draft.px(size[1])
    seed = draft.seed(name)
    x, y = grid((height, width))
    line = 0.3 * profile(width, seed, 4, 3, wraps=True)
    # Spruces: pointed tops of unlike height in a row.
    random = np.random.default_rng(seed)
    trees = 26
    tall, aside = random.random((2, trees)).astype(np.float32)
    place = x[0] * trees
    index = place.astype(int) % trees
    off = np.abs(place - np.floor(place) - 0.5 - 0.3 * (aside[index] - 0.5)) * 2
    tip = (0.06 + 0.16 * tall[index]) * np.clip(1 - off * 1.15, 0, 1)
    jagged = 0.02 * noise((8, width), seed + 2, (1.0, 90.0), 3, wraps=True)[3]
    top = 0.36 - 0.5 * line + 0.08 - tip - jagged
    alpha = np.clip((y - top[None]) * height * 0.7, 0, 1)
    share = np.clip((y - top[None]) / 0.6, 0, 1)[..., None]
    bgr = colour(codes[0]) * (1 - share) + colour(codes[1]) * share
    return to_texture(floats(bgr), floats(alpha))


def neon(draft: Draft, words: str | None, glyph: str, code: str) -> tuple[Texture, float]:
    """A neon sign as light: `words`, or the outline of a glyph; and its height in frame units."""
    unit = draft.frame.unit_px
    if words:
        shape = _written(words[:14].upper(), max(12, round(0.115 * unit)))
    else:
        image = draft.artwork.glyph(glyph)[..., 3]
        scale = 0.2 * unit / image.shape[0]
        size = (max(4, round(image.shape[1] * scale)), max(4, round(image.shape[0] * scale)))
        shape = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA))
    pad = round(0.09 * unit)
    padded = np.pad(shape, pad).astype(np.float32) / np.float32(255)
    tube = max(1.2, 0.0045 * unit)
    soft = np.asarray(cv2.GaussianBlur(padded, (0, 0), tube))
    # The outline lies where the blurred shape is half there.
    line = np.exp(-(((soft - 0.5) / 0.16) ** 2)) * (np.abs(soft - 0.5) < 0.49)
    haze = cv2.GaussianBlur(line, (0, 0), 0.011 * unit) * 1.1
    haze = haze + cv2.GaussianBlur(line, (0, 0), 0.03 * unit) * 1.1
    light = line[..., None] * (0.45 * colour(code) + 0.5) + haze[..., None] * colour(code)
    return to_light(np.clip(floats(light), 0, 0.95)), padded.shape[0] / unit


def _written(words: str, height_px: int) -> Image:
    font = ImageFont.truetype(str(FACE), height_px)
    left, top, right, bottom = font.getbbox(words)
    picture = Picture.new("L", (round(right - left), round(bottom - top)))
    ImageDraw.Draw(picture).text((-left, -top), words, 255, font=font)
    return np.asarray(picture)
