"""House fronts: walls, windows, shops and roofs, painted flat and lit by the hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.looks.lettering import lettered
from matinee.engines.animatic.paint import Floats, colour, mix, noise, to_pixels
from matinee.engines.animatic.sets.outdoors.hours import Hour
from matinee.engines.animatic.sets.street.quarters import Quarter

SHOP = 0.56
STOREY = 0.4
ROOF = 0.26
"""World heights."""

ROOM_LIGHTS = ("#ffd08a", "#ffe6c0", "#ffbe70", "#a8dcff", "#ffa8d0")
MIN_TEXT_PX = 9
Rectangle = tuple[float, float, float, float]
"""Left, top, right, bottom in world units; y counts up from the pavement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What one house looks like. Sizes are in world units."""

    width: float
    storeys: int
    wall: str
    trim: str
    accent: str
    """The colour of its shop sign, awning and neon."""

    roof: str | None
    modern: bool
    awning: bool
    name: str
    seed: int

    @property
    def eaves(self) -> float:
        """Height of its wall."""
        return SHOP + STOREY * self.storeys + 0.08

    @property
    def height(self) -> float:
        """Height over all."""
        return self.eaves + (ROOF if self.roof else 0.05)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shine:
    """The light that a house front stands in."""

    hour: Hour
    facing: float
    """Share of the sun's light that falls on it."""

    lamps: float
    """How much the city's own lights count, 0 to 1."""

    glow: str
    """The light of the street's signs and lamps, from below."""

    snow: bool = False


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


class Front:
    """A house front while it is painted: the colour of its surfaces, and the light it sends out."""

    def __init__(self, house: House, shine: Shine, px_per_unit: float) -> None:
        self.house = house
        self.shine = shine
        self.px = px_per_unit
        self.height_px = max(8, round(house.height * px_per_unit))
        self.width_px = max(8, round(house.width * px_per_unit))
        self.random = np.random.default_rng(house.seed)
        shape = (self.height_px, self.width_px)
        self.wall: Floats = np.empty((*shape, 3), np.float32)
        self.light: Floats = np.zeros((*shape, 3), np.float32)
        grain = noise(shape, house.seed, (14 * house.height, 14 * house.width), 3)
        stains = noise((32, 32), house.seed + 1, 2.5, 3)
        level = 0.92 + 0.16 * grain + 0.16 * (cv2.resize(stains, shape[::-1]) - 0.5)
        self.wall[:] = colour(house.wall) * level[..., None]

    def box(self, at: Rectangle) -> tuple[slice, slice]:
        """The pixels of a rectangle."""
        left, top, right, bottom = at
        rows = slice(self._row(top), max(self._row(top) + 1, self._row(bottom)))
        x0, x1 = round(left * self.px), round(right * self.px)
        return rows, slice(max(0, x0), min(self.width_px, max(x0 + 1, x1)))

    def _row(self, y: float) -> int:
        return min(self.height_px, max(0, self.height_px - round(y * self.px)))

    def fill(self, at: Rectangle, bgr: Floats) -> None:
        """A surface of one colour, which sends no light."""
        box = self.box(at)
        self.wall[box] = bgr
        self.light[box] = 0

    def shade(self, at: Rectangle, factor: float) -> None:
        """Make a surface darker or brighter."""
        self.wall[self.box(at)] *= np.float32(factor)

    def finished(self, haze: float) -> Image:
        """The lit front as premultiplied pixels, `haze` (0 to 1) of it lost in the air."""
        shine, hour = self.shine, self.shine.hour
        y = np.linspace(self.house.height, 0, self.height_px, dtype=np.float32)[:, None, None]
        incoming = hour.ambient_light + hour.key_light * np.float32(shine.facing)
        # Streets are darker at the bottom by day, and lit from there by night.
        incoming = incoming * np.float32(1.2 - 0.2 * shine.lamps)
        sky = np.float32(0.95) + np.float32(0.2) * np.clip(y / 1.4, 0, 1)
        lamps = colour(shine.glow) * np.float32(shine.lamps) * np.exp(-y * np.float32(1.5))
        picture = self.wall * (incoming * sky + lamps * np.float32(0.85))
        if shine.lamps > 0:
            picture += self.light * np.float32(0.3 + 0.7 * shine.lamps)
            picture += self._halo() * np.float32(shine.lamps)
        else:
            picture += self.light * np.float32(0.16)
        np.clip(picture, 0, 0.97, out=picture)
        picture += (colour(hour.haze) - picture) * np.float32(haze)
        return to_pixels(picture)

    def _halo(self) -> Floats:
        small = cv2.resize(self.light, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
        near = cv2.GaussianBlur(small, (0, 0), 0.02 * self.px / 4 + 0.3)
        wide = cv2.GaussianBlur(small, (0, 0), 0.075 * self.px / 4 + 0.5)
        halo = near * np.float32(0.4) + wide * np.float32(0.6)
        return cast(Floats, cv2.resize(halo, (self.width_px, self.height_px)))


def paint_front(house: House, shine: Shine, px_per_unit: float, haze: float) -> Image:
    """The picture of a house front, `px_per_unit` pixels for a world unit; see `finished`."""
    front = Front(house, shine, px_per_unit)
    _bands(front)
    if house.modern:
        _ribbons(front)
    else:
        _windows(front)
    _shop(front)
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
    _pane(front, at, random.random() < 0.5)
    middle = (left + right) / 2
    front.fill((middle - 0.006, top, middle + 0.006, bottom), trim * np.float32(0.8))
    front.fill((left, top - (top - bottom) * 0.36, right, top - (top - bottom) * 0.40), trim * 0.8)


def _pane(front: Front, at: Rectangle, lit: bool) -> None:
    """Glass: the sky in it by day, a room behind it by night."""
    box = front.box(at)
    height, width = front.wall[box].shape[:2]
    if not height or not width:
        return
    shine, random = front.shine, front.random
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    across = np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
    mirrored = np.where((across + down * 0.7 + float(random.random())) % 1.1 < 0.35, 1.25, 1.0)
    glass = mix("#2c4052", "#8fb4d0", 0.45) * (1.15 - 0.5 * down) * mirrored
    front.wall[box] = glass * np.float32(0.8)
    if not lit or random.random() > 0.25 + 0.75 * shine.lamps:
        return
    room = colour(ROOM_LIGHTS[int(random.choice(5, p=(0.38, 0.28, 0.18, 0.1, 0.06)))])
    bright = np.float32(random.uniform(0.35, 0.85))
    light = room * bright * (1.05 - 0.45 * down) * np.ones_like(across)
    part = random.random()
    if part < 0.3:
        light[:, : width // 4] *= np.float32(0.45)
        light[:, width - width // 4 :] *= np.float32(0.45)
    elif part < 0.5:
        light[: round(height * float(random.uniform(0.2, 0.6)))] *= np.float32(0.5)
    elif part < 0.62 and width > 8:
        # Somebody at the window.
        x = int(width * float(random.uniform(0.3, 0.7)))
        cv2.ellipse(light, (x, height), (width // 5, height // 3), 0, 0, 360, (0.05,) * 3, -1)
        cv2.circle(light, (x, round(height * 0.58)), max(1, width // 9), (0.05,) * 3, -1)
    front.light[box] = light


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
            _pane(front, (left, foot + 0.285, right, foot), lit and random.random() < 0.75)


def _shop(front: Front) -> None:
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
    _pane(front, (door + 0.025, SHOP - 0.16, door + wide - 0.025, 0.12), True)
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
        code = colour(("#d86a5a", "#e8c060", "#5aa0c8", "#70b080", "#c080c0")[random.integers(5)])
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
        word = cv2.resize(word, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
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
        _pane(front, at, front.random.random() < 0.6)
    eaves = colour(house.trim) * np.float32(0.85)
    front.fill((0, house.eaves + 0.015, house.width, house.eaves - 0.03), eaves)
    front.shade((0, house.eaves - 0.03, house.width, house.eaves - 0.07), 0.6)
