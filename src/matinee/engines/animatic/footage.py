"""A scene whose backdrop is another film: figures, things, weather and style are laid over it."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.artwork import Artwork
from matinee.engines.animatic.camera import Camera, Frame
from matinee.engines.animatic.canvas import Canvas
from matinee.engines.animatic.looks import make_look
from matinee.engines.animatic.looks.curves import chroma_table, luma_table, remap
from matinee.engines.animatic.post import Planes, chroma
from matinee.engines.animatic.scene import figure_layers
from matinee.engines.animatic.sets.celestial import twinkles
from matinee.engines.animatic.shots import Look, Shot, TimeOfDay
from matinee.engines.animatic.staging import Draft, Layer, Light, Set, spread
from matinee.engines.animatic.staging import Look as Style
from matinee.engines.animatic.tint import Tint
from matinee.engines.animatic.weather import weather_layers

FLOOR_Y, FLOOR_Y_PORTRAIT = 0.36, 0.5
DAYLIGHT = Light(key="#fff4e0", ambient="#a9b4c6", rim="#ffffff", rim_strength=0.5)
MOONLIGHT = Light(key="#a9bce6", ambient="#4a5878", rim="#c8d8ff", strength=0.5, rim_strength=0.5)

HOURS: dict[TimeOfDay, tuple[float, float, float, float]] = {
    TimeOfDay.DAWN: (0.94, 0.92, -7.0, 9.0),
    TimeOfDay.DUSK: (0.88, 1.0, -14.0, 16.0),
    TimeOfDay.NIGHT: (0.52, 0.6, 13.0, -9.0),
}
"""What an hour does to pictures taken by day: brightness, saturation, and shifts of U and V."""


class FootageScene:
    """Draws on pictures that it is given. Not changed by drawing but for its canvas."""

    def __init__(
        self, shot: Shot, frame: Frame, layers: tuple[Layer, ...], style: Style | None
    ) -> None:
        self.frame = frame
        self._camera = Camera(frame=frame)
        self._layers = layers
        self._style = style
        self._tint = Tint(shot.palette) if shot.palette else None
        self._hour = HOURS.get(shot.time_of_day)
        self._canvas = Canvas(frame.width_px, frame.height_px)

    def picture(self, rgb: NDArray[np.uint8], t: float) -> Planes:
        """The frame of the size of the scene with everything laid over it at `t` seconds."""
        canvas = self._canvas
        canvas.clear()
        # The hour belongs to the pictures; the figures have their own light.
        backdrop = cast(Planes, cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420))
        if self._hour is not None:
            _turn_to(backdrop, self._hour)
        cv2.cvtColor(backdrop, cv2.COLOR_YUV2BGRA_I420, canvas.pixels)
        for layer in sorted(self._layers, key=lambda layer: -layer.depth_at(t)):
            layer.draw(canvas, self._camera, t)
        canvas.finish()
        if self._style is not None:
            self._style.paint(canvas, t)
        planes = cast(Planes, cv2.cvtColor(canvas.finish(), cv2.COLOR_BGRA2YUV_I420))
        if self._tint is not None:
            self._tint.grade(planes)
        if self._style is not None:
            self._style.grade(planes, t)
        return planes


def build_footage(shot: Shot, frame: Frame, look: Look, artwork: Artwork) -> FootageScene:
    """The scene of what `shot` lays over a film: its figures, props, weather, stars and style."""
    draft = Draft(shot, frame, artwork)
    light = MOONLIGHT if shot.time_of_day is TimeOfDay.NIGHT else DAYLIGHT
    stage = Set(
        layers=(),
        light=light,
        # Aside first: in the middle there is mostly what the film is about.
        marks=(*spread(frame)[1:], *spread(frame)[:1]),
        floor_y=FLOOR_Y_PORTRAIT if frame.portrait else FLOOR_Y,
        sway=0.0,
        reach=0.0,
        figure_height=0.42,
    )
    layers: list[Layer] = [*figure_layers(draft, stage), *weather_layers(shot, frame, light)]
    if shot.stars:
        layers.append(twinkles(draft))
    return FootageScene(shot, frame, tuple(layers), make_look(look, shot, frame, artwork))


def _turn_to(planes: Planes, hour: tuple[float, float, float, float]) -> None:
    brightness, saturation, shift_u, shift_v = hour
    height = planes.shape[0] * 2 // 3
    remap(planes[:height], luma_table(lambda level: brightness * level**1.08))
    u_plane, v_plane = chroma(planes)
    remap(u_plane, chroma_table(saturation, shift_u))
    remap(v_plane, chroma_table(saturation, shift_v))
