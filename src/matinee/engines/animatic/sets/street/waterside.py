"""A promenade by a river, with the towers of the city on the other bank and in the water."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np

from matinee.engines.animatic.canvas import Texture
from matinee.engines.animatic.layers import Sprite, Strip
from matinee.engines.animatic.paint import Floats, colour, floats, glow, smoothstep, to_texture
from matinee.engines.animatic.sets.outdoors.fields import blend
from matinee.engines.animatic.sets.outdoors.heavens import heaven, moon
from matinee.engines.animatic.sets.outdoors.hours import Hour
from matinee.engines.animatic.sets.street.across import city_glow, city_grade, city_light, lamp_row, mirror
from matinee.engines.animatic.sets.street.fittings import LAMP_GLOW, bench
from matinee.engines.animatic.sets.street.folk import walkers
from matinee.engines.animatic.sets.street.quarters import Quarter, hour_in, lamplight
from matinee.engines.animatic.sets.street.road import Course, Paving, Pool, lit_ground, surface
from matinee.engines.animatic.sets.street.skyline import skyline
from matinee.engines.animatic.sets.street.terrace import Mirrored
from matinee.engines.animatic.shading import relight, tinted
from matinee.engines.animatic.shots import Weather
from matinee.engines.animatic.staging import Draft, Layer, Set, spread

QUAY = 1.5
"""Depth of the promenade's edge."""

FAR_BANK = 9.0


def waterside(draft: Draft, quarter: Quarter) -> Set:
    """The promenade, looked from over the river."""
    frame, shot = draft.frame, draft.shot
    hour, lamps = hour_in(quarter, shot), lamplight(shot)
    level = 0.42 if frame.portrait else 0.3
    course = Course(level=level, kerb=0.0, wall=FAR_BANK, along=False, near_kerb=5, far_kerb=QUAY)
    side = 1.0 if draft.layout("sun").random() < 0.5 else -1.0
    paved = Paving(draft, course)
    ground = lit_ground(paved, _surface(paved, hour), hour, 0.2 if hour.night else 0.6, _pools(lamps))
    tall = 0.44 if frame.portrait else 0.36
    layers: list[Layer] = [
        heaven(draft, hour, 0.5 * side * frame.half_width),
        replace(skyline(draft, quarter, hour, depth=92.0, lamps=0.6 * lamps, tall=0.8 * tall), offset=7.0),
        *city_glow(draft, quarter, lamps, 0.0),
        _far_bank(draft, quarter, hour, level, (lamps, tall)),
        ground,
        *_mirror(draft, paved, lamps),
        *_boats(draft, hour, level),
        _railing(draft, hour, level),
        *lamp_row(draft, hour, lamps, (level, QUAY - 0.08), old=True),
        bench(draft, hour, -0.55, level, QUAY - 0.12),
        *_people(draft, hour, level),
    ]
    if hour.night and hour.glow > 0.2:
        layers.insert(1, moon(draft, hour, 0.5 * side * frame.half_width))
    return Set(
        layers=tuple(layers),
        light=city_light(quarter, hour, side, lamps),
        marks=spread(frame),
        floor_y=level,
        grade=city_grade(lamps),
        reach=math.inf,
        shadow=0.5,
    )


def _surface(paved: Paving, hour: Hour) -> Floats:
    """Paving in front, the river behind the quay's edge."""
    near = surface(paved, cobbled=False, snow=False)
    sky = np.mean([colour(code) for _, code in hour.sky], 0)
    water = colour("#24465c") * np.float32(0.7) + sky * np.float32(0.3)
    waves = paved.tone * np.float32(0.9)
    river = floats(water * waves[..., None])
    near = floats(near * colour("#f4e6d4"))
    bgr = blend(near, "#c8c0b4", paved.between(paved.z, QUAY - 0.09, QUAY))
    bgr = blend(bgr, "#17222c", paved.between(paved.z, QUAY, QUAY + 0.16))
    return floats(np.where((paved.z > QUAY + 0.16)[..., None], river, bgr))


def _mirror(draft: Draft, paved: Paving, lamps: float) -> list[Layer]:
    rains = draft.shot.weather is Weather.RAIN
    pavement = (0.3, 0.8) if rains else (0.1 * lamps, 0.3 * lamps)
    made = mirror(draft, paved, lamps, pavement)
    return [replace(layer, sheen=_flooded(layer.sheen, paved), veil=0.85) for layer in made]


def _flooded(sheen: np.ndarray, paved: Paving) -> np.ndarray:
    """The mirror with a river in it."""
    size = (sheen.shape[1], sheen.shape[0])
    river = cv2.resize(smoothstep(QUAY + 0.1, QUAY + 0.3, paved.z), size)[..., None]
    water = np.empty_like(sheen, np.float32)
    water[..., 0] = 235
    stir = cv2.resize(paved.tone, size) - np.float32(0.9)
    water[..., 1] = 128 + 170 * stir
    mixed = sheen * (1 - river) + np.clip(water, 0, 255) * river
    return np.ascontiguousarray(mixed.astype(np.uint8))


def _far_bank(draft: Draft, quarter: Quarter, hour: Hour, level: float, at: tuple[float, float]) -> Mirrored:
    """The city on the other bank, on a dark embankment with lamps."""
    lamps, tall = at
    strip = skyline(draft, quarter, hour, depth=84.0, lamps=lamps, tall=tall, name="bank")
    scale = FAR_BANK / 84.0
    return Mirrored(layer=replace(strip, y=level, depth=FAR_BANK, height=strip.height * scale, offset=-8.0))


def _pools(lamps: float) -> list[Pool]:
    if lamps <= 0.25:
        return []
    return [Pool(x=x, z=QUAY - 0.1, radius=0.6, code=LAMP_GLOW, strength=0.9 * lamps) for x in (-1.25, 0, 1.25)]


def _railing(draft: Draft, hour: Hour, level: float) -> Strip:
    """An iron railing on the quay."""
    wide, high = draft.px(0.6), draft.px(0.17)
    shape = (high, wide)
    alpha = np.zeros(shape, np.float32)
    thick = max(2, round(0.05 * high))
    alpha[:thick] = 1
    alpha[round(0.2 * high) : round(0.2 * high) + max(1, thick // 2)] = 1
    alpha[round(0.86 * high) : round(0.86 * high) + max(1, thick // 2)] = 1
    bars = 12
    for bar in range(bars):
        x = round(wide * (bar + 0.5) / bars)
        alpha[round(0.2 * high) : round(0.86 * high), x : x + max(1, thick // 2)] = 1
    alpha[:, : 2 * thick] = 1
    bgr = np.empty((*shape, 3), np.float32)
    bgr[:] = hour.shine(colour("#4a545e"), 0.4)
    bgr[: thick // 2 + 1] = hour.shine(colour("#8a98a4"), 0.8)
    # The base of Strip is its top edge: it stands on the quay.
    return Strip(
        texture=to_texture(np.clip(bgr, 0, 0.95), alpha),
        y=level,
        depth=QUAY - 0.04,
        height=0.2,
        anchor_y=1.0,
    )


def _boats(draft: Draft, hour: Hour, level: float) -> list[Layer]:
    random = draft.layout("boats")
    made: list[Layer] = []
    for glyph, depth, speed in (("sailboat", 4.6, 0.05), ("ship", 6.4, -0.07)):
        picture = relight(draft.artwork.glyph(glyph), hour.light(0.4))
        share = min(0.8, float(hour.thickness(depth)) + 0.15)
        made.append(
            Sprite(
                texture=Texture(tinted(picture, hour.haze, share)),
                x=float(random.uniform(-0.5, 0.5)) * depth * draft.frame.half_width - speed * 3,
                y=level + 0.02,
                depth=depth,
                height=0.5,
                anchor=(0.5, 0.97),
                drift=(speed, 0.0),
                rock=0.02,
            )
        )
    return made


def _people(draft: Draft, hour: Hour, level: float) -> list[Layer]:
    places = [(-1.1, 1.32, 0.13), (1.2, 1.36, -0.12), (2.2, 1.28, 0.15)]
    return list(walkers(draft, hour, places, across=True, level=level))
