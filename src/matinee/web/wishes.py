"""What a film's fields mean, in every dialect: one parser from fields to a `VideoWish`."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from matinee.core.errors import AddressRefused, MissingParameter
from matinee.core.ids import parse_video_id
from matinee.core.route import Capabilities
from matinee.core.video import Relation, Scene
from matinee.core.wish import SourceWish, Upload, VideoWish
from matinee.net.url import parse_url
from matinee.web.body import parse_json
from matinee.web.fields import Fields, mistyped, unsupported
from matinee.web.forms import FilePart
from matinee.web.options import OPTION_FIELDS, parse_fps, parse_options
from matinee.web.sizes import parse_size
from matinee.web.storyboards import parse_storyboard

logger = logging.getLogger(__name__)

FILM_FIELDS: Mapping[str, tuple[str, ...]] = {
    "seconds": ("seconds", "duration", "n_seconds"),
    "seed": ("seed", "seen"),
    "size": ("size", "resolution"),
    "style": ("style", "style_id"),
    "storyboard": ("storyboard", "shots"),
    "input_reference": ("input_reference", "images", "image", "image_url"),
    "callback_url": ("callback_url", "notify_hook", "callBackUrl"),
    **OPTION_FIELDS,
}
"""Our name of a field and every name that clients use for it."""

_IDLE_FIELDS = frozenset(
    {
        *("async_mode", "enhance_prompt", "enableFallback", "image_mode", "metadata"),
        *("response_format", "user"),
    }
)
"""Names that clients use for what needs no saying here. They may hold anything."""

_MAX_MODEL_CHARACTERS = 200
_MAX_SEED = 2**63 - 1
_SHOWN_FIELDS, _SHOWN_CHARACTERS = 20, 40


def read_film_fields(values: Mapping[str, Any], query: Mapping[str, str]) -> Fields:
    """The fields of a film by every name that clients use for them."""
    return Fields(values, query=query, aliases=FILM_FIELDS)


def parse_wish(
    fields: Fields,
    *,
    prompt: str,
    capabilities: Capabilities,
    exact: bool = False,
    strict_style: bool = True,
) -> VideoWish:
    """The wish that `fields` spell; `prompt` is found by the dialect.

    Sizes and lengths are taken as they are written if `exact`; else a size becomes the nearest
    that the model makes, and a length of 0 counts as absent. A style that there is not is refused,
    or passed over if `strict_style` is off. Raises an InvalidRequest that names the field as the
    client spelled it.
    """
    said = parse_size(fields, capabilities, exact=exact)
    seconds = _parse_seconds(fields)
    return VideoWish(
        prompt=prompt,
        model=parse_model(fields),
        size=said.size,
        size_class=said.size_class,
        aspect_ratio=said.aspect_ratio,
        orientation=said.orientation,
        seconds=seconds if exact else seconds or None,
        seed=_parse_seed(fields),
        style=_parse_style(fields, capabilities, strict=strict_style),
        references=_parse_references(fields),
        storyboard=_parse_storyboard(fields),
        source=_parse_remix(fields),
        callback_url=_parse_callback(fields),
        fps=parse_fps(fields),
        options=parse_options(fields),
        watermark=fields.flag("watermark"),
        private=fields.flag("private") or False,
    )


def parse_prompt(fields: Fields) -> str:
    """The prompt; empty if a storyboard stands in its place. Raises MissingParameter."""
    prompt = fields.text("prompt")
    if prompt is None and not fields.many("storyboard"):
        raise MissingParameter("Missing required parameter: 'prompt'.", param="prompt")
    return prompt or ""


def log_unread(fields: Fields, idle: Collection[str] = ()) -> None:
    """Say once for a request which of its fields mean nothing here. Their values stay unsaid.

    `idle` are further names that need no saying.
    """
    passed_over = [name for name in fields.unread if name not in _IDLE_FIELDS and name not in idle]
    unread = [name[:_SHOWN_CHARACTERS] for name in passed_over]
    if unread:
        logger.debug("fields passed over", extra={"fields": unread[:_SHOWN_FIELDS]})


def parse_model(fields: Fields) -> str | None:
    """The model's name as the client sent it. Raises InvalidRequest if it is no name at all."""
    model = fields.text("model")
    if model is not None and (len(model) > _MAX_MODEL_CHARACTERS or not model.isprintable()):
        raise unsupported("model", model, f"names of up to {_MAX_MODEL_CHARACTERS} characters")
    return model


def _parse_references(fields: Fields) -> tuple[Upload, ...]:
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
        if value.is_empty and not value.name:
            return None
        return Upload(param=param, data=value.data, path=value.path)
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = parse_json(value.encode(), what=f"The text of '{param}'", param=param)
    if isinstance(value, str):
        return Upload(param=param, url=value.strip())
    if not isinstance(value, dict):
        raise mistyped(param, "a file, a URL or an object with 'image_url'", value)
    file_id = value.get("file_id")
    if isinstance(file_id, str) and file_id.strip():
        return Upload(param=param, file_id=file_id.strip())
    inner = value.get("image_url") or value.get("url")
    if isinstance(inner, dict):
        inner = inner.get("url")
    if not isinstance(inner, str) or not inner.strip():
        raise mistyped(f"{param}.image_url", "a URL or a data URI", inner)
    return Upload(param=param, url=inner.strip())


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


def _parse_storyboard(fields: Fields) -> tuple[Scene, ...]:
    value = fields.value("storyboard")
    return parse_storyboard(fields.spelling("storyboard"), value)


def _parse_remix(fields: Fields) -> SourceWish | None:
    """`remix_target_id`: a film of this server, in any spelling of its id."""
    text = fields.text("remix_target_id")
    if text is None:
        return None
    if parse_video_id(text) is None:
        raise unsupported("remix_target_id", text, "ids of films made here, such as 'video_…'")
    return SourceWish(relation=Relation.REMIX, param="remix_target_id", video_id=text)


def _parse_callback(fields: Fields) -> str | None:
    """Where to tell the end of the film. Whether it may be told there is checked later."""
    text = fields.text("callback_url")
    if text is None:
        return None
    try:
        parse_url(text)
    except ValueError as error:
        param = fields.spelling("callback_url")
        raise AddressRefused(
            f"'{param}' must be an http or https URL; this one is {error}.", param=param
        ) from error
    return text
