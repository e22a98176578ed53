"""Cars: parked at the kerb, driving along the street, and passing by from the side."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.camera import Camera, place
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.paint import blot, colour, glow
from matinee.engines.animatic.puppets.jointed import dyed, stacked
from matinee.engines.animatic.sets.street.city import City

PAINTS = ("#c8433c", "#3f6fb0", "#e8e4dc", "#48505e", "#3c8a70", "#e0a83c", "#7a4a86")
HEIGHT = 0.27
"""World height of a car."""

LAMPS = ((0.155, 0.55), (0.845, 0.55))
"""Where a car's lamps are, as shares of its picture."""

VEHICLES = ("automobile", "taxi", "sport-utility-vehicle", "pickup-truck", "bus", "automobile")
HUES = (0, 0, 0, 0, 0, 95)
"""How far each vehicle's colours are turned, in degrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Car:
    """A car seen from its front or its back. A layer."""

    body: Texture
    lamp: Texture | None
    shadow: Texture
    x: float
    level: float
    start: float
    """Depth where it stands, or where its way begins."""

    speed: float = 0.0
    """World units a second away from us."""

    span: float = 8.0
    phase: float = 0.0
    wet: bool = False

    def depth_at(self, t: float) -> float:
        """Its depth."""
        if not self.speed:
            return self.start
        return self.start + (self.speed * t + self.phase * self.span) % self.span

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw its shadow, its mirror image on wet ground, itself and its lamps."""
        z = self.depth_at(t)
        if z - camera.z < 0.4:
            return
        shown = 1.0
        if self.speed:
            last = self.start + self.span
            shown = max(0.0, min(1.0, (z - self.start) / 0.6, (last - z) / 1.2))
        left, top, unit = camera.project(self.x, self.level, z)
        fit = HEIGHT * unit / self.body.height
        wide = fit * self.body.width
        shade = (wide * 1.25 / self.shadow.width, wide * 0.22 / self.shadow.height)
        canvas.draw(self.shadow, place(self.shadow, left, top, shade), shown)
        if self.wet:
            mirrored = place(self.body, left, top, (fit, -fit * 0.7), 0.0, (0.5, 0.98))
            canvas.draw(self.body, mirrored, 0.3 * shown)
        jolt = 0.004 * HEIGHT * unit * math.sin(11 * t + 9 * self.phase) if self.speed else 0.0
        canvas.draw(
            self.body, place(self.body, left, top + jolt, fit, camera.roll, (0.5, 0.98)), shown
        )
        if self.lamp is None:
            return
        for u, v in LAMPS:
            x = left + (u - 0.5) * wide
            y = top + (v - 0.98) * fit * self.body.height
            size = wide * 0.5 / self.lamp.width
            canvas.draw(self.lamp, place(self.lamp, x, y, size), 0.85 * shown)
            # Its light on the ground, drawn out towards us.
            streak = (size * 0.8, size * (2.4 if self.wet else 0.8))
            below = 2 * top - y
            canvas.draw(
                self.lamp, place(self.lamp, x, below, streak), (0.5 if self.wet else 0.22) * shown
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Where a vehicle drives, or is parked."""

    number: int
    """Of the vehicle: what it looks like."""

    depth: float
    x: float = 0.0
    speed: float = 0.0
    """World units a second; away from us, or to the right, if positive; 0 parks."""


def street_car(city: City, lane: Lane) -> Car:
    """A car in a street that runs away from us; it shows its back unless it comes."""
    draft = city.draft
    random = draft.layout(f"car{lane.number}")
    paint = PAINTS[int(random.integers(len(PAINTS)))]
    comes = lane.speed < 0
    front = draft.artwork.part("car-front" if comes else "car-back")
    whole = stacked([dyed(draft.artwork.part("car-body"), colour(paint)), front])
    lamp = None
    if city.burns and lane.speed != 0:
        code, core = ("#fff0d0", 0.16) if comes else ("#ff2a34", 0.1)
        lamp = glow(max(8, draft.px(0.07)), code, 2.0, core)
    return Car(
        body=Texture(city.standing(whole, lane.depth + 1, 0.12)),
        lamp=lamp,
        shadow=blot(40, 0.6),
        x=lane.x,
        level=city.level,
        start=lane.depth,
        speed=lane.speed,
        phase=float(random.random()) * 0.5,
        wet=city.rains,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Passer:
    """A vehicle that passes from side to side, again after `period`. A layer."""

    body: Texture
    lamp: Texture | None
    beam: Texture | None
    shadow: Texture
    level: float
    depth: float
    height: float
    speed: float
    """World units a second, to the right if positive; 0 parks."""

    period: float
    offset: float
    wet: bool

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw it where it is now."""
        half = self.period / 2
        x = self.offset + self.speed * t
        x = (x - camera.x + half) % self.period - half + camera.x
        left, top, unit = camera.project(x, self.level, self.depth)
        fit = self.height * unit / self.body.height
        wide = fit * self.body.width
        if not -0.8 * wide < left < canvas.width_px + 0.8 * wide:
            return
        # The pictures look left.
        facing = -fit if self.speed > 0 else fit
        shade = (wide * 1.1 / self.shadow.width, wide * 0.14 / self.shadow.height)
        canvas.draw(self.shadow, place(self.shadow, left, top, shade))
        if self.wet:
            mirrored = place(self.body, left, top, (facing, -fit * 0.75), 0.0, (0.5, 0.99))
            canvas.draw(self.body, mirrored, 0.28)
        jolt = 0.006 * self.height * unit * math.sin(12 * t + 7 * self.offset) if self.speed else 0
        seat = (0.5, 0.99)
        canvas.draw(self.body, place(self.body, left, top + jolt, (facing, fit), camera.roll, seat))
        if self.lamp is None or self.beam is None:
            return
        way = 1.0 if self.speed > 0 else -1.0
        y = top - 0.36 * fit * self.body.height
        size = wide * 0.3 / self.lamp.width
        nose = left + way * 0.47 * wide
        canvas.draw(self.lamp, place(self.lamp, nose, y, size))
        length = wide * 0.9 / self.beam.height
        turn = -math.pi / 2 * way
        canvas.draw(self.beam, place(self.beam, nose, y, (length, length), turn, (0.5, 0.0)), 0.7)
        canvas.draw(
            self.lamp, place(self.lamp, nose + way * 0.3 * wide, top, (size * 2.6, size * 0.4)), 0.4
        )


def passer(city: City, lane: Lane) -> Passer:
    """A vehicle that drives through the picture."""
    draft = city.draft
    random = draft.layout(f"passer{lane.number}")
    # Neighbours differ: the draw only turns the list.
    first = int(draft.layout("vehicles").integers(len(VEHICLES)))
    kind = (first + lane.number) % len(VEHICLES)
    glyph = turned(draft.artwork.glyph(VEHICLES[kind]), HUES[kind])
    lit = city.burns and lane.speed != 0
    return Passer(
        body=Texture(city.standing(glyph, lane.depth, 0.15)),
        lamp=glow(max(8, draft.px(0.05)), "#fff0d0", 2.0, 0.2) if lit else None,
        beam=_beam() if lit else None,
        shadow=blot(40, 0.6),
        level=city.level,
        depth=lane.depth,
        height=0.5 if VEHICLES[kind] == "bus" else 0.34,
        speed=lane.speed,
        period=float(random.uniform(4.6, 6.2)) + 2 * draft.frame.half_width * lane.depth,
        offset=-1.9 + 1.35 * lane.number + float(random.uniform(-0.4, 0.4)),
        wet=city.rains,
    )


def _beam() -> Texture:
    y = np.linspace(0, 1, 96, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, 48, dtype=np.float32)[None]
    inside = np.clip(1 - np.abs(x) / (0.12 + 0.8 * y), 0, 1) ** 1.3 * (1 - y) ** 1.6
    pixels = np.zeros((96, 48, 4), np.uint8)
    pixels[..., :3] = np.clip(inside[..., None] * colour("#ffe8b8") * 120, 0, 255)
    return Texture(pixels, additive=True)


def turned(image: Image, degrees: int) -> Image:
    """`image` with its hues turned round the circle."""
    if not degrees:
        return image
    shades = cv2.cvtColor(np.ascontiguousarray(image[..., :3]), cv2.COLOR_BGR2HSV)
    hues = shades[..., 0].astype(np.int16)
    shades[..., 0] = ((hues + degrees // 2) % 180).astype(np.uint8)
    result = image.copy()
    result[..., :3] = cv2.cvtColor(shades, cv2.COLOR_HSV2BGR)
    return cast(Image, np.minimum(result, image[..., 3:]))
