"""The messages of a chat: who says what, and with which images and films.

Content comes as text or as parts, the parts under the names of several APIs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matinee.core.errors import MissingParameter, UnsupportedParameter
from matinee.core.wish import Upload
from matinee.web.body import parse_json
from matinee.web.fields import clean_text, mistyped
from matinee.web.wishes import parse_reference

_TEXT_PARTS = ("text", "input_text", "output_text")
_IMAGE_PARTS = ("image_url", "input_image", "image")
_FILM_PARTS = ("video_url", "input_video", "video")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message, its parts brought together. Only a user's has images and films."""

    role: str
    text: str
    images: tuple[Upload, ...] = ()
    films: tuple[Upload, ...] = ()


def parse_messages(value: Any) -> tuple[Message, ...]:
    """Read `messages`. Raises an InvalidRequest that names the place."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        # A form holds them as text.
        value = parse_json(value.encode(), what="The text of 'messages'", param="messages")
    if value is None:
        raise MissingParameter("Missing required parameter: 'messages'.", param="messages")
    if not isinstance(value, list):
        raise mistyped("messages", "an array", value)
    if not value:
        raise MissingParameter("'messages' is empty: one must describe the film.", param="messages")
    return tuple(
        _parse_message(f"messages[{number}]", message) for number, message in enumerate(value)
    )


def last_user_message(messages: Sequence[Message]) -> Message:
    """The message that describes the film; earlier turns are never merged into it.

    Raises MissingParameter if no user says anything.
    """
    found = next((each for each in reversed(messages) if each.role == "user"), None)
    if found is None:
        raise MissingParameter(
            "There is no message with the role 'user': its text describes the film.",
            param="messages",
        )
    return found


def _parse_message(param: str, value: Any) -> Message:
    if not isinstance(value, dict):
        raise mistyped(param, "an object", value)
    role = value.get("role")
    if not isinstance(role, str):
        raise mistyped(f"{param}.role", "a string", role)
    content = value.get("content")
    if content is None:
        return Message(role=role, text="")
    if isinstance(content, str | dict):
        content = [content]
    if not isinstance(content, list):
        raise mistyped(f"{param}.content", "a string or an array", content)
    if role != "user":
        return Message(role=role, text="\n".join(_texts_of(content)))
    return _parse_parts(role, f"{param}.content", content)


def _texts_of(content: Sequence[Any]) -> list[str]:
    """The texts among the parts of a message that describes no film."""
    texts = [part.get("text") if isinstance(part, dict) else part for part in content]
    return [text for text in texts if isinstance(text, str)]


def _parse_parts(role: str, param: str, content: Sequence[Any]) -> Message:
    texts: list[str] = []
    images: list[Upload] = []
    films: list[Upload] = []
    for number, part in enumerate(content):
        place = f"{param}[{number}]" if len(content) > 1 else param
        if isinstance(part, str):
            texts.append(part)
        elif not isinstance(part, dict):
            raise mistyped(place, "an object", part)
        elif part.get("type") in _TEXT_PARTS:
            texts.append(_part_text(place, part))
        elif part.get("type") in _IMAGE_PARTS:
            images.append(_part_upload(f"{place}.image_url", part, ("image_url", "image", "url")))
        elif part.get("type") in _FILM_PARTS:
            films.append(_part_upload(f"{place}.video_url", part, ("video_url", "video", "url")))
        else:
            raise UnsupportedParameter(
                f"Parts of the type '{part.get('type')}' can't become a film. "
                "Send 'text', 'image_url' and 'video_url'.",
                param=f"{place}.type",
            )
    text = clean_text("messages", "\n".join(texts))
    return Message(role=role, text=text, images=tuple(images), films=tuple(films))


def _part_text(param: str, part: Mapping[str, Any]) -> str:
    text = part.get("text")
    if not isinstance(text, str):
        raise mistyped(f"{param}.text", "a string", text)
    return text


def _part_upload(param: str, part: Mapping[str, Any], names: Sequence[str]) -> Upload:
    """The image or film of a part: an address bare or in an object, or the id of a stored file."""
    value = next((part[name] for name in names if part.get(name)), None)
    if isinstance(value, dict) and not value.get("file_id"):
        value = value.get("url")
    if value is None and part.get("file_id"):
        value = {"file_id": part["file_id"]}
    is_address = isinstance(value, str) and bool(value.strip())
    upload = parse_reference(param, value) if is_address or isinstance(value, dict) else None
    if upload is None:
        raise mistyped(param, "a URL or a data URI", value)
    return upload
