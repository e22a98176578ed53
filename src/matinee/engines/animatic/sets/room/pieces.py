"""Pieces of furniture: how one is put in its place, and drawn parts and glyphs as such pieces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.artwork import ArtworkMissing
from matinee.engines.animatic.canvas import Image, Texture
from matinee.engines.animatic.layers import Sprite
from matinee.engines.animatic.paint import blot, colour
from matinee.engines.animatic.puppets.jointed import dyed
from matinee.engines.animatic.sets.room.shell import Room
from matinee.engines.animatic.shading import relight
from matinee.engines.animatic.staging import Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a thing stands."""

    x: float
    y: float
    depth: float
    height: float
    mirrored: bool = False


def part(room: Room, name: str, spot: Spot, code: str | None = None, depth: float = 0.06) -> Layer:
    """A drawn part as a piece; a white one in the colour `code`."""
    image = room.draft.artwork.part(name)
    if code is not None:
        image = dyed(image, colour(code))
    return standing(room, image, spot, depth)


def standing(room: Room, image: Image, spot: Spot, depth: float = 0.06) -> Layer:
    """A picture as a piece that stands at `spot`, lit by the room; `depth` is its roundness."""
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


def shadow(room: Room, x: float, depth: float, wide: float) -> Layer:
    """A soft shadow below furniture on the floor."""
    texture = blot(40, 0.5)
    squeezed = Texture(
        cast(Image, cv2.resize(texture.pixels, (160, 24), interpolation=cv2.INTER_AREA))
    )
    return Sprite(texture=squeezed, x=x, y=room.floor, depth=depth + 0.005, height=wide * 24 / 160)


def glyphs(room: Room, count: int, name: str) -> list[str]:
    """Names of `count` different small things of the room, drawn by `name`."""
    random = room.draft.layout(name)
    order = random.permutation(len(room.style.glyphs))[:count].tolist()
    return [room.style.glyphs[index] for index in order]


def thing(room: Room, glyph: str, spot: Spot) -> list[Layer]:
    """A glyph as a piece; nothing where there is no such glyph."""
    try:
        return [standing(room, room.draft.artwork.glyph(glyph), spot, 0.2)]
    except ArtworkMissing:
        # Small things only dress the room.
        return []


def plant(room: Room, x: float) -> list[Layer]:
    """A large pot plant on the floor."""
    depth = room.back - 0.36
    spot = Spot(x=x, y=room.floor, depth=depth, height=0.5)
    return [shadow(room, x, depth, 0.4), *thing(room, "potted-plant", spot)]
