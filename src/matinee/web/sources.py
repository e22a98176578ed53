"""Films that a request names or brings along: as the source of another one, or for a character."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matinee.core.errors import InvalidRequest, MissingParameter
from matinee.core.ids import parse_file_id, parse_video_id
from matinee.core.video import Relation
from matinee.core.wish import CharacterWish, ClipWish, SourceWish, Upload
from matinee.web.body import parse_json
from matinee.web.fields import Fields, mistyped, unsupported
from matinee.web.forms import FilePart

MAX_CHARACTERS_NAMED = 20
"""More are not even read: no model takes so many."""

_LEAST_SPAN_S, _MOST_SPAN_S = 1.0, 3.0
_SPAN = re.compile(
    r"\s*(\d{1,5}(?:\.\d{1,6})?)\s*(?:s\s*)?[,;:-]\s*(\d{1,5}(?:\.\d{1,6})?)\s*(?:s\s*)?"
)
_OWN_LINK = re.compile(r"https?://[^\s?#]+/f/[^/\s?#]+/((?:task|video)_[0-9A-Za-z]{26})\.mp4")
_LONGEST_ID = 300
_ADDRESSES = ("url", "video_url")


def parse_source(fields: Fields, relation: Relation) -> SourceWish:
    """The film in the field `video`: a file, an id, a URL or a data URI; bare or in an object.

    Raises MissingParameter, InvalidType or InvalidRequest.
    """
    film = _parse_film(fields)
    return SourceWish(
        relation=relation, param=film.param, video_id=film.video_id, upload=film.upload
    )


def source_of_id(relation: Relation, spelled_id: str) -> SourceWish:
    """The film whose id stands in the path."""
    return SourceWish(relation=relation, param="video_id", video_id=spelled_id)


def parse_film_clip(fields: Fields) -> ClipWish:
    """Where a character is to be seen: the film in the field `video`, or a part of it.

    Raises MissingParameter, InvalidType or InvalidRequest.
    """
    start_s, end_s = _parse_span(fields, "timestamps")
    film = _parse_film(fields)
    return ClipWish(
        param=film.param,
        upload=film.upload,
        video_id=film.video_id,
        start_s=start_s,
        end_s=end_s,
    )


def parse_upload(param: str, value: Any) -> Upload:
    """A film as a file, or by its address. Raises MissingParameter or InvalidType."""
    if isinstance(value, FilePart):
        if value.is_empty:
            raise MissingParameter("The film is empty.", param=param)
        return Upload(param=param, data=value.data or None, path=value.path)
    if not isinstance(value, str):
        raise mistyped(param, "a file, a URL or a data URI", value)
    file_id = parse_file_id(value)
    if file_id is not None:
        return Upload(param=param, file_id=value.strip())
    return Upload(param=param, url=value.strip())


def parse_characters(fields: Fields) -> tuple[CharacterWish, ...]:
    """The characters in the field `characters`, by their ids; in objects or bare.

    Raises InvalidType or InvalidRequest.
    """
    wishes: list[CharacterWish] = []
    for spelled, value in fields.many("characters"):
        for each in _listed(spelled, value):
            param = f"{spelled}[{len(wishes)}]"
            if isinstance(each, dict):
                wishes.append(_character(f"{param}.id", each.get("id")))
            else:
                wishes.append(_character(param, each))
            if len(wishes) > MAX_CHARACTERS_NAMED:
                raise InvalidRequest(
                    f"More than {MAX_CHARACTERS_NAMED} characters were sent.", param=spelled
                )
    return tuple(wishes)


def parse_clip(fields: Fields, prefix: str = "character_") -> ClipWish | None:
    """Where a character is to be seen, from the fields that relays have for it; None if nowhere.

    `prefix` stands before their names. Raises an InvalidRequest that names the field.
    """
    url, task = fields.text(f"{prefix}url"), fields.text(f"{prefix}from_task")
    start_s, end_s = _parse_span(fields, f"{prefix}timestamps")
    is_kept = bool(fields.flag(f"{prefix}create"))
    if url is None and task is None:
        return None
    if url is not None and task is not None:
        raise InvalidRequest(
            f"'{prefix}url' and '{prefix}from_task' contradict each other: send one of them.",
            param=f"{prefix}from_task",
        )
    own = _own_id(url) if url is not None else task
    return ClipWish(
        param=f"{prefix}from_task" if url is None else f"{prefix}url",
        upload=parse_upload(f"{prefix}url", url) if url is not None else None,
        video_id=own,
        start_s=start_s,
        end_s=end_s,
        is_kept=is_kept,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Film:
    """One of the account's films, or one that is brought along, and where it was named."""

    param: str
    video_id: str | None = None
    upload: Upload | None = None


def _parse_film(fields: Fields) -> _Film:
    """The one value of `video`, out of whatever it came in."""
    named = fields.many("video")
    if not named:
        raise MissingParameter("Missing required parameter: 'video'.", param="video")
    if len(named) > 1:
        raise InvalidRequest(
            f"{len(named)} films were sent; exactly one is taken.", param=named[1][0]
        )
    param, value = named[0]
    if isinstance(value, str) and value.lstrip().startswith(("{", "[", '"')):
        value = parse_json(value.encode(), what=f"The text of '{param}'", param=param)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return _film_in_object(param, value) if isinstance(value, dict) else _film(param, value)


def _film_in_object(param: str, value: Mapping[str, Any]) -> _Film:
    for key in ("id", "file_id", *_ADDRESSES):
        found = value.get(key)
        inner = f"{param}.{key}"
        if isinstance(found, dict):
            found = found.get("url")
        if not found:
            continue
        if not isinstance(found, str):
            raise mistyped(inner, "a string", found)
        if key == "id":
            return _Film(param=inner, video_id=found.strip())
        if key == "file_id":
            return _Film(param=inner, upload=Upload(param=inner, file_id=found.strip()))
        return _film(inner, found)
    raise MissingParameter(
        f"Missing required parameter: '{param}.id'. Name a video of yours, or send a film.",
        param=f"{param}.id",
    )


def _film(param: str, value: Any) -> _Film:
    """A film that stands bare: a file, an id of any kind, or an address."""
    if isinstance(value, str):
        text = value.strip()
        own = _own_id(text)
        if own is not None:
            return _Film(param=param, video_id=own, upload=Upload(param=param, url=text))
        if _is_id(text):
            return _Film(param=param, video_id=text)
    return _Film(param=param, upload=parse_upload(param, value))


def _is_id(text: str) -> bool:
    """Whether `text` is meant as a video's id: whatever is no address, no file and not long."""
    if parse_video_id(text) is not None:
        return True
    is_address = text.lower().startswith("data:") or "://" in text
    return not is_address and parse_file_id(text) is None and len(text) <= _LONGEST_ID


def _own_id(url: str) -> str | None:
    """The id of the video that a film link of this server's form leads to."""
    link = _OWN_LINK.fullmatch(url.strip())
    return link.group(1) if link else None


def _character(param: str, value: Any) -> CharacterWish:
    if not isinstance(value, str) or not value.strip():
        raise mistyped(param, "the id of a character, such as 'char_…'", value)
    return CharacterWish(param=param, id=value.strip())


def _listed(param: str, value: Any) -> list[Any]:
    if isinstance(value, str) and value.lstrip().startswith(("[", "{")):
        value = parse_json(value.encode(), what=f"The text of '{param}'", param=param)
    return value if isinstance(value, list) else [value]


def _parse_span(fields: Fields, name: str) -> tuple[float, float | None]:
    value = fields.value(name)
    if value is None:
        return 0.0, None
    text = ",".join(str(each) for each in value) if isinstance(value, list) else value
    span = _SPAN.fullmatch(text) if isinstance(text, str) else None
    if span is not None:
        start_s, end_s = float(span.group(1)), float(span.group(2))
        if _LEAST_SPAN_S <= end_s - start_s <= _MOST_SPAN_S:
            return start_s, end_s
    raise unsupported(
        fields.spelling(name), value, "two moments in seconds, 1 to 3 apart, such as '1,3'"
    )
