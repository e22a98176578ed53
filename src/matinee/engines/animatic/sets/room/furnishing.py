"""What stands and hangs in each kind of room, and its lamps."""

from __future__ import annotations

import numpy as np

from matinee.engines.animatic.layers import Sprite
from matinee.engines.animatic.paint import colour, cone, floats, glow, hex_code
from matinee.engines.animatic.puppets.jointed import dyed
from matinee.engines.animatic.sets.room.cabinets import (
    blackboard,
    bookcase,
    pegboard,
    picture,
    shelf,
)
from matinee.engines.animatic.sets.room.pieces import (
    Spot,
    glyphs,
    part,
    plant,
    shadow,
    standing,
    thing,
)
from matinee.engines.animatic.sets.room.shell import WARM, Room, lamp_places
from matinee.engines.animatic.sets.room.styles import Kind
from matinee.engines.animatic.staging import Layer


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


def _living(room: Room) -> list[Layer]:
    side, floor, back = _side(room), room.floor, room.back
    narrow = room.draft.frame.portrait
    x = side * (0.28 if narrow else 0.42)
    layers: list[Layer] = [
        picture(room, x, floor - 0.98, 0.36),
        shadow(room, x, back - 0.3, 1.2),
        part(room, "sofa", Spot(x=x, y=floor, depth=back - 0.3, height=0.46), room.accent),
        part(
            room,
            "cushion",
            Spot(x=x - 0.24, y=floor - 0.17, depth=back - 0.32, height=0.17),
            "#efd9a8",
            0.2,
        ),
        part(
            room,
            "cushion",
            Spot(x=x + 0.26, y=floor - 0.17, depth=back - 0.32, height=0.17),
            "#d98a5a",
            0.2,
        ),
        *plant(room, -side * (0.62 if narrow else 1.2)),
    ]
    if not narrow:
        layers += bookcase(room, side * 1.22, 0.42, 0.98, back - 0.16)
    return layers


def _kitchen(room: Room) -> list[Layer]:
    side, floor, back = _side(room), room.floor, room.back
    depth = back - 0.24
    wide = 1500 / 480 * 0.46
    narrow = room.draft.frame.portrait
    x = 0.0 if narrow else 0.2 * side
    layers: list[Layer] = [
        *_counter(room, x, depth),
        *([] if narrow else _cupboards(room, x - side * (wide / 2 + 0.5), depth)),
        *shelf(room, (side * (0.3 if narrow else 0.46), floor - 0.72), 0.5 if narrow else 0.8),
        *shelf(room, (side * (0.3 if narrow else 0.46), floor - 0.96), 0.5 if narrow else 0.8, 5),
    ]
    for index, glyph in enumerate(glyphs(room, 4, "counter")):
        at = x + (index - 1.5) * (0.24 if narrow else 0.36) + 0.06
        layers += thing(room, glyph, Spot(x=at, y=floor - 0.445, depth=depth - 0.02, height=0.14))
    if not narrow:
        fridge = Spot(x=x + side * (wide / 2 + 0.22), y=floor, depth=depth, height=0.86)
        layers += [
            shadow(room, fridge.x, depth, 0.5),
            part(room, "fridge", fridge, "#e8e4da", 0.04),
        ]
    return layers


def _counter(room: Room, x: float, depth: float) -> list[Layer]:
    """Cupboards with an oven, and the worktop over them."""
    body = Spot(x=x, y=room.floor, depth=depth, height=0.46)
    top = Spot(x=x, y=room.floor - 0.42, depth=depth - 0.01, height=0.06)
    return [
        part(room, "kitchen-counter", body, room.accent, 0.02),
        part(room, "counter-top", top, None, 0.02),
    ]


def _cupboards(room: Room, x: float, depth: float) -> list[Layer]:
    """The counter without its oven."""
    art = room.draft.artwork
    body, top = art.part("kitchen-counter"), art.part("counter-top")
    closed = np.concatenate((body[:, 14:532], body[:, 914:1482]), 1)
    plain = np.concatenate((top[:, 14:532], top[:, 914:1496]), 1)
    under = Spot(x=x, y=room.floor, depth=depth, height=0.46)
    over = Spot(x=x, y=room.floor - 0.42, depth=depth - 0.01, height=0.06)
    return [
        standing(room, dyed(closed, colour(room.accent)), under, 0.02),
        standing(room, plain, over, 0.02),
    ]


def _study(room: Room) -> list[Layer]:
    side, floor, back = _side(room), room.floor, room.back
    text = room.draft.shot.text.lower()
    narrow = room.draft.frame.portrait
    x, depth = side * (0.26 if narrow else 0.42), back - 0.28
    layers: list[Layer] = [
        *pegboard(room, x, floor - 0.98),
        shadow(room, x, depth, 1.1),
        part(room, "desk", Spot(x=x, y=floor, depth=depth, height=0.44), None, 0.03),
        *plant(room, -side * (0.62 if narrow else 1.22)),
    ]
    first = (
        "microscope"
        if "lab" in text
        else "hammer"
        if "workshop" in text or "garage" in text
        else "desktop-computer"
    )
    on_top = [(first, -0.06, 0.3), ("books", -0.36, 0.17), ("light-bulb", 0.3, 0.15)]
    for glyph, aside, height in on_top:
        layers += thing(
            room, glyph, Spot(x=x + aside, y=floor - 0.425, depth=depth - 0.01, height=height)
        )
    layers += thing(room, "chair", Spot(x=x + 0.12, y=floor, depth=depth - 0.22, height=0.46))
    if not narrow:
        layers += bookcase(room, -side * 0.02 + side * 1.24, 0.4, 1.02, back - 0.16)
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
            layers += bookcase(room, x, wide, tall, back - 0.16)
    outer = max(abs(left), abs(right))
    if not narrow and room.half - outer > 0.35:
        wide = room.half - outer - 0.14
        layers += bookcase(room, -side * (outer + 0.1 + wide / 2), wide, tall, back - 0.16)
    globe = Spot(x=-side * 0.3, y=floor - 0.31, depth=back - 0.4, height=0.26)
    layers += [
        shadow(room, globe.x, back - 0.42, 0.8),
        part(
            room, "wood-table", Spot(x=globe.x, y=floor, depth=back - 0.4, height=0.33), None, 0.03
        ),
        *thing(room, "globe-showing-americas", globe),
        *thing(
            room,
            "open-book",
            Spot(x=globe.x + 0.26, y=floor - 0.305, depth=back - 0.41, height=0.12),
        ),
        *thing(
            room, "candle", Spot(x=globe.x - 0.26, y=floor - 0.305, depth=back - 0.41, height=0.16)
        ),
    ]
    return layers


def _classroom(room: Room) -> list[Layer]:
    back, floor = room.back, room.floor
    narrow = room.draft.frame.portrait
    side = _side(room)
    x = side * (0.24 if narrow else 0.52)
    layers: list[Layer] = [blackboard(room, x, floor - 0.76, 0.84 if narrow else 1.3)]
    for index, aside in enumerate((-0.62, 0.0, 0.62) if not narrow else (-0.36, 0.36)):
        depth = back - 0.5
        layers += [
            shadow(room, aside * 1.25, depth, 0.6),
            part(
                room,
                "school-desk",
                Spot(x=aside * 1.25, y=floor, depth=depth, height=0.34),
                None,
                0.04,
            ),
            *thing(
                room,
                ("books", "red-apple", "globe-showing-americas")[index],
                Spot(x=aside * 1.25 + 0.05, y=floor - 0.3, depth=depth - 0.01, height=0.13),
            ),
        ]
    return [*layers, *plant(room, -side * (0.62 if narrow else 1.24))]


def _lamps(room: Room) -> list[Layer]:
    """A floor lamp and a pendant, burning when the day fades."""
    (x, y, _, _), (over_x, over_y, over_z, _) = lamp_places(room)
    depth = room.back - 0.3
    layers: list[Layer] = []
    if room.style.kind in {Kind.LIVING, Kind.STUDY}:
        tall = room.floor - y + 0.2
        layers.append(
            part(room, "floor-lamp", Spot(x=x, y=room.floor, depth=depth, height=tall), None, 0.1)
        )
        layers += _burning(room, (x, y - 0.02, depth - 0.01), 0.85)
    pendant = Spot(x=over_x, y=over_y, depth=over_z, height=0.42)
    layers.append(part(room, "pendant-lamp", pendant, room.accent, 0.08))
    layers += _burning(room, (over_x, over_y - 0.02, over_z - 0.01), 0.7, shines_down=True)
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
