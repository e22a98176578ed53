"""The files of a finished film: the film itself, its thumbnail and its spritesheet."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from pathlib import Path

from matinee.core.asset import Asset, AssetVariant
from matinee.core.errors import ServiceUnavailable
from matinee.core.video import VideoSpec
from matinee.media.finish import PictureFile, WantedFilm, finish
from matinee.ports.blobs import Blobs
from matinee.worker.keeping import PACE_S, PATIENCE_S

logger = logging.getLogger(__name__)


class Variants:
    """Makes and stores the files of a finished film."""

    def __init__(self, blobs: Blobs, *, pace_s: float = PACE_S) -> None:
        self._blobs = blobs
        self._pace_s = pace_s
        # Upstreams may send a hundred films in a moment: each is looked at by a process of its own,
        # of which more than there are processors only take each other's memory.
        self._turn = asyncio.Semaphore(os.cpu_count() or 1)

    async def store(self, film: Path, spec: VideoSpec, blob_folder: str) -> tuple[Asset, ...]:
        """Store `film` of `spec`, which may be moved, with its pictures under `blob_folder`.

        It is made as large and as long as was asked if the engine did otherwise.

        The pictures are made beside it. Raises MediaInvalid if it is no good film, StorageFull if
        there is no room.
        """
        wanted = WantedFilm(
            width_px=spec.size.width_px, height_px=spec.size.height_px, seconds=spec.seconds
        )
        async with self._turn:
            finished = await finish(film, film.parent, wanted)
        key = _key(blob_folder, AssetVariant.VIDEO)
        return (
            Asset(
                variant=AssetVariant.VIDEO,
                blob_key=key,
                size_bytes=finished.size_bytes,
                sha256=await self._put(key, film),
                width_px=finished.width_px,
                height_px=finished.height_px,
                seconds=finished.seconds,
            ),
            await self._store_picture(AssetVariant.THUMBNAIL, finished.thumbnail, blob_folder),
            await self._store_picture(AssetVariant.SPRITESHEET, finished.spritesheet, blob_folder),
        )

    async def _store_picture(
        self, variant: AssetVariant, picture: PictureFile, blob_folder: str
    ) -> Asset:
        key = _key(blob_folder, variant)
        return Asset(
            variant=variant,
            blob_key=key,
            size_bytes=picture.path.stat().st_size,
            sha256=await self._put(key, picture.path),
            width_px=picture.width_px,
            height_px=picture.height_px,
        )

    async def _put(self, key: str, source: Path) -> str:
        """Store the file, once the blobs take it.

        What was made or ordered is not thrown away because they are away for a while.
        """
        give_up_s = time.monotonic() + PATIENCE_S
        while True:
            try:
                return await self._blobs.put(key, source)
            except ServiceUnavailable as error:
                # It may have been moved before that went wrong.
                is_here = await asyncio.to_thread(source.is_file)
                if not is_here or time.monotonic() > give_up_s:
                    raise
                logger.warning("file not stored yet", extra={"key": key, "why": str(error)})
            await asyncio.sleep(self._pace_s)


def _key(blob_folder: str, variant: AssetVariant) -> str:
    return f"{blob_folder}/{variant}{variant.extension}"
