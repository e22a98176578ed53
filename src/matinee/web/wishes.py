"""What a film's fields mean, in every dialect: one parser from fields to a `VideoWish`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matinee.core.errors import UnsupportedParameter
from matinee.core.route import Capabilities
from matinee.core.size import Size
from matinee.core.wish import Orientation, SizeClass, Upload, VideoWish
from matinee.web.body import parse_json
from matinee.web.fields import Fields, mistyped, unsupported
from matinee.web.forms import FilePart

FILM_FIELDS: Mapping[str, tuple[str, ...]] = {
    "seconds": ("seconds", "duration"),
    "seed": ("seed", "seen"),
    "size": ("size", "resolution"),
    "input_reference": ("input_reference", "images", "image", "image_url"),
}
"""Our name of a field and every name that clients use for it."""

_ORIENTATIONS = {
    "portrait": Orientation.PORTRAIT,
    "vertical": Orientation.PORTRAIT,
    "landscape": Orientation.LANDSCAPE,
    "horizontal": Orientation.LANDSCAPE,
}
_CLASSES = {
    "small": SizeClass.SMALL,
    "720p": SizeClass.SMALL,
    "large": SizeClass.LARGE,
    "hd": SizeClass.LARGE,
    "1080p": SizeClass.LARGE,
}
_SMALLEST_PICTURE_PX = 100
"""`16x9` is a shape; nobody asks for a picture of 16 by 9 pixels."""

_MAX_MODEL_CHARACTERS = 200
_MAX_SEED = 2**63 - 1


def parse_wish(
    fields: Fields, *, prompt: str, capabilities: Capabilities, strict_style: bool = True
) -> VideoWish:
    """The wish that `fields` spell; `prompt` is found by the dialect.

    A style that the model has not is refused, or passed over if `strict_style` is off. Raises an
    InvalidRequest that names the field as the client spelled it.
    """
    size, size_class, shape = _parse_size(fields, capabilities)
    named_shape, orientation = _parse_shape(fields)
    return VideoWish(
        prompt=prompt,
        model=parse_model(fields),
        size=size,
        size_class=size_class,
        aspect_ratio=named_shape or shape,
        orientation=orientation,
        seconds=_parse_seconds(fields),
        seed=_parse_seed(fields),
        style=_parse_style(fields, capabilities, strict=strict_style),
        references=parse_references(fields),
        watermark=fields.flag("watermark"),
        private=fields.flag("private") or False,
    )


def parse_model(fields: Fields) -> str | None:
    """The model's name as the client sent it. Raises InvalidRequest if it is no name at all."""
    model = fields.text("model")
    if model is not None and (len(model) > _MAX_MODEL_CHARACTERS or not model.isprintable()):
        raise unsupported("model", model, f"names of up to {_MAX_MODEL_CHARACTERS} characters")
    return model


def parse_references(fields: Fields) -> tuple[Upload, ...]:
    """The images of a request, in the order of their names and places.

    A file part, a URL, a data URI or base64; bare, in an object, or in an object written as text.
    """
    uploads = []
    for spelled, value in fields.many("input_reference"):
        upload = parse_reference(spelled, value)
        if upload is not None:
            uploads.append(upload)
    return tuple(uploads)


def parse_reference(param: str, value: Any) -> Upload | None:
    """One image in any of its forms; None for the empty file that an unused form field sends."""
    if isinstance(value, FilePart):
        return Upload(param=param, data=value.data) if value.data or value.name else None
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = parse_json(value.encode(), what=f"The text of '{param}'", param=param)
    if isinstance(value, str):
        return Upload(param=param, url=value.strip())
    if not isinstance(value, dict):
        raise mistyped(param, "a file, a URL or an object with 'image_url'", value)
    if value.get("file_id"):
        raise UnsupportedParameter(
            "'file_id' is not available in this version: send the image itself or its URL.",
            param=f"{param}.file_id",
        )
    inner = value.get("image_url") or value.get("url")
    if isinstance(inner, dict):
        inner = inner.get("url")
    if not isinstance(inner, str) or not inner.strip():
        raise mistyped(f"{param}.image_url", "a URL or a data URI", inner)
    return Upload(param=param, url=inner.strip())


def _parse_size(
    fields: Fields, capabilities: Capabilities
) -> tuple[Size | None, SizeClass | None, Size | None]:
    """What `size` says: pixels, a class, or a shape."""
    text = fields.text("size")
    if text is None:
        return None, None, None
    size_class = _CLASSES.get(text.lower())
    if size_class is not None:
        return None, size_class, None
    size = Size.parse(text.replace(":", "x"))
    if size is None:
        listed = [*map(str, capabilities.sizes), *_CLASSES, "16x9", "9x16"]
        raise unsupported(fields.spelling("size"), text, ", ".join(f"'{word}'" for word in listed))
    if max(size.width_px, size.height_px) < _SMALLEST_PICTURE_PX:
        return None, None, size
    return size, None, None


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


def _parse_seconds(fields: Fields) -> int | None:
    value = fields.value("seconds")
    if isinstance(value, str) and value.strip().lower().endswith("s"):
        # `10s`, as lengths stand in models' names.
        length = Fields({fields.spelling("seconds"): value.strip()[:-1]})
        return length.whole(fields.spelling("seconds"))
    return fields.whole("seconds")


def _parse_seed(fields: Fields) -> int | None:
    seed = fields.whole("seed")
    # -1 is the usual word for "any" among image tools.
    if seed is None or seed == -1:
        return None
    if not 0 <= seed <= _MAX_SEED:
        raise unsupported(fields.spelling("seed"), seed, f"whole numbers from 0 to {_MAX_SEED}")
    return seed


def _parse_style(fields: Fields, capabilities: Capabilities, *, strict: bool) -> str | None:
    text = fields.text("style")
    if text is None:
        return None
    known: Sequence[str] = capabilities.styles
    style = text.lower()
    # An unknown style goes on as it is: the policy refuses it and names those there are.
    return style if strict or style in known else None
