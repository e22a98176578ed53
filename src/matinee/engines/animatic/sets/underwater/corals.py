"""Corals and sponges."""

from __future__ import annotations

import math

import numpy as np

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.sets.outdoors.brush import Botany
from matinee.engines.animatic.sets.outdoors.rocks import boulder
from matinee.engines.animatic.sets.outdoors.strokes import draw_lines

CORALS = ("#f0707a", "#f7a04a", "#d46ab8", "#f2cf5a", "#8f6fd8")


def coral(made: Botany, number: int) -> Image:
    """The coral of a number: branches, tubes or a round head, in one of five colours."""
    code = CORALS[number % len(CORALS)]
    if number % 3 == 2:
        return boulder(made, code)
    if number % 3 == 1:
        return _tubes(made, code)
    return _branches(made, code)


def _branches(made: Botany, code: str) -> Image:
    """A coral that forks again and again."""
    height = made.height_px
    width = round(height * 1.3)
    pixels = np.zeros((height, width, 4), np.uint8)
    random = made.random
    tips = [(width / 2, height * 1.0, math.pi / 2, 0.3, 0.085)]
    for level in range(6):
        grown = []
        for x, y, angle, length, thick in tips:
            reach = height * length * random.uniform(0.75, 1.1)
            to = (x + math.cos(angle) * reach, y - math.sin(angle) * reach)
            line = np.array((((x, y), to),))
            shade = 0.16 + 0.1 * level + 0.2 * math.cos(angle) * made.side
            draw_lines(pixels, line, made.ink(code, shade), height * thick)
            lit = line + (made.side * height * thick * 0.22, 0)
            draw_lines(pixels, lit, made.ink(code, shade + 0.3), height * thick * 0.4)
            for turn in (-0.42, 0.42) if level < 4 else (0.0,):
                bent = angle + turn * random.uniform(0.6, 1.3)
                grown.append((*to, bent, length * 0.72, thick * 0.74))
        tips = grown
    return pixels


def _tubes(made: Botany, code: str) -> Image:
    """A cluster of tube sponges."""
    height = made.height_px
    width = height
    pixels = np.zeros((height, width, 4), np.uint8)
    random = made.random
    for place_ in random.permutation(np.linspace(0.22, 0.78, 6)):
        x, tall = float(place_) * width, height * random.uniform(0.45, 0.9)
        lean = (float(place_) - 0.5) * height * 0.5
        thick = height * random.uniform(0.1, 0.14)
        line = np.array((((x - lean * 0.3, height), (x + lean * 0.4, height - tall)),))
        for aside in np.linspace(-0.4, 0.4, 5):
            shade = 0.32 + 0.6 * float(aside) * made.side
            draw_lines(
                pixels, line + (aside * thick, 0), made.ink(code, max(0.05, shade)), thick * 0.3
            )
        mouth = line[0, 1]
        draw_lines(
            pixels,
            np.array(((mouth - (thick * 0.32, 0), mouth + (thick * 0.32, 0)),)),
            made.ink(code, 0.02),
            thick * 0.5,
        )
    return pixels
