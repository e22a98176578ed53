"""What a client asked for, as a dialect read it, before defaults and capabilities shape it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from matinee.core.size import Size
from matinee.core.video import AS_USUAL, Relation, SamplingOptions, Scene


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
    """An image or a film as it came: its bytes, the URL where they are, or the id of a stored file.

    `param` names its field.
    """

    param: str
    data: bytes | None = None
    path: Path | None = None
    """Where its bytes lie if they are many, as long as the request lasts."""

    url: str | None = None
    file_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceWish:
    """Which film another one is to come out of: one of the account's, or an uploaded one.

    `param` names the field.
    """

    relation: Relation
    param: str
    video_id: str | None = None
    """In any spelling."""

    upload: Upload | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacterWish:
    """A character by its id. Those that a prompt calls by `@name` need no wish."""

    param: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipWish:
    """Where a character is to be seen: in an uploaded film or one of the account's, and when.

    `param` names the field.
    """

    param: str
    upload: Upload | None = None
    video_id: str | None = None
    """In any spelling."""

    start_s: float = 0.0
    end_s: float | None = None
    """None for the film's end."""

    is_kept: bool = False
    """Whether others may call the character later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoWish:
    """Everything a request may say of a film; None where it is silent.

    With a storyboard the prompt may be empty: then the scenes are the prompt.
    """

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
    source: SourceWish | None = None
    storyboard: tuple[Scene, ...] = ()
    characters: tuple[CharacterWish, ...] = ()
    character_clip: ClipWish | None = None
    callback_url: str | None = None
    freedom: float = 0.0
    fps: int | None = None
    """A wish like the others; the engine's nearest is taken."""

    options: SamplingOptions = AS_USUAL
    watermark: bool | None = None
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WishDefaults:
    """What a dialect gives a film whose request is silent about it."""

    model: str
    size: Size
    seconds: int
