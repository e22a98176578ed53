"""What hangs and stands on a stage: curtains, trusses, speakers, signs, bulbs, woods behind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matinee.engines.animatic.canvas import Texture
from matinee.engines.animatic.layers import Motes, Sprite, Strip
from matinee.engines.animatic.paint import glow
from matinee.engines.animatic.sets.stage.backs import neon, woods
from matinee.engines.animatic.sets.stage.boards import BACK
from matinee.engines.animatic.sets.stage.cloth import Cloth, side_curtain, valance
from matinee.engines.animatic.sets.stage.lamps import Bulbs
from matinee.engines.animatic.shading import relight
from matinee.engines.animatic.staging import Draft, Layer, Light

DEEP_VELVET = Cloth(codes=("#0d0106", "#4d0514", "#93102a", "#dd3f55"))
WINGS, HEADING = 0.97, 0.95
"""Depths of the side curtains and of the valance."""

RIG = 1.3
"""Depth of the lamps above the stage."""


def wings(draft: Draft) -> list[Layer]:
    """The gathered curtains at both sides, in front of the stage."""
    frame = draft.frame
    outer = frame.half_width * WINGS + 0.36
    width = outer - 0.56 * frame.half_width * WINGS
    top = -(frame.half_height * WINGS + 0.2)
    height = 2 * frame.half_height * WINGS + 0.36
    size = (draft.px(width / WINGS), draft.px(height / WINGS))
    layers: list[Layer] = []
    for side in (-1, 1):
        cloth = side_curtain(size, DEEP_VELVET, draft.seed(f"wing{side}"), mirrored=side > 0)
        anchor = (0.0 if side < 0 else 1.0, 0.0)
        layers.append(
            Sprite(
                texture=cloth,
                x=side * outer,
                y=top,
                depth=WINGS,
                height=height,
                anchor=anchor,
                rock=0.004,
                pace=0.6,
                phase=0.5 + 0.3 * side,
            )
        )
    return layers


def heading(draft: Draft) -> list[Layer]:
    """The valance along the top, with an emblem if the shot has a theme."""
    frame = draft.frame
    top = -(frame.half_height * HEADING + 0.2)
    height = 0.2 + 0.3 * frame.half_height
    width = 2 * frame.half_width * HEADING
    scallops = max(3, round(width / 0.34))
    size = (draft.px(width / HEADING), draft.px(height / HEADING))
    texture = valance(size, scallops, DEEP_VELVET)
    strip = Strip(texture=texture, y=top, depth=HEADING, height=height, offset=-width / 2)
    if draft.shot.theme != "paw":
        return [strip]
    light = Light(key="#fff0d0", ambient="#907060", rim="#ffe8a0", direction=(0.0, -0.7, 0.6))
    emblem = Texture(relight(draft.artwork.part("emblem-paw"), light, 0.1))
    # On the lowest part of an arc, which is the middle if there is an odd number of them.
    x = 0.0 if scallops % 2 else width / scallops / 2
    y, depth = top + 0.71 * height, HEADING - 0.001
    return [strip, Sprite(texture=emblem, x=x, y=y, depth=depth, height=0.23 * height)]


def trusses(draft: Draft, y: float, lamps: list[float]) -> list[Layer]:
    """A truss across the stage with lamps."""
    light = Light(key="#ffffff", ambient="#686c90", rim="#a0b0ff", strength=0.5)
    truss = Texture(relight(draft.artwork.part("stage-truss"), light, 0.03))
    can = Texture(relight(draft.artwork.part("stage-lamp"), light, 0.05))
    spots = [
        Sprite(
            texture=can,
            x=x,
            y=y + 0.02,
            depth=RIG + 0.015,
            height=0.13,
            anchor=(0.5, 0.1),
            rock=0.18,
            pace=1.2,
            phase=0.2 * index,
        )
        for index, x in enumerate(lamps)
    ]
    return [Strip(texture=truss, y=y - 0.07, depth=RIG + 0.02, height=0.1, offset=-0.4), *spots]


def speakers(draft: Draft, level: float) -> list[Layer]:
    """A tower of speakers at each side."""
    light = Light(key="#d8c8ff", ambient="#4a4474", rim="#ff60c0", direction=(0.2, -0.7, 0.5))
    texture = Texture(relight(draft.artwork.part("stage-speaker"), light, 0.04))
    depth = 1.5
    aside = draft.frame.half_width * depth * 0.84
    return [
        Sprite(
            texture=texture, x=side * aside, y=level, depth=depth, height=0.78, anchor=(0.5, 0.99)
        )
        for side in (-1, 1)
    ]


def sign(draft: Draft) -> list[Layer]:
    """A neon sign in the middle and a guitar beside it, flickering a little."""
    words = draft.shot.signs[0] if draft.shot.signs else None
    themed = draft.shot.theme == "paw"
    sign, high = neon(
        draft, words, "flat-paw-prints" if themed else "flat-musical-notes", "#ff4fa0"
    )
    side, side_high = neon(draft, None, "flat-guitar", "#38c8ff")
    half_width, half_height = draft.frame.half_width, draft.frame.half_height
    depth = BACK + 0.005
    widest = 0.86 * half_width * 2 * depth
    height = min(1.15 * high * depth, widest * sign.height / sign.width)
    first = Sprite(
        texture=sign,
        x=0.0,
        y=-0.72 * half_height * depth + 0.02,
        depth=depth,
        height=height,
        pulse=0.16,
        pace=5.0,
    )
    x, y, height = -0.72 * half_width * depth, -0.1 * depth, side_high * depth
    return [first, replace(first, texture=side, x=x, y=y, height=height, phase=0.4)]


def hanging_bulbs(draft: Draft) -> list[Layer]:
    """Bare bulbs on long cords, with their glow."""
    half_width, half_height = draft.frame.half_width, draft.frame.half_height
    cord = draft.artwork.part("stage-bulb")
    texture, shine = Texture(cord.copy()), glow(draft.px(0.1), "#ffb050", 2.2, 0.1)
    lengths = draft.layout("cords").uniform(-0.06, 0.1, 6).tolist()
    depth, long = 1.22, 0.9
    layers: list[Layer] = []
    for index, (place, length) in enumerate(
        zip((-0.9, -0.7, -0.5, 0.5, 0.72, 0.92), lengths, strict=True)
    ):
        foot = -half_height * depth + 0.16 + 0.1 * half_height + length + 0.2 * abs(place)
        x = place * half_width * depth
        # Cord and glow swing about the same far point, so that they stay together.
        bulb = Sprite(
            texture=texture,
            x=x,
            y=foot - long,
            depth=depth,
            height=long,
            anchor=(0.5, 0.0),
            rock=0.02,
            phase=0.17 * index,
        )
        lamp_at = (0.5, 0.5 - (long * 334 / 360) / 0.3)
        layers += [bulb, replace(bulb, texture=shine, height=0.3, anchor=lamp_at, pulse=0.15)]
    return layers


def amplifiers(draft: Draft, level: float) -> list[Layer]:
    """Two old amplifiers on the stage."""
    light = Light(key="#ffdcb0", ambient="#5c4470", rim="#c880ff", direction=(0.4, -0.6, 0.5))
    texture = Texture(relight(draft.artwork.part("stage-amplifier"), light, 0.05))
    half_width = draft.frame.half_width
    return [
        Sprite(
            texture=texture,
            x=x * half_width * 1.45,
            y=level,
            depth=1.45,
            height=high,
            anchor=(0.5, 0.97),
        )
        for x, high in ((-0.78, 0.27), (0.84, 0.32))
    ]


def wood_rows(draft: Draft) -> list[Layer]:
    """Two rows of dark trees behind the stage."""
    rows = ((6.0, ("#4a3468", "#33285a"), 0.1), (3.0, ("#1c1a40", "#100f28"), 0.1))
    return [
        Strip(
            texture=woods(draft, f"woods{index}", (1.9, 0.5), codes),
            y=(0.06 + 0.06 * index - high) * depth,
            depth=depth,
            height=0.5 * depth,
            offset=0.7 * index,
        )
        for index, (depth, codes, high) in enumerate(rows)
    ]


def festoons(draft: Draft, rig: float) -> list[Layer]:
    """Strings of warm bulbs: from the truss's middle down to both sides, and one behind."""
    half_width = draft.frame.half_width
    wire = Texture(np.full((4, 8, 4), (18, 14, 20, 255), np.uint8))
    lamps = tuple(
        glow(draft.px(0.04), code, 2.0, 0.24) for code in ("#ffc060", "#ffd890", "#ff9a50")
    )
    strings = ((0.04, -1.35, 1.12, 13), (-0.04, 1.35, 1.12, 13), (-1.4, 1.4, 1.55, 18))
    layers: list[Layer] = []
    for number, (start, end, depth, count) in enumerate(strings):
        share = np.linspace(0, 1, count)
        x = (start + (end - start) * share) * half_width * depth
        drop = 0.16 * share if number < 2 else 0.05
        y = rig * depth / RIG - 0.02 + depth * (drop + 4 * share * (1 - share) * 0.11)
        phases = draft.layout(f"festoon{number}").random(count)
        spots = np.stack((x, y, np.full(count, depth), phases), 1)
        layers.append(Bulbs(textures=lamps, spots=spots, height=0.075, depth=depth, wire=wire))
    return layers


def fireflies(draft: Draft) -> Motes:
    """Slow green sparks in the air."""
    return Motes(
        texture=glow(draft.px(0.012) + 2, "#d8ff80", 1.8, 0.3),
        spots=draft.layout("fireflies").random((34, 5)),
        near=0.9,
        far=2.2,
        height=0.035,
        drift=(0.02, -0.01),
        flutter=0.06,
        alpha=0.9,
        twinkle=1.0,
        depth=0.9,
    )
