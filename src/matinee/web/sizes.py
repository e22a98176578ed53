"""What the fields of a request say about the size and the shape of a film."""

from __future__ import annotations

from dataclasses import dataclass, replace

from matinee.core.errors import MissingParameter
from matinee.core.route import Capabilities
from matinee.core.size import Size
from matinee.core.wish import Orientation, SizeClass
from matinee.policy.framing import nearest_size
from matinee.web.fields import Fields, unsupported

_ORIENTATIONS = {
    "portrait": Orientation.PORTRAIT,
    "vertical": Orientation.PORTRAIT,
    "landscape": Orientation.LANDSCAPE,
    "horizontal": Orientation.LANDSCAPE,
}
_CLASSES = {
    "small": SizeClass.SMALL,
    "360p": SizeClass.SMALL,
    "480p": SizeClass.SMALL,
    "720p": SizeClass.SMALL,
    "768p": SizeClass.SMALL,
    "large": SizeClass.LARGE,
    "hd": SizeClass.LARGE,
    "1k": SizeClass.LARGE,
    "1080p": SizeClass.LARGE,
    "2k": SizeClass.LARGE,
    "4k": SizeClass.LARGE,
}
"""Resolutions in words; the class is the nearest there is.

Source: relay-dialects, and OpenRouter's reference for those with `p` and `k`.
"""

_LISTED_CLASSES = ("small", "large", "720p", "1080p")
_SMALLEST_PICTURE_PX = 100
"""`16x9` is a shape; nobody asks for a picture of 16 by 9 pixels."""

_MOST_PX = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeWish:
    """What is said about size and shape; None where the request is silent."""

    size: Size | None = None
    size_class: SizeClass | None = None
    aspect_ratio: Size | None = None
    orientation: Orientation | None = None


def parse_size(fields: Fields, capabilities: Capabilities, *, exact: bool) -> SizeWish:
    """Size, shape and orientation, from all the fields that tell of them.

    Pixels that the model does not make stay as they are if `exact`, to be refused by name; else
    they become the nearest that it makes. Raises an InvalidRequest that names the field.
    """
    said = _parse_size_text(fields, capabilities)
    if said.size is None:
        said = replace(said, size=_parse_sides(fields))
    if said.size is not None and not exact:
        said = replace(said, size=nearest_size(said.size, capabilities.sizes))
    # Both ask for the larger picture; without them it need not be the smaller one.
    is_large = any((fields.flag("hd"), fields.flag("enable_upsample")))
    if said.size_class is None and is_large:
        said = replace(said, size_class=SizeClass.LARGE)
    shape, orientation = _parse_shape(fields)
    return replace(said, aspect_ratio=shape or said.aspect_ratio, orientation=orientation)


def _parse_size_text(fields: Fields, capabilities: Capabilities) -> SizeWish:
    """What `size` says: pixels, a class, or a shape."""
    text = fields.text("size")
    if text is None:
        return SizeWish()
    if text.lower() in _CLASSES:
        return SizeWish(size_class=_CLASSES[text.lower()])
    size = Size.parse(text.replace(":", "x"))
    if size is None:
        listed = [*map(str, capabilities.sizes), *_LISTED_CLASSES, "16x9", "9x16"]
        raise unsupported(fields.spelling("size"), text, ", ".join(f"'{word}'" for word in listed))
    if max(size.width_px, size.height_px) < _SMALLEST_PICTURE_PX:
        return SizeWish(aspect_ratio=size)
    return SizeWish(size=size)


def _parse_sides(fields: Fields) -> Size | None:
    """`width` and `height` in pixels. Zero is what some clients send for nothing."""
    sides = {name: fields.whole(name) or None for name in ("width", "height")}
    for name, side in sides.items():
        if side is not None and not 0 < side <= _MOST_PX:
            raise unsupported(fields.spelling(name), side, f"whole numbers from 1 to {_MOST_PX}")
    width_px, height_px = sides["width"], sides["height"]
    if width_px is None and height_px is None:
        return None
    if width_px is None or height_px is None:
        missing = "width" if width_px is None else "height"
        raise MissingParameter(
            f"Missing required parameter: '{missing}'. A size in pixels has two sides.",
            param=missing,
        )
    return Size(width_px, height_px)


def _parse_shape(fields: Fields) -> tuple[Size | None, Orientation | None]:
    orientation = _parse_orientation(fields, "orientation")
    text = fields.text("aspect_ratio")
    if text is None:
        return None, orientation
    shape = Size.parse(text.replace(":", "x").replace("/", "x"))
    if shape is not None:
        return shape, orientation
    if text.lower() in _ORIENTATIONS:
        return None, _parse_orientation(fields, "aspect_ratio")
    raise unsupported(fields.spelling("aspect_ratio"), text, "ratios such as '16:9' and '9:16'")


def _parse_orientation(fields: Fields, name: str) -> Orientation | None:
    text = fields.text(name)
    if text is None:
        return None
    if text.lower() not in _ORIENTATIONS:
        raise unsupported(fields.spelling(name), text, "'portrait' and 'landscape'")
    return _ORIENTATIONS[text.lower()]
