"""A stored file of a video, with its facts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from matinee.core.ids import VideoId


class AssetVariant(StrEnum):
    """Which file of a video."""

    VIDEO = "video"
    THUMBNAIL = "thumbnail"
    SPRITESHEET = "spritesheet"

    @property
    def media_type(self) -> str:
        """The content type it is served with."""
        return _MEDIA_TYPES[self]

    @property
    def extension(self) -> str:
        """The end of its file name, with the dot."""
        return _EXTENSIONS[self]


_MEDIA_TYPES = {
    AssetVariant.VIDEO: "video/mp4",
    AssetVariant.THUMBNAIL: "image/webp",
    AssetVariant.SPRITESHEET: "image/jpeg",
}
_EXTENSIONS = {
    AssetVariant.VIDEO: ".mp4",
    AssetVariant.THUMBNAIL: ".webp",
    AssetVariant.SPRITESHEET: ".jpg",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file of a video. `sha256` is hexadecimal; width and height are the picture's own."""

    variant: AssetVariant
    blob_key: str
    size_bytes: int
    sha256: str
    width_px: int
    height_px: int
    seconds: float | None = None
    """The film's length; None for a picture."""

    @property
    def media_type(self) -> str:
        """The content type it is served with."""
        return self.variant.media_type

    @property
    def entity_tag(self) -> str:
        """What tells it from any other file that was ever served in its place."""
        return self.sha256


def blob_folder(video_id: VideoId) -> str:
    """The folder in the blob store that holds every file of a video."""
    return f"videos/{video_id}"
