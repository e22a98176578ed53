"""What stands and hangs in a room: seats, tables, shelves with small things, lamps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.artwork import ArtworkMissing
from matinee.engines.animatic.canvas import Image, Texture
from matinee.engines.animatic.layers import Sprite
from matinee.engines.animatic.looks.lettering import Face, lettered, onto
from matinee.engines.animatic.paint import Floats, blot, colour, cone, floats, glow, hex_code, mix, noise, to_pixels
from matinee.engines.animatic.puppets.jointed import dyed
from matinee.engines.animatic.sets.room.shell import WARM, Room, lamp_places
from matinee.engines.animatic.sets.room.styles import Kind
from matinee.engines.animatic.shading import relight
from matinee.engines.animatic.staging import Layer

BOOKS = ("#8f3b3b", "#3b5a8f", "#3f7a55", "#c08a3a", "#6a4a7a", "#b8b0a0", "#2f3a4a", "#a85a3a")
SHELF_PX = 300
"""Pixels of a world unit in painted furniture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a thing stands."""

    x: float
    y: float
    depth: float
    height: float
    mirrored: bool = False


def furniture(room: Room) -> list[Layer]:
    """The furniture of the room's kind, and its lamps."""
    build = {
        Kind.LIVING: _living,
        Kind.KITCHEN: _kitchen,
        Kind.STUDY: _study,
        Kind.LIBRARY: _library,
        Kind.CLASSROOM: _classroom,
    }[room.style.kind]
    return [*build(room), *_lamps(room)]


def _side(room: Room) -> float:
    """The side that the window leaves free: -1 left, 1 right."""
    left, _, right, _ = room.window
    return -1.0 if left + right > 0 else 1.0


def _part(room: Room, name: str, spot: Spot, code: str | None = None, depth: float = 0.06) -> Layer:
    image = room.draft.artwork.part(name)
    if code is not None:
        image = dyed(image, colour(code))
    return _standing(room, image, spot, depth)


def _standing(room: Room, image: Image, spot: Spot, depth: float = 0.06) -> Layer:
    need = 1.15 * spot.height * room.draft.px(1.0) / max(0.4, spot.depth - 0.24)
    if need < image.shape[0]:
        fit = need / image.shape[0]
        image = cast(Image, cv2.resize(image, None, fx=fit, fy=fit, interpolation=cv2.INTER_AREA))
    lit = relight(image, room.light(), depth)
    if spot.mirrored:
        lit = np.ascontiguousarray(lit[:, ::-1])
    return Sprite(
        texture=Texture(lit),
        x=spot.x,
        y=spot.y,
        depth=spot.depth,
        height=spot.height,
        anchor=(0.5, 0.985),
    )


def _shadow(room: Room, x: float, depth: float, wide: float) -> Layer:
    """A soft shadow below furniture on the floor."""
    texture = blot(40, 0.5)
    squeezed = Texture(cast(Image, cv2.resize(texture.pixels, (160, 24), interpolation=cv2.INTER_AREA)))
    return Sprite(
        texture=squeezed, x=x, y=room.floor, depth=depth + 0.005, height=wide * 24 / 160
    )


def _glyphs(room: Room, count: int, name: str) -> list[str]:
    random = room.draft.layout(name)
    order = random.permutation(len(room.style.glyphs))[:count].tolist()
    return [room.style.glyphs[index] for index in order]


def _thing(room: Room, glyph: str, spot: Spot) -> list[Layer]:
    try:
        return [_standing(room, room.draft.artwork.glyph(glyph), spot, 0.2)]
    except ArtworkMissing:
        # Small things only dress the room.
        return []


def _living(room: Room) -> list[Layer]:
    side, floor, back = _side(room), room.floor, room.back
    narrow = room.draft.frame.portrait
    x = side * (0.28 if narrow else 0.55)
    layers: list[Layer] = [
        _picture(room, x, floor - 0.98, 0.36),
        _shadow(room, x, back - 0.3, 1.2),
        _part(room, "sofa", Spot(x=x, y=floor, depth=back - 0.3, height=0.46), room.accent),
        _part(room, "cushion", Spot(x=x - 0.24, y=floor - 0.17, depth=back - 0.32, height=0.17), "#efd9a8", 0.2),
        _part(room, "cushion", Spot(x=x + 0.26, y=floor - 0.17, depth=back - 0.32, height=0.17), "#d98a5a", 0.2),
        *_plant(room, -side * (0.62 if narrow else 1.2)),
    ]
    if not narrow:
        layers += _bookcase(room, side * 1.22, 0.42, 0.98, back - 0.16)
    return layers


def _kitchen(room: Room) -> list[Layer]:
    side, floor, back = _side(room), room.floor, room.back
    depth = back - 0.24
    wide = 1500 / 480 * 0.46
    narrow = room.draft.frame.portrait
    x = 0.0 if narrow else -0.12 * side
    layers: list[Layer] = [
        _part(room, "kitchen-counter", Spot(x=x, y=floor, depth=depth, height=0.46), room.accent, 0.02),
        _part(room, "counter-top", Spot(x=x, y=floor - 0.42, depth=depth - 0.01, height=0.06), None, 0.02),
        *_shelf(room, (side * (0.3 if narrow else 0.52), floor - 0.82), 0.5 if narrow else 0.82),
        *_shelf(room, (side * (0.3 if narrow else 0.52), floor - 1.08), 0.5 if narrow else 0.82, "upper"),
    ]
    for index, glyph in enumerate(_glyphs(room, 4, "counter")):
        at = x + (index - 1.5) * (0.24 if narrow else 0.36) + 0.06
        layers += _thing(room, glyph, Spot(x=at, y=floor - 0.445, depth=depth - 0.02, height=0.14))
    if not narrow:
        fridge = Spot(x=x + side * (wide / 2 + 0.24), y=floor, depth=depth, height=0.86)
        layers += [_shadow(room, fridge.x, depth, 0.5), _part(room, "fridge", fridge, "#e8e4da", 0.04)]
    return layers


def _study(room: Room) -> list[Layer]:
    side, floor, back = _side(room), room.floor, room.back
    text = room.draft.shot.text.lower()
    narrow = room.draft.frame.portrait
    x, depth = side * (0.26 if narrow else 0.5), back - 0.28
    layers: list[Layer] = [
        *_pegboard(room, x, floor - 0.98),
        _shadow(room, x, depth, 1.1),
        _part(room, "desk", Spot(x=x, y=floor, depth=depth, height=0.44), None, 0.03),
        *_plant(room, -side * (0.62 if narrow else 1.22)),
    ]
    first = "microscope" if "lab" in text else "hammer" if "workshop" in text or "garage" in text else "desktop-computer"
    on_top = [(first, -0.06, 0.3), ("books", -0.36, 0.17), ("light-bulb", 0.3, 0.15)]
    for glyph, aside, height in on_top:
        layers += _thing(room, glyph, Spot(x=x + aside, y=floor - 0.425, depth=depth - 0.01, height=height))
    layers += _thing(room, "chair", Spot(x=x + 0.12, y=floor, depth=depth - 0.22, height=0.46))
    if not narrow:
        layers += _bookcase(room, -side * 0.02 + side * 1.24, 0.4, 1.02, back - 0.16)
    return layers


def _library(room: Room) -> list[Layer]:
    back, floor = room.back, room.floor
    narrow = room.draft.frame.portrait
    side = _side(room)
    left, _, right, _ = room.window
    layers: list[Layer] = []
    tall = min(1.24, floor - room.ceiling - 0.08)
    for x, wide in ((side * (0.42 if narrow else 0.36), 0.62), (side * 1.04, 0.62)):
        if abs(x) + wide / 2 < room.half + 0.06:
            layers += _bookcase(room, x, wide, tall, back - 0.16)
    edge = min(abs(left), abs(right)) if left * right > 0 else 0.0
    outer = max(abs(left), abs(right))
    if not narrow and room.half - outer > 0.35:
        wide = room.half - outer - 0.14
        layers += _bookcase(room, -side * (outer + 0.1 + wide / 2), wide, tall, back - 0.16)
    del edge
    globe = Spot(x=-side * 0.3, y=floor - 0.31, depth=back - 0.4, height=0.26)
    layers += [
        _shadow(room, globe.x, back - 0.42, 0.8),
        _part(room, "wood-table", Spot(x=globe.x, y=floor, depth=back - 0.4, height=0.33), None, 0.03),
        *_thing(room, "globe-showing-americas", globe),
        *_thing(room, "open-book", Spot(x=globe.x + 0.26, y=floor - 0.305, depth=back - 0.41, height=0.12)),
        *_thing(room, "candle", Spot(x=globe.x - 0.26, y=floor - 0.305, depth=back - 0.41, height=0.16)),
    ]
    return layers


def _classroom(room: Room) -> list[Layer]:
    back, floor = room.back, room.floor
    narrow = room.draft.frame.portrait
    side = _side(room)
    x = side * (0.24 if narrow else 0.52)
    layers: list[Layer] = [_blackboard(room, x, floor - 0.76, 0.84 if narrow else 1.3)]
    for index, aside in enumerate((-0.62, 0.0, 0.62) if not narrow else (-0.36, 0.36)):
        depth = back - 0.5
        layers += [
            _shadow(room, aside * 1.25, depth, 0.6),
            _part(room, "school-desk", Spot(x=aside * 1.25, y=floor, depth=depth, height=0.34), None, 0.04),
            *_thing(
                room,
                ("books", "red-apple", "globe-showing-americas")[index],
                Spot(x=aside * 1.25 + 0.05, y=floor - 0.3, depth=depth - 0.01, height=0.13),
            ),
        ]
    return [*layers, *_plant(room, -side * (0.62 if narrow else 1.24))]


def _plant(room: Room, x: float) -> list[Layer]:
    depth = room.back - 0.36
    spot = Spot(x=x, y=room.floor, depth=depth, height=0.5)
    return [_shadow(room, x, depth, 0.4), *_thing(room, "potted-plant", spot)]


def _bookcase(room: Room, x: float, wide: float, tall: float, depth: float) -> list[Layer]:
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
    case = _standing(room, image, Spot(x=x, y=room.floor, depth=depth, height=tall), 0.01)
    layers: list[Layer] = [_shadow(room, x, depth, wide * 1.15), case]
    for (aside, up), glyph in zip(gaps, _glyphs(room, len(gaps), f"in-case{x:.2f}"), strict=False):
        spot = Spot(x=x + aside, y=room.floor + up + 0.012, depth=depth - 0.01, height=0.14)
        layers += _thing(room, glyph, spot)
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
        code = colour(BOOKS[int(random.integers(len(BOOKS)))]) * np.float32(random.uniform(0.75, 1.1))
        end = min(right, x + thick)
        bgr[foot - tall : foot, x:end] = code
        bgr[foot - tall : foot, x : x + 1] *= np.float32(0.6)
        band = foot - round(tall * 0.78)
        bgr[band : band + 3, x:end] = np.minimum(code * 1.6 + 0.12, 1)
        x = end
    return middle


def _shelf(room: Room, at: tuple[float, float], wide: float, name: str = "shelf") -> list[Layer]:
    """A board on the wall with things on it."""
    x, y = at
    depth = room.back - 0.1
    board = np.full((24, round(wide * SHELF_PX), 4), 255, np.uint8)
    board[..., :3] = colour("#a8703f") * 255
    board[17:, :, :3] = colour("#74492a") * 255
    layers: list[Layer] = [_standing(room, board, Spot(x=x, y=y + 0.03, depth=depth, height=0.04), 0.02)]
    count = max(3, round(wide / 0.17))
    for index, glyph in enumerate(_glyphs(room, count, name)):
        aside = (index + 0.5) / count * wide - wide / 2
        layers += _thing(room, glyph, Spot(x=x + aside, y=y - 0.006, depth=depth - 0.01, height=0.13))
    return layers


def _framed(picture: Image, code: str, border: int) -> Image:
    height, width = picture.shape[:2]
    board = np.full((height + 2 * border, width + 2 * border, 4), 255, np.uint8)
    board[..., :3] = colour(code) * 255
    board[: border // 2, :, :3] = np.minimum(board[: border // 2, :, :3].astype(int) * 5 // 4, 255)
    onto(board, picture, border, border)
    return board


def _picture(room: Room, x: float, y: float, height: float) -> Layer:
    """A picture on the wall: a word of the prompt, or a landscape."""
    words = [word for word in room.draft.shot.signs if len(word) <= 14]
    if words:
        paper = np.full((200, 320, 4), 255, np.uint8)
        paper[..., :3] = colour("#f2e8d4") * 255
        ink = lettered(words[0].upper(), 64, hex_code(mix(room.accent, "#202028", 0.35)), Face.BLACK)
        fit = min(1.0, 280 / ink.shape[1], 150 / ink.shape[0])
        ink = cast(Image, cv2.resize(ink, None, fx=fit, fy=fit, interpolation=cv2.INTER_AREA))
        onto(paper, ink, (320 - ink.shape[1]) // 2, (200 - ink.shape[0]) // 2)
        board = _framed(paper, "#6a4a30", 18)
    else:
        board = room.draft.artwork.glyph("framed-picture").copy()
    return _standing(room, board, Spot(x=x, y=y + height / 2, depth=room.back - 0.05, height=height), 0.02)


def _pegboard(room: Room, x: float, y: float) -> list[Layer]:
    """Tools, or a map, on a board above the desk."""
    size = (240, 420)
    board = np.full((*size, 4), 255, np.uint8)
    board[..., :3] = colour("#c9a77c") * 255
    board[12::24, 12::24, :3] = colour("#7a5c3c") * 255
    things = _glyphs(room, 4, "pegs")
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
    return [_standing(room, framed, Spot(x=x, y=y + 0.2, depth=room.back - 0.05, height=0.4), 0.01)]


def _blackboard(room: Room, x: float, y: float, wide: float) -> Layer:
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
    return _standing(room, framed, Spot(x=x, y=y + height / 2, depth=room.back - 0.05, height=height), 0.005)


def _lamps(room: Room) -> list[Layer]:
    """A floor lamp and a pendant, burning when the day fades."""
    (x, y, z, _), (over_x, over_y, over_z, _) = lamp_places(room)
    depth = room.back - 0.3
    layers: list[Layer] = []
    if room.style.kind in {Kind.LIVING, Kind.STUDY}:
        tall = room.floor - y + 0.2
        layers.append(_part(room, "floor-lamp", Spot(x=x, y=room.floor, depth=depth, height=tall), None, 0.1))
        layers += _burning(room, (x, y - 0.02, depth - 0.01), 0.85)
    pendant = Spot(x=over_x, y=over_y, depth=over_z, height=0.42)
    layers.append(_part(room, "pendant-lamp", pendant, room.accent, 0.08))
    layers += _burning(room, (over_x, over_y - 0.02, over_z - 0.01), 0.7, shines_down=True)
    del z
    return layers


def _burning(
    room: Room, at: tuple[float, float, float], size: float, *, shines_down: bool = False
) -> list[Layer]:
    if room.lamps < 0.2:
        return []
    x, y, depth = at
    code = hex_code(floats(colour(WARM) * np.float32(0.75 * room.lamps)))
    texture = glow(max(12, room.draft.px(0.3)), code, 2.6, 0.08)
    made: list[Layer] = [Sprite(texture=texture, x=x, y=y, depth=depth, height=size, pulse=0.04)]
    if shines_down:
        beam = cone((200, 200), code, 0.95, 0.42)
        tall = room.stage - y
        made.append(Sprite(texture=beam, x=x, y=y, depth=depth, height=tall, anchor=(0.5, 0.0)))
    return made
