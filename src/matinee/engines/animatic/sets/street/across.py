"""A boulevard seen from its pavement: shops over the way, traffic, trees; it has no end."""

from __future__ import annotations

import math
from functools import partial

import cv2
import numpy as np

from matinee.engines.animatic.canvas import Image, Texture
from matinee.engines.animatic.layers import Strip
from matinee.engines.animatic.paint import blot
from matinee.engines.animatic.sets.outdoors.brush import Botany
from matinee.engines.animatic.sets.outdoors.heavens import heaven
from matinee.engines.animatic.sets.outdoors.standing import Grove
from matinee.engines.animatic.sets.outdoors.trees import broadleaf
from matinee.engines.animatic.sets.street.city import City
from matinee.engines.animatic.sets.street.facades import houses, paint_front
from matinee.engines.animatic.sets.street.fittings import LAMP_GLOW, bench, lamp_row
from matinee.engines.animatic.sets.street.folk import walkers
from matinee.engines.animatic.sets.street.front import SHOP, STOREY, House, Shine
from matinee.engines.animatic.sets.street.neon import PADDING, beside, padded, tubes
from matinee.engines.animatic.sets.street.quarters import shop_names
from matinee.engines.animatic.sets.street.road import Course, Paving, Pool, lit_ground, surface
from matinee.engines.animatic.sets.street.skyline import Towers, skyline
from matinee.engines.animatic.sets.street.terrace import Mirrored
from matinee.engines.animatic.sets.street.traffic import Lane, passer
from matinee.engines.animatic.sets.street.wet import mirror
from matinee.engines.animatic.staging import Layer, Set, spread

HOUSES_AT = 2.7
NEAR_KERB, FAR_KERB = 1.22, 2.2
ROW_LENGTH = 6.4
"""World units of houses before they repeat."""

TREE_STEP = 2.3
TREE_HEIGHT = 0.78
NEON_SHARE = 0.6
TOWERS = Towers(name="skyline", depth=86.0)
LANES = ((1.98, -0.5), (1.97, -0.42), (1.54, 0.62), (2.15, 0.0))
"""Depth and speed of the vehicles; the last is parked."""

PEOPLE = [
    (-0.9, 2.5, 0.15),
    (0.7, 2.45, -0.13),
    (1.9, 2.55, 0.12),
    (-1.6, 2.4, -0.16),
    (1.3, 1.17, -0.12),
]


def across(city: City) -> Set:
    """The boulevard, looked over from one side."""
    draft, hour = city.draft, city.hour
    course = Course(
        level=city.level,
        kerb=0.0,
        wall=HOUSES_AT,
        along=False,
        near_kerb=NEAR_KERB,
        far_kerb=FAR_KERB,
    )
    paved = Paving(draft, course)
    bgr = surface(paved, cobbled=False, snow=city.snows)
    layers: list[Layer] = [
        heaven(draft, hour, 0.4 * city.side * draft.frame.half_width),
        skyline(city, TOWERS),
        lit_ground(paved, bgr, hour, 0.2 if hour.night else 0.62, _pools(city)),
        _row(city),
        *mirror(city, paved),
        _trees(city, FAR_KERB + 0.12),
        lamp_row(city, NEAR_KERB + 0.02),
        *(passer(city, lane) for lane in _lanes(city)),
        bench(city, -0.72, NEAR_KERB + 0.05),
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


def _lanes(city: City) -> list[Lane]:
    paces = city.draft.layout("traffic").uniform(0.85, 1.15, len(LANES)).tolist()
    return [
        Lane(number=number, depth=depth, speed=speed * pace)
        for number, ((depth, speed), pace) in enumerate(zip(LANES, paces, strict=True))
    ]


def _pools(city: City) -> list[Pool]:
    """The light of the lamps at the near kerb, and of shops over the way."""
    if not city.burns:
        return []
    spots = [(x, HOUSES_AT, 0.4, "#ffb070", 0.7) for x in (-0.8, 0.1, 0.9)]
    spots += [(x, NEAR_KERB, 0.8, LAMP_GLOW, 0.8) for x in (-1.25, 1.25)]
    return [
        Pool(x=x, z=z, radius=radius, code=code, strength=strength * city.lamps)
        for x, z, radius, code, strength in spots
    ]


def _row(city: City) -> Mirrored:
    """The houses over the way, in one endless picture."""
    draft, quarter = city.draft, city.quarter
    taller = 1 if draft.frame.portrait else 0
    names = shop_names(draft.shot, quarter)
    row = houses(draft.layout("row"), quarter, names, ROW_LENGTH, taller)
    shine = Shine(
        hour=city.hour,
        facing=0.62,
        lamps=city.lamps,
        glow=quarter.street_glow[0],
        snow=city.snows,
    )
    px = draft.px(1.0) / (HOUSES_AT - 0.12)
    fronts = draft.together([partial(_front, house, shine, px) for house in row])
    height = max(front.shape[0] for front in fronts)
    picture = np.zeros((height, sum(front.shape[1] for front in fronts), 4), np.uint8)
    left = 0
    for front in fronts:
        picture[height - front.shape[0] :, left : left + front.shape[1]] = front
        left += front.shape[1]
    strip = Strip(
        texture=Texture(picture),
        y=city.level,
        depth=HOUSES_AT,
        height=height / px,
        anchor_y=1.0,
        offset=-0.5 * ROW_LENGTH,
    )
    return Mirrored(layer=strip)


def _front(house: House, shine: Shine, px: float) -> Image:
    picture = paint_front(house, shine, px, 0.6 * float(shine.hour.thickness(HOUSES_AT)))
    random = np.random.default_rng(house.seed + 3)
    if shine.lamps > 0.25 and random.random() < NEON_SHARE:
        _hang_sign(picture, house, shine, px)
    return picture


def _hang_sign(picture: Image, house: House, shine: Shine, px: float) -> None:
    """A word in neon on a dark board above the shop."""
    glowing = tubes(padded(beside(house.name, round(0.17 * px))), house.accent)
    fit = min(1.0, 0.8 * picture.shape[1] / glowing.width)
    light = cv2.resize(glowing.pixels, None, fx=fit, fy=fit, interpolation=cv2.INTER_AREA)
    middle = picture.shape[0] - round((SHOP + 0.5 * STOREY) * px)
    top, left = max(0, middle - light.shape[0] // 2), (picture.shape[1] - light.shape[1]) // 2
    under = picture[top : top + light.shape[0], left : left + light.shape[1]]
    edge = round((PADDING - 12) * fit)
    under[edge:-edge, edge:-edge, :3] //= 4
    dimmed = cv2.convertScaleAbs(light, alpha=float(shine.lamps))[: under.shape[0]]
    under[:] = cv2.min(cv2.add(under, dimmed), cv2.merge([under[..., 3]] * 4))


def _trees(city: City, depth: float) -> Grove:
    """Trees along the far pavement."""
    draft = city.draft
    random = draft.layout("trees")
    made = Botany(
        hour=city.hour,
        random=np.random.default_rng(draft.seed("trees")),
        height_px=draft.px(TREE_HEIGHT / depth),
        depth=depth,
        side=city.side,
    )
    code = "#8f9a92" if city.snows else "#5d9440"
    pictures = [broadleaf(made, code, "#5c4a3c") for _ in range(2)]
    count = 3
    spots = np.zeros((count, 6))
    spots[:, 0] = TREE_STEP * np.arange(count) + random.uniform(0, 1.5)
    spots[:, 1] = depth
    spots[:, 2] = random.uniform(0.92, 1.1, count) * TREE_HEIGHT
    spots[:, 3] = np.arange(count) % 2
    spots[:, 4] = np.where(random.random(count) < 0.5, -1, 1)
    spots[:, 5] = random.random(count)
    return Grove(
        textures=tuple(Texture(picture) for picture in pictures),
        spots=spots,
        level=city.level,
        period=TREE_STEP * count,
        depth=depth,
        shadow=blot(32, 0.5),
        side=city.side,
    )
