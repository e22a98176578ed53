"""A studio whose films are quick to make and easy to foresee, for tests of the farm."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.studio import Planes

SIZE = (64, 48)


class Trick(StrEnum):
    """What goes wrong with a shot."""

    FAILS_TO_BUILD = "fails to build"
    FAILS_TO_DRAW = "fails to draw"
    WRITES_INTO_SCENE = "writes into scene"
    ENDS_PROCESS = "ends process"
    HANGS = "hangs"


@dataclass(frozen=True)
class ToyOrder:
    """A shot of one grey, 16 and up, that brightens by one with every frame at 24 fps."""

    grey: int
    trick: Trick | None = None
    size: tuple[int, int] = SIZE
    ballast_bytes: int = 1000


@dataclass
class ToyScene:
    """The built shot."""

    order: ToyOrder
    ballast: NDArray[np.uint8]


class ToyStudio:
    """Builds and draws toys."""

    def build(self, order: ToyOrder) -> ToyScene:
        """A scene with its ballast."""
        if order.trick is Trick.FAILS_TO_BUILD:
            raise ValueError("no such set")
        return ToyScene(order, np.full(order.ballast_bytes, order.grey, np.uint8))

    def render(self, scene: ToyScene, t: float) -> Planes:
        """All of one grey."""
        match scene.order.trick:
            case Trick.FAILS_TO_DRAW if t > 0.2:
                raise ValueError("no such colour")
            case Trick.WRITES_INTO_SCENE:
                scene.ballast[0] += 1
            case Trick.ENDS_PROCESS if t > 0.2:
                os._exit(7)
            case Trick.HANGS:
                while True:
                    pass
        width_px, height_px = scene.order.size
        grey = int(scene.ballast[-1]) + round(t * 24)
        return np.full((height_px * 3 // 2, width_px), grey, np.uint8)
