"""Gives an uploaded film another look: its own pictures, with what a prompt lays over them.

What the prompt says of style, light, weather and colours is done to the pictures; what it adds is
drawn upon them. What is in the pictures stays: nobody knows what it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import replace
from functools import partial

import cv2
import numpy as np

from matinee.core.video import VideoSpec
from matinee.engines.animatic.artwork import Artwork
from matinee.engines.animatic.blocking import block, props_of
from matinee.engines.animatic.casting import Mention
from matinee.engines.animatic.edits import Edit, read_edit
from matinee.engines.animatic.film_wish import FilmWish, Materials, Picture
from matinee.engines.animatic.footage import FootageScene, build_footage
from matinee.engines.animatic.jobs import drawn_frame
from matinee.engines.animatic.lexicon import shipped_lexicon
from matinee.engines.animatic.planner import MOST_CHARACTERS, SCORES
from matinee.engines.animatic.post import Planes
from matinee.engines.animatic.production import Production, as_rgb, crf_of
from matinee.engines.animatic.revision import with_newcomers
from matinee.engines.animatic.roles import lettered
from matinee.engines.animatic.score import SAMPLE_RATE, compose
from matinee.engines.animatic.script import newcomers_of
from matinee.engines.animatic.shots import (
    Look,
    Music,
    Setting,
    Shot,
    ShotList,
    TimeOfDay,
    Weather,
)
from matinee.engines.animatic.soundtrack import ComposedSound, OwnSound, Soundtrack
from matinee.media.decode import FilmReader
from matinee.media.fitting import fitted

STAGE = Setting.MEADOW
"""Where figures that are laid over a film act as under an open sky, on the ground."""

NEARER_PER_S = 0.02
"""How fast a film that has ended is still approached."""


async def begin_restyled(wish: FilmWish, materials: Materials, reader: FilmReader) -> Production:
    """Begin the film of `wish`, made of the pictures that `reader` reads.

    It keeps its own sound, unless it has none or the prompt speaks of music.
    """
    shots, has_music = await asyncio.to_thread(_laid_over, wish.spec)
    sound: Soundtrack
    if reader.has_sound and not has_music:
        sound = OwnSound(reader, round(wish.frames * SAMPLE_RATE / wish.fps))
    else:
        sound = ComposedSound(lambda: compose(shots))
    return Production(
        pictures=_pictures(wish, shots, materials, reader), sound=sound, crf=crf_of(shots)
    )


async def _pictures(
    wish: FilmWish, shots: ShotList, materials: Materials, reader: FilmReader
) -> AsyncGenerator[Picture, None]:
    """Every frame. They are drawn in one thread, the next one while the last is encoded."""
    scene = await asyncio.to_thread(_scene, wish, shots, materials)
    source_s = wish.spec.source.seconds if wish.spec.source else 0.0
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1, thread_name_prefix="restyler") as thread:
        async with aclosing(reader.frames(wish.frames)) as frames:
            drawing: asyncio.Future[Planes] | None = None
            number = 0
            async for frame in frames:
                late_s = number / wish.fps - source_s
                draw = partial(_drawn, scene, frame, number / wish.fps, late_s)
                coming = loop.run_in_executor(thread, draw)
                if drawing is not None:
                    yield await drawing
                drawing = coming
                number += 1
            if drawing is not None:
                yield await drawing


def _drawn(scene: FootageScene, frame: Picture, t: float, late_s: float) -> Planes:
    """The frame at `t`; `late_s` after the source's end its last frame comes slowly nearer."""
    size = scene.frame.width_px, scene.frame.height_px
    picture = fitted(as_rgb(frame), *size)
    if late_s > 0:
        nearer = NEARER_PER_S * late_s * late_s / (late_s + 1)
        into = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), 0, 1 + nearer)
        picture = np.asarray(cv2.warpAffine(picture, into, size), np.uint8)
    return scene.picture(picture, t)


def _scene(wish: FilmWish, shots: ShotList, materials: Materials) -> FootageScene:
    size = wish.size
    frame = drawn_frame(size, size.pixels)
    artwork = Artwork(pictures=materials.cards)
    return build_footage(shots.shots[0], frame, shots.look, artwork)


def _laid_over(spec: VideoSpec) -> tuple[ShotList, bool]:
    """The one shot that is laid over the film, and whether the prompt speaks of music."""
    names = tuple(role.name for role in spec.roles)
    prompt = lettered(spec.prompt[:MOST_CHARACTERS], names)
    edit = read_edit(prompt, shipped_lexicon().knowing(names))
    edit = with_newcomers(edit, newcomers_of(spec))
    reading = edit.reading
    added = _added(edit)
    acting = [one for one in added if one.acts]
    blocking = block(acting, STAGE)
    # A thing alone would stand in the middle of the stage, before what the film shows.
    things = props_of([one for one in added if not one.acts], STAGE)
    shot = Shot(
        seconds=float(spec.seconds),
        text=spec.prompt,
        setting=STAGE,
        time_of_day=reading.time_of_day or TimeOfDay.DAY,
        weather=reading.weather or Weather.CLEAR,
        stars=reading.has_stars,
        subjects=blocking.subjects,
        props=things,
        palette=reading.palette,
        seed=spec.seed % 2**63,
    )
    return ShotList(
        shots=(shot,),
        look=Look(spec.style) if spec.style else reading.look or Look.PLAIN,
        music=reading.music or _music(reading.place),
        seed=spec.seed,
    ), reading.music is not None


def _added(edit: Edit) -> tuple[Mention, ...]:
    """What is laid over: what shall be added, and things that the prompt only speaks of."""
    things = (one for one in edit.told if not one.acts)
    swapped = (one for swap in edit.swaps for one in swap.new)
    return tuple(
        replace(one, follows_preposition=False) for one in (*edit.added, *swapped, *things)
    )


def _music(place: Setting | None) -> Music:
    return SCORES[place or STAGE]
