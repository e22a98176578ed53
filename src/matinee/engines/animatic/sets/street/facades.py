"""House fronts: rows of different houses, and how one is painted."""

from __future__ import annotations

import numpy as np

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.paint import colour, mix, noise
from matinee.engines.animatic.sets.street.front import (
    SHOP,
    STOREY,
    Front,
    House,
    Rectangle,
    Shine,
    pane,
)
from matinee.engines.animatic.sets.street.quarters import Quarter
from matinee.engines.animatic.sets.street.shops import shop


def houses(
    random: np.random.Generator,
    quarter: Quarter,
    names: tuple[str, ...],
    length: float,
    taller: int = 0,
) -> list[House]:
    """A row of different houses, at least `length` long."""
    found: list[House] = []
    first_name = int(random.integers(len(names)))
    while sum(house.width for house in found) < length:
        width, storeys = random.uniform(0.85, 1.5), random.integers(*quarter.storeys, endpoint=True)
        picks = random.integers(0, 1000, 4).tolist()
        chances = random.random(3).tolist()
        modern = chances[0] < quarter.glass
        found.append(
            House(
                width=float(width),
                storeys=int(storeys) + taller,
                wall=quarter.walls[picks[0] % len(quarter.walls)],
                trim=quarter.trims[picks[1] % len(quarter.trims)],
                accent=quarter.neon[picks[2] % len(quarter.neon)],
                roof=quarter.roofs[picks[3] % len(quarter.roofs)] if quarter.roofs else None,
                modern=modern,
                awning=not modern and chances[1] < quarter.awnings,
                name=names[(first_name + len(found)) % len(names)],
                seed=int(random.integers(1 << 30)),
            )
        )
    return found


def paint_front(house: House, shine: Shine, px_per_unit: float, haze: float) -> Image:
    """The picture of a house front, `px_per_unit` pixels for a world unit; see `finished`."""
    front = Front(house, shine, px_per_unit)
    _bands(front)
    if house.modern:
        _ribbons(front)
    else:
        _windows(front)
    shop(front)
    if house.roof is not None:
        _pitched(front, house.roof)
    else:
        _parapet(front)
    return front.finished(haze)


def _bands(front: Front) -> None:
    """Ledges between storeys, corner stones, gutters."""
    house = front.house
    trim = colour(house.trim)
    for storey in range(house.storeys + 1):
        y = SHOP + STOREY * storey
        front.fill((0, y + 0.022, house.width, y), trim * np.float32(0.9))
        front.shade((0, y, house.width, y - 0.018), 0.62)
    for left in (0.0, house.width - 0.035):
        front.shade((left, house.eaves, left + 0.035, 0), 0.8)
    pipe = house.width * float(front.random.uniform(0.04, 0.07))
    front.fill((pipe, house.eaves, pipe + 0.016, SHOP), trim * np.float32(0.45))


def _windows(front: Front) -> None:
    house = front.house
    bays = max(2, round(house.width / 0.27))
    step = house.width / bays
    tall = front.random.random() < 0.5
    shutters = house.roof is not None and front.random.random() < 0.7
    for storey in range(house.storeys):
        foot = SHOP + STOREY * storey + (0.06 if tall else 0.1)
        for bay in range(bays):
            left = step * (bay + 0.26)
            at = (left, foot + (0.28 if tall else 0.23), left + step * 0.48, foot)
            _window(front, at, shutters=shutters)


def _window(front: Front, at: Rectangle, *, shutters: bool) -> None:
    left, top, right, bottom = at
    house, random = front.house, front.random
    trim = colour(house.trim)
    edge = 0.014
    front.fill((left - edge, top + edge, right + edge, bottom - edge), trim)
    front.fill((left - 2 * edge, bottom - edge, right + 2 * edge, bottom - 2.2 * edge), trim * 0.8)
    if shutters:
        wide = (right - left) * 0.42
        paint = mix(house.accent, "#3c4a48", 0.55)
        for x in (left - edge - wide, right + edge):
            front.fill((x, top + edge / 2, x + wide, bottom - edge / 2), paint)
            front.shade((x + wide * 0.42, top, x + wide * 0.58, bottom), 0.75)
    pane(front, at, lit=random.random() < 0.5)
    middle = (left + right) / 2
    front.fill((middle - 0.006, top, middle + 0.006, bottom), trim * np.float32(0.8))
    front.fill((left, top - (top - bottom) * 0.36, right, top - (top - bottom) * 0.40), trim * 0.8)


def _ribbons(front: Front) -> None:
    """Bands of large panes, as in offices."""
    house, random = front.house, front.random
    bays = max(3, round(house.width / 0.2))
    step = house.width / bays
    frame = colour(house.trim) * np.float32(0.5)
    for storey in range(house.storeys):
        foot = SHOP + STOREY * storey + 0.06
        lit = random.random() < 0.65
        front.fill((0.03, foot + 0.3, house.width - 0.03, foot - 0.012), frame)
        for bay in range(bays):
            left = max(0.04, step * bay + 0.008)
            right = min(house.width - 0.04, step * (bay + 1) - 0.008)
            pane(front, (left, foot + 0.285, right, foot), lit=lit and random.random() < 0.75)


def _parapet(front: Front) -> None:
    house = front.house
    top = house.height
    front.fill((0, top, house.width, house.eaves - 0.03), colour(house.trim) * np.float32(0.8))
    front.shade((0, top, house.width, top - 0.02), 1.25)
    front.shade((0, house.eaves - 0.03, house.width, house.eaves - 0.06), 0.6)
    if front.shine.snow:
        front.fill((0, top, house.width, top - 0.03), colour("#f4f8ff"))


def _pitched(front: Front, code: str) -> None:
    """A tiled roof with dormers."""
    house = front.house
    rows, columns = front.box((0, house.height, house.width, house.eaves))
    count = rows.stop - rows.start
    y = np.linspace(0, 1, count, dtype=np.float32)[:, None]
    tiles = 0.86 + 0.14 * np.sin(y * count / max(2.0, 0.016 * front.px) * 3.14)
    tone = colour("#f0f4fc") if front.shine.snow else colour(code)
    grain = noise((count, front.width_px), house.seed + 5, (9, 30), 2)
    front.wall[rows, columns] = tone * (tiles * (0.8 + 0.25 * grain) * (0.8 + 0.3 * y))[..., None]
    for share in (0.27, 0.73):
        x = house.width * share
        foot, top = house.eaves + 0.02, house.eaves + 0.17
        front.fill((x - 0.085, top, x + 0.085, foot), colour(house.wall) * np.float32(0.95))
        front.shade((x - 0.1, top + 0.02, x + 0.1, top), 0.55)
        at = (x - 0.045, top - 0.03, x + 0.045, foot + 0.02)
        front.fill((at[0] - 0.012, at[1] + 0.012, at[2] + 0.012, at[3] - 0.012), colour(house.trim))
        pane(front, at, lit=front.random.random() < 0.6)
    eaves = colour(house.trim) * np.float32(0.85)
    front.fill((0, house.eaves + 0.015, house.width, house.eaves - 0.03), eaves)
    front.shade((0, house.eaves - 0.03, house.width, house.eaves - 0.07), 0.6)
