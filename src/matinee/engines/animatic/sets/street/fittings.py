"""Street furniture: lamps with their light, cables and bunting overhead, benches."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.camera import Camera, place
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.layers import Sprite
from matinee.engines.animatic.paint import (
    Floats,
    colour,
    cone,
    floats,
    glow,
    hex_code,
    to_light,
    to_pixels,
)
from matinee.engines.animatic.sets.street.city import City
from matinee.engines.animatic.sets.street.quarters import Overhead
from matinee.engines.animatic.staging import wander

LAMP_GLOW = "#ffca78"
LANTERN_HEAD = (0.5, 0.165)
LAMP_HEAD = (0.81, 0.055)
"""Where the light of either drawing is, as shares of its size."""

CABLE_PX = 640
GARLAND_DEPTHS = (1.75, 2.6, 3.7, 5.2)
BUNTING = ("#d8483c", "#f2c230", "#3a8ad0", "#48a868", "#f4ecd8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp:
    """A street lamp, again after every `period` sideways if there is one. A layer."""

    post: Texture
    glow: Texture | None
    beam: Texture | None
    head: tuple[float, float]
    x: float
    level: float
    depth: float
    height: float
    period: float = 0.0
    mirrored: bool = False
    wet: bool = False

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw every one that is seen."""
        if self.depth - camera.z < 0.25:
            return
        if not self.period:
            self._draw_at(canvas, camera, self.x)
            return
        reach = camera.frame.half_width * (self.depth - camera.z) + 0.5 * self.height
        first = math.ceil((camera.x - reach - self.x) / self.period)
        last = math.floor((camera.x + reach - self.x) / self.period)
        for copy in range(first, last + 1):
            self._draw_at(canvas, camera, self.x + copy * self.period)

    def _draw_at(self, canvas: Canvas, camera: Camera, x: float) -> None:
        left, top, unit = camera.project(x, self.level, self.depth)
        fit = self.height * unit / self.post.height
        way = -1.0 if self.mirrored else 1.0
        foot = 0.5 if self.head == LANTERN_HEAD else 0.19
        stand = place(self.post, left, top, (fit * way, fit), camera.roll, (foot, 0.995))
        canvas.draw(self.post, stand)
        if self.glow is None:
            return
        head_x = left + way * (self.head[0] - foot) * fit * self.post.width
        head_y = top - (0.995 - self.head[1]) * fit * self.post.height
        size = 0.42 * unit / self.glow.width
        canvas.draw(self.glow, place(self.glow, head_x, head_y, size))
        if self.beam is not None:
            long = (top - head_y) / self.beam.height
            canvas.draw(self.beam, place(self.beam, head_x, head_y, long, 0.0, (0.5, 0.0)))
        if self.wet:
            streak = (size * 0.4, size * 1.9)
            canvas.draw(self.glow, place(self.glow, head_x, 2 * top - head_y, streak), 0.5)


def lamp(city: City, at: tuple[float, float], *, beams: bool) -> Lamp:
    """A lamp at the kerb, at (x, depth): an old lantern where the street is cobbled."""
    x, depth = at
    old = city.quarter.cobbled
    post, light, beam = _lit(city, depth, old=old)
    return Lamp(
        post=post,
        glow=light,
        beam=beam if beams else None,
        head=LANTERN_HEAD if old else LAMP_HEAD,
        x=x,
        level=city.level,
        depth=depth,
        height=0.8 if old else 1.05,
        mirrored=x > 0,
        wet=city.rains,
    )


def lamp_row(city: City, depth: float) -> Lamp:
    """Lanterns along a kerb, without end."""
    post, light, beam = _lit(city, depth, old=True)
    return Lamp(
        post=post,
        glow=light,
        beam=beam,
        head=LANTERN_HEAD,
        x=0.85,
        level=city.level,
        depth=depth,
        height=0.95 if city.draft.frame.portrait else 0.74,
        period=2.1,
        wet=city.rains,
    )


def _lit(city: City, depth: float, *, old: bool) -> tuple[Texture, Texture | None, Texture | None]:
    """The post, glow and beam of lamps at `depth`."""
    draft = city.draft
    image = draft.artwork.part("street-lantern" if old else "street-lamp")
    shrink = min(1.0, 1.25 * draft.px(0.95) / depth / image.shape[0])
    small = cast(Image, cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA))
    post = city.standing(small, depth, 0.3)
    if not city.burns:
        return Texture(post), None, None
    # The glass of a burning lamp is brighter than anything that shines on it.
    bright = (small[..., 2] > 235) & (small[..., 0] > 170)
    post[bright] = small[bright]
    code = hex_code(floats(colour(LAMP_GLOW) * np.float32(0.35 + 0.6 * city.lamps)))
    beam = cone((140, 320), code, 0.9, 0.2 * city.lamps)
    return Texture(post), glow(max(8, draft.px(0.17)), code, 2.3, 0.14), beam


@dataclass(frozen=True, slots=True, kw_only=True)
class Garland:
    """Something hung across the street that sways. A layer."""

    body: Texture
    lights: Texture | None
    y: float
    depth: float
    height: float
    phase: float

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw it, and the light of its bulbs."""
        if self.depth - camera.z < 0.3:
            return
        sway = 0.006 * wander(self.phase, t, 0.9)
        at = (0.0, self.y + sway, self.depth)
        mapping = camera.place(self.body, at, self.height * (1 + 3 * sway), 0.0, (0.5, 0.0))
        canvas.draw(self.body, mapping)
        if self.lights is not None:
            canvas.draw(self.lights, mapping)


def garlands(city: City, wall: float) -> list[Garland]:
    """What hangs across a street whose houses are `wall` from its middle, if anything does."""
    kind, hour = city.quarter.overhead, city.hour
    if kind is None:
        return []
    random = city.draft.layout("garlands")
    made: list[Garland] = []
    for depth in GARLAND_DEPTHS:
        slack, seed = float(random.uniform(0.09, 0.16)), int(random.integers(1 << 30))
        body, lights = _garland(kind, seed, slack)
        bgr = hour.hazed(hour.shine(body[..., :3], 0.6), depth)
        fade = np.float32(city.lamps * (1 - 0.5 * float(hour.thickness(depth))))
        shines = city.burns and bool(lights.any())
        made.append(
            Garland(
                body=Texture(to_pixels(floats(np.clip(bgr, 0, 1)), floats(body[..., 3]))),
                lights=to_light(floats(lights * fade)) if shines else None,
                y=city.level - 1.1 - 0.34 * math.sqrt(depth) + float(random.uniform(-0.06, 0.06)),
                depth=depth,
                height=2 * wall * body.shape[0] / body.shape[1],
                phase=float(random.random()),
            )
        )
    return made


def _garland(kind: Overhead, seed: int, slack: float) -> tuple[Floats, Floats]:
    """Straight BGRA (0 to 1) of a garland, and its light."""
    height = round(CABLE_PX * (slack + 0.09))
    body = np.zeros((height, CABLE_PX, 4), np.float32)
    light = np.zeros((height, CABLE_PX, 3), np.float32)
    x = np.linspace(0, CABLE_PX, 46)
    curve = CABLE_PX * slack * (1 - (2 * x / CABLE_PX - 1) ** 2) + 3
    _cord(body, x, curve, 2)
    if kind is Overhead.CABLES:
        for drop in (14, 26):
            _cord(body, x, curve + drop * np.sin(np.pi * x / CABLE_PX), 1)
        return body, light
    random = np.random.default_rng(seed)
    for number in range(2, 44, 3 if kind is Overhead.BULBS else 2):
        across, down = round(x[number]), round(curve[number])
        if kind is Overhead.BUNTING:
            code = colour(BUNTING[int(random.integers(len(BUNTING)))])
            flag = np.array(((across - 11, down), (across + 11, down), (across, down + 27)))
            ink = (*(float(value) for value in code), 1.0)
            cv2.fillPoly(body, [flag.astype(np.int32)], ink, cv2.LINE_AA)
        cv2.circle(body, (across, down + 5), 4, (0.7, 0.9, 1.0, 1.0), -1, cv2.LINE_AA)
        cv2.circle(light, (across, down + 5), 4, (0.62, 0.86, 1.0), -1, cv2.LINE_AA)
    halo = cv2.GaussianBlur(light, (0, 0), 4) * 2.2 + cv2.GaussianBlur(light, (0, 0), 10) * 3.0
    return body, floats(np.clip(light + halo * colour(LAMP_GLOW), 0, 1))


def _cord(body: Floats, x: NDArray[np.float64], y: NDArray[np.float64], thickness: int) -> None:
    line = np.round(np.stack((x, y), -1) * 8).astype(np.int32)
    cv2.polylines(
        body,
        [line],
        isClosed=False,
        color=(0.11, 0.1, 0.1, 0.9),
        thickness=thickness,
        lineType=cv2.LINE_AA,
        shift=3,
    )


def bench(city: City, x: float, depth: float) -> Sprite:
    """A bench on the pavement."""
    return Sprite(
        texture=Texture(city.standing(city.draft.artwork.part("bench"), depth, 0.1)),
        x=x,
        y=city.level,
        depth=depth,
        height=0.22,
        anchor=(0.5, 0.98),
    )
