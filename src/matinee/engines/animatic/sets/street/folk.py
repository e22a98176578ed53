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
from matinee.engines.animatic.sets.outdoors.hours import Hour
from matinee.engines.animatic.shading import relight, tinted
from matinee.engines.animatic.shots import Weather
from matinee.engines.animatic.staging import Draft

COATS = ("#3d4a6b", "#7a4a52", "#4f5f4c", "#8a6a4a", "#54505e", "#2f5a6a", "#a0604a")
SKINS = ("#ffffff", "#d8b090", "#8f6448", "#f4d8c0")
CANOPIES = ("#e0455a", "#f2c230", "#3aa8d8", "#8a5ad8", "#f07a3a", "#44b08a")
SHEET_PX = 400
HIP_PX = 288
FOOT_PX = 396
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
    mirror: Texture | None = None

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


def walkers(
    draft: Draft,
    hour: Hour,
    places: list[tuple[float, float, float]],
    *,
    across: bool,
    level: float,
) -> list[Walker]:
    """People who start at `places` (x, depth, speed); `across` has them walk through the picture."""
    random = draft.layout("walkers")
    rains = draft.shot.weather in {Weather.RAIN, Weather.SNOW}
    made: list[Walker] = []
    for number, (x, z, speed) in enumerate(places):
        picks = random.integers(0, 1000, 3).tolist()
        chances = random.random(3).tolist()
        with_umbrella = rains and chances[0] < 0.85
        # One fewer picture to paint where two may look alike.
        body, leg, canopy = _drawn(draft, hour, (picks[0], picks[1], picks[2]), z)
        made.append(
            Walker(
                body=body,
                leg=leg,
                canopy=canopy if with_umbrella else None,
                start=(x, level, z),
                pace=(speed, 0.0) if across else (0.0, speed),
                span=3.0 * draft.frame.half_width * z + 0.8 if across else 5.0,
                height=float(0.37 + 0.05 * chances[1]),
                phase=(chances[2] + 0.37 * number) % 1.0,
            )
        )
    return made


def _drawn(
    draft: Draft, hour: Hour, picks: tuple[int, int, int], depth: float
) -> tuple[Texture, Texture, Texture]:
    coat = colour(COATS[picks[0] % len(COATS)])
    skin = colour(SKINS[picks[1] % len(SKINS)])
    canopy = colour(CANOPIES[picks[2] % len(CANOPIES)])
    art = draft.artwork
    body = stacked(
        [_half(dyed(art.part("walker-head"), skin)), _half(dyed(art.part("walker-coat"), coat))]
    )
    light = hour.light(0.5)
    share = min(0.75, float(hour.thickness(depth)))
    pictures = (body, _half(art.part("walker-leg")), _half(dyed(art.part("umbrella"), canopy)))
    lit = [tinted(relight(picture, light), hour.haze, share) for picture in pictures]
    return Texture(lit[0]), Texture(lit[1]), Texture(lit[2])


def _half(image: Image) -> Image:
    size = (image.shape[1] // 2, image.shape[0] // 2)
    return np.ascontiguousarray(cast(Image, cv2.resize(image, size, interpolation=cv2.INTER_AREA)))
