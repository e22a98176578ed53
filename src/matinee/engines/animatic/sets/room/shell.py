"""The box of a room: where its walls stand, how they are lit, and how they are drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.camera import Camera
from matinee.engines.animatic.canvas import Canvas, Texture
from matinee.engines.animatic.paint import Floats, colour, floats, mix
from matinee.engines.animatic.sets.outdoors.hours import Hour, hour_of
from matinee.engines.animatic.sets.room.styles import Style, is_on_table, style_of
from matinee.engines.animatic.shots import TimeOfDay, Weather
from matinee.engines.animatic.staging import Draft, Light

NEAREST = 0.28
"""Depth where side walls and floor begin; the camera never comes that far."""

WARM = "#ffc983"
Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Glow:
    """Light of a lamp or a window on the surfaces around it."""

    at: Point
    radius: float
    code: str
    strength: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room before anything is painted: its measures in world units, and its light."""

    draft: Draft
    style: Style
    hour: Hour
    """The light outdoors."""

    lamps: float
    """How much its lamps count, 0 by day to 1 at night."""

    half: float
    """Half its width."""

    ceiling: float
    floor: float
    """World y of either."""

    back: float
    """Depth of the back wall."""

    stage: float
    """World y of what figures stand on: the floor, or a table top."""

    window: tuple[float, float, float, float]
    """Left, top, right, bottom of the window in the back wall."""

    wall_code: str
    accent: str

    @property
    def on_table(self) -> bool:
        """Whether figures stand on a table top."""
        return self.stage < self.floor

    @property
    def ambient(self) -> Floats:
        """The light that is everywhere in the room."""
        day = colour("#d8d4d0") * np.float32(0.46) + self.hour.ambient_light * np.float32(0.5)
        night = colour("#7f6a78") * np.float32(0.46)
        return floats(day * np.float32(1 - self.lamps) + night * np.float32(self.lamps))

    @property
    def sunshine(self) -> float:
        """Strength of direct light through the window."""
        if self.hour.night:
            return 0.18
        return 0.95 * self.hour.key_strength * (1.0 if self.hour.glow > 0.25 else 0.25)

    @property
    def sun_code(self) -> str:
        """Colour of the light through the window."""
        return "#9db8ff" if self.hour.night else self.hour.key

    def glows(self) -> list[Glow]:
        """All light that falls on walls, floor and ceiling."""
        left, top, right, bottom = self.window
        middle = ((left + right) / 2, (top + bottom) / 2, self.back - 0.25)
        spill = 0.75 * (1 - 0.75 * self.lamps)
        found = [Glow(at=middle, radius=1.3, code=self.sun_code, strength=spill)]
        for x, y, z, strength in lamp_places(self):
            found.append(
                Glow(at=(x, y, z), radius=1.15, code=WARM, strength=1.0 * self.lamps * strength)
            )
        return found

    def lit(self, albedo: Floats, x: Floats, y: Floats, z: Floats) -> Floats:
        """`albedo` (rows, columns, 3) at world places under the light of the room."""
        light = np.broadcast_to(self.ambient, albedo.shape).copy()
        for one in self.glows():
            away = (x - one.at[0]) ** 2 + (y - one.at[1]) ** 2 + (z - one.at[2]) ** 2
            share = np.float32(one.strength) / (1 + away * np.float32(3.2 / one.radius**2))
            light += share[..., None] * colour(one.code)
        return floats(np.clip(albedo * light, 0, 0.93))

    def light(self) -> Light:
        """The light on figures."""
        left, _, right, _ = self.window
        side = -1.0 if left + right < 0 else 1.0
        if self.lamps > 0.6:
            return Light(
                key="#ffdcae",
                ambient="#8c7c98",
                rim=_code(mix(self.sun_code, "#9db8ff", 0.5)),
                direction=(-0.45 * side, -0.65, 0.55),
                strength=0.68,
                rim_strength=0.6,
            )
        return Light(
            key=self.hour.key,
            ambient=_code(np.clip(self.ambient * np.float32(1.12), 0, 0.78)),
            rim=self.sun_code,
            direction=(0.7 * side, -0.5, 0.45),
            strength=0.36 + 0.32 * min(1.0, self.sunshine),
            rim_strength=0.85,
        )


def _code(bgr: Floats) -> str:
    blue, green, red = (round(float(value) * 255) for value in np.clip(bgr, 0, 1))
    return f"#{red:02x}{green:02x}{blue:02x}"


def lamp_places(room: Room) -> list[tuple[float, float, float, float]]:
    """Where lamps burn: x, y, depth, strength."""
    left, _, right, _ = room.window
    side = -1.0 if left + right < 0 else 1.0
    return [
        (-0.65 * side * room.half, room.floor - 0.72, room.back - 0.25, 1.0),
        (0.15 * side, room.ceiling + 0.35, 1.5, 0.75),
    ]


def room_of(draft: Draft) -> Room:
    """The room of a shot."""
    shot, frame = draft.shot, draft.frame
    style = style_of(shot)
    random = draft.layout("room")
    picks = random.random(4).tolist()
    by_hour = {TimeOfDay.DAWN: 0.3, TimeOfDay.DAY: 0.0, TimeOfDay.DUSK: 0.6, TimeOfDay.NIGHT: 1.0}
    gloomy = 0.0 if shot.weather in {Weather.CLEAR, Weather.SNOW} else 0.3
    half = 0.8 if frame.portrait else 1.5
    on_table = is_on_table(shot)
    floor = (0.46 if frame.portrait else 0.36) + (0.3 if on_table else 0.0)
    back = 2.3 if on_table else 2.1
    ceiling = floor - (1.78 if frame.portrait else 1.32) - (0.2 if on_table else 0.0)
    side = -1.0 if picks[0] < 0.5 else 1.0
    wide, tall = (0.3, 0.72) if frame.portrait else (0.4, 0.64)
    middle = side * (0.42 * half if not frame.portrait else 0.3)
    sill = floor - 0.5
    return Room(
        draft=draft,
        style=style,
        hour=hour_of(shot),
        lamps=min(1.0, by_hour[shot.time_of_day] + gloomy),
        half=half,
        ceiling=ceiling,
        floor=floor,
        back=back,
        stage=(0.42 if frame.portrait else 0.3) if on_table else floor,
        window=(middle - wide, sill - tall, middle + wide, sill),
        wall_code=style.walls[int(picks[1] * len(style.walls))],
        accent=style.accents[int(picks[2] * len(style.accents))],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """A flat piece of the room in perspective: a side wall, the floor, a table top. A layer."""

    texture: Texture
    points: tuple[Point, Point, Point, Point]
    """World places of the texture's corners: top left, top right, bottom right, bottom left."""

    depth: float
    alpha: float = 1.0

    def depth_at(self, t: float) -> float:
        """Its place among the layers."""
        return self.depth

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw it."""
        canvas.draw_quad(self.texture, seen(camera, self.points), self.alpha)


def seen(camera: Camera, points: tuple[Point, ...]) -> NDArray[np.float64]:
    """Where world points appear, (count, 2), even when they are very near to the camera."""
    found = []
    for x, y, z in points:
        away = max(0.02, z - camera.z)
        # Camera.project keeps farther from the lens, which would bend a wall that passes it.
        across, down = (x - camera.x) / away, (y - camera.y) / away
        left, top, _ = camera.project(camera.x + across, camera.y + down, camera.z + 1.0)
        found.append((left, top))
    return np.array(found, np.float64)
