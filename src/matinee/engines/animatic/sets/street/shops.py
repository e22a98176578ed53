"""Shops on the ground floors: windows with goods, doors, signs, awnings."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.looks.lettering import lettered
from matinee.engines.animatic.paint import colour, mix, noise
from matinee.engines.animatic.sets.street.front import ROOM_LIGHTS, SHOP, Front, Rectangle, pane

MIN_TEXT_PX = 9
GOODS = ("#d86a5a", "#e8c060", "#5aa0c8", "#70b080", "#c080c0")


def shop(front: Front) -> None:
    """The ground floor of a house."""
    house, random = front.house, front.random
    dark = mix(house.wall, "#1a1c24", 0.72)
    front.fill((0.02, SHOP - 0.01, house.width - 0.02, 0.0), dark)
    door = house.width * float(random.uniform(0.12, 0.6))
    wide = 0.17
    panes = [(0.06, door - 0.03), (door + wide + 0.03, house.width - 0.06)]
    for left, right in panes:
        if right - left > 0.08:
            _display(front, (left, SHOP - 0.14, right, 0.085))
    front.fill((door, SHOP - 0.13, door + wide, 0.0), mix(house.accent, "#20242c", 0.6))
    pane(front, (door + 0.025, SHOP - 0.16, door + wide - 0.025, 0.12))
    _fascia(front)
    if house.awning:
        _awning(front)


def _display(front: Front, at: Rectangle) -> None:
    """A shop window with goods in it."""
    left, top, right, bottom = at
    random = front.random
    box = front.box(at)
    height, width = front.wall[box].shape[:2]
    if height < 3 or width < 3:
        return
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    warm = colour(ROOM_LIGHTS[int(random.integers(0, 4))])
    inner = noise((height, width), front.house.seed + int(left * 97), (2.5, 7), 2)[..., None]
    front.wall[box] = mix("#2c4052", "#8fb4d0", 0.4) * (0.95 - 0.35 * down)
    front.light[box] = warm * (0.64 - 0.4 * down) * (0.3 + 0.62 * inner)
    x = left + 0.05
    while x < right - 0.05:
        size = float(random.uniform(0.035, 0.075))
        code = colour(GOODS[int(random.integers(len(GOODS)))])
        goods = front.box((x, bottom + size * float(random.uniform(0.8, 2.4)), x + size, bottom))
        front.wall[goods] = code * np.float32(0.7)
        front.light[goods] = code * warm * np.float32(0.42)
        lamp = front.box((x, top - 0.012, x + size * 0.7, top - 0.026))
        front.light[lamp] = np.minimum(warm * 1.3, 1)
        x += size + float(random.uniform(0.02, 0.06))
    count = max(1, round((right - left) / 0.28))
    for index in range(count + 1):
        bar = left + (right - left) * index / count
        front.fill((bar - 0.007, top, bar + 0.007, bottom), mix(front.house.trim, "#20242c", 0.7))


def _fascia(front: Front) -> None:
    """The sign above a shop."""
    house = front.house
    at = (0.03, SHOP + 0.005, house.width - 0.03, SHOP - 0.125)
    board = mix(house.accent, "#181a24", 0.62)
    front.fill(at, board)
    box = front.box(at)
    front.light[box] = colour(house.accent) * np.float32(0.1)
    for y in (SHOP + 0.005, SHOP - 0.112):
        line = front.box((0.03, y, house.width - 0.03, y - 0.013))
        front.light[line] = colour(house.accent) * np.float32(0.95)
        front.wall[line] = colour(house.accent) * np.float32(0.9)
    size = round(0.092 * front.px)
    if size < MIN_TEXT_PX:
        return
    word = lettered(house.name, size, "#ffffff")[..., 3]
    rows, columns = box
    room = (rows.stop - rows.start, columns.stop - columns.start)
    if word.shape[0] > room[0] or word.shape[1] > room[1]:
        shrink = min(room[0] / word.shape[0], room[1] / word.shape[1])
        word = cast(
            Image, cv2.resize(word, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        )
    top = rows.start + (room[0] - word.shape[0]) // 2
    left = columns.start + (room[1] - word.shape[1]) // 2
    ink = word.astype(np.float32)[..., None] / np.float32(255)
    place = (slice(top, top + word.shape[0]), slice(left, left + word.shape[1]))
    bright = np.minimum(colour(house.accent) * 0.5 + 0.5, 1)
    front.wall[place] = front.wall[place] * (1 - ink) + bright * ink
    front.light[place] = front.light[place] * (1 - ink) + bright * ink * np.float32(0.95)


def _awning(front: Front) -> None:
    """Stripes of cloth below the sign, with a scalloped edge and their shadow."""
    house = front.house
    top, bottom = SHOP - 0.125, SHOP - 0.275
    front.shade((0.04, bottom, house.width - 0.04, bottom - 0.09), 0.55)
    front.light[front.box((0.04, bottom, house.width - 0.04, bottom - 0.05))] *= np.float32(0.6)
    stripes = max(4, round(house.width / 0.09))
    step = (house.width - 0.06) / stripes
    rows, _ = front.box((0, top, 1, bottom))
    fold = np.linspace(1.08, 0.72, rows.stop - rows.start, dtype=np.float32)[:, None, None]
    for stripe in range(stripes):
        code = mix(house.accent, "#b0483c", 0.35) if stripe % 2 else colour("#f2ead8")
        left = 0.03 + step * stripe
        box = front.box((left, top, left + step, bottom))
        front.wall[box] = code * fold
        front.light[box] = 0
        middle = (round((left + step / 2) * front.px), rows.stop)
        ink = tuple(float(value) * 0.7 for value in code)
        cv2.circle(front.wall, middle, max(1, round(step * front.px / 2)), ink, -1, cv2.LINE_AA)
