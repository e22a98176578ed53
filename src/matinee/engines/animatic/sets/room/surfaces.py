"""The surfaces of a room, painted and lit: walls, floor, ceiling, table tops."""

from __future__ import annotations

from functools import partial

import numpy as np

from matinee.engines.animatic.canvas import Texture
from matinee.engines.animatic.layers import Sprite
from matinee.engines.animatic.paint import (
    Floats,
    colour,
    floats,
    grid,
    noise,
    smoothstep,
    to_texture,
)
from matinee.engines.animatic.sets.room.shell import NEAREST, Plane, Room
from matinee.engines.animatic.sets.room.styles import Floor, Kind, Wall
from matinee.engines.animatic.staging import Layer

DADO = 0.34
SKIRTING = 0.05
BEYOND = 0.12
"""How far the back wall reaches behind the other walls, so that no seam shows."""

TABLE_FAR = 1.7


def shell(room: Room) -> list[Layer]:
    """All walls, the floor and the ceiling."""
    parts = (_back, _floor, _ceiling, partial(_side, side=-1), partial(_side, side=1))
    return room.draft.together([partial(part, room) for part in parts])


def _plaster(room: Room, shape: tuple[int, int], name: str) -> Floats:
    grain = noise(shape, room.draft.seed(name), 5, 4)
    return floats(colour(room.wall_code) * (0.94 + 0.1 * grain)[..., None])


def _finish(room: Room, across: Floats, y: Floats, name: str) -> Floats:
    """A wall's colours; `across` and `y` are world places, (1, columns) and (rows, 1)."""
    shape = (y.shape[0], across.shape[1])
    style = room.style
    bgr = _plaster(room, shape, name)
    up = floats(room.floor - y)
    match style.wall:
        case Wall.PAPER:
            stripes = 0.5 + 0.5 * np.sin(across * np.float32(2 * np.pi / 0.11))
            bgr = floats(bgr * (1 + 0.05 * (stripes - 0.5))[..., None])
        case Wall.TILED:
            tiles = _tiles(across, y, (0.13, 0.13), room)
            share = smoothstep(0.86, 0.85, up) * np.ones_like(across)
            white = colour(style.dado) * tiles[..., None]
            bgr = floats(bgr + (white - bgr) * share[..., None])
        case Wall.BRICK:
            rows = np.floor(y / np.float32(0.07))
            bricks = _tiles(across + 0.09 * np.mod(rows, 2), y, (0.18, 0.07), room)
            bgr = floats(bgr * bricks[..., None])
        case Wall.PANELLED:
            panel = np.minimum(np.mod(across, 0.46), 0.46 - np.mod(across, 0.46))
            inside = smoothstep(0.04, 0.05, floats(panel)) * smoothstep(0.1, 0.12, up)
            bgr = floats(bgr * (0.8 + 0.2 * inside)[..., None])
    if style.wall is Wall.PAPER:
        low = smoothstep(DADO + 0.004, DADO - 0.004, up) * np.ones_like(across)
        panel = np.minimum(np.mod(across, 0.34), 0.34 - np.mod(across, 0.34))
        edge = np.exp(-(((panel - 0.03) / 0.006) ** 2)) * (up < 0.3) * (up > 0.09)
        dado = colour(style.dado) * (1 - 0.16 * edge)[..., None]
        bgr = floats(bgr + (dado - bgr) * low[..., None])
    rail = (np.abs(up - DADO) < 0.014) & (style.wall is Wall.PAPER)
    skirt = up < SKIRTING
    trim = np.broadcast_to((rail | skirt), shape)[..., None]
    return floats(np.where(trim, colour(style.trim) * np.float32(0.95), bgr))


def _tiles(across: Floats, y: Floats, size: tuple[float, float], room: Room) -> Floats:
    """Brightness of tiles or bricks with their joints, each a little different."""
    u, v = across / np.float32(size[0]), y / np.float32(size[1])
    joint_x = np.abs(np.mod(u, 1) - 0.5) > 0.5 - 0.006 / size[0]
    joint_y = np.abs(np.mod(v, 1) - 0.5) > 0.5 - 0.006 / size[1]
    tone = np.mod(np.sin(np.floor(u) * 12.9898 + np.floor(v) * 78.233) * 43758.547, 1)
    return floats((0.9 + 0.14 * tone) * np.where(joint_x | joint_y, 0.78, 1.0))


def _corners_dark(room: Room, across: Floats, y: Floats) -> Floats:
    """Less light reaches the edges of the box."""
    side = np.clip((room.half - np.abs(across)) / 0.35, 0, 1)
    low = np.clip((room.floor - y) / 0.3, 0, 1)
    high = np.clip((y - room.ceiling) / 0.3, 0, 1)
    return floats((0.72 + 0.28 * np.sqrt(side)) * (0.8 + 0.2 * np.sqrt(low)) * (0.84 + 0.16 * high))


def _back(room: Room) -> Layer:
    """The back wall, with a hole for the window."""
    width, height = 2 * (room.half + BEYOND), room.floor - room.ceiling + 2 * BEYOND
    sharp = room.draft.px(1.0) / (room.back - 0.2)
    shape = (round(height * sharp), round(width * sharp))
    x, y = grid(shape)
    across = floats(x * np.float32(width) - np.float32(width / 2))
    down = floats(y * np.float32(height) + np.float32(room.ceiling - BEYOND))
    bgr = _finish(room, across, down, "back")
    lit = room.lit(bgr, across, down, np.full((1, 1), room.back, np.float32))
    lit *= _corners_dark(room, across, down)[..., None]
    left, top, right, bottom = room.window
    alpha = np.ones(shape, np.float32)
    rows = slice(
        _at(top - room.ceiling + BEYOND, sharp), _at(bottom - room.ceiling + BEYOND, sharp)
    )
    columns = slice(_at(left + width / 2, sharp), _at(right + width / 2, sharp))
    alpha[rows, columns] = 0
    return Sprite(
        texture=to_texture(lit, alpha),
        x=0.0,
        y=room.ceiling - BEYOND,
        depth=room.back,
        height=height,
        anchor=(0.5, 0.0),
    )


def _at(units: float, sharp: float) -> int:
    return max(0, round(units * sharp))


def _side(room: Room, side: int) -> Plane:
    """A side wall; the texture's columns go from near to far on the left, back on the right."""
    length, height = room.back - NEAREST, room.floor - room.ceiling
    sharp = 0.45 * room.draft.px(1.0)
    shape = (round(height * sharp), round(length * sharp))
    x, y = grid(shape)
    z = floats(NEAREST + x * np.float32(length))
    down = floats(room.ceiling + y * np.float32(height))
    bgr = _finish(room, z, down, f"side{side}")
    lit = room.lit(bgr, np.full((1, 1), side * room.half, np.float32), down, z)
    corner = np.clip((room.back - z) / 0.35, 0, 1)
    low = np.clip((room.floor - down) / 0.3, 0, 1)
    lit = floats(lit * ((0.74 + 0.2 * np.sqrt(corner)) * (0.8 + 0.2 * np.sqrt(low)))[..., None])
    texture = covering(lit if side < 0 else np.ascontiguousarray(lit[:, ::-1]))
    wall = side * room.half
    first, last = (NEAREST, room.back) if side < 0 else (room.back, NEAREST)
    return Plane(
        texture=texture,
        points=(
            (wall, room.ceiling, first),
            (wall, room.ceiling, last),
            (wall, room.floor, last),
            (wall, room.floor, first),
        ),
        depth=room.back - 0.03,
    )


def covering(bgr: Floats) -> Texture:
    """A texture that covers all it is drawn on, and has smaller copies."""
    return to_texture(bgr, np.ones(bgr.shape[:2], np.float32))


def _level(room: Room, y: float, far: float, bgr: Floats, across: Floats, z: Floats) -> Plane:
    lit = room.lit(bgr, across, np.full((1, 1), y, np.float32), z)
    return Plane(
        texture=covering(lit),
        points=(
            (-_reach(room), y, far),
            (_reach(room), y, far),
            (_reach(room), y, NEAREST),
            (-_reach(room), y, NEAREST),
        ),
        depth=room.back - 0.02,
    )


def _reach(room: Room) -> float:
    return room.half + 0.2


def _places(room: Room, far: float, reach: float, sharp: float) -> tuple[Floats, Floats]:
    """World x (1, columns) and z (rows, 1) of a level picture, the far edge first."""
    length = far - NEAREST
    x, y = grid((round(length * sharp), round(2 * reach * sharp)))
    across = floats((2 * x - 1) * np.float32(reach))
    return across, floats(far - y * np.float32(length))


def _floor(room: Room) -> Plane:
    across, z = _places(room, room.back, _reach(room), 0.62 * room.draft.px(1.0))
    bgr = _flooring(room, across, z)
    if room.style.kind in {Kind.LIVING, Kind.LIBRARY}:
        bgr = _rug(room, bgr, across, z)
    bgr = bgr + _sunpatch(room, across, z)[..., None] * colour(room.sun_code) * bgr
    near_wall = np.clip((room.back - z) / 0.3, 0, 1) * np.clip(
        (room.half - np.abs(across)) / 0.25, 0, 1
    )
    bgr = floats(bgr * (0.66 + 0.34 * np.sqrt(near_wall))[..., None])
    return _level(room, room.floor, room.back, bgr, across, z)


def _flooring(room: Room, across: Floats, z: Floats) -> Floats:
    shape = (z.shape[0], across.shape[1])
    first, second = (colour(code) for code in room.style.floors)
    match room.style.floor:
        case Floor.TILES:
            u, v = np.floor(across / 0.2), np.floor(z / 0.2)
            odd = np.mod(u + v, 2)[..., None]
            joints = _tiles(across, z, (0.2, 0.2), room)
            return floats((first + (second - first) * odd) * joints[..., None])
        case Floor.PARQUET:
            wide, long = 0.09, 0.36
        case Floor.PLANKS:
            wide, long = 0.13, 0.9
    board = np.floor(across / wide)
    shifted = z + np.mod(board * 0.377, 1) * long
    tone = np.mod(np.sin(board * 12.9898 + np.floor(shifted / long) * 78.233) * 43758.547, 1)
    seam = (np.abs(np.mod(across / wide, 1) - 0.5) > 0.47) | (np.mod(shifted / long, 1) < 0.008)
    grain = noise((shape[0], shape[1]), room.draft.seed("grain"), (6, 60), 3)
    mixed = first + (second - first) * (0.75 * tone + 0.25 * grain)[..., None]
    return floats(mixed * np.where(seam, 0.66, 1.0)[..., None])


def _rug(room: Room, bgr: Floats, across: Floats, z: Floats) -> Floats:
    far = np.hypot(across / (0.7 * min(1.0, room.half / 1.1)), (z - 1.25) / 0.46)
    rug = colour(room.accent)
    pale = colour("#efe2c6")
    rings = np.where(
        (far > 0.86) & (far < 0.93), 1.0, np.where((far > 0.5) & (far < 0.54), 1.0, 0.0)
    )
    pile = noise(far.shape, room.draft.seed("rug"), 60, 2)
    pattern = (rug * (1 - rings[..., None]) + pale * rings[..., None]) * (0.84 + 0.24 * pile)[
        ..., None
    ]
    share = smoothstep(1.005, 0.995, floats(far))[..., None]
    shade = 1 - 0.35 * np.exp(-(((far - 1.03) / 0.03) ** 2))[..., None]
    return floats((bgr * (1 - share) + pattern * share) * shade)


def _sunpatch(room: Room, across: Floats, z: Floats) -> Floats:
    """The window's light on the floor, with the shadows of its bars."""
    if room.sunshine <= 0.05:
        return floats(np.zeros((z.shape[0], across.shape[1]), np.float32))
    left, _, right, _ = room.window
    drift = 0.45 * (1.0 if left + right < 0 else -1.0)
    along = (room.back - 0.35 - z) / 0.95
    u = (across - (left + right) / 2 - drift * (room.back - z)) / (right - left) + 0.5
    soft = floats(0.03 + 0.05 * np.clip(along, 0, 1))
    inside = _within(floats(u), soft) * _within(floats(along), soft)
    bars = (
        1
        - 0.75 * np.exp(-(((u - 0.5) / 0.035) ** 2))
        - 0.6 * np.exp(-(((along - 0.5) / 0.03) ** 2))
    )
    return floats(
        inside * np.clip(bars, 0, 1) * np.float32(0.95 * room.sunshine * (1 - 0.7 * room.lamps))
    )


def _within(values: Floats, soft: Floats) -> Floats:
    return floats(np.clip(values / soft, 0, 1) * np.clip((1 - values) / soft, 0, 1))


def _ceiling(room: Room) -> Plane:
    across, z = _places(room, room.back, _reach(room), 0.12 * room.draft.px(1.0))
    plaster = np.broadcast_to(colour(room.style.trim), (z.shape[0], across.shape[1], 3))
    beams = np.where(np.abs(np.mod(z, 0.5) - 0.25) < 0.05, 0.72, 0.92)
    bgr = floats(plaster * np.broadcast_to(beams, plaster.shape[:2])[..., None])
    return _level(room, room.ceiling, room.back, bgr, across, z)


def table_top(room: Room) -> list[Layer]:
    """A table that we look over, and its far edge."""
    reach = 1.25 if not room.draft.frame.portrait else 0.95
    across, z = _places(room, TABLE_FAR, reach, 0.75 * room.draft.px(1.0))
    shape = (z.shape[0], across.shape[1])
    wood = noise(shape, room.draft.seed("table"), (5, 1.2), 4)
    fine = noise(shape, room.draft.seed("table-grain"), (90, 5), 3)
    tone = (0.6 * wood + 0.4 * fine)[..., None]
    boards = np.abs(np.mod(z / 0.2, 1) - 0.5) > 0.492
    bgr = colour("#a86b3c") + (colour("#cf9a62") - colour("#a86b3c")) * tone
    bgr = bgr * np.where(boards, 0.72, 1.0)[..., None]
    away = floats(np.hypot(across, (z - 1.0) * 1.2))
    bgr = bgr * (0.8 + 0.42 * np.exp(-((away / 0.8) ** 2)))[..., None]
    lit = room.lit(floats(bgr), across, np.full((1, 1), room.stage, np.float32), z)
    edge = np.broadcast_to(lit[:1].mean(1, keepdims=True) * np.float32(0.55), (8, 8, 3))
    y = room.stage
    return [
        Plane(
            texture=covering(floats(np.ascontiguousarray(edge))),
            points=(
                (-reach, y, TABLE_FAR),
                (reach, y, TABLE_FAR),
                (reach, y + 0.06, TABLE_FAR),
                (-reach, y + 0.06, TABLE_FAR),
            ),
            depth=TABLE_FAR + 0.02,
        ),
        Plane(
            texture=covering(lit),
            points=(
                (-reach, y, TABLE_FAR),
                (reach, y, TABLE_FAR),
                (reach, y, NEAREST),
                (-reach, y, NEAREST),
            ),
            depth=TABLE_FAR,
        ),
    ]
