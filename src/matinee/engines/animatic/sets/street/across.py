"""A boulevard seen from its pavement: shops over the way, traffic, trees; it has no end."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import cv2
import numpy as np

from matinee.engines.animatic.canvas import Image, Texture
from matinee.engines.animatic.layers import Sprite, Strip
from matinee.engines.animatic.paint import blot, glow, hex_code, mix
from matinee.engines.animatic.sets.outdoors.heavens import heaven
from matinee.engines.animatic.sets.outdoors.hours import Hour
from matinee.engines.animatic.sets.outdoors.brush import Botany
from matinee.engines.animatic.sets.outdoors.trees import broadleaf
from matinee.engines.animatic.sets.outdoors.standing import Grove
from matinee.engines.animatic.sets.street.facades import SHOP, STOREY, House, Shine, houses, paint_front
from matinee.engines.animatic.sets.street.fittings import LAMP_GLOW, LANTERN_HEAD, Lamp, bench, lamp_kind
from matinee.engines.animatic.sets.street.folk import walkers
from matinee.engines.animatic.sets.street.neon import PADDING, beside, tubes
from matinee.engines.animatic.sets.street.quarters import Quarter, hour_in, lamplight, shop_names
from matinee.engines.animatic.sets.street.road import Course, Paving, Pool, lit_ground, surface
from matinee.engines.animatic.sets.street.skyline import skyline
from matinee.engines.animatic.sets.street.terrace import Mirrored
from matinee.engines.animatic.sets.street.traffic import passer
from matinee.engines.animatic.sets.street.wet import wet_ground
from matinee.engines.animatic.shots import Weather
from matinee.engines.animatic.staging import Draft, Grade, Layer, Light, Set, spread

HOUSES_AT = 2.7
NEAR_KERB, FAR_KERB = 1.22, 2.2
ROW_LENGTH = 6.4
"""World units of houses before they repeat."""

TREE_STEP = 2.3
NEON_SHARE = 0.6


def across(draft: Draft, quarter: Quarter) -> Set:
    """The boulevard, looked over from one side."""
    frame, shot = draft.frame, draft.shot
    hour, lamps = hour_in(quarter, shot), lamplight(shot)
    level = 0.42 if frame.portrait else 0.3
    course = Course(
        level=level, kerb=0.0, wall=HOUSES_AT, along=False, near_kerb=NEAR_KERB, far_kerb=FAR_KERB
    )
    side = 1.0 if draft.layout("sun").random() < 0.5 else -1.0
    paved = Paving(draft, course)
    bgr = surface(paved, cobbled=False, snow=shot.weather is Weather.SNOW)
    layers: list[Layer] = [
        heaven(draft, hour, 0.4 * side * frame.half_width),
        skyline(draft, quarter, hour, depth=86.0, lamps=lamps),
        lit_ground(paved, bgr, hour, 0.2 if hour.night else 0.62, pools(lamps, 1.25, 0.8)),
        _row(draft, quarter, hour, level, lamps),
        *mirror(draft, paved, lamps),
        *trees(draft, hour, level, FAR_KERB + 0.12, side),
        *lamp_row(draft, hour, lamps, (level, NEAR_KERB + 0.02), old=True),
        *_traffic(draft, hour, level, lamps),
    ]
    return Set(
        layers=tuple(layers),
        light=city_light(quarter, hour, side, lamps),
        marks=spread(frame),
        floor_y=level,
        grade=city_grade(lamps),
        reach=math.inf,
        shadow=0.5,
    )


def city_grade(lamps: float) -> Grade:
    """The grade of a street: lights bloom when they count."""
    if lamps > 0.5:
        return Grade(bloom=0.5, bloom_from=165, vignette=0.42)
    return Grade(bloom=0.35, bloom_from=190, vignette=0.3)


def city_light(quarter: Quarter, hour: Hour, side: float, lamps: float) -> Light:
    """The light on figures: the sky's by day, that of lamps and signs by night."""
    light = hour.light(side)
    if lamps < 0.8:
        return light
    warm, cool = quarter.street_glow[1], quarter.street_glow[0]
    return replace(
        light,
        key=hex_code(mix(warm, "#ffe8d0", 0.78)),
        ambient=hex_code(mix(hour.haze, "#b0a8d8", 0.6)),
        rim=hex_code(mix(cool, "#ffffff", 0.25)),
        strength=0.55,
        rim_strength=0.9,
    )


def city_glow(draft: Draft, quarter: Quarter, lamps: float, y: float) -> list[Layer]:
    """The light of the city in the air above its roofs, its middle `y` frame units down."""
    if lamps <= 0.3:
        return []
    radius = max(16, draft.px(0.34))
    depth = 89.0
    return [
        Sprite(
            texture=glow(radius, quarter.night_sky[-1], 2.0),
            x=0.0,
            y=y * depth,
            depth=depth,
            height=0.95 * depth,
            alpha=0.75 * lamps,
        )
    ]


def mirror(
    draft: Draft, paved: Paving, lamps: float, wetness: tuple[float, float] | None = None
) -> list[Layer]:
    """The mirror on the ground, where rain or the lights of the night call for one."""
    weather = draft.shot.weather
    rains = weather is Weather.RAIN
    if wetness is None:
        if weather is Weather.SNOW or (not rains and lamps < 0.5):
            return []
        wetness = (0.34, 0.95) if rains else (0.14 * lamps, 0.5 * lamps)
    veil = 0.35 if lamps > 0.5 else 0.8
    return [wet_ground(draft, paved, wetness, veil, falling=rains)]


def pools(lamps: float, z: float, radius: float) -> list[Pool]:
    """The light of a row of lamps at depth `z`, and of shops over the way."""
    if lamps <= 0.25:
        return []
    shops = [Pool(x=x, z=HOUSES_AT, radius=0.4, code="#ffb070", strength=0.7 * lamps) for x in (-0.8, 0.1, 0.9)]
    row = [Pool(x=x, z=z, radius=radius, code=LAMP_GLOW, strength=0.8 * lamps) for x in (-1.25, 1.25)]
    return [*row, *shops]


def _row(draft: Draft, quarter: Quarter, hour: Hour, level: float, lamps: float) -> Mirrored:
    """The houses over the way, in one endless picture."""
    shot = draft.shot
    names = shop_names(shot, quarter)
    taller = 1 if draft.frame.portrait else 0
    row = houses(draft.layout("row"), quarter, names, ROW_LENGTH, taller)
    shine = Shine(
        hour=hour,
        facing=0.62,
        lamps=lamps,
        glow=quarter.street_glow[0],
        snow=shot.weather is Weather.SNOW,
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
        y=level,
        depth=HOUSES_AT,
        height=height / px,
        anchor_y=1.0,
        offset=-0.5 * ROW_LENGTH,
    )
    return Mirrored(layer=strip)


def _front(house: House, shine: Shine, px: float) -> Image:
    picture = paint_front(house, shine, px, 0.6 * float(shine.hour.thickness(HOUSES_AT)))
    random = np.random.default_rng(house.seed + 3)
    if shine.lamps <= 0.25 or random.random() > NEON_SHARE:
        return picture
    _hang_sign(picture, house, shine, px)
    return picture


def _hang_sign(picture: Image, house: House, shine: Shine, px: float) -> None:
    """A word in neon on a dark board above the shop."""
    mask = beside(house.name, round(0.17 * px))
    around = cv2.copyMakeBorder(mask, *[PADDING] * 4, cv2.BORDER_CONSTANT, value=(0,))
    glowing = tubes(np.asarray(around, np.float32), house.accent)
    fit = min(1.0, 0.8 * picture.shape[1] / glowing.width)
    light = cv2.resize(glowing.pixels, None, fx=fit, fy=fit, interpolation=cv2.INTER_AREA)
    middle = picture.shape[0] - round((SHOP + 0.5 * STOREY) * px)
    top, left = max(0, middle - light.shape[0] // 2), (picture.shape[1] - light.shape[1]) // 2
    under = picture[top : top + light.shape[0], left : left + light.shape[1]]
    edge = round((PADDING - 12) * fit)
    under[edge:-edge, edge:-edge, :3] //= 4
    dimmed = cv2.convertScaleAbs(light, alpha=float(shine.lamps))[: under.shape[0]]
    under[:] = cv2.min(cv2.add(under, dimmed), cv2.merge([under[..., 3]] * 4))


def trees(draft: Draft, hour: Hour, level: float, depth: float, side: float) -> list[Layer]:
    """Trees along a pavement at `depth`."""
    random = draft.layout("trees")
    painter = np.random.default_rng(draft.seed("trees"))
    code = "#5d9440" if draft.shot.weather is not Weather.SNOW else "#8f9a92"
    height = 0.78
    pictures = [
        Texture(
            broadleaf(
                Botany(
                    hour=hour,
                    random=painter,
                    height_px=draft.px(height / depth),
                    depth=depth,
                    side=side,
                ),
                code,
                "#5c4a3c",
            )
        )
        for _ in range(2)
    ]
    count = 3
    spots = np.zeros((count, 6))
    spots[:, 0] = TREE_STEP * np.arange(count) + random.uniform(0, 1.5)
    spots[:, 1] = depth
    spots[:, 2] = random.uniform(0.92, 1.1, count) * height
    spots[:, 3] = np.arange(count) % 2
    spots[:, 4] = np.where(random.random(count) < 0.5, -1, 1)
    spots[:, 5] = random.random(count)
    shade = blot(32, 0.5)
    return [
        Grove(
            textures=tuple(pictures),
            spots=spots,
            level=level,
            period=TREE_STEP * count,
            depth=depth,
            shadow=shade,
            side=side,
        )
    ]


def lamp_row(
    draft: Draft, hour: Hour, lamps: float, at: tuple[float, float], *, old: bool
) -> list[Layer]:
    """Lamps along a kerb at `at` (ground, depth), without end."""
    level, depth = at
    post, light, beam = lamp_kind(draft, hour, lamps, old=old, depth=depth)
    return [
        Lamp(
            post=post,
            glow=light,
            beam=beam,
            head=LANTERN_HEAD,
            x=0.85,
            level=level,
            depth=depth,
            height=0.74 if not draft.frame.portrait else 0.95,
            period=2.1,
            wet=draft.shot.weather is Weather.RAIN,
        )
    ]


def _traffic(draft: Draft, hour: Hour, level: float, lamps: float) -> list[Layer]:
    wet = draft.shot.weather is Weather.RAIN
    random = draft.layout("traffic")
    layers: list[Layer] = []
    for number, (depth, speed) in enumerate(((1.98, -0.5), (1.96, -0.42), (1.52, 0.62), (2.12, 0.0))):
        pace = speed * float(random.uniform(0.85, 1.15))
        layers.append(
            passer(draft, hour, number, depth + 0.01 * number, pace, level=level, lamps=lamps, wet=wet)
        )
    places = [(-0.9, 2.5, 0.15), (0.7, 2.45, -0.13), (1.9, 2.55, 0.12), (-1.6, 2.4, -0.16), (1.3, 1.17, -0.12)]
    layers.append(bench(draft, hour, -0.72, level, NEAR_KERB + 0.05))
    layers += walkers(draft, hour, places, across=True, level=level)
    return layers
