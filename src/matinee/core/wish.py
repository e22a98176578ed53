"""What a client asked for, as a dialect read it, before defaults and capabilities shape it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from matinee.core.size import Size


class Orientation(StrEnum):
    """Which way the picture stands."""

    PORTRAIT = "portrait"
    LANDSCAPE = "landscape"


class SizeClass(StrEnum):
    """A resolution named in words: about 720 or about 1080 lines on the short side."""

    SMALL = "small"
    LARGE = "large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An image as it came: its bytes, or the URL where they are. `param` names its field."""

    param: str
    data: bytes | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoWish:
    """Everything a request may say of a film; None where it is silent."""

    prompt: str
    model: str | None = None
    size: Size | None = None
    size_class: SizeClass | None = None
    aspect_ratio: Size | None = None
    """A ratio as width and height, such as 16 and 9."""

    orientation: Orientation | None = None
    seconds: int | None = None
    seed: int | None = None
    style: str | None = None
    references: tuple[Upload, ...] = ()
    freedom: float = 0.0
    watermark: bool | None = None
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WishDefaults:
    """What a dialect gives a film whose request is silent about it."""

    model: str
    size: Size
    seconds: int
