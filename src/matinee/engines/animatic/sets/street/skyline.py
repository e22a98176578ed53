"""Towers of the city far away, with lit windows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matinee.engines.animatic.layers import Strip
from matinee.engines.animatic.paint import Floats, colour, floats, to_texture
from matinee.engines.animatic.sets.street.city import City


@dataclass(frozen=True, slots=True, kw_only=True)
class Towers:
    """A row of towers; heights and widths in units of the frame."""

    name: str
    depth: float
    tall: float = 0.3
    wide: float = 1.9
    """After how much it repeats."""

    lit: float = 1.0
    """Brightness of its windows at night."""

    haze: float = 1.0
    """Share of the haze that its distance should have."""


MOST_HAZE, HAZE_DEPTH = 0.7, 6.0
SIZES = (0.042, 0.105)
"""Widths of the narrowest and the widest tower."""


def skyline(city: City, towers: Towers) -> Strip:
    """Towers that stand on the horizon."""
    hour = city.hour
    height, width = city.draft.px(towers.tall), city.draft.px(towers.wide)
    random = city.draft.layout(towers.name)
    bgr = np.zeros((height, width, 3), np.float32)
    alpha = np.zeros((height, width), np.float32)
    for row in range(2):
        x = 0.0
        while x < 1:
            span, share = float(random.uniform(*SIZES)) / towers.wide, float(random.random())
            top = (0.98 - 0.55 * row) * (0.25 + 0.75 * share**1.7)
            place = (x, min(1.0, x + span), top)
            _tower((bgr, alpha), place, (city, towers.lit * city.lamps, row), random)
            x += span * float(random.uniform(0.75, 1.05))
    haze = min(MOST_HAZE, HAZE_DEPTH * towers.haze * hour.haze_per_depth)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    lost = np.float32(haze) * (0.55 + 0.45 * y)
    mixed = bgr * (1 - lost) + colour(hour.haze) * lost
    return Strip(
        texture=to_texture(floats(np.clip(mixed, 0, 0.95)), alpha),
        y=0.0,
        depth=towers.depth,
        height=towers.tall * towers.depth,
        anchor_y=1.0,
        offset=-0.5 * towers.wide * towers.depth,
    )


def _tower(
    planes: tuple[Floats, Floats],
    span: tuple[float, float, float],
    place: tuple[City, float, int],
    random: np.random.Generator,
) -> None:
    bgr, alpha = planes
    left, right, tall = span
    city, lamps, row = place
    hour, quarter = city.hour, city.quarter
    height, width = alpha.shape
    x0, x1 = round(left * width), max(round(left * width) + 2, round(right * width))
    top = round((1 - tall) * height)
    wall = colour(quarter.walls[int(random.integers(len(quarter.walls)))])
    lit = hour.shine(wall * np.float32(0.85 - 0.2 * row), 0.55)
    shade = np.linspace(1.08, 0.82, x1 - x0, dtype=np.float32)[None, :, None]
    bgr[top:, x0:x1] = (lit * shade)[:, : width - x0]
    alpha[top:, x0:x1] = 1
    if random.random() < 0.35:
        mast = (x0 + x1) // 2
        reach = max(0, top - round(0.09 * height))
        bgr[reach:top, mast : mast + 1] = lit
        alpha[reach:top, mast : mast + 1] = 1
    step = max(3, round(height / 46))
    rows, columns = max(1, (height - top) // step - 1), max(1, (x1 - x0) // step - 1)
    burning = random.random((rows, columns)) < 0.62
    tint = colour("#ffd49a") if random.random() < 0.7 else colour("#a8d8ff")
    strength = random.uniform(0.4, 1.1, (rows, columns)) * burning * lamps
    pane = max(1, step // 2)
    if random.random() < 0.3 and lamps > 0.3:
        crest = colour(quarter.neon[int(random.integers(len(quarter.neon)))])
        bgr[top : top + max(2, pane), x0:x1] = crest * np.float32(lamps)
    for i in range(rows):
        y = top + step * (i + 1) - pane
        for j in range(columns):
            x = x0 + step * j + pane
            if strength[i, j] > 0:
                bgr[y : y + pane, x : x + pane] = tint * np.float32(strength[i, j])
            elif lamps < 0.4:
                bgr[y : y + pane, x : x + pane] *= np.float32(0.84)
