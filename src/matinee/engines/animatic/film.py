"""From a prompt to a film: plan, draw, compose, encode."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from matinee.engines.animatic.farm import Farm
from matinee.engines.animatic.film_wish import FilmWish
from matinee.engines.animatic.jobs import Picture, list_jobs
from matinee.engines.animatic.planner import plan
from matinee.engines.animatic.scene_studio import ShotOrder
from matinee.engines.animatic.score import Sound, compose
from matinee.engines.animatic.shots import ShotList, Weather
from matinee.media.encode import Encoder, FilmFormat
from matinee.media.inspection import ReferenceLimits
from matinee.media.reference import fit, load_reference
from matinee.ports.engine import Progress

SceneT = TypeVar("SceneT")

CRF, CRF_RAIN = 21, 23
"""Rain costs three times the bits of anything else, and hides what fewer bits lose."""

OPENING = 0.45
"""The share of the first shot that stays with the reference image."""

MADE_BY = {"comment": "model: animatic"}


async def make_film(
    wish: FilmWish, out: Path, farm: Farm[ShotOrder, SceneT]
) -> AsyncGenerator[Progress, None]:
    """Make the film at `out` and tell after each frame how many of all are done.

    The film is complete when the iterator ends; closing it early leaves nothing. The same wish
    gives the same bytes. Raises an EngineError, StorageFull, or MediaInvalid for a reference that
    is no good image.
    """
    first = await _first_picture(wish)
    shots = await asyncio.to_thread(_plan, wish)
    composing = asyncio.create_task(asyncio.to_thread(compose, shots))
    try:
        async with Encoder(out, _film_format(wish, shots), metadata=MADE_BY) as encoder:
            async with aclosing(_pictures(wish, shots, first, farm)) as pictures:
                waiting: asyncio.Task[Sound] | None = composing
                done = 0
                async for picture in pictures:
                    await encoder.write(picture)
                    done += 1
                    if waiting is not None and waiting.done():
                        await encoder.write_sound(waiting.result())
                        waiting = None
                    yield Progress(done=done, total=wish.frames)
            if waiting is not None:
                await encoder.write_sound(await waiting)
            await encoder.finish()
    finally:
        composing.cancel()


async def _pictures(
    wish: FilmWish, shots: ShotList, first: Picture | None, farm: Farm[ShotOrder, SceneT]
) -> AsyncGenerator[Picture, None]:
    """Every frame of the film. The first one is `first` itself, if there is one."""
    frames = farm.frames(
        list_jobs(shots, wish, first),
        width_px=wish.size.width_px,
        height_px=wish.size.height_px,
    )
    async with aclosing(frames):
        async for frame in frames:
            yield frame if first is None else first
            first = None


async def _first_picture(wish: FilmWish) -> Picture | None:
    if wish.reference is None:
        return None
    data = await asyncio.to_thread(wish.reference.read_bytes)
    # How large it may be was settled when it was admitted.
    image = await load_reference(data, limits=ReferenceLimits(max_bytes=len(data)))
    return await asyncio.to_thread(fit, image, wish.size.width_px, wish.size.height_px)


def _plan(wish: FilmWish) -> ShotList:
    shots = plan(
        wish.prompt, seconds=wish.seconds, seed=wish.seed, look=wish.look, freedom=wish.freedom
    )
    return shots if wish.reference is None else _with_opening(shots)


def _with_opening(shots: ShotList) -> ShotList:
    """The film with its first shot in two: one over the reference, one as it was planned."""
    first, *rest = shots.shots
    opening = replace(first, seconds=first.seconds * OPENING)
    planned = replace(first, seconds=first.seconds * (1 - OPENING))
    return replace(shots, shots=(opening, planned, *rest))


def _film_format(wish: FilmWish, shots: ShotList) -> FilmFormat:
    rains = any(shot.weather is Weather.RAIN for shot in shots.shots)
    return FilmFormat(
        width_px=wish.size.width_px,
        height_px=wish.size.height_px,
        fps=wish.fps,
        crf=CRF_RAIN if rains else CRF,
    )
