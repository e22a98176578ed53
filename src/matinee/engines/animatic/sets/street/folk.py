"""People in the street: small walkers in coats, with umbrellas when it rains."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from matinee.engines.animatic.affine import compose, scale, translate, turn_about
from matinee.engines.animatic.camera import Camera
from matinee.engines.animatic.canvas import Canvas, Image, Texture
from matinee.engines.animatic.paint import colour
from matinee.engines.animatic.puppets.jointed import dyed, stacked
from matinee.engines.animatic.sets.street.city import City

COATS = ("#5a76b0", "#b8505a", "#6a9a5c", "#c8904a", "#7a6a9a", "#3f8aa0", "#d0704c")
SKINS = ("#ffffff", "#d8b090", "#8f6448", "#f4d8c0")
CANOPIES = ("#e0455a", "#f2c230", "#3aa8d8", "#8a5ad8", "#f07a3a", "#44b08a")
SHEET_PX = 400
HIP_PX = 288
FOOT_PX = 396
UMBRELLAS = 0.85
"""Share of people who have one."""

DESIGN = 0.5
"""Textures are half as large as the drawings: walkers are small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walker:
    """Somebody who walks along the street or across the picture, again and again. A layer."""

    body: Texture
    leg: Texture
    canopy: Texture | None
    start: tuple[float, float, float]
    """World x, y (of the ground) and depth."""

    pace: tuple[float, float]
    """World units a second to the right and away from us."""

    span: float
    """After so many world units it begins again."""

    height: float
    phase: float

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self._at(t)[1]

    def _at(self, t: float) -> tuple[float, float]:
        x, _, z = self.start
        if self.pace[1]:
            gone = (self.pace[1] * t + self.phase * self.span) % self.span
            return x, z + gone
        return x + self.pace[0] * t, z

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw the legs in their stride, the body, the umbrella."""
        x, z = self._at(t)
        if z - camera.z < 0.4:
            return
        if self.pace[0]:
            # Without end: whoever leaves on one side comes in on the other.
            wide = self.span / 2
            x = (x - camera.x + wide) % self.span - wide + camera.x
        _, y, _ = self.start
        speed = math.hypot(*self.pace) / self.height
        stride = math.sin(9.5 * speed * t + math.tau * self.phase)
        facing = -1.0 if self.pace[0] < 0 else 1.0
        size = self.height / FOOT_PX
        feet = compose(camera.world(x, y, z), scale(size * facing, size))
        swing = 0.42 if self.pace[0] else 0.16
        bob = -5 * abs(stride)
        grown = scale(1 / DESIGN)
        shown = 1.0 if not self.pace[1] else self._shown(z)
        for side in (-1, 1):
            hip = translate(8.0 * side - 30, HIP_PX - FOOT_PX - 6 + bob)
            turn = turn_about(8.0 * side, HIP_PX - FOOT_PX + bob, swing * stride * side)
            canvas.draw(self.leg, compose(feet, turn, hip, grown), shown)
        trunk = turn_about(0, HIP_PX - FOOT_PX, 0.02 * stride)
        canvas.draw(self.body, compose(feet, trunk, translate(-100, bob - FOOT_PX), grown), shown)
        if self.canopy is not None:
            above = translate(-112, bob - FOOT_PX - 52)
            canvas.draw(self.canopy, compose(feet, trunk, above, grown), shown)

    def _shown(self, z: float) -> float:
        """Fades in and out at the ends of its way."""
        first, last = self.start[2], self.start[2] + self.span
        return max(0.0, min(1.0, (z - first) / 0.5, (last - z) / 0.5))


def walkers(city: City, places: list[tuple[float, float, float]], *, across: bool) -> list[Walker]:
    """People who start at `places` (x, depth, speed).

    `across` has them walk through the picture, else they walk along the street.
    """
    random = city.draft.layout("walkers")
    made: list[Walker] = []
    for number, (x, z, speed) in enumerate(places):
        picks = random.integers(0, 1000, 3).tolist()
        chances = random.random(3).tolist()
        covered = (city.rains or city.snows) and chances[0] < UMBRELLAS
        body, leg, canopy = _drawn(city, (picks[0], picks[1], picks[2]), z)
        made.append(
            Walker(
                body=body,
                leg=leg,
                canopy=canopy if covered else None,
                start=(x, city.level, z),
                pace=(speed, 0.0) if across else (0.0, speed),
                span=3.0 * city.draft.frame.half_width * z + 0.8 if across else 5.0,
                height=0.37 + 0.05 * chances[1],
                phase=(chances[2] + 0.37 * number) % 1.0,
            )
        )
    return made


def _drawn(
    city: City, picks: tuple[int, int, int], depth: float
) -> tuple[Texture, Texture, Texture]:
    """Body, leg and umbrella of somebody."""
    art = city.draft.artwork
    head = dyed(art.part("walker-head"), colour(SKINS[picks[0] % len(SKINS)]))
    coat = dyed(art.part("walker-coat"), colour(COATS[picks[1] % len(COATS)]))
    canopy = dyed(art.part("umbrella"), colour(CANOPIES[picks[2] % len(CANOPIES)]))
    pictures = (stacked([head, coat]), art.part("walker-leg"), canopy)
    body, leg, above = (Texture(city.standing(_half(picture), depth)) for picture in pictures)
    return body, leg, above


def _half(image: Image) -> Image:
    size = (image.shape[1] // 2, image.shape[0] // 2)
    return np.ascontiguousarray(cast(Image, cv2.resize(image, size, interpolation=cv2.INTER_AREA)))
