"""What every film gets besides itself: its facts, a thumbnail, a spritesheet; stored together."""

from __future__ import annotations

import asyncio
from pathlib import Path

from matinee.core.asset import Asset, AssetVariant
from matinee.media.picture import Picture
from matinee.media.probe import probe
from matinee.media.spritesheet import make_spritesheet
from matinee.media.thumbnail import make_thumbnail
from matinee.ports.blobs import Blobs


class Variants:
    """Makes and stores the files of a finished film."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    async def store(self, film: Path, blob_folder: str) -> tuple[Asset, ...]:
        """Store `film`, which may be moved, with its pictures under `blob_folder`.

        Raises MediaInvalid if it is no good film, StorageFull if there is no room.
        """
        facts = await probe(film)
        thumbnail, spritesheet = await asyncio.gather(make_thumbnail(film), make_spritesheet(film))
        size_bytes = facts.size_bytes
        key = _key(blob_folder, AssetVariant.VIDEO)
        return (
            Asset(
                variant=AssetVariant.VIDEO,
                blob_key=key,
                size_bytes=size_bytes,
                sha256=await self._blobs.put(key, film),
                width_px=facts.width_px,
                height_px=facts.height_px,
                seconds=facts.seconds,
            ),
            await self._store_picture(AssetVariant.THUMBNAIL, thumbnail, blob_folder),
            await self._store_picture(AssetVariant.SPRITESHEET, spritesheet, blob_folder),
        )

    async def _store_picture(
        self, variant: AssetVariant, picture: Picture, blob_folder: str
    ) -> Asset:
        key = _key(blob_folder, variant)
        return Asset(
            variant=variant,
            blob_key=key,
            size_bytes=len(picture.data),
            sha256=await self._blobs.put_bytes(key, picture.data),
            width_px=picture.width_px,
            height_px=picture.height_px,
        )


def _key(blob_folder: str, variant: AssetVariant) -> str:
    return f"{blob_folder}/{variant}{variant.extension}"
