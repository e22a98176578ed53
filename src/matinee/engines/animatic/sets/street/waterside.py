"""A promenade by a river, with the towers of the city on the other bank and in the water."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np

from matinee.engines.animatic.canvas import Image, Texture
from matinee.engines.animatic.layers import Sprite, Strip
from matinee.engines.animatic.paint import Floats, colour, floats, smoothstep, to_texture
from matinee.engines.animatic.sets.outdoors.heavens import heaven, moon
from matinee.engines.animatic.sets.street.city import City
from matinee.engines.animatic.sets.street.fittings import LAMP_GLOW, bench, lamp_row
from matinee.engines.animatic.sets.street.folk import walkers
from matinee.engines.animatic.sets.street.road import (
    Course,
    Paving,
    Pool,
    lay,
    lit_ground,
    surface,
)
from matinee.engines.animatic.sets.street.skyline import Towers, skyline
from matinee.engines.animatic.sets.street.terrace import Mirrored
from matinee.engines.animatic.sets.street.wet import wet_ground
from matinee.engines.animatic.shading import tinted
from matinee.engines.animatic.staging import Layer, Set, spread

QUAY = 1.5
"""Depth of the promenade's edge."""

FAR_BANK = 9.0
PEOPLE = [(-1.1, 1.32, 0.13), (1.2, 1.36, -0.12), (2.2, 1.28, 0.15)]
BOATS = (("sailboat", 4.6, 0.05), ("ship", 6.4, -0.07))
"""Picture, depth and speed."""

BARS = 12


def waterside(city: City) -> Set:
    """The promenade, looked from over the river."""
    draft, hour = city.draft, city.hour
    course = Course(
        level=city.level, kerb=0.0, wall=FAR_BANK, along=False, near_kerb=5, far_kerb=QUAY
    )
    sun = 0.5 * city.side * draft.frame.half_width
    paved = Paving(draft, course)
    bgr = _surface(paved, city)
    layers: list[Layer] = [
        heaven(draft, hour, sun),
        *([moon(draft, hour, sun)] if hour.night and hour.glow > 0.2 else []),
        *_banks(city),
        *city.air_glow(),
        lit_ground(paved, bgr, hour, 0.2 if hour.night else 0.6, _pools(city)),
        _mirror(city, paved),
        *_boats(city),
        _railing(city),
        lamp_row(city, QUAY - 0.08),
        bench(city, -0.55, QUAY - 0.12),
        *walkers(city, PEOPLE, across=True),
    ]
    return Set(
        layers=tuple(layers),
        light=city.light(),
        marks=spread(draft.frame),
        floor_y=city.level,
        grade=city.grade(),
        reach=math.inf,
    )


def _banks(city: City) -> list[Layer]:
    """Two rows of towers, the nearer one on the other bank."""
    tall = 0.44 if city.draft.frame.portrait else 0.36
    far = skyline(city, Towers(name="far", depth=92.0, tall=0.8 * tall, lit=0.6))
    near = skyline(city, Towers(name="bank", depth=FAR_BANK, tall=tall, haze=0.5))
    bank = replace(near, y=city.level, offset=-8.0)
    return [replace(far, offset=7.0), Mirrored(layer=bank)]


def _surface(paved: Paving, city: City) -> Floats:
    """Paving in front, the river behind the quay's edge."""
    bgr = surface(paved, cobbled=False, snow=False)
    bgr *= colour("#f4e6d4")
    lay(bgr, "#c8c0b4", paved.between(paved.z, QUAY - 0.09, QUAY))
    sky = np.mean([colour(code) for _, code in city.hour.sky], 0)
    water = colour("#24465c") * np.float32(0.7) + sky * np.float32(0.3)
    lay(
        bgr,
        floats(water * (paved.tone * np.float32(0.9))[..., None]),
        paved.between(paved.z, QUAY, 1e4),
    )
    lay(bgr, "#17222c", paved.between(paved.z, QUAY, QUAY + 0.16))
    return bgr


def _mirror(city: City, paved: Paving) -> Layer:
    """The river, and the wet promenade, mirror the city."""
    pavement = (0.3, 0.8) if city.rains else (0.1 * city.lamps, 0.3 * city.lamps)
    made = wet_ground(city.draft, paved, pavement, 0.85, falling=city.rains)
    return replace(made, sheen=_flooded(made.sheen, paved))


def _flooded(sheen: Image, paved: Paving) -> Image:
    """The mirror with a river in it."""
    size = (sheen.shape[1], sheen.shape[0])
    depth = np.asarray(cv2.resize(paved.z, size), np.float32)
    river = smoothstep(QUAY + 0.1, QUAY + 0.3, depth)[..., None]
    stir = np.asarray(cv2.resize(paved.tone, size), np.float32) - np.float32(0.9)
    water = np.stack((np.full_like(stir, 235), np.clip(128 + 170 * stir, 0, 255)), -1)
    return np.ascontiguousarray((sheen * (1 - river) + water * river).astype(np.uint8))


def _pools(city: City) -> list[Pool]:
    if not city.burns:
        return []
    return [
        Pool(x=x, z=QUAY - 0.1, radius=0.6, code=LAMP_GLOW, strength=0.9 * city.lamps)
        for x in (-1.25, 0, 1.25)
    ]


def _railing(city: City) -> Strip:
    """An iron railing on the quay."""
    wide, high = city.draft.px(0.6), city.draft.px(0.17)
    alpha = np.zeros((high, wide), np.float32)
    thick = max(2, round(0.05 * high))
    thin = max(1, thick // 2)
    upper, lower = round(0.2 * high), round(0.86 * high)
    alpha[:thick] = 1
    alpha[upper : upper + thin] = 1
    alpha[lower : lower + thin] = 1
    for bar in range(BARS):
        x = round(wide * (bar + 0.5) / BARS)
        alpha[upper:lower, x : x + thin] = 1
    alpha[:, : 2 * thick] = 1
    bgr = np.empty((high, wide, 3), np.float32)
    bgr[:] = city.hour.shine(colour("#4a545e"), 0.4)
    bgr[:thin] = city.hour.shine(colour("#8a98a4"), 0.8)
    return Strip(
        texture=to_texture(np.clip(bgr, 0, 0.95), alpha),
        y=city.level,
        depth=QUAY - 0.04,
        height=0.2,
        anchor_y=1.0,
    )


def _boats(city: City) -> list[Layer]:
    draft = city.draft
    places = draft.layout("boats").uniform(-0.5, 0.5, len(BOATS)).tolist()
    return [
        Sprite(
            texture=Texture(
                tinted(city.standing(draft.artwork.glyph(glyph), depth), city.hour.haze, 0.15)
            ),
            x=place * depth * draft.frame.half_width - 3 * speed,
            y=city.level + 0.02,
            depth=depth,
            height=0.5,
            anchor=(0.5, 0.97),
            drift=(speed, 0.0),
            rock=0.02,
        )
        for (glyph, depth, speed), place in zip(BOATS, places, strict=True)
    ]
