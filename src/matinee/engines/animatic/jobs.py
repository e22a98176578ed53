"""A shot list as work for the farm: sizes, frames and fades."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import accumulate, pairwise

import cv2
import numpy as np

from matinee.core.size import Size
from matinee.engines.animatic.camera import Frame
from matinee.engines.animatic.canvas import Image
from matinee.engines.animatic.film_wish import FilmWish, Materials, Picture
from matinee.engines.animatic.scene_studio import ShotOrder
from matinee.engines.animatic.shots import Body, Shot, ShotList
from matinee.engines.animatic.studio import FADE_FRAMES, Job

STAND_IN = "person-standing"


def list_jobs(
    shots: ShotList, wish: FilmWish, materials: Materials, frames: int | None = None
) -> list[Job[ShotOrder]]:
    """The shots as work for the farm, together `frames` long: all of the film if not said."""
    frame = drawn_frame(wish.size, wish.drawn_pixels)
    counts = frames_of_shots(shots, wish.frames if frames is None else frames)
    jobs: list[Job[ShotOrder]] = []
    for index, (shot, count) in enumerate(zip(shots.shots, counts, strict=True)):
        before = shots.shots[index - 1] if index else None
        after = shots.shots[index + 1] if index + 1 < len(shots.shots) else None
        first = materials.first if shot.is_picture else None
        jobs.append(
            Job(
                order=ShotOrder(
                    shot=_playable(shot, materials),
                    frame=frame,
                    look=shot.look or shots.look,
                    picture=None if first is None else _shrunk(first, frame),
                    cards=_cards(shot, materials),
                ),
                frames=count,
                fps=wish.fps,
                lead_s=shot.lead_s,
                fades_in=_fades(before, shot, count),
                fades_out=_fades(shot, after, count),
            )
        )
    return jobs


def _cards(shot: Shot, materials: Materials) -> dict[str, Image]:
    glyphs = {subject.glyph for subject in shot.subjects}
    return {glyph: card for glyph, card in materials.cards.items() if glyph in glyphs}


def _playable(shot: Shot, materials: Materials) -> Shot:
    """The shot with somebody else for characters whose pictures did not come along."""
    return replace(
        shot,
        subjects=tuple(
            replace(one, glyph=STAND_IN, body=Body.WHOLE)
            if one.body is Body.CUTOUT and one.glyph not in materials.cards
            else one
            for one in shot.subjects
        ),
    )


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
    return _whereabouts(before) != _whereabouts(after)


def _whereabouts(shot: Shot) -> tuple[object, ...]:
    return shot.setting, shot.time_of_day, shot.is_picture


def _shrunk(picture: Picture, frame: Frame) -> Picture:
    size = (frame.width_px, frame.height_px)
    if picture.shape[1::-1] == size:
        return picture
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
