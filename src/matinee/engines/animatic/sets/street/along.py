"""A street that runs away from us between two rows of houses."""

from __future__ import annotations

import numpy as np

from matinee.engines.animatic.layers import Sprite
from matinee.engines.animatic.paint import Floats, floats
from matinee.engines.animatic.sets.outdoors.heavens import heaven
from matinee.engines.animatic.sets.street.city import City
from matinee.engines.animatic.sets.street.facades import houses
from matinee.engines.animatic.sets.street.fittings import LAMP_GLOW, garlands, lamp
from matinee.engines.animatic.sets.street.folk import walkers
from matinee.engines.animatic.sets.street.front import Shine
from matinee.engines.animatic.sets.street.neon import signs
from matinee.engines.animatic.sets.street.quarters import shop_names
from matinee.engines.animatic.sets.street.road import Course, Paving, Pool, lit_ground, surface
from matinee.engines.animatic.sets.street.skyline import Towers, skyline
from matinee.engines.animatic.sets.street.terrace import FAR, NEAR, Terraced, terrace
from matinee.engines.animatic.sets.street.traffic import Lane, street_car
from matinee.engines.animatic.sets.street.wet import mirror
from matinee.engines.animatic.staging import Layer, Mark, Set

WIDE, NARROW = 0.86, 0.62
"""Half the distance of the houses, in landscape and in portrait."""

PAVEMENT = 0.25
LAMP_DEPTHS = (1.55, 3.0, 4.6, 6.6)
BEAMS = 1
"""Only the nearest lamps throw a beam that one would see."""

END = Towers(name="end", depth=90.0, wide=0.62)
PARKED = ((-1, 2.15), (-1, 3.3), (1, 2.6), (1, 4.1), (-1, 5.4))
"""Side and depth of the cars at the kerb."""


def along(city: City) -> Set:
    """The street, looked down from its middle."""
    frame = city.draft.frame
    wall = NARROW if frame.portrait else WIDE
    course = Course(level=city.level, kerb=wall - PAVEMENT, wall=wall, along=True)
    paved = Paving(city.draft, course)
    bgr = surface(paved, cobbled=city.quarter.cobbled, snow=city.snows)
    layers: list[Layer] = [
        heaven(city.draft, city.hour, 0.3 * city.side * frame.half_width),
        *_distance(city),
        lit_ground(paved, bgr, city.hour, _sunlit(paved, city), _pools(city, course)),
        *_rows(city, course),
        *signs(city, wall),
        *mirror(city, paved),
        *_lamps(city, course),
        *_life(city, course),
        *garlands(city, wall),
    ]
    return Set(
        layers=tuple(layers),
        light=city.light(),
        marks=_marks(course),
        floor_y=city.level,
        grade=city.grade(),
        reach=0.1,
    )


def _marks(course: Course) -> tuple[Mark, ...]:
    half = course.kerb + 0.04
    return (Mark(0.0, 1.0), Mark(-0.62 * half, 1.08), Mark(0.62 * half, 1.12), Mark(0.2, 1.4))


def _rows(city: City, course: Course) -> list[Terraced]:
    draft, quarter = city.draft, city.quarter
    names = shop_names(draft.shot, quarter)
    made: list[Terraced] = []
    taller = 1 if draft.frame.portrait else 0
    for index, x in enumerate((-course.wall, course.wall)):
        row = houses(draft.layout(f"row{index}"), quarter, names, FAR - NEAR, taller)
        shine = Shine(
            hour=city.hour,
            facing=0.82 if x * city.side < 0 else 0.32,
            lamps=city.lamps,
            glow=quarter.street_glow[index],
            snow=city.snows,
        )
        made += terrace(draft, row, shine, x, course.level)
    return made


def _sunlit(paved: Paving, city: City) -> Floats | float:
    """By day the houses on the sun's side throw a long shadow over the street."""
    if city.hour.night or city.hour.glow < 0.25:
        return 0.35
    # Roofs of different heights end at different places.
    roofs = np.float32(0.09) * (np.sin(np.floor(paved.z / 1.15) * 5.1) + 1)
    edge = paved.x * np.float32(city.side) + roofs - np.float32(0.12)
    return floats(0.3 + 0.6 * np.clip(0.5 - edge / 0.035, 0, 1))


def _pools(city: City, course: Course) -> list[Pool]:
    """The light of lamps on the kerbs, of shops before their windows, of signs in the middle."""
    if not city.burns:
        return []
    # Snow throws most of the light back.
    lamps, quarter = city.lamps * (0.55 if city.snows else 1.0), city.quarter
    pools = [
        Pool(x=side * course.kerb, z=z, radius=0.5, code=LAMP_GLOW, strength=0.75 * lamps)
        for z in LAMP_DEPTHS
        for side in (-1, 1)
    ]
    random = city.draft.layout("pools")
    for index, side in enumerate((-1, 1)):
        for z in (0.7, 1.4, 2.1, 2.9, 3.9, 5.2, 7.0):
            code = quarter.neon[int(random.integers(len(quarter.neon)))]
            strength = float(random.uniform(0.35, 0.9)) * lamps
            x = side * (course.wall - 0.08)
            pools.append(Pool(x=x, z=z, radius=0.34, code=code, strength=strength))
            hue = quarter.street_glow[index]
            pools.append(Pool(x=side * 0.3, z=z, radius=0.6, code=hue, strength=0.22 * lamps))
    return pools


def _distance(city: City) -> list[Layer]:
    """The towers at the end of the street, as much as the houses let us see."""
    towers = skyline(city, END)
    end = Sprite(
        texture=towers.texture,
        x=0.0,
        y=0.0,
        depth=END.depth,
        height=towers.height,
        anchor=(0.5, 1.0),
    )
    return [end, *city.air_glow(0.56)]


def _lamps(city: City, course: Course) -> list[Layer]:
    x = course.kerb + 0.04
    return [
        lamp(city, (side * x, depth), beams=number < BEAMS)
        for number, depth in enumerate(LAMP_DEPTHS)
        for side in (-1, 1)
    ]


def _life(city: City, course: Course) -> list[Layer]:
    """Cars and people."""
    kerb = course.kerb
    lane = 0.2 * kerb
    layers: list[Layer] = [
        street_car(city, Lane(number=number, x=side * (kerb - 0.16), depth=z))
        for number, (side, z) in enumerate(PARKED)
    ]
    layers.append(street_car(city, Lane(number=9, x=lane, depth=2.0, speed=0.5)))
    layers.append(street_car(city, Lane(number=8, x=-lane, depth=2.2, speed=-0.45)))
    aside = kerb + 0.5 * PAVEMENT
    places = [
        (-aside, 1.5, 0.16),
        (aside, 1.7, 0.13),
        (aside + 0.05, 2.3, -0.15),
        (-aside - 0.05, 2.4, -0.12),
        (-aside, 2.0, 0.2),
        (aside, 1.6, -0.18),
    ]
    return [*layers, *walkers(city, places, across=False)]
