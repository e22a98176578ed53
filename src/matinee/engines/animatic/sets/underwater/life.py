"""What lives under water: schools of fish, sea grass, kelp."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.camera import Camera, place
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.paint import (
    colour,
)
from matinee.engines.animatic.sets.outdoors.brush import Botany
from matinee.engines.animatic.sets.outdoors.site import Site
from matinee.engines.animatic.sets.outdoors.standing import Hedge
from matinee.engines.animatic.sets.outdoors.strokes import draw_lines, draw_shape
from matinee.engines.animatic.staging import wander


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """Small fish that swim across together and turn back. A layer."""

    fish: Texture
    spots: NDArray[np.float64]
    """(count, 4), uniform in 0..1: place x, y, size, phase."""

    depth: float
    y: float
    height: float
    speed: float
    span: float
    """World units from the middle where they turn."""

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw every fish, its tail beating."""
        lap, rest = divmod(self.speed * t + self.span, 4 * self.span)
        forth = rest < 2 * self.span
        middle = (rest if forth else 4 * self.span - rest) - self.span + 0 * lap
        facing = 1.0 if forth else -1.0
        for x, y, size, phase in self.spots.tolist():
            across = middle + (x - 0.5) * 0.95 * self.depth**0.5 + 0.03 * wander(phase, t, 1.2)
            down = self.y + (y - 0.5) * 0.3 * self.depth**0.5 + 0.02 * wander(phase + 0.4, t, 1.5)
            px, py, scaling = camera.project(across, down, self.depth)
            fit = self.height * (0.6 + 0.5 * size) * scaling / self.fish.height
            beat = 1 + 0.12 * math.sin(9 * t + math.tau * phase)
            turn = 0.12 * wander(phase + 0.8, t, 1.3)
            canvas.draw(self.fish, place(self.fish, px, py, (facing * fit * beat, fit), turn))


def school(site: Site, name: str, depth: float, count: int) -> School:
    """A school of `count` fish of one kind at a depth."""
    height = 0.05
    random = site.draft.layout(f"school-{name}")
    spots = np.asarray(random.random((count, 4)))
    code = ("#f2b84a", "#e8f0f4", "#6fd0e8", "#f0806a")[int(random.integers(4))]
    made = site.botany(f"fish-{name}", height * 1.6, depth)
    return School(
        fish=Texture(_fish(made, code)),
        spots=spots,
        depth=depth,
        y=float(random.uniform(-0.24, -0.05)) * depth,
        height=height,
        speed=0.16 * depth**0.5 * (1 if random.random() < 0.5 else 1.3),
        span=(site.draft.frame.half_width + 0.3) * depth,
    )


def _fish(made: Botany, code: str) -> Image:
    """A small fish facing right, twice as long as high."""
    height = made.height_px * 2
    pixels = np.zeros((height, height * 2, 4), np.uint8)
    middle, half = height * 1.1, height / 2
    angle = np.linspace(0, math.tau, 32)
    body = np.stack((middle + np.cos(angle) * height * 0.62, half + np.sin(angle) * half * 0.62), 1)
    tail = np.array(
        (
            (middle - height * 0.5, half),
            (height * 0.12, half * 0.4),
            (height * 0.24, half),
            (height * 0.12, half * 1.6),
        )
    )
    draw_shape(pixels, tail, made.ink(code, 0.4))
    draw_shape(pixels, body, made.ink(code, 0.3))
    upper = body * (0.94, 0.62) + (middle * 0.06, half * 0.24)
    draw_shape(pixels, upper, made.ink(code, 0.85))
    eye = np.array((((middle + height * 0.36, half * 0.86),) * 2,)) + ((0.0, 0.0), (0.2, 0.0))
    draw_lines(pixels, eye, colour("#101820"), max(2, height * 0.1))
    return pixels


def weed(site: Site, depth: float, tall: float) -> Hedge:
    """A row of swaying sea grass."""
    made = site.botany(f"weed{depth > 1}", tall, max(depth, 0.7))
    height, width = made.height_px, site.draft.px(2.4)
    pixels = np.zeros((height, width, 4), np.uint8)
    random = made.random
    share = np.linspace(0, 1, 9)
    for _ in range(26):
        x, code = (
            random.random() * width,
            ("#4f9a6a", "#3f8a70", "#6fb070")[int(random.integers(3))],
        )
        foot = height * random.uniform(0.8, 1.0)
        for _ in range(9):
            high = height * random.uniform(0.3, 0.78)
            lean = random.normal(0, 0.2)
            bow = np.sin(share * 3.4 + random.uniform(0, 6)) * 0.07 * high * share
            across = x + random.normal(0, 0.05) * height + lean * high * share**1.6 + bow
            line = np.stack((across, foot - high * share), 1)
            ink = made.ink(code, random.uniform(0.15, 0.85))
            # Blades narrow towards their tips.
            for part, thick in ((line[:4], 0.03), (line[3:7], 0.021), (line[6:], 0.011)):
                for shift in (0, -width, width):
                    draw_lines(pixels, (part + (shift, 0))[None], ink, height * thick)
    return Hedge(
        texture=Texture(pixels),
        y=site.level + 0.03,
        depth=depth,
        height=tall,
        offset=depth * 1.7,
        sway=0.16,
        pace=1.1,
    )


def stalks(site: Site, depth: float, count: int) -> Hedge:
    """Kelp from the ground to above the frame."""
    tall = (site.draft.frame.half_height + 0.1) * depth + site.level
    made = site.botany(f"kelp{depth}", tall, depth)
    height, width = made.height_px, site.draft.px(2.6)
    pixels = np.zeros((height, width, 4), np.uint8)
    random = made.random
    share = np.linspace(0, 1, 46)
    unit = site.draft.frame.unit_px / depth
    for number in range(count):
        x = (number + random.uniform(0.1, 0.9)) / count * width
        bow = (
            0.05 * np.sin(share * random.uniform(4, 7) + random.uniform(0, 6))
            + 0.08 * random.normal() * share
        ) * unit
        stem = np.stack((x + bow, height * (1 - share)), 1)
        shifts = (0, -width, width)
        for shift in shifts:
            draw_lines(pixels, (stem + (shift, 0))[None], made.ink("#5f7a34", 0.4), unit * 0.02)
        side = np.where(np.arange(46) % 2 == 0, 1.0, -1.0)
        reach = unit * random.uniform(0.12, 0.2, 46)
        knee = stem + np.stack((side * reach * 0.55, -reach * 0.1), 1)
        tip = stem + np.stack((side * reach, -reach * random.uniform(0.2, 0.7, 46)), 1)
        leaves = np.stack((stem, knee, tip), 1)[5:]
        for code, part, shade in (("#6f8f3a", leaves[::2], 0.7), ("#5a7a34", leaves[1::2], 0.3)):
            for shift in shifts:
                draw_lines(pixels, part + (shift, 0), made.ink(code, shade), unit * 0.04)
    return Hedge(
        texture=Texture(pixels),
        y=site.level,
        depth=depth,
        height=tall,
        offset=depth * 0.9,
        sway=0.035,
        pace=0.8,
    )
