"""Extends a film: its own frames and sound, then its last shot going on into new ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import cv2
import numpy as np

from matinee.core.video import Source
from matinee.engines.animatic.farm import Farm
from matinee.engines.animatic.film_wish import FilmWish, Materials, Picture
from matinee.engines.animatic.jobs import list_jobs
from matinee.engines.animatic.production import Production, as_rgb, crf_of, drawn_pictures
from matinee.engines.animatic.scene_studio import ShotOrder
from matinee.engines.animatic.score import SAMPLE_RATE, compose
from matinee.engines.animatic.script import addition_of, copied_frames, on_the_picture
from matinee.engines.animatic.sketches import Outline, shot_list
from matinee.engines.animatic.soundtrack import ComposedSound, ContinuedSound, lead_in_s
from matinee.media.decode import FilmReader

SceneT = TypeVar("SceneT")

SMALL_PX = (160, 90)
ALIKE = 4.0
"""Two frames of the same moment differ by less: steps of brightness, of 255, on the mean."""

OVERLAP = 8
"""So many of the source's last frames go over into frames drawn anew: a film's last frames are
coded worst, and to go on from them would show."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Extension(Generic[SceneT]):
    """A film and what is added to it."""

    wish: FilmWish
    materials: Materials
    added: Outline
    copied: int
    """How many frames are the source's."""

    farm: Farm[ShotOrder, SceneT]

    async def pictures(self, reader: FilmReader) -> AsyncGenerator[Picture, None]:
        """Every frame of the extended film."""
        async with (
            aclosing(reader.frames(self.copied)) as source,
            # Its scene is built while the source is copied.
            aclosing(Ahead(self._going_on())) as drawn,
        ):
            last: Picture = np.zeros(0, np.uint8)
            for _ in range(self.copied - self.overlap):
                last = await anext(source)
                yield last
            meets = False
            for number in range(self.overlap):
                last = await anext(source)
                picture = await drawn.next() if meets or not number else last
                if number == 0:
                    # Another version may have drawn the source, or another engine.
                    meets = _difference(last, picture) < ALIKE
                share = (number + 1) / (self.overlap + 1) if meets else 0.0
                yield _blended(last, picture, share)
            if not meets:
                # The farm draws one film at a time.
                await drawn.aclose()
            async with aclosing(drawn.rest() if meets else self._on_picture(last)) as pictures:
                async for picture in pictures:
                    yield picture

    @property
    def overlap(self) -> int:
        """How many frames the source and its last shot, drawn anew, have in common."""
        tail = self.added.sketches[0]
        if tail.is_picture:
            return 0
        return min(OVERLAP, self.copied, round(tail.lead_s * self.wish.fps))

    async def _going_on(self) -> AsyncGenerator[Picture, None]:
        """The source's last shot from the overlap on, and the new ones."""
        if not self.overlap:
            return
        earlier_s = self.overlap / self.wish.fps
        async with aclosing(self._drawn(begun_earlier(self.added, earlier_s), None)) as pictures:
            async for picture in pictures:
                yield picture

    async def _on_picture(self, last: Picture) -> AsyncGenerator[Picture, None]:
        """The new shots, the first one a picture that lives on."""
        async with aclosing(self._drawn(on_the_picture(self.added), as_rgb(last))) as pictures:
            async for picture in pictures:
                yield picture

    def _drawn(self, added: Outline, first: Picture | None) -> AsyncGenerator[Picture, None]:
        materials = replace(self.materials, first=first)
        frames = round(added.seconds * self.wish.fps)
        jobs = list_jobs(shot_list(added), self.wish, materials, frames)
        return drawn_pictures(jobs, self.wish, first, self.farm)


class Ahead:
    """Pictures of which the first is fetched ahead of its time."""

    def __init__(self, pictures: AsyncGenerator[Picture, None]) -> None:
        self._pictures = pictures
        self._first = asyncio.ensure_future(_next(pictures))
        self._is_begun = False

    async def next(self) -> Picture:
        """The next one. Raises StopAsyncIteration if there is none."""
        if self._is_begun:
            return await anext(self._pictures)
        self._is_begun = True
        first = await self._first
        if first is None:
            raise StopAsyncIteration
        return first

    async def rest(self) -> AsyncGenerator[Picture, None]:
        """All that are left."""
        async for picture in self._pictures:
            yield picture

    async def aclose(self) -> None:
        """End it."""
        self._first.cancel()
        await asyncio.wait([self._first])
        if not self._first.cancelled():
            # Fetched and never asked for: what went wrong with it is nobody's concern.
            self._first.exception()
        await self._pictures.aclose()


async def _next(pictures: AsyncGenerator[Picture, None]) -> Picture | None:
    return await anext(pictures, None)


async def begin_extension(
    wish: FilmWish,
    farm: Farm[ShotOrder, SceneT],
    materials: Materials,
    reader: FilmReader,
    source: Source,
) -> Production:
    """Begin the film of `wish`, which extends `source`, the film that `reader` reads."""
    added = await asyncio.to_thread(addition_of, wish.spec, source)
    copied = copied_frames(wish.spec, source)
    extension = Extension(wish=wish, materials=materials, added=added, copied=copied, farm=farm)
    seam = round(copied * SAMPLE_RATE / wish.fps)
    heard = shot_list(begun_earlier(added, lead_in_s(seam)))
    return Production(
        pictures=extension.pictures(reader),
        sound=ContinuedSound(
            reader, seam, ComposedSound(lambda: compose(heard)), fades=source.spec is not None
        ),
        crf=crf_of(heard),
    )


def begun_earlier(added: Outline, seconds: float) -> Outline:
    """The addition with its first shot begun so much earlier."""
    first, *rest = added.sketches
    earlier = replace(first, seconds=first.seconds + seconds, lead_s=first.lead_s - seconds)
    return replace(added, sketches=(earlier, *rest))


def _difference(one: Picture, other: Picture) -> float:
    """How much two frames differ, in steps of brightness on the mean."""
    return float(np.abs(_small(one) - _small(other)).mean())


def _blended(old: Picture, new: Picture, share: float) -> Picture:
    """The old frame with `share` of the new one, I420; the old one itself without."""
    if share <= 0:
        return old
    return np.asarray(cv2.addWeighted(_as_i420(old), 1 - share, _as_i420(new), share, 0), np.uint8)


def _as_i420(picture: Picture) -> Picture:
    if picture.ndim == 2:
        return picture
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), np.uint8)


def _small(picture: Picture) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    planes = _as_i420(picture)
    luma = planes[: planes.shape[0] * 2 // 3]
    return cv2.resize(luma, SMALL_PX, interpolation=cv2.INTER_AREA).astype(np.float32)
