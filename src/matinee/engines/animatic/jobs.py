"""A shot list as work for the farm: sizes, frames and fades."""

from __future__ import annotations

import math
from itertools import accumulate, pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.core.size import Size
from matinee.engines.animatic.camera import Frame
from matinee.engines.animatic.film_wish import FilmWish
from matinee.engines.animatic.scene_studio import ShotOrder
from matinee.engines.animatic.shots import Shot, ShotList
from matinee.engines.animatic.studio import FADE_FRAMES, Job

Picture = NDArray[np.uint8]
"""RGB, (height_px, width_px, 3)."""


def list_jobs(shots: ShotList, wish: FilmWish, first: Picture | None) -> list[Job[ShotOrder]]:
    """The shots as work for the farm, together exactly as long as the film."""
    frame = drawn_frame(wish.size, wish.drawn_pixels)
    counts = frames_of_shots(shots, wish.frames)
    jobs: list[Job[ShotOrder]] = []
    for index, (shot, frames) in enumerate(zip(shots.shots, counts, strict=True)):
        before = shots.shots[index - 1] if index else None
        after = shots.shots[index + 1] if index + 1 < len(shots.shots) else None
        picture = _shrunk(first, frame) if first is not None and index == 0 else None
        jobs.append(
            Job(
                order=ShotOrder(shot=shot, frame=frame, look=shots.look, picture=picture),
                frames=frames,
                fps=wish.fps,
                fades_in=_fades(before, shot, frames),
                fades_out=_fades(shot, after, frames),
            )
        )
    return jobs


def drawn_frame(size: Size, most_pixels: int) -> Frame:
    """The size that frames of a film of `size` are drawn at: its own, or smaller by as much."""
    scale = math.sqrt(most_pixels / size.pixels)
    if scale >= 1:
        return Frame(width_px=size.width_px, height_px=size.height_px)
    return Frame(
        width_px=round(size.width_px * scale / 4) * 4,
        height_px=round(size.height_px * scale / 4) * 4,
    )


def frames_of_shots(shots: ShotList, frames: int) -> list[int]:
    """How many of a film's frames each shot has; every cut is rounded to the nearest frame."""
    ends = accumulate(shot.seconds for shot in shots.shots)
    cuts = [0, *(round(end / shots.seconds * frames) for end in ends)]
    return [end - start for start, end in pairwise(cuts)]


def _fades(before: Shot | None, after: Shot | None, frames: int) -> bool:
    """Whether the picture goes through black between two shots, of which ours has `frames`."""
    if before is None or after is None or frames < 4 * FADE_FRAMES:
        return False
    # Within one place a plain cut reads as another camera; a fade would read as time gone by.
    return (before.setting, before.time_of_day) != (after.setting, after.time_of_day)


def _shrunk(picture: Picture, frame: Frame) -> Picture:
    size = (frame.width_px, frame.height_px)
    if picture.shape[1::-1] == size:
        return picture
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
