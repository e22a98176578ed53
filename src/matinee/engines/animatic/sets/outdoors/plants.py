"""Low plants: bushes, cacti, ferns, grass."""

from __future__ import annotations

import math

import cv2
import numpy as np

from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.sets.outdoors.brush import Botany
from matinee.engines.animatic.sets.outdoors.strokes import draw_lines
from matinee.engines.animatic.sets.outdoors.trees import crown


def bush(made: Botany, code: str = "#5a8f42", berries: str | None = None) -> Image:
    """A low bush, as wide as 1.7 of its height."""
    height = made.height_px
    width = round(height * 1.7)
    pixels = np.zeros((height, width, 4), np.uint8)
    random = made.random
    lobes = []
    for share in np.linspace(0.2, 0.8, 5):
        high = 1 - abs(share - 0.5) * 1.1
        radius = height * random.uniform(0.24, 0.32) * (0.7 + 0.4 * high)
        lobes.append((width * float(share), height - radius * 1.02, radius))
    lobes.append((width * 0.5, height * 0.38, height * 0.34))
    crown(pixels, made, lobes, code)
    if berries is not None:
        count = 26
        angle = random.uniform(math.pi, math.tau, count)
        out = random.uniform(0.2, 0.85, count)
        x = width / 2 + np.cos(angle) * out * width * 0.42
        y = height * 0.75 + np.sin(angle) * out * height * 0.6
        spots = np.stack((x, y), 1)
        size = height * 0.045
        draw_lines(pixels, np.stack((spots, spots + 0.1), 1), made.ink(berries, 0.7), size)
    return pixels


def saguaro(made: Botany, code: str = "#6c9158") -> Image:
    """A tall cactus with arms; half as wide as high."""
    height = made.height_px
    width = round(height * 0.62)
    pixels = np.zeros((height, width, 4), np.uint8)
    random = made.random
    thick = height * 0.075
    middle = width / 2
    arms = [[(middle, height * 0.985), (middle, height * 0.05 + thick)]]
    for side in (-1, 1)[: int(random.integers(1, 3))]:
        y = height * random.uniform(0.42, 0.6)
        x = middle + side * thick * random.uniform(1.9, 2.5)
        top = y - height * random.uniform(0.16, 0.3)
        bend = [(middle, y), (x - side * thick * 0.4, y - 1), (x, y - thick * 0.5), (x, top)]
        arms.insert(0, bend)
    for arm in arms:
        line = np.array(arm, np.float32)[None]
        slim = thick if arm is arms[-1] else thick * 0.72
        for place in np.linspace(-0.42, 0.42, 7):
            lit = 0.36 + 0.75 * float(place) * made.side + (0.08 if round(place * 7) % 2 else 0)
            ink = made.ink(code, max(0.03, lit))
            if place < -0.41:
                draw_lines(pixels, line, made.ink(code, 0.06), slim)
            draw_lines(pixels, line + (slim * place * 0.86, 0), ink, slim * 0.15)
    return pixels


def fern(made: Botany, code: str = "#5f9440") -> Image:
    """A fern: arching fronds from one foot; twice as wide as high."""
    height = made.height_px
    width = height * 2
    pixels = np.zeros((height, width, 4), np.uint8)
    random = made.random
    share = np.linspace(0, 1, 16)
    for angle in random.permutation(np.linspace(0.25, math.pi - 0.25, 9)):
        reach = height * random.uniform(0.75, 1.05)
        turn = float(angle) + random.normal(0, 0.08)
        x = width / 2 + math.cos(turn) * reach * share
        y = height - math.sin(turn) * reach * 1.05 * share + 0.42 * reach * share**2.4
        spine = np.stack((x, y), 1)
        shade = 0.34 + 0.2 * math.cos(turn) * made.side + random.uniform(0, 0.25)
        draw_lines(pixels, spine[None], made.ink(code, shade), height * 0.016)
        leaf = reach * 0.2 * np.sin(np.clip(share * 0.94 + 0.06, 0, 1) * math.pi) ** 0.7
        for side in (-1.0, 1.0):
            tips = spine + np.stack(
                (
                    (math.cos(turn) * 0.5 + side * math.sin(turn)) * leaf,
                    (0.35 - math.sin(turn) * 0.4 + side * math.cos(turn) * 0.5) * leaf,
                ),
                1,
            )
            lines = np.stack((spine, tips), 1)
            draw_lines(pixels, lines, made.ink(code, shade + 0.12 * side), height * 0.024)
    return pixels


def grass(
    made: Botany, width_px: int, codes: tuple[str, ...], count: int, soft: float = 0.0
) -> Image:
    """A seamless strip of blades that grow from its lower edge; `soft` blurs it by so many px."""
    height = made.height_px
    pixels = np.zeros((height, width_px, 4), np.uint8)
    random = made.random
    x = random.random(count) * width_px
    tall = height * (0.3 + 0.65 * random.random(count) ** 1.6)
    bend = random.normal(0, 0.22, count) * tall
    shade = np.clip(0.18 + 0.5 * tall / height + 0.25 * random.random(count), 0, 1)
    for group in range(10):
        code = codes[group % len(codes)]
        chosen = np.arange(count)[group::10]
        foot = np.stack((x[chosen], np.full(chosen.size, height + 2.0)), 1)
        knee = foot + np.stack((bend[chosen] * 0.25, -tall[chosen] * 0.55), 1)
        tip = foot + np.stack((bend[chosen], -tall[chosen]), 1)
        ink = made.ink(code, float(shade[chosen].mean()) * random.uniform(0.7, 1.3))
        for thickness, lines in ((0.024, (foot, knee)), (0.012, (knee, tip))):
            blades = np.stack(lines, 1)
            for shift in (0, -width_px, width_px):
                draw_lines(pixels, blades + (shift, 0), ink, max(1, height * thickness))
    if soft:
        edge = round(soft * 4)
        around = np.concatenate((pixels[:, -edge:], pixels, pixels[:, :edge]), 1)
        pixels = np.ascontiguousarray(cv2.GaussianBlur(around, (0, 0), soft)[:, edge:-edge])
    return pixels


def tufts(
    made: Botany, width_px: int, codes: tuple[str, ...], count: int, flowers: tuple[str, ...] = ()
) -> Image:
    """A seamless strip of single tufts of blades with air between, some with a flower."""
    height = made.height_px
    pixels = np.zeros((height, width_px, 4), np.uint8)
    random = made.random
    for number in range(count):
        x, size = random.random() * width_px, height * random.uniform(0.22, 0.56)
        blades = int(random.integers(6, 11))
        lean = np.linspace(-0.5, 0.5, blades) + random.normal(0, 0.1, blades)
        tall = size * (1 - 0.8 * lean**2) * random.uniform(0.7, 1.1, blades)
        y = height * (1 - 0.3 * random.random())
        foot = np.stack((x + lean * size * 0.25, y + 0.3 * lean**2 * size), 1)
        knee = foot + np.stack((lean * size * 0.15, -tall * 0.6), 1)
        tip = foot + np.stack((lean * size * 0.7, -tall), 1)
        lines = np.stack((foot, knee, tip), 1)
        code = codes[number % len(codes)]
        with_light = random.uniform(0.3, 0.85)
        for shift in _shifts(x, size, width_px):
            for half, shade in ((lines[::2], with_light * 0.6), (lines[1::2], with_light)):
                draw_lines(pixels, half + (shift, 0), made.ink(code, shade), height * 0.022)
            if flowers and number % 3 == 0:
                at = (x + shift, y, size)
                _blossom(pixels, made, flowers[number // 3 % len(flowers)], at)
    return pixels


def _blossom(pixels: Image, made: Botany, code: str, at: tuple[float, float, float]) -> None:
    x, foot, size = at
    height = made.height_px
    y = foot - size * 1.15
    stalk = np.array((((x, foot), (x + size * 0.06, y)),))
    draw_lines(pixels, stalk, made.ink("#4d8238", 0.5), height * 0.02)
    petal = height * 0.052
    angles = np.linspace(0, math.tau, 6)[:-1]
    around = np.stack((np.cos(angles), np.sin(angles) * 0.8), 1) * petal * 0.85
    heads = around + (x + size * 0.06, y)
    draw_lines(pixels, np.stack((heads, heads + 0.1), 1), made.ink(code, 0.55), petal)
    lit = heads + (petal * 0.15 * made.side, -petal * 0.2)
    draw_lines(pixels, np.stack((lit, lit + 0.1), 1), made.ink(code, 0.95), petal * 0.6)
    eye = np.array((((x + size * 0.06, y), (x + size * 0.06 + 0.1, y)),))
    draw_lines(pixels, eye, made.ink("#f2c443", 0.8), petal * 0.8)


def _shifts(x: float, reach: float, width_px: int) -> list[float]:
    """By how much a thing at `x` must be moved to be drawn on both sides of the seam."""
    shifts = [0.0]
    if x < reach:
        shifts.append(width_px)
    if x > width_px - reach:
        shifts.append(-width_px)
    return shifts
