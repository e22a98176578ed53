"""Bookcases, shelves, and what hangs on the walls: pictures, pin boards, blackboards."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.artwork import ArtworkMissing
from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.looks.lettering import Face, lettered
from matinee.engines.animatic.paint import Floats, colour, floats, hex_code, mix, noise, to_pixels
from matinee.engines.animatic.puppets.jointed import onto
from matinee.engines.animatic.sets.room.pieces import Spot, glyphs, shadow, standing, thing
from matinee.engines.animatic.sets.room.shell import Room
from matinee.engines.animatic.staging import Layer

BOOKS = ("#8f3b3b", "#3b5a8f", "#3f7a55", "#c08a3a", "#6a4a7a", "#b8b0a0", "#2f3a4a", "#a85a3a")
SHELF_PX = 300
"""Pixels of a world unit in painted furniture."""


def bookcase(room: Room, x: float, wide: float, tall: float, depth: float) -> list[Layer]:
    """A case full of books, with small things between them."""
    random = room.draft.layout(f"case{x:.2f}")
    size = (round(tall * SHELF_PX), round(wide * SHELF_PX))
    wood = mix(room.style.trim, "#7a5236", 0.8)
    bgr = np.empty((*size, 3), np.float32)
    grain = noise(size, room.draft.seed("case"), (2, 30), 3)
    bgr[:] = wood * (0.85 + 0.25 * grain)[..., None]
    board = max(4, round(0.026 * SHELF_PX))
    shelves = max(3, round(tall / 0.24))
    step = (size[0] - board) / shelves
    gaps: list[tuple[float, float]] = []
    for shelf in range(shelves):
        top, foot = round(shelf * step) + board, round((shelf + 1) * step)
        bgr[top:foot, board:-board] = wood * np.float32(0.32)
        gap = _books(bgr, (board + 1, top, size[1] - board - 1, foot), random)
        if gap is not None:
            gaps.append(((gap / size[1] - 0.5) * wide, -(size[0] - foot) / SHELF_PX))
        bgr[top : top + board, board:-board] *= np.float32(0.6)
    image = to_pixels(floats(np.clip(bgr, 0, 1)), np.ones(size, np.float32))
    case = standing(room, image, Spot(x=x, y=room.floor, depth=depth, height=tall), 0.01)
    layers: list[Layer] = [shadow(room, x, depth, wide * 1.15), case]
    for (aside, up), glyph in zip(gaps, glyphs(room, len(gaps), f"in-case{x:.2f}"), strict=False):
        spot = Spot(x=x + aside, y=room.floor + up + 0.012, depth=depth - 0.01, height=0.14)
        layers += thing(room, glyph, spot)
    return layers


def _books(
    bgr: Floats, box: tuple[int, int, int, int], random: np.random.Generator
) -> float | None:
    """A row of books; returns the middle of the gap that it leaves, if any."""
    left, top, right, foot = box
    room_for_thing = right - left > 80 and random.random() < 0.5
    gap_at = int(random.uniform(left + 10, right - 70)) if room_for_thing else right + 1
    x, middle = left, None
    while x < right - 5:
        if x >= gap_at and middle is None:
            middle = x + 28.0
            x += 56
            continue
        thick = int(random.integers(6, 15))
        tall = round((foot - top) * float(random.uniform(0.62, 0.9)))
        code = colour(BOOKS[int(random.integers(len(BOOKS)))]) * np.float32(
            random.uniform(0.75, 1.1)
        )
        end = min(right, x + thick)
        bgr[foot - tall : foot, x:end] = code
        bgr[foot - tall : foot, x : x + 1] *= np.float32(0.6)
        band = foot - round(tall * 0.78)
        bgr[band : band + 3, x:end] = np.minimum(code * 1.6 + 0.12, 1)
        x = end
    return middle


def shelf(room: Room, at: tuple[float, float], wide: float, first: int = 0) -> list[Layer]:
    """A board on the wall with things on it."""
    x, y = at
    depth = room.back - 0.1
    board = np.full((12, round(wide * SHELF_PX), 4), 255, np.uint8)
    board[..., :3] = colour("#a8703f") * 255
    board[8:, :, :3] = colour("#74492a") * 255
    layers: list[Layer] = [
        standing(room, board, Spot(x=x, y=y + 0.03, depth=depth, height=0.04), 0.02)
    ]
    count = max(3, round(wide / 0.17))
    for index, glyph in enumerate(glyphs(room, first + count, "shelf")[first:]):
        aside = (index + 0.5) / count * wide - wide / 2
        layers += thing(
            room, glyph, Spot(x=x + aside, y=y - 0.006, depth=depth - 0.01, height=0.13)
        )
    return layers


def _framed(picture: Image, code: str, border: int) -> Image:
    height, width = picture.shape[:2]
    board = np.full((height + 2 * border, width + 2 * border, 4), 255, np.uint8)
    board[..., :3] = colour(code) * 255
    board[: border // 2, :, :3] = np.minimum(board[: border // 2, :, :3].astype(int) * 5 // 4, 255)
    onto(board, picture, border, border)
    return board


def picture(room: Room, x: float, y: float, height: float) -> Layer:
    """A picture on the wall: a word of the prompt, or a landscape."""
    words = [word for word in room.draft.shot.signs if len(word) <= 14]
    if words:
        paper = np.full((200, 320, 4), 255, np.uint8)
        paper[..., :3] = colour("#f2e8d4") * 255
        ink = lettered(
            words[0].upper(), 64, hex_code(mix(room.accent, "#202028", 0.35)), Face.BLACK
        )
        fit = min(1.0, 280 / ink.shape[1], 150 / ink.shape[0])
        ink = cast(Image, cv2.resize(ink, None, fx=fit, fy=fit, interpolation=cv2.INTER_AREA))
        onto(paper, ink, (320 - ink.shape[1]) // 2, (200 - ink.shape[0]) // 2)
        board = _framed(paper, "#6a4a30", 18)
    else:
        board = room.draft.artwork.glyph("framed-picture").copy()
    return standing(
        room, board, Spot(x=x, y=y + height / 2, depth=room.back - 0.05, height=height), 0.02
    )


def pegboard(room: Room, x: float, y: float) -> list[Layer]:
    """Tools, or a map, on a board above the desk."""
    size = (240, 420)
    board = np.full((*size, 4), 255, np.uint8)
    board[..., :3] = colour("#c9a77c") * 255
    board[12::24, 12::24, :3] = colour("#7a5c3c") * 255
    things = glyphs(room, 4, "pegs")
    for index, glyph in enumerate(things):
        try:
            picture = room.draft.artwork.glyph(glyph)
        except ArtworkMissing:
            continue
        fit = 82 / max(picture.shape[:2])
        small = cast(Image, cv2.resize(picture, None, fx=fit, fy=fit, interpolation=cv2.INTER_AREA))
        onto(board, small, 18 + index * 100, 30)
    words = [word for word in room.draft.shot.signs if len(word) <= 16] or ["IDEAS"]
    note = np.full((74, 190, 4), 255, np.uint8)
    note[..., :3] = colour("#f6e58a") * 255
    ink = lettered(words[0].upper(), 34, "#2f3340", Face.SEMI_BOLD)
    fit = min(1.0, 170 / ink.shape[1])
    ink = cast(Image, cv2.resize(ink, None, fx=fit, fy=fit, interpolation=cv2.INTER_AREA))
    onto(note, ink, (190 - ink.shape[1]) // 2, (74 - ink.shape[0]) // 2)
    onto(board, note, 110, 142)
    framed = _framed(board, "#5c4028", 12)
    return [standing(room, framed, Spot(x=x, y=y + 0.2, depth=room.back - 0.05, height=0.4), 0.01)]


def blackboard(room: Room, x: float, y: float, wide: float) -> Layer:
    """A blackboard with words or sums in chalk."""
    size = (round(0.44 * wide * SHELF_PX), round(wide * SHELF_PX))
    slate = noise(size, room.draft.seed("slate"), 3, 4)
    bgr = colour("#2b4a40") * (0.86 + 0.24 * slate)[..., None]
    board = to_pixels(floats(bgr), np.ones(size, np.float32))
    lines = [word.upper() for word in room.draft.shot.signs[:2]] or ["A B C", "1 + 2 = 3"]
    for index, line in enumerate(lines):
        ink = lettered(line, round(0.24 * size[0]), "#f2f2ea", Face.SEMI_BOLD)
        fit = min(1.0, 0.86 * size[1] / ink.shape[1])
        ink = cast(Image, cv2.resize(ink, None, fx=fit, fy=fit, interpolation=cv2.INTER_AREA))
        onto(board, ink, round(0.07 * size[1]), round(size[0] * (0.14 + 0.4 * index)))
    framed = _framed(board, "#8a5f36", 12)
    height = 0.44 * wide + 24 / SHELF_PX
    return standing(
        room, framed, Spot(x=x, y=y + height / 2, depth=room.back - 0.05, height=height), 0.005
    )
