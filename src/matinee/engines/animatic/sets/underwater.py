"""Under water: a coral reef, the open blue, a forest of kelp."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.camera import Camera, place
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.layers import OVERSCAN, Backdrop, Motes
from matinee.engines.animatic.paint import (
    Floats,
    colour,
    gradient,
    grid,
    hex_code,
    mix,
    to_light,
    to_texture,
)
from matinee.engines.animatic.sets.outdoors.air import shafts
from matinee.engines.animatic.sets.outdoors.fields import seamless
from matinee.engines.animatic.sets.outdoors.greens import Planting, grove
from matinee.engines.animatic.sets.outdoors.grounds import sands
from matinee.engines.animatic.sets.outdoors.hours import HOURS, Hour
from matinee.engines.animatic.sets.outdoors.plane import horizon_row, meet
from matinee.engines.animatic.sets.outdoors.plants import Botany, draw_lines, draw_shape
from matinee.engines.animatic.sets.outdoors.ranges import hills
from matinee.engines.animatic.sets.outdoors.rocks import boulder
from matinee.engines.animatic.sets.outdoors.site import Site
from matinee.engines.animatic.sets.outdoors.standing import Hedge
from matinee.engines.animatic.shots import Action, TimeOfDay
from matinee.engines.animatic.staging import Draft, Grade, Layer, Light, Mark, Set, wander

WATERS = {
    TimeOfDay.DAWN: ("#bfe6d8", "#4fa6b4", "#1f6488", "#123f66"),
    TimeOfDay.DAY: ("#c9f6f4", "#3fb6cc", "#1478a8", "#0c4a80"),
    TimeOfDay.DUSK: ("#ffd9b0", "#7f9fb0", "#3a5f90", "#22386c"),
    TimeOfDay.NIGHT: ("#6fa8d0", "#2a6a9a", "#174878", "#0f3058"),
}
"""The water's colour from the surface down, by the hour above."""

CAUSTIC = 256
CORALS = ("#f0707a", "#f7a04a", "#d46ab8", "#f2cf5a", "#8f6fd8")


def underwater(draft: Draft) -> Set:
    """Below the surface."""
    return (_reef, _blue, _kelp)[draft.variant(3)](_site(draft))


def _site(draft: Draft) -> Site:
    codes = WATERS[draft.shot.time_of_day]
    above: Hour = HOURS[draft.shot.time_of_day]
    hour = replace(
        above,
        sun=codes[0],
        key=hex_code(mix(codes[0], "#ffffff", 0.3)),
        key_strength=0.66 if not above.night else 0.44,
        ambient=codes[1],
        ambient_strength=0.72 if not above.night else 0.8,
        rim=codes[0],
        haze=hex_code(mix(codes[1], codes[2], 0.55)),
        haze_per_depth=0.26,
        glow=0.6,
    )
    return Site(draft=draft, hour=hour, level=0.44 if draft.frame.portrait else 0.34, side=0.4)


def _reef(site: Site) -> Set:
    """Corals on white sand."""
    corals = Planting(
        name="corals",
        paint=_coral,
        kinds=7,
        count=14,
        period=6.0,
        near=1.35,
        far=3.2,
        height=(0.16, 0.42),
        sway=0.03,
    )
    rocks = Planting(
        name="rocks",
        paint=_rock,
        kinds=4,
        count=9,
        period=7.0,
        near=1.6,
        far=4.0,
        height=(0.16, 0.55),
        sway=0.0,
    )
    return _dive(
        site,
        [
            hills(site, "reef", (3.6, 9), 2.1, ("#3f6a78", "#5f8a8a", "#8aa890")),
            sands(site.draft, site.hour, site.level, ("#9fa890", "#d0cfae", "#f0ecd0"), 40),
            _caustics(site),
            grove(site, rocks),
            grove(site, corals),
            _weed(site, 1.3, 0.2),
            _weed(site, site.front + 0.06, 0.16),
        ],
        floor=True,
    )


def _blue(site: Site) -> Set:
    """Deep water without a floor."""
    return _dive(site, [], floor=False)


def _kelp(site: Site) -> Set:
    """Tall weeds that reach for the light."""
    rocks = Planting(
        name="rocks",
        paint=_rock,
        kinds=4,
        count=9,
        period=7.0,
        near=1.4,
        far=4.0,
        height=(0.1, 0.34),
        sway=0.0,
    )
    return _dive(
        site,
        [
            hills(site, "bank", (4, 9), 0.9, ("#3f6a68", "#5f8a7a", "#8aa880")),
            sands(site.draft, site.hour, site.level, ("#8f9a7c", "#b5b890", "#d8d8b0"), 40),
            _caustics(site),
            *site.draft.together(
                [
                    partial(_stalks, site, depth, count)
                    for depth, count in ((4.6, 9), (2.9, 6), (1.7, 4))
                ]
            ),
            grove(site, rocks),
            _weed(site, 1.25, 0.18),
            _weed(site, site.front + 0.06, 0.16),
        ],
        floor=True,
    )


def _dive(site: Site, layers: list[Layer], *, floor: bool) -> Set:
    """The set with water, light from above, fish and bubbles around `layers`."""
    night = site.hour.night
    swims = all(subject.action in _SWIMMING for subject in site.draft.shot.subjects)
    stage = site.stage(
        [
            _depths(site),
            _surface(site),
            shafts(site, 6.0, 7, 0.34 if not night else 0.22),
            *layers,
            _school(site, "far", 3.4, 16),
            _school(site, "near", 2.2, 9),
            shafts(site, 1.5, 4, 0.22 if not night else 0.14),
            _bubbles(site),
            _plankton(site),
        ],
        Grade(bloom=0.5, bloom_from=165, vignette=0.4),
    )
    light = Light(
        key=site.hour.key,
        ambient=hex_code(mix(site.hour.ambient, "#ffffff", 0.25)),
        rim=site.hour.rim,
        direction=(0.2, -0.8, 0.5),
        strength=0.6 if not night else 0.45,
    )
    stands = floor and not swims
    return replace(
        stage, light=light, floor_y=site.level if stands else None, marks=_marks(site), sway=2.6
    )


_SWIMMING = {Action.SWIM, Action.FLOAT, Action.FLY, Action.DRIVE}


def _marks(site: Site) -> tuple[Mark, ...]:
    half = min(site.draft.frame.half_width - 0.22, 0.56)
    return (
        Mark(0.0, 1.0, -0.02),
        Mark(-half, 1.14, -0.14),
        Mark(half, 1.08, 0.08),
        Mark(-0.5 * half, 1.4, 0.12),
        Mark(0.55 * half, 1.5, -0.22),
    )


def _depths(site: Site) -> Backdrop:
    frame = site.draft.frame
    shape = (round(frame.height_px * OVERSCAN) // 4, round(frame.width_px * OVERSCAN) // 4)
    x, y = grid(shape)
    codes = WATERS[site.draft.shot.time_of_day]
    sideways = np.abs(x - np.float32(0.5 + 0.12 * site.side))
    t = np.clip(y * 0.95 + sideways**2 * 0.7 * (1 - y), 0, 1)
    stops = [(0.0, codes[0]), (0.16, codes[1]), (0.56, codes[2]), (1.0, codes[3])]
    return Backdrop(texture=to_texture(gradient(t.astype(np.float32), stops)), parallax=0.02)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caustics:
    """The net of light that waves throw on a level plane. A layer of light."""

    net: Floats
    """(CAUSTIC, CAUSTIC), seamless, 0..1."""

    level: float
    """World y; below the eye on the ground, above it (negative) for the surface itself."""

    tint: Floats
    """BGR, 0..255."""

    depth: float
    scale: float = 0.9
    """Tiles per world unit."""

    reach: float = 6.0
    """The depth where it has faded."""

    def depth_at(self, t: float) -> float:
        """Its depth among the layers."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Add the light."""
        pixels = canvas.finish()
        half = horizon_row(camera)
        camera = camera if self.level > 0 else replace(camera, y=-camera.y)
        level = abs(self.level)
        first = half + int(level / self.reach * camera.frame.unit_px)
        if first >= canvas.height_px - 4:
            return
        seen = meet(camera, level, (first, canvas.height_px), 2)
        cell = np.float32(CAUSTIC * self.scale)
        u, v = seen.x * cell, np.repeat(seen.z * cell, seen.x.shape[1], 1)
        pace = np.float32(t * 9)
        wrap, linear = cv2.BORDER_WRAP, cv2.INTER_LINEAR
        one = cv2.remap(self.net, u + pace, v + 0.6 * pace, linear, None, wrap)
        two = cv2.remap(self.net, u * 0.83 - 0.7 * pace, v * 0.83 + pace, linear, None, wrap)
        fade = np.clip(1.15 - seen.away / np.float32(self.reach), 0, 1)
        light = np.minimum(one, two) * fade
        shine = np.zeros((*light.shape, 4), np.uint8)
        shine[..., :3] = np.clip(light[..., None] * self.tint, 0, 255)
        target = pixels[first:]
        if self.level < 0:
            shine = cast(Image, np.ascontiguousarray(shine[::-1]))
            target = pixels[: canvas.height_px - first]
        size = (target.shape[1], target.shape[0])
        cv2.add(target, cv2.resize(shine, size, interpolation=cv2.INTER_LINEAR), target)


def _net(site: Site) -> Floats:
    first = seamless(site.draft.seed("net"), CAUSTIC, 6.0, 2.6)
    ridge = np.clip(1 - np.abs(first - np.float32(0.5)) * 4.2, 0, 1)
    return cast(Floats, (ridge**1.6).astype(np.float32))


def _caustics(site: Site) -> Caustics:
    tint = colour(site.hour.sun) * np.float32(120 if not site.hour.night else 70)
    return Caustics(net=_net(site), level=site.level, tint=tint, depth=50.0)


def _surface(site: Site) -> Caustics:
    tint = colour(site.hour.sun) * np.float32(130 if not site.hour.night else 80)
    high = site.draft.frame.half_height * 1.1
    return Caustics(
        net=_net(site), level=-high, tint=tint, depth=900.0, scale=0.28, reach=high * 5.5
    )


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


def _school(site: Site, name: str, depth: float, count: int) -> School:
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


def _bubbles(site: Site) -> Motes:
    size = max(8, site.draft.px(0.03))
    steps = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1
    x, y = steps[None], steps[:, None]
    distance = np.hypot(x, y)
    ring = np.exp(-(((distance - 0.82) / 0.13) ** 2)) * 0.5
    glint = np.exp(-(((x + 0.35) ** 2 + (y + 0.4) ** 2) / 0.03))
    light = (ring + glint * 0.9) * (distance < 1)
    texture = to_light(light[..., None].astype(np.float32) * colour("#dff6ff"))
    return Motes(
        texture=texture,
        spots=np.asarray(site.draft.layout("bubbles").random((44, 5))),
        near=0.6,
        far=2.4,
        height=0.035,
        drift=(0.0, -0.16),
        flutter=0.03,
        alpha=0.9,
        depth=0.8,
    )


def _plankton(site: Site) -> Motes:
    size = max(4, site.draft.px(0.008))
    steps = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1
    light = np.clip(1 - np.hypot(steps[None], steps[:, None]), 0, 1)[..., None]
    return Motes(
        texture=to_light((light * colour("#e8fff8")).astype(np.float32)),
        spots=np.asarray(site.draft.layout("plankton").random((70, 5))),
        height=0.008,
        drift=(0.012, -0.006),
        alpha=0.45,
        twinkle=0.6,
        depth=0.6,
    )


def _weed(site: Site, depth: float, tall: float) -> Hedge:
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
        for _ in range(6):
            high = height * random.uniform(0.3, 0.78)
            lean = random.normal(0, 0.16)
            bow = np.sin(share * 3.4 + random.uniform(0, 6)) * 0.04 * high * share
            line = np.stack(
                (
                    x + random.normal(0, 0.05) * height + lean * high * share**1.6 + bow,
                    height - high * share,
                ),
                1,
            )
            shade = random.uniform(0.15, 0.8)
            for shift in (0, -width, width):
                draw_lines(pixels, (line + (shift, 0))[None], made.ink(code, shade), height * 0.035)
    return Hedge(
        texture=Texture(pixels),
        y=site.level + 0.03,
        depth=depth,
        height=tall,
        offset=depth * 1.7,
        sway=0.16,
        pace=1.1,
    )


def _stalks(site: Site, depth: float, count: int) -> Hedge:
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
        leaves = np.stack((stem, knee, tip), 1)[2:]
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


def _rock(made: Botany, number: int) -> Image:
    return boulder(made, ("#7a8a90", "#6a7a86", "#8a9490", "#748088")[number], "#9ab87a")


def _coral(made: Botany, number: int) -> Image:
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
