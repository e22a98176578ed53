"""What fits a station out: consoles with live screens, blinking lamps, floating cables, a path."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.affine import compose, matrix
from matinee.engines.animatic.camera import Camera
from matinee.engines.animatic.canvas import Canvas, Texture
from matinee.engines.animatic.layers import Sprite
from matinee.engines.animatic.paint import colour, glow
from matinee.engines.animatic.shading import relight
from matinee.engines.animatic.staging import Draft, Light, wander

CONSOLE_PX = 480
BUTTONS = tuple(
    (316 + 49 * i + (3 * i if low else 0), 262 if low else 233) for i in range(4) for low in (0, 1)
)
"""Where the console's artwork has buttons."""

BARS = tuple(415 + 20 * i for i in range(6))
LAMP_CODES = ("#ff5060", "#50ffb0", "#ffc050", "#60d8ff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """A desk with screens that stands on the floor. A layer."""

    body: Texture
    screens: Texture
    lamps: tuple[Texture, ...]
    at: tuple[float, float, float]
    """Where its foot is."""

    height: float
    mirrored: bool = False
    phase: float = 0.0

    def depth_at(self, t: float) -> float:
        """Its depth."""
        return self.at[2]

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw it with flickering screens and blinking buttons."""
        size = self.height / CONSOLE_PX
        across = -size if self.mirrored else size
        shift_x = -across * self.body.width / 2
        foot = matrix(across, 0.0, shift_x, 0.0, size, -self.height)
        mapping = compose(camera.world(*self.at), foot)
        canvas.draw(self.body, mapping)
        flicker = 0.82 + 0.1 * wander(self.phase, t, 3.0)
        canvas.draw(self.screens, mapping, flicker)
        for index, (x, y) in enumerate(BUTTONS):
            shine = math.sin((1.3 + 0.37 * index) * t + 9 * self.phase + 2.4 * index)
            if shine > -0.2:
                lamp = self.lamps[index % len(self.lamps)]
                corner = matrix(1.0, 0.0, x - lamp.width / 2, 0.0, 0.8, y - 0.4 * lamp.height)
                canvas.draw(lamp, compose(mapping, corner), 0.45 + 0.55 * shine)


def console(
    draft: Draft, light: Light, at: tuple[float, float, float], height: float, *, mirrored: bool
) -> Console:
    """A console with its foot at `at`."""
    image = draft.artwork.part("station-console")
    screens = draft.artwork.part("station-console-screens").copy()
    screens[..., 3] = 0
    return Console(
        body=Texture(relight(image, light, 0.04)),
        screens=Texture(screens, additive=True),
        lamps=tuple(glow(24, code, 1.6, 0.35) for code in LAMP_CODES),
        at=at,
        height=height,
        mirrored=mirrored,
        phase=float(draft.layout(f"console{mirrored}").random()),
    )


@dataclass(frozen=True, slots=True)
class Blinkers:
    """Small lamps on the walls that go on and off. A layer."""

    lamps: tuple[Texture, ...]
    spots: NDArray[np.float64]
    """Shape (count, 5): world x, y, phase and size (0..1), and the lamp's number."""

    depth: float
    height: float = 0.05

    def depth_at(self, t: float) -> float:
        """Just before the wall that carries them."""
        return self.depth - 0.001

    def draw(self, canvas: Canvas, camera: Camera, t: float) -> None:
        """Draw those that are on."""
        for x, y, phase, size, number in self.spots.tolist():
            shine = math.sin((0.8 + 2.2 * size) * t + 40 * phase)
            if shine <= -0.3:
                continue
            lamp = self.lamps[int(number) % len(self.lamps)]
            height = self.height * (0.6 + 0.7 * size)
            mapping = camera.place(lamp, (x, y, self.depth), height)
            canvas.draw(lamp, mapping, min(1.0, 0.5 + shine))


def blinkers(draft: Draft, name: str, places: list[tuple[float, float]], depth: float) -> Blinkers:
    """A lamp at each of `places` in world units."""
    random = draft.layout(f"blinkers/{name}").random((len(places), 3))
    random[:, 2] = np.floor(random[:, 2] * len(LAMP_CODES))
    spots = np.concatenate((np.array(places, np.float64), random), 1)
    return Blinkers(tuple(glow(20, code, 1.8, 0.4) for code in LAMP_CODES), spots, depth)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cable:
    """How a cable hangs in the air: a loop in a box of world units."""

    x: float
    y: float
    depth: float
    size: tuple[float, float]
    points: tuple[tuple[float, float], ...]
    """Shares of the box that it passes through, from its fastening on."""

    code: str
    thickness: float = 0.016


def cable(draft: Draft, piece: Cable, phase: float) -> Sprite:
    """A cable that sways about its fastening, its first point."""
    width, height = (max(8, draft.px(side)) for side in piece.size)
    line = _smooth(np.array(piece.points) * (width, height)).round(2)
    thick = max(2, draft.px(piece.thickness))
    image = np.zeros((height, width, 4), np.uint8)
    fixed = np.round(line * 16).astype(np.int32)
    # A tube: from its dark edge to a light line a little above its middle.
    for share, level, lift in (
        (1.0, 0.22, 0.0),
        (0.72, 0.62, 0.05),
        (0.4, 0.95, 0.12),
        (0.14, 1.7, 0.2),
    ):
        tint = np.clip(colour(piece.code) * level, 0, 1) * 255
        raised = fixed - (0, round(thick * lift * 16))
        ink = (*(float(value) for value in tint), 255.0)
        width_px = max(1, round(thick * share))
        cv2.polylines(
            image,
            [raised],
            isClosed=False,
            color=ink,
            thickness=width_px,
            lineType=cv2.LINE_AA,
            shift=4,
        )
    image[..., :3] = np.minimum(image[..., :3], image[..., 3:])
    return Sprite(
        texture=Texture(image),
        x=piece.x,
        y=piece.y,
        depth=piece.depth,
        height=piece.size[1],
        anchor=piece.points[0],
        rock=0.07,
        pace=0.7,
        phase=phase,
    )


def _smooth(points: NDArray[np.float64], steps: int = 24) -> NDArray[np.float64]:
    """A Catmull-Rom curve through `points`."""
    around = np.concatenate((points[:1], points, points[-1:]))
    share = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = []
    for first, second, third, fourth in zip(
        around, around[1:], around[2:], around[3:], strict=False
    ):
        bend = 2 * first - 5 * second + 4 * third - fourth
        twist = -first + 3 * second - 3 * third + fourth
        pieces.append(
            0.5 * (2 * second + (third - first) * share + bend * share**2 + twist * share**3)
        )
    return np.concatenate((*pieces, points[-1:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The way of somebody weightless: to and fro in front of the window. A path."""

    middle: tuple[float, float]
    reach: tuple[float, float]
    start: float
    depth: float = 1.0

    def at(self, t: float) -> tuple[float, float, float]:
        """Where it is at `t` seconds."""
        x = self.middle[0] + self.reach[0] * math.sin(0.5 * t + self.start)
        y = self.middle[1] + self.reach[1] * math.sin(0.83 * t + 2 * self.start)
        return x, y, self.depth + 0.06 * math.sin(0.4 * t)
