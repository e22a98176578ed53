"""The fields that describe a film, as structs: what `wishes.py` reads in every dialect.

They document requests and are never decoded into: the reader is more lenient than types can say.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from matinee.core.errors import (
    AddressRefused,
    CharacterNotFound,
    FileNotFound,
    IdempotencyMismatch,
    InvalidRequest,
    MatineeError,
    MediaInvalid,
    MissingParameter,
    ModelNotFound,
    ModerationBlocked,
    QueueFull,
    SourceNotReady,
    StorageFull,
    UnsupportedParameter,
    VideoExpired,
    VideoNotFound,
)
from matinee.web.operations import Parameter
from matinee.web.schemas import (
    AnySize,
    FileBytes,
    FilmSeconds,
    FilmSize,
    FilmStyle,
    Flag,
    ModelName,
    WrittenText,
)

WISH_ERRORS: tuple[type[MatineeError], ...] = (
    InvalidRequest,
    MissingParameter,
    UnsupportedParameter,
    MediaInvalid,
    AddressRefused,
    ModerationBlocked,
    SourceNotReady,
    ModelNotFound,
    VideoNotFound,
    FileNotFound,
    CharacterNotFound,
    VideoExpired,
    IdempotencyMismatch,
    QueueFull,
    StorageFull,
)
"""What may keep a film from being accepted."""

REQUEST_KEY = Parameter(
    name="Idempotency-Key",
    place="header",
    description="Names the request: sent again, it is answered as it was the first time.",
    kind=Annotated[str, Meta(max_length=255, pattern="^[!-~]*$")],
)

_ANY_SEED = -1
_MAX_SEED = 2**63 - 1
_MAX_SIDE_PX = 16_384
_SHAPE = "^([1-9][0-9]?[:x/][1-9][0-9]?|portrait|landscape)$"

Seed = (
    Annotated[int, Meta(ge=_ANY_SEED, le=_MAX_SEED)]
    | Annotated[str, Meta(pattern=r"^(-1|\d{1,18})$")]
    | None
)
"""A whole number from 0; -1 means any."""

Side = (
    Annotated[int, Meta(ge=1, le=_MAX_SIDE_PX)]
    | Annotated[str, Meta(pattern=r"^[1-9]\d{0,3}$")]
    | None
)
"""One side of a picture in pixels."""

TimeSpan = Annotated[
    str,
    Meta(
        pattern=r"^\d{1,5}(\.\d{1,6})?s?[,;:-]\d{1,5}(\.\d{1,6})?s?$",
        examples=["1,3"],
    ),
]
"""Two moments in seconds, 1 to 3 apart."""

ImageText = Annotated[
    str, Meta(min_length=1, pattern=r"\S", description="A URL, a data URI or base64.")
]


LoraName = Annotated[
    str,
    Meta(
        pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(:[0-3](\\.[0-9]{1,3})?)?$", examples=["ink:0.8"]
    ),
]


class ImageUrl(msgspec.Struct, kw_only=True):
    """A URL in an object, as chats write it."""

    url: ImageText


class ImageReference(msgspec.Struct, kw_only=True):
    """An image by its address, `image_url` or `url`, or by the `file_id` of a stored file."""

    image_url: Annotated[
        ImageText | ImageUrl | None,
        Meta(description="A URL, a data URI or base64; bare or in an object."),
    ] = None
    file_id: Annotated[str | None, Meta(description="The id of a file stored here.")] = None


ImageSource = ImageText | ImageReference | list[ImageText | ImageReference] | None
"""A URL, a data URI or base64; bare, in an object, or several."""


class SceneWish(msgspec.Struct, kw_only=True):
    """One scene of a storyboard; also named `scene` or `text`, and `seconds`."""

    prompt: Annotated[WrittenText, Meta(description="What it shows.")]
    duration: Annotated[
        Annotated[float, Meta(gt=0, le=1000)] | None, Meta(description="How long it is.")
    ] = None


class CharacterReference(msgspec.Struct, kw_only=True):
    """A character by its id."""

    id: Annotated[str, Meta(min_length=1, pattern=r"\S")]


class LoraWish(msgspec.Struct, kw_only=True):
    """A LoRA by its name, and how strongly it counts."""

    name: LoraName
    weight: Annotated[float, Meta(ge=-4, le=4)] | None = None


class SamplingFields(msgspec.Struct, kw_only=True):
    """How a model draws. A model passes over what it does not heed; `/v1/models` tells."""

    negative_prompt: Annotated[
        Annotated[str, Meta(max_length=8000)] | None,
        Meta(description="What the film shall not show."),
    ] = None
    steps: Annotated[
        Annotated[int, Meta(ge=1, le=200)] | Annotated[str, Meta(pattern=r"^[1-9]\d?$")] | None,
        Meta(description="How many steps the sampler takes. Also named `num_inference_steps`."),
    ] = None
    guidance_scale: Annotated[
        Annotated[float, Meta(ge=0, le=30)] | None,
        Meta(description="How closely it keeps to the prompt. Also named `cfg_scale`."),
    ] = None
    fps: Annotated[
        Annotated[int, Meta(ge=1, le=120)] | Annotated[str, Meta(pattern=r"^[1-9]\d?$")] | None,
        Meta(description="Frames a second; the nearest that the model offers is taken."),
    ] = None
    loras: Annotated[
        LoraName | LoraWish | list[LoraName | LoraWish] | None,
        Meta(description="LoRAs that the operator put there, by name. Also named `lora`."),
    ] = None


class FilmFields(SamplingFields, kw_only=True):
    """What a request of any format may say of a film beside its prompt, its style and its size."""

    model: Annotated[ModelName | None, Meta(description="The model that makes it.")] = None
    seconds: Annotated[
        FilmSeconds | None, Meta(description="How long it is. Also named `n_seconds`.")
    ] = None
    duration: Annotated[FilmSeconds | None, Meta(description="Another name of `seconds`.")] = None
    aspect_ratio: Annotated[
        Annotated[str, Meta(pattern=_SHAPE)] | None,
        Meta(description="Its shape, such as `16:9`; the size is chosen to fit."),
    ] = None
    orientation: Annotated[
        Annotated[str, Meta(pattern="^(portrait|landscape|vertical|horizontal)$")] | None,
        Meta(description="Which way it stands."),
    ] = None
    hd: Annotated[
        Flag, Meta(description="Whether it is the larger picture. Also named `enable_upsample`.")
    ] = None
    seed: Annotated[
        Seed, Meta(description="The same seed and the same wish make the same film; -1 means any.")
    ] = None
    seen: Annotated[Seed, Meta(description="Another name of `seed`.")] = None
    input_reference: Annotated[
        ImageSource,
        Meta(
            description="Images that guide it; the first is its first frame. Also named `image` "
            "and `image_url`."
        ),
    ] = None
    images: Annotated[ImageSource, Meta(description="More images, as relays name them.")] = None
    remix_target_id: Annotated[
        str | None, Meta(description="The film that it is a remix of, by any spelling of its id.")
    ] = None
    callback_url: Annotated[
        str | None,
        Meta(description="Where to tell its end. Also named `notify_hook` and `callBackUrl`."),
    ] = None
    watermark: Annotated[
        Flag, Meta(description="Taken and noted; no request ever puts a mark on a film.")
    ] = None
    private: Annotated[Flag, Meta(description="Whether the film stays with its account.")] = None
    storyboard: Annotated[
        str | list[str | SceneWish] | None,
        Meta(
            description="Scenes in their order, in place of the prompt or beside it. Also named "
            "`shots`; it may be JSON as text, or text with `[5.0s]` before each scene."
        ),
    ] = None


class CastFields(FilmFields, kw_only=True):
    """The same with who plays in it."""

    characters: Annotated[
        list[str | CharacterReference] | None,
        Meta(description="Who plays in it, by the ids of characters."),
    ] = None
    character_url: Annotated[
        str | None, Meta(description="A film that shows a character, for this film alone.")
    ] = None
    character_from_task: Annotated[
        str | None, Meta(description="The same by the id of a film of yours.")
    ] = None
    character_timestamps: Annotated[
        TimeSpan | None,
        Meta(description="From which second to which it is seen, such as `1,3`."),
    ] = None
    character_create: Annotated[
        Flag, Meta(description="Whether the character is kept for other films.")
    ] = None


Size = Annotated[AnySize | None, Meta(description="How large it is.")]
SizeByOtherName = Annotated[AnySize | None, Meta(description="Another name of `size`.")]
Width = Annotated[Side, Meta(description="Its width in pixels, together with `height`.")]
Height = Annotated[Side, Meta(description="Its height in pixels, together with `width`.")]
Prompt = Annotated[
    WrittenText,
    Meta(
        description="What it shows. Only a storyboard may stand in its place.",
        examples=["A cat plays the piano."],
    ),
]
Style = Annotated[FilmStyle | None, Meta(description="How it looks. Also named `style_id`.")]
Files = Annotated[
    FileBytes | None,
    Meta(
        description="A file that guides it: PNG, JPEG or WebP; several may come. Also named "
        "`image` and `image_url`. Texts that hold what the JSON would are taken, too."
    ),
]
MoreFiles = Annotated[FileBytes | None, Meta(description="More files, as relays name them.")]


class FilmWish(CastFields, kw_only=True):
    """A film in the words of relays. Only the prompt must be there.

    A size that the model does not make becomes the nearest.
    """

    prompt: Prompt
    style: Style = None
    size: Size = None
    resolution: SizeByOtherName = None
    width: Width = None
    height: Height = None


class FilmWishForm(FilmWish, kw_only=True):
    """The same as a form."""

    input_reference: Files = None
    images: MoreFiles = None


class ExactFilmWish(CastFields, kw_only=True):
    """A film whose size must be one that the model makes. Only the prompt must be there."""

    prompt: Prompt
    style: Style = None
    size: Annotated[FilmSize | None, Meta(description="How large it is.")] = None
    resolution: Annotated[FilmSize | None, Meta(description="Another name of `size`.")] = None


class ExactFilmWishForm(ExactFilmWish, kw_only=True):
    """The same as a form."""

    input_reference: Files = None
    images: MoreFiles = None
