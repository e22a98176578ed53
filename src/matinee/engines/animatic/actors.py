"""Actors: puppets and props in their places in the world, and how they travel through it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from matinee.engines.animatic.affine import compose, scale, translate, turn_about
from matinee.engines.animatic.camera import Camera, Frame, ease
from matinee.engines.animatic.canvas import Canvas, Texture
from matinee.engines.animatic.shots import Action
from matinee.engines.animatic.staging import Mark, Path, Puppet, wander

SPEEDS = {
    Action.WALK: 0.10,
    Action.RUN: 0.24,
    Action.DRIVE: 0.34,
    Action.FLY: 0.16,
    Action.SWIM: 0.12,
}
"""World units a second of the actions that travel."""

ALOFT = {Action.FLY, Action.FLOAT, Action.SWIM}
OVERTAKE = 0.14
"""How far a traveller runs ahead of the camera that follows it, and starts behind it."""

RUN_OUT = 0.04
"""How far the camera still goes behind the end of the walker's way."""

ROCK = 0.16
"""How far a thing that floats upright leans, in radians."""

TURN_S = 0.35
MOST_LEAN = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """The way of a walker and of the camera that follows it, sideways, in world units."""

    speed: float
    seconds: float
    reach: float
    """How far the camera may go from the middle, `math.inf` for any distance."""

    def camera_x(self, t: float) -> float:
        """How far the camera has followed at `t`, from the middle of the way."""
        share = self._span / (self._span + OVERTAKE) if self._span else 0.0
        if t <= self.seconds or not self._goes_on:
            return self._there_and_back(t)[0] * share
        # It runs out gently where the set ends; elsewhere it stays with the walker.
        end, pace = self._there_and_back(self.seconds)[0] * share, self.speed * share
        late = t - self.seconds
        if math.isinf(self.reach) or not pace:
            return end + pace * late
        return end + RUN_OUT * (1 - math.exp(-late * pace / RUN_OUT))

    def figure_x(self, t: float) -> tuple[float, float]:
        """Where the walker is, relative to its mark, and its facing: 1 is right, -1 left."""
        return self._there_and_back(t)

    @property
    def _span(self) -> float:
        """The most the camera leaves the middle on this way."""
        return max(0.0, min(self.speed * self.seconds / 2 - OVERTAKE, self.reach))

    @property
    def _goes_on(self) -> bool:
        """Whether the way takes the whole shot, so that the walker never turns."""
        return 2 * (self._span + OVERTAKE) >= self.speed * self.seconds - 1e-6

    def _there_and_back(self, t: float) -> tuple[float, float]:
        most = min(self._span + OVERTAKE, max(self.speed * self.seconds / 2, 1e-6))
        way = self.speed * t
        lap, rest = divmod(way, 2 * most)
        forth = int(lap) % 2 == 0
        x = rest - most if forth else most - rest
        if self._goes_on:
            # The way is as long as the shot: nobody turns at its very end, nor behind it.
            return way - most, 1.0
        to_turn = (2 * most - rest) / max(self.speed, 1e-6)
        since_turn = rest / max(self.speed, 1e-6) if lap else TURN_S
        turned = min(1.0, min(to_turn, since_turn) / TURN_S)
        facing = 1.0 if forth else -1.0
        # Near the ends it turns on the spot: its picture narrows and comes back mirrored.
        return x, facing * max(0.15, ease(turned))


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A puppet on its mark. A layer."""

    puppet: Puppet
    mark: Mark
    height: float
    floor_y: float | None
    action: Action
    travel: Travel | None
    path: Path | None
    shadow: Texture | None
    phase: float
    """0 to 1, so that figures do not move in step."""

    def depth_at(self, t: float) -> float:
        """Its depth, which changes on a path."""
        return self.path.at(t)[2] if self.path is not None else self.mark.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw its shadow and the puppet."""
        x, y, z, facing = self._where(t)
        if z - camera.z <= 0.05:
            return
        if self.shadow is not None and self.floor_y is not None:
            self._draw_shadow(canvas, camera, (x, self.floor_y, z), self.floor_y - y)
        size = scale(self.height * facing, self.height)
        mapping = compose(
            camera.world(x, y, z), turn_about(0, -self.height / 2, self._lean(t)), size
        )
        self.puppet.draw(canvas, mapping, t + 3.7 * self.phase)

    def _where(self, t: float) -> tuple[float, float, float, float]:
        """x, y of the feet, depth and facing."""
        if self.path is not None:
            x, y, z = self.path.at(t)
            return x, y + self.height / 2, z, 1.0
        shift, facing = self.travel.figure_x(t) if self.travel is not None else (0.0, 1.0)
        x = self.mark.x + shift
        if self.floor_y is not None and self.action not in ALOFT:
            return x, self.floor_y, self.mark.depth, facing
        middle = self.mark.y if self.floor_y is None else self.floor_y - 0.2 - self.height / 2
        bob = 0.035 * wander(self.phase, t, 1.3)
        y = middle + bob + self.height / 2
        if self.action is Action.FLOAT:
            x += 0.05 * wander(self.phase + 0.6, t, 0.7)
        return x, y, self.mark.depth, facing

    def _lean(self, t: float) -> float:
        """How it leans into its way, in radians."""
        if self.path is None:
            return 0.0
        speed = (self.path.at(t + 0.05)[0] - self.path.at(t)[0]) / 0.05
        return max(-MOST_LEAN, min(MOST_LEAN, 0.9 * speed))

    def _draw_shadow(
        self, canvas: Canvas, camera: Camera, at: tuple[float, float, float], lift: float
    ) -> None:
        if self.shadow is None:
            return
        fade = max(0.0, 1 - 1.2 * lift)
        x, y, across = camera.project(*at)
        width = self.height * 0.95 * across * (0.6 + 0.4 * fade) / self.shadow.width
        flat = compose(translate(x, y), scale(width, width * 0.24))
        middle = translate(-self.shadow.width / 2, -self.shadow.height / 2)
        canvas.draw(self.shadow, compose(flat, middle), fade)


@dataclass(frozen=True, slots=True, kw_only=True)
class Floater:
    """A prop that drifts and turns in the air, bouncing softly inside a box. A layer."""

    texture: Texture
    start: tuple[float, float, float]
    speed: tuple[float, float]
    box: tuple[float, float]
    """Half width and half height, in world units at depth 1, that it stays within."""

    height: float
    spin: float
    phase: float
    is_upright: bool = False
    """Whether it hangs or rises, and only rocks a little."""

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.start[2]

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw it where it has drifted to."""
        z = self.start[2]
        x = _bounced(self.start[0] + self.speed[0] * t, self.box[0] * z)
        y = _bounced(self.start[1] + self.speed[1] * t, self.box[1] * z)
        turn = self.phase * math.tau + self.spin * t
        if self.is_upright:
            turn = ROCK * wander(self.phase, t)
        canvas.draw(self.texture, camera.place(self.texture, (x, y, z), self.height, turn))


def _bounced(position: float, limit: float) -> float:
    """`position` reflected at -limit and limit as often as it takes."""
    around = (position + limit) % (4 * limit)
    return (around if around < 2 * limit else 4 * limit - around) - limit


def floating_box(frame: Frame) -> tuple[float, float]:
    """The box that floating props stay within."""
    return frame.half_width * 0.92, frame.half_height * 0.86


def scattered(random: np.random.Generator, count: int) -> list[tuple[float, float, float, float]]:
    """`count` places in -1..1 (x, y) and 0..1 (z, phase), kept apart from each other."""
    found: list[tuple[float, float, float, float]] = []
    for _ in range(count):
        tries = random.uniform((-1, -1, 0, 0), 1, (8, 4)).tolist()
        best = max(tries, key=lambda spot: min((_gap(spot, other) for other in found), default=9))
        found.append((best[0], best[1], best[2], best[3]))
    return found


def _gap(spot: list[float], other: tuple[float, float, float, float]) -> float:
    return math.hypot(spot[0] - other[0], spot[1] - other[1]) + 0.5 * abs(spot[2] - other[2])


def herd(frame: Frame, random: np.random.Generator, count: int) -> tuple[Mark, ...]:
    """Marks for more figures than a set has marks for: loose rows, the front one first."""
    across = min(count, 3 if frame.portrait else 4)
    rows = math.ceil(count / across)
    half = min(frame.half_width - 0.15, 0.66)
    marks = []
    for index, (aside, forth) in enumerate(random.uniform(-1, 1, (count, 2)).tolist()):
        row, place = divmod(index, across)
        step = 2 * half / across
        depth = 1.0 + 0.32 * row + 0.08 * forth
        # Every second row looks through the gaps of the one before.
        x = -half + step * (place + (0.75 if row % 2 else 0.25)) + 0.15 * step * aside
        y = frame.half_height * (0.5 - (row + 0.5) / rows) * 1.1 + 0.05 * forth
        marks.append(Mark(x * depth, depth, y * depth))
    return tuple(marks)
