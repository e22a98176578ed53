"""Neon: words and outlines of pictures as glowing tubes on signs that stick out of the houses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.camera import Camera
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.looks.lettering import lettered
from matinee.engines.animatic.paint import Floats, colour, floats, mix, to_light, to_texture
from matinee.engines.animatic.sets.street.city import City
from matinee.engines.animatic.sets.street.quarters import NEON_ALLEY, shop_names
from matinee.engines.animatic.sets.street.terrace import BEHIND

PADDING = 30
"""Pixels around a sign's board for its halo."""

LETTER_PX = 62
LETTER = 0.095
"""World height of a letter."""

MOST_LETTERS = 7
ICON_PX = 150
ICON = 0.2
ICONS = (
    "flat-steaming-bowl",
    "flat-cocktail-glass",
    "flat-hot-beverage",
    "flat-musical-notes",
    "flat-red-heart",
    "flat-star",
    "flat-cat-face",
    "flat-pizza",
    "flat-fish",
    "flat-palm-tree",
    "flat-guitar",
    "flat-rocket",
)
GENTLE_ICONS = ("flat-hot-beverage", "flat-musical-notes", "flat-red-heart", "flat-star")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A sign that looks along the street. A layer."""

    board: Texture
    tubes: Texture | None
    """Its light, as large as the board; None where it is not lit."""

    x: float
    y: float
    z: float
    height: float
    shine: float
    phase: float

    def depth_at(self, t: float) -> float:
        """Its depth among the layers: the ground mirrors it."""
        return BEHIND - 15.0 + 0.5 * self.z

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw the board, and its tubes where they do not flicker."""
        if self.z - camera.z < 0.3:
            return
        mapping = camera.place(self.board, (self.x, self.y, self.z), self.height)
        canvas.draw(self.board, mapping)
        if self.tubes is not None:
            canvas.draw(self.tubes, mapping, self.shine * _flicker(self.phase, t))


def _flicker(phase: float, t: float) -> float:
    """One sign in five is old and fails now and then."""
    if phase < 0.8:
        return 1.0 - 0.05 * (math.sin(31 * t + 40 * phase) > 0.6)
    return 0.3 if math.sin(23 * t + 40 * phase) + math.sin(7.3 * t + 9 * phase) > 0.95 else 1.0


def signs(city: City, wall: float) -> list[Sign]:
    """Signs on both sides of a street whose houses are `wall` from its middle."""
    draft, quarter, hour = city.draft, city.quarter, city.hour
    names = shop_names(draft.shot, quarter)
    icons = ICONS if quarter is NEON_ALLEY else GENTLE_ICONS
    random = draft.layout("signs")
    made: list[Sign] = []
    count = 2 * quarter.signs
    for index in range(count):
        z = 1.18 + 5.6 * (index / count) ** 1.35 + float(random.uniform(0, 0.16))
        lift, phase, hue = random.random(3).tolist()
        code = quarter.neon[int(hue * len(quarter.neon))]
        boxed = index % 3 != 2
        if boxed:
            word = names[(index * 2 + draft.shot.seed) % len(names)] if index else names[0]
            mask = upright(word[:MOST_LETTERS])
            height = LETTER * mask.shape[0] / LETTER_PX
        else:
            glyph = icons[(index // 3 + int(phase * 12)) % len(icons)]
            mask, height = outline(draft.artwork.glyph(glyph), ICON_PX), ICON
        lines, cover = _drawn(mask, boxed=boxed)
        made.append(
            Sign(
                board=_board(city, (lines, cover), code, z, boxed=boxed),
                tubes=tubes(lines, code) if city.burns else None,
                x=(1 if index % 2 else -1) * (wall - 0.09),
                y=city.level - 0.62 - 0.5 * height - 0.45 * lift,
                z=z,
                height=height * lines.shape[0] / mask.shape[0],
                shine=city.lamps * (1 - 0.7 * float(hour.thickness(z))),
                phase=phase,
            )
        )
    return made


def padded(mask: Floats) -> Floats:
    """`mask` with room for a halo around it."""
    return np.pad(mask, PADDING)


def _drawn(mask: Floats, *, boxed: bool) -> tuple[Floats, Floats]:
    """The lines of a sign, with a frame if it is `boxed`, and what its board covers."""
    lines = padded(mask)
    if not boxed:
        return lines, floats(np.clip(lines * 1.4, 0, 1))
    frame, cover = np.zeros(lines.shape, np.float32), np.zeros(lines.shape, np.float32)
    edge = PADDING - 8
    right, bottom = lines.shape[1] - edge, lines.shape[0] - edge
    cv2.rectangle(cover, (edge - 4, edge - 4), (right + 4, bottom + 4), (1.0,), -1)
    cv2.rectangle(frame, (edge, edge), (right, bottom), (1.0,), 2, cv2.LINE_AA)
    return np.maximum(lines, frame), cover


def _board(
    city: City, drawn: tuple[Floats, Floats], code: str, depth: float, *, boxed: bool
) -> Texture:
    """A sign as it looks with its light off."""
    lines, cover = drawn
    dark = mix(code, "#14141c", 0.88) if boxed else colour("#20222a")
    bgr = floats(dark + (mix(code, "#ffffff", 0.25) - dark) * lines[..., None])
    lit = city.hour.shine(bgr, 0.4) + bgr * np.float32(0.25 * (1 - city.lamps))
    return to_texture(city.hour.hazed(floats(np.clip(lit, 0, 0.9)), depth), cover)


def tubes(lines: Floats, code: str) -> Texture:
    """The light of glowing lines: a pale core, a tight and a wide halo."""
    core = cv2.GaussianBlur(lines, (0, 0), 0.8)
    tight = np.clip(cv2.GaussianBlur(lines, (0, 0), 3.5) * 1.3, 0, 1)
    wide = np.clip(cv2.GaussianBlur(lines, (0, 0), 11) * 1.6, 0, 1)
    # The halo must be gone where the texture ends.
    wide = wide * _fading(lines.shape, PADDING)
    tint = colour(code)
    light = (
        core[..., None] * (tint * np.float32(0.5) + np.float32(0.5))
        + tight[..., None] * tint * np.float32(0.7)
        + wide[..., None] * tint * np.float32(0.5)
    )
    return to_light(np.clip(floats(light), 0, 1))


def _fading(shape: tuple[int, ...], margin: int) -> Floats:
    y = np.minimum(np.arange(shape[0]), np.arange(shape[0])[::-1])[:, None]
    x = np.minimum(np.arange(shape[1]), np.arange(shape[1])[::-1])[None]
    return floats(np.clip(np.minimum(x, y) / np.float32(margin), 0, 1) ** 1.3)


def upright(word: str) -> Floats:
    """A word as outlined letters one below the other."""
    letters = [lettered(letter, LETTER_PX, "#ffffff")[..., 3] for letter in word if letter != " "]
    wide = max(letter.shape[1] for letter in letters)
    rows = []
    for letter in letters:
        row = np.zeros((LETTER_PX, wide), np.float32)
        left = (wide - letter.shape[1]) // 2
        tall = min(LETTER_PX, letter.shape[0])
        top = (LETTER_PX - tall) // 2
        row[top : top + tall, left : left + letter.shape[1]] = letter[:tall] / np.float32(255)
        rows.append(row)
    return hollow(np.concatenate(rows))


def beside(word: str, height_px: int) -> Floats:
    """A word as outlined letters one beside the other."""
    return hollow(floats(lettered(word, height_px, "#ffffff")[..., 3] / np.float32(255)))


def hollow(filled: Floats) -> Floats:
    """The outlines of shapes, and a breath of their inside."""
    inner = cv2.erode(filled, np.ones((3, 3), np.uint8), iterations=2)
    return floats(np.clip(filled - inner + 0.12 * filled, 0, 1))


def outline(glyph: Image, size_px: int) -> Floats:
    """The contours of a picture as tubes."""
    fit = size_px / max(glyph.shape[:2])
    small = cv2.resize(glyph, None, fx=fit, fy=fit, interpolation=cv2.INTER_AREA)
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGRA2GRAY), (0, 0), 1.2)
    rim = cv2.Canny(np.ascontiguousarray(small[..., 3]), 50, 150)
    thick = cv2.dilate(cv2.bitwise_or(cv2.Canny(grey, 30, 80), rim), np.ones((2, 2), np.uint8))
    soft = cv2.GaussianBlur(np.asarray(thick, np.float32) / np.float32(255), (0, 0), 0.8)
    return cast(Floats, np.clip(soft * 1.25, 0, 1))
