"""From a wish to a film: plan, draw, compose, encode."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from matinee.core.video import Relation
from matinee.engines.animatic.extension import begin_extension
from matinee.engines.animatic.farm import Farm
from matinee.engines.animatic.film_wish import FilmWish, Materials
from matinee.engines.animatic.jobs import list_jobs
from matinee.engines.animatic.materials import load_materials
from matinee.engines.animatic.production import (
    MADE_BY,
    Production,
    as_rgb,
    crf_of,
    drawn_pictures,
)
from matinee.engines.animatic.restyling import begin_restyled
from matinee.engines.animatic.scene_studio import ShotOrder
from matinee.engines.animatic.score import SAMPLE_RATE, compose
from matinee.engines.animatic.script import outline_of
from matinee.engines.animatic.shots import ShotList
from matinee.engines.animatic.sketches import shot_list
from matinee.engines.animatic.soundtrack import ComposedSound
from matinee.media.decode import FilmReader, FilmShape
from matinee.media.encode import Encoder, FilmFormat
from matinee.ports.engine import Progress

SceneT = TypeVar("SceneT")


async def make_film(
    wish: FilmWish, out: Path, farm: Farm[ShotOrder, SceneT]
) -> AsyncGenerator[Progress, None]:
    """Make the film at `out` and tell after each frame how many of all are done.

    The film is complete when the iterator ends; closing it early leaves nothing. The same wish
    gives the same bytes. Raises an EngineError, StorageFull, or MediaInvalid for a picture or a
    film that is no good.
    """
    async with AsyncExitStack() as stack:
        production = await _begin(wish, farm, stack)
        sound = production.sound
        stack.callback(sound.close)
        film_format = FilmFormat(
            width_px=wish.size.width_px,
            height_px=wish.size.height_px,
            fps=wish.fps,
            crf=production.crf,
        )
        encoder = await stack.enter_async_context(Encoder(out, film_format, metadata=MADE_BY))
        pictures = await stack.enter_async_context(aclosing(production.pictures))
        done = 0
        async for picture in pictures:
            await encoder.write(picture)
            done += 1
            samples = await sound.due(done * SAMPLE_RATE // wish.fps)
            if len(samples):
                await encoder.write_sound(samples)
            yield Progress(done=done, total=wish.frames)
        await encoder.write_sound(await sound.rest())
        await encoder.finish()


async def _begin(
    wish: FilmWish, farm: Farm[ShotOrder, SceneT], stack: AsyncExitStack
) -> Production:
    """Begin what the film of `wish` takes; `stack` ends it."""
    materials = await load_materials(wish)
    source = wish.spec.source
    if source is None or wish.source is None:
        return await _drawn(wish, farm, materials)
    shape = FilmShape(width_px=wish.size.width_px, height_px=wish.size.height_px, fps=wish.fps)
    reader = await stack.enter_async_context(FilmReader(wish.source, shape))
    # A film of another engine may have a spec, but its shots are not those we would plan.
    is_ours = reader.comment == MADE_BY["comment"]
    if source.relation is Relation.EXTEND:
        source = source if is_ours else replace(source, spec=None)
        return await begin_extension(wish, farm, materials, reader, source)
    if is_ours and await asyncio.to_thread(outline_of, wish.spec) is not None:
        return await _drawn(wish, farm, await _with_opening(materials, reader))
    return await begin_restyled(wish, materials, reader)


async def _drawn(wish: FilmWish, farm: Farm[ShotOrder, SceneT], materials: Materials) -> Production:
    """A film that is drawn from its first frame to its last."""
    shots = await asyncio.to_thread(_plan, wish)
    is_opened = shots.shots[0].is_picture
    return Production(
        pictures=drawn_pictures(
            list_jobs(shots, wish, materials), wish, materials.first if is_opened else None, farm
        ),
        sound=ComposedSound(lambda: compose(shots)),
        crf=crf_of(shots),
    )


def _plan(wish: FilmWish) -> ShotList:
    planned = outline_of(wish.spec)
    if planned is None:
        raise ValueError("A film with an uploaded one in it is not drawn.")
    return shot_list(planned)


async def _with_opening(materials: Materials, reader: FilmReader) -> Materials:
    """The materials; without a picture of its own a film begins with that of its source."""
    if materials.first is not None:
        return materials
    async with aclosing(reader.frames(1)) as frames:
        return replace(materials, first=as_rgb(await anext(frames)))
