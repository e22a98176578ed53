"""From a wish to a spec: size, length and style, checked against what the engine can make."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from matinee.core.errors import InvalidRequest, MissingParameter, shown
from matinee.core.route import Capabilities
from matinee.core.size import Size
from matinee.core.video import Reference, Relation, Role, Source, VideoSpec
from matinee.core.wish import Orientation, SizeClass, VideoWish, WishDefaults
from matinee.policy.cast import check_wished_characters
from matinee.policy.lineage import (
    check_source,
    check_source_wish,
    extended_seconds,
    kept_seconds,
)
from matinee.policy.model_names import ModelName, parse_model_name
from matinee.policy.storyboards import (
    check_storyboard,
    prompt_of,
    share_seconds,
    storyboard_seconds,
)

MAX_PROMPT_CHARACTERS = 32_000
_SHORT_SIDES_PX = {SizeClass.SMALL: 720, SizeClass.LARGE: 1080}


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """How what came with a wish will stand in its spec."""

    references: tuple[Reference, ...] = ()
    source: Source | None = None
    roles: tuple[Role, ...] = ()


def check_wish(wish: VideoWish, capabilities: Capabilities) -> None:
    """Raise an InvalidRequest that names the field unless the engine can fulfil `wish`."""
    _check_texts(wish)
    check_storyboard(wish, capabilities)
    if wish.size is not None and wish.size not in capabilities.sizes:
        raise InvalidRequest(_unsupported(wish.size, capabilities.sizes), param="size")
    check_source_wish(wish, capabilities)
    check_wished_characters(wish, capabilities)
    if wish.seconds is not None and not _extends(wish):
        _check_seconds(wish.seconds, capabilities)
    if wish.source is None:
        _check_other_lengths(wish, capabilities)
    if wish.style is not None and wish.style not in capabilities.styles:
        raise InvalidRequest(_unsupported(wish.style, capabilities.styles), param="style")
    _check_references(wish, capabilities)


def settle(
    wish: VideoWish,
    *,
    capabilities: Capabilities,
    defaults: WishDefaults,
    described: Described,
    seed: int,
) -> VideoSpec:
    """The spec of a checked `wish`: what it is silent about comes from name, image or `defaults`.

    A film that comes out of another one is like that one in all that the wish does not name.
    `described` is what came with the wish. `seed` is used if neither names one. Raises an
    InvalidRequest if the length that this gives can't be made.
    """
    name = parse_model_name(wish.model or defaults.model)
    seconds = _settled_seconds(wish, described.source, capabilities, defaults)
    spec = VideoSpec(
        model=wish.model or defaults.model,
        prompt=prompt_of(wish),
        size=choose_size(wish, name, described.references, capabilities.sizes, defaults.size),
        seconds=seconds,
        seed=seed if wish.seed is None else wish.seed,
        fps=choose_fps(wish.fps, capabilities),
        style=wish.style,
        references=described.references,
        storyboard=share_seconds(wish.storyboard, seconds),
        roles=described.roles,
        freedom=wish.freedom,
        options=wish.options,
        private=wish.private,
        watermark=wish.watermark,
    )
    if described.source is None:
        return spec
    return _like_its_source(spec, described.source, wish, capabilities)


def _like_its_source(
    spec: VideoSpec, source: Source, wish: VideoWish, capabilities: Capabilities
) -> VideoSpec:
    """`spec` of a film that comes out of `source`: what `wish` does not name is as it was there."""
    if wish.source is not None:
        check_source(source, wish.source, capabilities, wish.seconds)
    kept = source.spec
    size = nearest_size(source.size, capabilities.sizes)
    if not _names_size(wish):
        spec = replace(spec, size=size)
    elif source.relation is Relation.EXTEND and spec.size != size:
        raise InvalidRequest(f"An extension keeps the size of its film, '{size}'.", param="size")
    spec = replace(spec, source=source)
    if kept is None:
        return spec
    return replace(
        spec,
        model=wish.model or kept.model,
        seed=kept.seed if wish.seed is None else wish.seed,
        style=spec.style or (kept.style if kept.style in capabilities.styles else None),
        private=spec.private or kept.private,
    )


def _settled_seconds(
    wish: VideoWish, source: Source | None, capabilities: Capabilities, defaults: WishDefaults
) -> int:
    """The length of the film in whole seconds, checked unless it is its source's own."""
    if source is not None and source.relation is Relation.EXTEND:
        return extended_seconds(source, wish.seconds or 0)
    kept = kept_seconds(source, capabilities) if source is not None else None
    name = parse_model_name(wish.model or ("" if source is not None else defaults.model))
    named = name.seconds if name else None
    usual = min(max(defaults.seconds, capabilities.min_seconds), capabilities.max_seconds)
    seconds = wish.seconds or storyboard_seconds(wish.storyboard, named or kept or usual)
    if seconds != kept:
        otherwise = "storyboard" if wish.storyboard else "model"
        _check_seconds(seconds, capabilities, param="seconds" if wish.seconds else otherwise)
    return seconds


def nearest_size(size: Size, sizes: Sequence[Size]) -> Size:
    """The one among `sizes` that is most like `size`: itself, or in shape, then in pixels."""
    if size in sizes:
        return size
    short_side_px = min(size.width_px, size.height_px)
    return min(sizes, key=lambda each: (_unlike(each, size), _apart(each, short_side_px)))


def choose_fps(wished: int | None, capabilities: Capabilities) -> int:
    """The frame rate nearest to what is `wished` that the engine offers; its own without a wish."""
    if wished is None:
        return capabilities.fps
    offered = (capabilities.fps, *capabilities.fps_choices)
    return min(offered, key=lambda fps: abs(fps - wished))


def _names_size(wish: VideoWish) -> bool:
    name = parse_model_name(wish.model) if wish.model else None
    named = name is not None and (name.orientation or name.size_class)
    said = (wish.size, wish.size_class, wish.aspect_ratio, wish.orientation)
    return bool(named) or any(each is not None for each in said)


def _extends(wish: VideoWish) -> bool:
    return wish.source is not None and wish.source.relation is Relation.EXTEND


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
        return nearest_size(default, sizes)
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


def _check_texts(wish: VideoWish) -> None:
    """The prompt and the scenes together: a film has one of them at least."""
    if not prompt_of(wish):
        raise MissingParameter("The prompt is empty: describe the film.", param="prompt")
    length = len(wish.prompt) + sum(len(scene.prompt) for scene in wish.storyboard)
    if length > MAX_PROMPT_CHARACTERS:
        what = "The prompt" if not wish.storyboard else "The prompt with its scenes"
        raise InvalidRequest(
            f"{what} has {length} characters; at most {MAX_PROMPT_CHARACTERS} fit.",
            param="prompt" if wish.prompt else "storyboard",
        )


def _check_references(wish: VideoWish, capabilities: Capabilities) -> None:
    if len(wish.references) > capabilities.max_references:
        raise InvalidRequest(
            f"{len(wish.references)} images were sent; this model takes "
            f"{capabilities.max_references} at most.",
            param=wish.references[0].param,
        )
    if wish.source is None and len(wish.references) < capabilities.min_references:
        raise MissingParameter(
            "This model begins with an image, and none was sent.",
            param="input_reference",
        )


def _check_seconds(seconds: int, capabilities: Capabilities, param: str = "seconds") -> None:
    least, most = capabilities.min_seconds, capabilities.max_seconds
    if not least <= seconds <= most:
        raise InvalidRequest(
            f"Invalid value: '{seconds}'. "
            f"Supported values are: whole seconds from {least} to {most}.",
            param=param,
        )


def _check_other_lengths(wish: VideoWish, capabilities: Capabilities) -> None:
    """The length that a name or a storyboard gives a film whose wish has no `seconds`."""
    if wish.seconds is not None:
        return
    name = parse_model_name(wish.model) if wish.model else None
    named = name.seconds if name else None
    seconds = storyboard_seconds(wish.storyboard, named or capabilities.min_seconds)
    if named or wish.storyboard:
        param = "storyboard" if wish.storyboard else "model"
        _check_seconds(seconds, capabilities, param=param)


def _unsupported(value: object, allowed: Sequence[object]) -> str:
    listed = ", ".join(f"'{each}'" for each in allowed) or "none"
    return f"Invalid value: '{shown(value)}'. Supported values are: {listed}."
