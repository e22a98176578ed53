"""Images that come with a request: fetched, looked at, and kept before the video is accepted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from matinee.core.asset import blob_folder
from matinee.core.errors import MissingParameter, TooLarge
from matinee.core.ids import AccountId, VideoId
from matinee.core.video import Reference
from matinee.core.wish import Upload
from matinee.ports.blobs import Blobs
from matinee.services.files import Files

MOST_INSPECTED = 2
"""Images looked into at once: each may take half a gigabyte, and a core."""

MOST_BYTES = 64 * 1024 * 1024
"""A larger one is not even read: whatever the setting says, no image is so large."""

MOST_FETCHED = 16
"""Images fetched at once: a slow address must not use up what others need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """What an image is, told by its bytes. Width and height are those of the upright picture."""

    media_type: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedImage:
    """An image that was found good, not yet stored."""

    data: bytes
    facts: ImageFacts


class Inspect(Protocol):
    """Looks into an image. Raises MediaInvalid, naming `param`, if it can't be used."""

    async def __call__(self, data: bytes, *, param: str) -> ImageFacts: ...


class Fetch(Protocol):
    """Gets the bytes behind a URL. Raises AddressRefused or TooLarge, naming `param`."""

    async def __call__(self, url: str, *, param: str) -> bytes: ...


class References:
    """Admits and keeps the images of a request."""

    def __init__(self, blobs: Blobs, files: Files, *, inspect: Inspect, fetch: Fetch) -> None:
        self._blobs = blobs
        self._files = files
        self._inspect = inspect
        self._fetch = fetch
        self._inspecting = asyncio.Semaphore(MOST_INSPECTED)
        self._fetching = asyncio.Semaphore(MOST_FETCHED)

    async def admit(self, account_id: AccountId, uploads: Sequence[Upload]) -> list[AdmittedImage]:
        """Fetch and look at every image; nothing is stored.

        Raises an InvalidRequest or FileNotFound that names the field.
        """
        return [await self._admit_one(account_id, upload) for upload in uploads]

    @staticmethod
    def describe(video_id: VideoId, images: Sequence[AdmittedImage]) -> tuple[Reference, ...]:
        """How the images will stand in the video's spec; nothing is stored yet."""
        return tuple(
            Reference(
                blob_key=f"{blob_folder(video_id)}/reference-{number}",
                media_type=image.facts.media_type,
                width_px=image.facts.width_px,
                height_px=image.facts.height_px,
            )
            for number, image in enumerate(images)
        )

    async def keep(self, references: Sequence[Reference], images: Sequence[AdmittedImage]) -> None:
        """Store the images durably, each where its reference says."""
        for reference, image in zip(references, images, strict=True):
            await self._blobs.put_bytes(reference.blob_key, image.data)

    async def _admit_one(self, account_id: AccountId, upload: Upload) -> AdmittedImage:
        data = await self._bytes_of(account_id, upload)
        if not data:
            raise MissingParameter("The image is empty.", param=upload.param)
        async with self._inspecting:
            facts = await self._inspect(data, param=upload.param)
        return AdmittedImage(data=data, facts=facts)

    async def _bytes_of(self, account_id: AccountId, upload: Upload) -> bytes | None:
        if upload.file_id is not None:
            return await self._files.read(
                account_id, upload.file_id, param=upload.param, limit_bytes=MOST_BYTES
            )
        if upload.url is not None:
            async with self._fetching:
                return await self._fetch(upload.url, param=upload.param)
        if upload.path is None:
            return upload.data
        if upload.path.stat().st_size > MOST_BYTES:
            raise TooLarge("The image is too large for any reference.", param=upload.param)
        return await asyncio.to_thread(upload.path.read_bytes)
