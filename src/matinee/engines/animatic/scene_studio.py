"""How the farm's processes make this engine's shots."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.artwork import Artwork
from matinee.engines.animatic.camera import Frame
from matinee.engines.animatic.canvas import Canvas, Image
from matinee.engines.animatic.looks import make_look
from matinee.engines.animatic.post import Planes
from matinee.engines.animatic.scene import build_scene
from matinee.engines.animatic.shots import Look as LookName
from matinee.engines.animatic.shots import Shot
from matinee.engines.animatic.staging import Look


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShotOrder:
    """One shot as the film wants it."""

    shot: Shot
    frame: Frame
    """The size it is drawn at."""

    look: LookName
    picture: NDArray[np.uint8] | None = None
    """RGB of the size of `frame`, if the shot shows this picture instead of its set."""

    cards: Mapping[str, Image] = field(default_factory=dict)
    """By glyph, the pictures of the characters in the shot; see `puppets.standee`."""


class Drawn(Protocol):
    """A built shot; see `scene.Scene`."""

    @property
    def frame(self) -> Frame:
        """Its size."""

    def draw(self, canvas: Canvas, t: float) -> None:
        """Draw the picture at `t` seconds."""

    def finish(self, canvas: Canvas, t: float) -> Planes:
        """The picture as I420."""


BuildPicture: TypeAlias = Callable[[Shot, Frame, NDArray[np.uint8], Look | None], Drawn]
"""Builds a shot over RGB pixels of the size of its frame, in a style. Importable by its name."""


class SceneStudio:
    """Builds shots from sets, puppets and looks, and draws them on one canvas.

    `build_picture` builds a shot that moves over a picture; without it such a shot is built as any
    other.
    """

    def __init__(self, *, build_picture: BuildPicture | None = None) -> None:
        self._build_picture = build_picture
        self._canvas: Canvas | None = None

    def build(self, order: ShotOrder) -> Drawn:
        """The scene of the shot."""
        artwork = Artwork(pictures=order.cards)
        look = make_look(order.look, order.shot, order.frame, artwork)
        if order.picture is not None and self._build_picture is not None:
            return self._build_picture(order.shot, order.frame, order.picture, look)
        return build_scene(order.shot, order.frame, artwork, look)

    def render(self, scene: Drawn, t: float) -> Planes:
        """The scene's frame at `t` seconds."""
        canvas = self._canvas_for(scene.frame)
        scene.draw(canvas, t)
        return scene.finish(canvas, t)

    def _canvas_for(self, frame: Frame) -> Canvas:
        canvas = self._canvas
        if canvas is None or (canvas.width_px, canvas.height_px) != (
            frame.width_px,
            frame.height_px,
        ):
            canvas = self._canvas = Canvas(frame.width_px, frame.height_px)
        return canvas
