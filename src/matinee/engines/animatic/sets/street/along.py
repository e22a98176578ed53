"""A street that runs away from us between two rows of houses."""

from __future__ import annotations

import numpy as np

from matinee.engines.animatic.canvas import Texture
from matinee.engines.animatic.layers import Sprite, Strip
from matinee.engines.animatic.paint import Floats, colour, floats, glow, mix, to_texture
from matinee.engines.animatic.sets.outdoors.heavens import heaven
from matinee.engines.animatic.sets.outdoors.hours import Hour
from matinee.engines.animatic.sets.outdoors.brush import Botany
from matinee.engines.animatic.sets.outdoors.trees import broadleaf
from matinee.engines.animatic.sets.street.across import city_glow, city_grade, city_light, mirror
from matinee.engines.animatic.sets.street.facades import Shine, houses
from matinee.engines.animatic.sets.street.fittings import (
    LAMP_HEAD,
    LANTERN_HEAD,
    LAMP_GLOW,
    Lamp,
    garlands,
    lamp_kind,
)
from matinee.engines.animatic.sets.street.folk import walkers
from matinee.engines.animatic.sets.street.neon import signs
from matinee.engines.animatic.sets.street.quarters import (
    Quarter,
    hour_in,
    lamplight,
    shop_names,
)
from matinee.engines.animatic.sets.street.road import Course, Paving, Pool, lit_ground, surface
from matinee.engines.animatic.sets.street.skyline import NARROW as NARROW_CITY
from matinee.engines.animatic.sets.street.skyline import skyline
from matinee.engines.animatic.sets.street.terrace import FAR, NEAR, Terraced, terrace
from matinee.engines.animatic.sets.street.traffic import street_car
from matinee.engines.animatic.shots import Weather
from matinee.engines.animatic.staging import Draft, Grade, Layer, Mark, Set

WIDE, NARROW = 0.86, 0.62
"""Half the distance of the houses, in landscape and in portrait."""

PAVEMENT = 0.25
FAR_CITY = 90.0
LAMP_DEPTHS = (1.55, 3.0, 4.6, 6.6)


def along(draft: Draft, quarter: Quarter) -> Set:
    """The street, looked down from its middle."""
    frame, shot = draft.frame, draft.shot
    hour, lamps = hour_in(quarter, shot), lamplight(shot)
    level = 0.42 if frame.portrait else 0.3
    wall = NARROW if frame.portrait else WIDE
    course = Course(level=level, kerb=wall - PAVEMENT, wall=wall, along=True)
    side = 1.0 if draft.layout("sun").random() < 0.5 else -1.0
    rows = _rows(draft, quarter, hour, (course, side, lamps))
    paved = Paving(draft, course)
    snow = shot.weather is Weather.SNOW
    bgr = surface(paved, cobbled=quarter.cobbled, snow=snow)
    ground = lit_ground(
        paved, bgr, hour, _sunlit(paved, hour, side), _pools(draft, quarter, course, lamps)
    )
    layers: list[Layer] = [
        heaven(draft, hour, 0.3 * side * frame.half_width),
        *_distance(draft, quarter, hour, lamps),
        ground,
        *rows,
        *signs(draft, quarter, hour, (wall, level), lamps),
        *mirror(draft, paved, lamps),
        *_furniture(draft, quarter, hour, course, lamps),
        *_life(draft, hour, course, lamps),
    ]
    if quarter.overhead is not None:
        layers += garlands(draft, hour, quarter.overhead, (wall, level), lamps)
    return Set(
        layers=tuple(layers),
        light=city_light(quarter, hour, side, lamps),
        marks=_marks(course),
        floor_y=level,
        grade=Grade(bloom=0.5, bloom_from=165, vignette=0.42)
        if lamps > 0.5
        else Grade(bloom=0.35, bloom_from=190, vignette=0.3),
        reach=0.1,
        shadow=0.5,
    )


def _marks(course: Course) -> tuple[Mark, ...]:
    half = course.kerb + 0.04
    return (Mark(0.0, 1.0), Mark(-0.62 * half, 1.08), Mark(0.62 * half, 1.12), Mark(0.2, 1.4))


def _rows(
    draft: Draft, quarter: Quarter, hour: Hour, at: tuple[Course, float, float]
) -> list[Terraced]:
    course, side, lamps = at
    names = shop_names(draft.shot, quarter)
    made: list[Terraced] = []
    taller = 1 if draft.frame.portrait else 0
    for index, x in enumerate((-course.wall, course.wall)):
        row = houses(draft.layout(f"row{index}"), quarter, names, FAR - NEAR, taller)
        shine = Shine(
            hour=hour,
            facing=0.82 if x * side < 0 else 0.32,
            lamps=lamps,
            glow=quarter.street_glow[index],
            snow=draft.shot.weather is Weather.SNOW,
        )
        made += terrace(draft, row, shine, x, course.level)
    return made


def _sunlit(paved: Paving, hour: Hour, side: float) -> Floats | float:
    """By day the houses on the sun's side throw a long shadow over the street."""
    if hour.night or hour.glow < 0.25:
        return 0.35
    # Roofs of different heights end at different places.
    roofs = np.float32(0.09) * (np.sin(np.floor(paved.z / 1.15) * 5.1) + 1)
    edge = paved.x * np.float32(side) + roofs - np.float32(0.12)
    return floats(0.3 + 0.6 * np.clip(0.5 - edge / 0.035, 0, 1))


def _pools(draft: Draft, quarter: Quarter, course: Course, lamps: float) -> list[Pool]:
    if lamps <= 0.25:
        return []
    pools = [
        Pool(x=side * course.kerb, z=z, radius=0.5, code=LAMP_GLOW, strength=0.75 * lamps)
        for z in LAMP_DEPTHS
        for side in (-1, 1)
    ]
    random = draft.layout("pools")
    for index, side in enumerate((-1, 1)):
        for z in (0.7, 1.4, 2.1, 2.9, 3.9, 5.2, 7.0):
            code = quarter.neon[int(random.integers(len(quarter.neon)))]
            strength = float(random.uniform(0.35, 0.9)) * lamps
            pools.append(
                Pool(x=side * (course.wall - 0.08), z=z, radius=0.34, code=code, strength=strength)
            )
            glow_code = quarter.street_glow[index]
            pools.append(Pool(x=side * 0.3, z=z, radius=0.6, code=glow_code, strength=0.22 * lamps))
    return pools


def _distance(draft: Draft, quarter: Quarter, hour: Hour, lamps: float) -> list[Layer]:
    """The towers at the end of the street, as much as the houses let us see."""
    towers = skyline(draft, quarter, hour, depth=FAR_CITY, lamps=lamps, wide=NARROW_CITY)
    end = Sprite(
        texture=towers.texture, x=0.0, y=0.0, depth=FAR_CITY, height=towers.height, anchor=(0.5, 1.0)
    )
    return [end, *city_glow(draft, quarter, lamps, -0.02)]


def _furniture(
    draft: Draft, quarter: Quarter, hour: Hour, course: Course, lamps: float
) -> list[Layer]:
    wet = draft.shot.weather is Weather.RAIN
    layers: list[Layer] = []
    for number, depth in enumerate(LAMP_DEPTHS):
        post, light, beam = lamp_kind(draft, hour, lamps, old=quarter.cobbled, depth=depth)
        for side in (-1, 1):
            layers.append(
                Lamp(
                    post=post,
                    glow=light,
                    beam=beam if number < 2 else None,
                    head=LANTERN_HEAD if quarter.cobbled else LAMP_HEAD,
                    x=side * (course.kerb + 0.04),
                    level=course.level,
                    depth=depth,
                    height=0.8 if quarter.cobbled else 1.05,
                    mirrored=side > 0,
                    wet=wet,
                )
            )
    return layers


def _life(draft: Draft, hour: Hour, course: Course, lamps: float) -> list[Layer]:
    wet = draft.shot.weather is Weather.RAIN
    kerb, level = course.kerb, course.level
    parked = [(-1, 2.15), (-1, 3.3), (1, 2.6), (1, 4.1), (-1, 5.4)]
    layers: list[Layer] = [
        street_car(draft, hour, (side * (kerb - 0.16), level, z), wet=wet, number=number)
        for number, (side, z) in enumerate(parked)
    ]
    lane = 0.34 * kerb
    layers.append(
        street_car(draft, hour, (lane * 0.6, level, 2.0), speed=0.5, lamps=lamps, wet=wet, number=9)
    )
    layers.append(
        street_car(
            draft, hour, (-lane * 0.6, level, 2.2), speed=-0.45, lamps=lamps, wet=wet, number=8
        )
    )
    aside = course.kerb + 0.5 * PAVEMENT
    places = [
        (-aside, 1.5, 0.16),
        (aside, 1.7, 0.13),
        (aside + 0.05, 2.3, -0.15),
        (-aside - 0.05, 2.4, -0.12),
        (-aside, 2.0, 0.2),
        (aside, 1.6, -0.18),
    ]
    layers += walkers(draft, hour, places, across=False, level=level)
    return layers
