"""The files of a finished film: the film itself, its thumbnail and its spritesheet."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from matinee.core.asset import Asset, AssetVariant
from matinee.core.video import VideoSpec
from matinee.media.finish import PictureFile, WantedFilm, finish
from matinee.ports.blobs import Blobs


class Variants:
    """Makes and stores the files of a finished film."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
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
                sha256=await self._blobs.put(key, film),
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
            sha256=await self._blobs.put(key, picture.path),
            width_px=picture.width_px,
            height_px=picture.height_px,
        )


def _key(blob_folder: str, variant: AssetVariant) -> str:
    return f"{blob_folder}/{variant}{variant.extension}"
