"""From a wish to a spec: size, length and style, checked against what the engine can make."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matinee.core.errors import InvalidRequest, MissingParameter
from matinee.core.route import Capabilities
from matinee.core.size import Size
from matinee.core.video import Reference, VideoSpec
from matinee.core.wish import Orientation, SizeClass, VideoWish, WishDefaults
from matinee.policy.model_names import ModelName, parse_model_name

MAX_PROMPT_CHARACTERS = 32_000
_SHORT_SIDES_PX = {SizeClass.SMALL: 720, SizeClass.LARGE: 1080}


def check_wish(wish: VideoWish, capabilities: Capabilities) -> None:
    """Raise an InvalidRequest that names the field unless the engine can fulfil `wish`."""
    if not wish.prompt.strip():
        raise MissingParameter("The prompt is empty: describe the film.", param="prompt")
    if len(wish.prompt) > MAX_PROMPT_CHARACTERS:
        raise InvalidRequest(
            f"The prompt has {len(wish.prompt)} characters; at most {MAX_PROMPT_CHARACTERS} fit.",
            param="prompt",
        )
    if wish.size is not None and wish.size not in capabilities.sizes:
        raise InvalidRequest(_unsupported(wish.size, capabilities.sizes), param="size")
    if wish.seconds is not None:
        _check_seconds(wish.seconds, capabilities)
    if wish.style is not None and wish.style not in capabilities.styles:
        raise InvalidRequest(_unsupported(wish.style, capabilities.styles), param="style")
    if len(wish.references) > capabilities.max_references:
        raise InvalidRequest(
            f"{len(wish.references)} images were sent; this model takes "
            f"{capabilities.max_references} at most.",
            param=wish.references[0].param,
        )


def settle(
    wish: VideoWish,
    *,
    capabilities: Capabilities,
    defaults: WishDefaults,
    references: tuple[Reference, ...],
    seed: int,
) -> VideoSpec:
    """The spec of a checked `wish`: what it is silent about comes from name, image or `defaults`.

    `references` are the stored images of the wish. `seed` is used if it names none.
    """
    name = parse_model_name(wish.model or defaults.model)
    seconds = wish.seconds or (name.seconds if name else None) or defaults.seconds
    _check_seconds(seconds, capabilities, param="seconds" if wish.seconds else "model")
    return VideoSpec(
        model=wish.model or defaults.model,
        prompt=wish.prompt.strip(),
        size=choose_size(wish, name, references, capabilities.sizes, defaults.size),
        seconds=seconds,
        seed=seed if wish.seed is None else wish.seed,
        style=wish.style,
        references=references,
        freedom=wish.freedom,
        private=wish.private,
        watermark=wish.watermark,
    )


def choose_size(
    wish: VideoWish,
    name: ModelName | None,
    references: Sequence[Reference],
    sizes: Sequence[Size],
    default: Size,
) -> Size:
    """The size of the film among `sizes`.

    Pixels named outright win; then the shape is read from the aspect ratio, the orientation, the
    model's name, the first image, and the default, in that order; the class picks among that shape.
    """
    if wish.size is not None:
        return wish.size
    shape = _shape(wish, name, references, default)
    size_class = wish.size_class or (name.size_class if name else None)
    if size_class is None and shape is default:
        return default
    short_side_px = _SHORT_SIDES_PX[size_class or SizeClass.SMALL]
    return min(sizes, key=lambda size: (_unlike(size, shape), _apart(size, short_side_px)))


def _shape(
    wish: VideoWish, name: ModelName | None, references: Sequence[Reference], default: Size
) -> Size:
    if wish.aspect_ratio is not None:
        return wish.aspect_ratio
    orientation = wish.orientation or (name.orientation if name else None)
    if orientation is not None:
        return Size(9, 16) if orientation is Orientation.PORTRAIT else Size(16, 9)
    if references:
        first = references[0]
        return Size(16, 9) if first.width_px > first.height_px else Size(9, 16)
    return default


def _unlike(size: Size, shape: Size) -> int:
    """How far apart two shapes are. Coarse, so that 1024x1792 and 720x1280 count as one shape."""
    ratio = (size.width_px / size.height_px) / (shape.width_px / shape.height_px)
    return round(4 * abs(math.log(ratio)))


def _apart(size: Size, short_side_px: int) -> int:
    return abs(min(size.width_px, size.height_px) - short_side_px)


def _check_seconds(seconds: int, capabilities: Capabilities, param: str = "seconds") -> None:
    least, most = capabilities.min_seconds, capabilities.max_seconds
    if not least <= seconds <= most:
        raise InvalidRequest(
            f"Invalid value: '{seconds}'. "
            f"Supported values are: whole seconds from {least} to {most}.",
            param=param,
        )


def _unsupported(value: object, allowed: Sequence[object]) -> str:
    listed = ", ".join(f"'{each}'" for each in allowed) or "none"
    return f"Invalid value: '{value}'. Supported values are: {listed}."
