"""What a film is made of while it is made: its pictures one after the other, and its sound."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np

from matinee.engines.animatic.farm import Farm
from matinee.engines.animatic.film_wish import FilmWish, Picture
from matinee.engines.animatic.scene_studio import ShotOrder
from matinee.engines.animatic.shots import ShotList, Weather
from matinee.engines.animatic.soundtrack import Soundtrack
from matinee.engines.animatic.studio import Job

SceneT = TypeVar("SceneT")

CRF, CRF_RAIN = 21, 23
"""Rain costs three times the bits of anything else, and hides what fewer bits lose."""

MADE_BY = {"comment": "model: animatic"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Production:
    """A film under way."""

    pictures: AsyncGenerator[Picture, None]
    """Every frame, RGB or I420, each valid until the next is asked for."""

    sound: Soundtrack
    crf: int = CRF


def crf_of(shots: ShotList) -> int:
    """The quality that a film of `shots` is encoded at."""
    return CRF_RAIN if any(shot.weather is Weather.RAIN for shot in shots.shots) else CRF


async def drawn_pictures(
    jobs: Sequence[Job[ShotOrder]],
    wish: FilmWish,
    first: Picture | None,
    farm: Farm[ShotOrder, SceneT],
) -> AsyncGenerator[Picture, None]:
    """The frames of all jobs. The first one is `first` itself, if there is one."""
    frames = farm.frames(jobs, width_px=wish.size.width_px, height_px=wish.size.height_px)
    async with aclosing(frames):
        async for frame in frames:
            yield frame if first is None else first
            first = None


def as_rgb(picture: Picture) -> Picture:
    """A copy of a frame, RGB or I420, as RGB."""
    if picture.ndim == 3:
        return picture.copy()
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_YUV2RGB_I420), np.uint8)
