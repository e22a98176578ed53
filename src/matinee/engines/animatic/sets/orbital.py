"""The space station that floats in orbit: a ring, a hub, its lamps, and the way around it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matinee.engines.animatic.affine import Matrix, compose, matrix
from matinee.engines.animatic.camera import Camera
from matinee.engines.animatic.canvas import Canvas, Texture
from matinee.engines.animatic.paint import glow
from matinee.engines.animatic.shading import relight
from matinee.engines.animatic.staging import Draft, Light

ART_WIDTH, ART_HEIGHT = 1200, 760
RING = (600.0, 386.0, 496.0, 138.0)
"""Middle and radii of the ring's row of windows, in pixels of the artwork."""

WINDOWS = 56
BEACONS = {False: ((600, 10), (600, 742)), True: ((600, 34), (600, 728))}
"""Where the red lamps are: on the tower, and on the bone that stands there for paws."""

DOCKS = ((104, 380), (1096, 380))


@dataclass(frozen=True, slots=True, kw_only=True)
class Berth:
    """Where a station floats and how large it is, in world units; `turn` in radians."""

    x: float
    y: float
    depth: float
    height: float
    turn: float = -0.12

    def mapping(self, camera: Camera, texture: Texture, t: float) -> Matrix:
        """The matrix from the artwork to the canvas; it rolls slowly."""
        turn = self.turn + 0.03 * math.sin(0.4 * t)
        at = (self.x, self.y + 0.008 * math.sin(0.7 * t), self.depth)
        return camera.place(texture, at, self.height, turn)


@dataclass(frozen=True, slots=True)
class FarRing:
    """The half of the ring behind the hub. A layer."""

    berth: Berth
    texture: Texture

    def depth_at(self, t: float) -> float:
        """Behind the hub."""
        return self.berth.depth + 0.3

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw it."""
        canvas.draw(self.texture, self.berth.mapping(camera, self.texture, t))


@dataclass(frozen=True, slots=True)
class NearStation:
    """Hub, near half of the ring, and lamps. A layer."""

    berth: Berth
    core: Texture
    ring: Texture
    window: Texture
    beacon: Texture
    dock: Texture
    themed: bool

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.berth.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw it with its windows going round."""
        mapping = self.berth.mapping(camera, self.core, t)
        canvas.draw(self.core, mapping)
        canvas.draw(self.ring, mapping)
        self._draw_windows(canvas, mapping, t)
        blink = max(0.0, math.sin(3.2 * t)) ** 8
        for x, y in BEACONS[self.themed]:
            _draw_lamp(canvas, mapping, self.beacon, (x, y, 26.0), 0.25 + 0.75 * blink)
        pulse = max(0.0, math.sin(3.2 * t + 2)) ** 6
        for x, y in DOCKS:
            _draw_lamp(canvas, mapping, self.dock, (x, y, 36.0), 0.3 + 0.7 * pulse)

    def _draw_windows(self, canvas: Canvas, mapping: Matrix, t: float) -> None:
        middle_x, middle_y, radius_x, radius_y = RING
        for index in range(WINDOWS):
            angle = (index / WINDOWS + 0.01 * t) * math.tau
            # Lit rooms form groups, as in a building at night.
            if math.sin(angle) < 0.05 or (index * 7) % 11 < 2:
                continue
            near = 0.35 + 0.55 * math.sin(angle)
            x = middle_x + radius_x * math.cos(angle)
            y = middle_y + radius_y * math.sin(angle)
            _draw_lamp(canvas, mapping, self.window, (x, y, 15 * near), 0.9)


def _draw_lamp(
    canvas: Canvas,
    mapping: Matrix,
    texture: Texture,
    place: tuple[float, float, float],
    alpha: float,
) -> None:
    x, y, radius = place
    size = 2 * radius / texture.width
    spot = matrix(size, 0.0, x - radius, 0.0, size, y - radius)
    canvas.draw(texture, compose(mapping, spot), alpha)


def station(draft: Draft, light: Light, berth: Berth) -> tuple[FarRing, NearStation]:
    """The station of the shot's theme at its berth, lit by the sun."""
    themed = draft.shot.theme == "paw"
    names = ("station-back", "station-core-paw" if themed else "station-core", "station-front")
    depths = (0.04, 0.07, 0.045)
    back, core, front = (
        Texture(relight(draft.artwork.part(name), light, depth))
        for name, depth in zip(names, depths, strict=True)
    )
    near = NearStation(
        berth=berth,
        core=core,
        ring=front,
        window=glow(13, "#ffd890", 1.2, 0.5),
        beacon=glow(26, "#ff4050", 2, 0.25),
        dock=glow(34, "#50e8ff", 2, 0.2),
        themed=themed,
    )
    return FarRing(berth, back), near


@dataclass(frozen=True, slots=True, kw_only=True)
class Orbit:
    """A way around a station: long in front of it, quick behind. A path."""

    middle: tuple[float, float]
    reach: tuple[float, float]
    """How far to the sides and up and down, in world units."""

    depth: float
    swing: float
    """How much nearer and farther than `depth` it comes."""

    speed: float
    start: float = 2.75

    def at(self, t: float) -> tuple[float, float, float]:
        """Where it is at `t` seconds."""
        turn = self.start - self.speed * t
        # Slow where the cosine falls, that is in front: nobody wants to wait for a hidden hero.
        angle = turn + 0.5 * math.cos(turn)
        x = self.middle[0] + self.reach[0] * math.cos(angle)
        bob = 0.03 * math.sin(1.7 * t)
        y = self.middle[1] + self.reach[1] * math.sin(angle) + bob
        return x, y, self.depth - self.swing * math.sin(angle)
