"""What a chat request says of a film: parsed from messages and from everything around them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from matinee.core.errors import InvalidRequest, MissingParameter, UnsupportedParameter
from matinee.core.route import Capabilities
from matinee.core.size import Size
from matinee.core.wish import Upload, VideoWish, WishDefaults
from matinee.policy.routing import Routes
from matinee.web.fields import Fields, mistyped, unsupported
from matinee.web.wishes import FILM_FIELDS, parse_model, parse_reference, parse_wish

ProgressChannel = Literal["content", "reasoning", "none"]

_DEFAULT_SIZE = Size(720, 1280)
_DEFAULT_SECONDS = 10
_MAX_CHOICES = 4
_MAX_TEMPERATURE = 2.0
_STYLE_IN_BRACES = re.compile(r"\{\s*([A-Za-z][A-Za-z_-]{1,30})\s*\}")
_SHAPE_IN_TEXT = re.compile(r"(?<![\d:])(16:9|9:16)(?![\d:])")
_TEXT_PARTS = ("text", "input_text")
_IMAGE_PARTS = ("image_url", "input_image", "image")
_FORCED_TOOLS = frozenset({"function", "custom"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message, its parts brought together."""

    role: str
    text: str
    images: tuple[Upload, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """A chat request, read but not yet understood as a wish."""

    fields: Fields
    messages: tuple[Message, ...]
    model: str
    is_stream: bool
    wants_usage: bool
    choices: int
    progress: ProgressChannel

    @property
    def last_user_message(self) -> Message | None:
        """The message that describes the film; earlier turns are never merged into it."""
        return next((each for each in reversed(self.messages) if each.role == "user"), None)


def parse_chat(
    values: Mapping[str, Any],
    query: Mapping[str, str],
    *,
    default_model: str,
    default_progress: ProgressChannel,
) -> ChatRequest:
    """Read a body and query parameters. What a film has no use for may hold anything.

    Raises an InvalidRequest that names the field.
    """
    fields = Fields(values, query=query, aliases=FILM_FIELDS)
    _refuse_forced_tools(values)
    return ChatRequest(
        fields=fields,
        messages=_parse_messages(values.get("messages")),
        model=parse_model(fields) or default_model,
        is_stream=fields.flag("stream") or False,
        wants_usage=_wants_usage(values.get("stream_options")),
        choices=_parse_choices(fields),
        progress=_parse_progress(fields) or default_progress,
    )


def parse_film(request: ChatRequest, routes: Routes) -> tuple[VideoWish, WishDefaults]:
    """The film that `request` describes, and what it gets where it is silent.

    A field wins over a query parameter, that over the model's name, that over a hint in the text.
    Raises an InvalidRequest that names the field, or ModelNotFound.
    """
    fields = request.fields
    message = request.last_user_message
    if message is None:
        raise MissingParameter(
            "There is no message with the role 'user': its text describes the film.",
            param="messages",
        )
    fields.spell("prompt", "messages")
    capabilities = routes.find(request.model).capabilities
    prompt, style = _take_style(message.text, capabilities)
    wish = parse_wish(fields, prompt=prompt, capabilities=capabilities, strict_style=False)
    wish = replace(
        wish,
        model=request.model,
        style=wish.style or style,
        references=message.images + wish.references,
        freedom=_parse_freedom(fields),
    )
    defaults = WishDefaults(
        model=request.model, size=_hinted_size(prompt) or _DEFAULT_SIZE, seconds=_DEFAULT_SECONDS
    )
    return wish, defaults


def _parse_messages(value: Any) -> tuple[Message, ...]:
    if value is None:
        raise MissingParameter("Missing required parameter: 'messages'.", param="messages")
    if not isinstance(value, list):
        raise mistyped("messages", "an array", value)
    if not value:
        raise MissingParameter("'messages' is empty: one must describe the film.", param="messages")
    return tuple(
        _parse_message(f"messages[{number}]", message) for number, message in enumerate(value)
    )


def _parse_message(param: str, value: Any) -> Message:
    if not isinstance(value, dict):
        raise mistyped(param, "an object", value)
    role = value.get("role")
    if not isinstance(role, str):
        raise mistyped(f"{param}.role", "a string", role)
    content = value.get("content")
    if content is None:
        return Message(role=role, text="")
    if isinstance(content, str):
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
    for number, part in enumerate(content):
        place = f"{param}[{number}]" if len(content) > 1 else param
        if isinstance(part, str):
            texts.append(part)
        elif not isinstance(part, dict):
            raise mistyped(place, "an object", part)
        elif part.get("type") in _TEXT_PARTS:
            texts.append(_part_text(place, part))
        elif part.get("type") in _IMAGE_PARTS:
            images += _part_images(place, part)
        else:
            raise UnsupportedParameter(
                f"Parts of the type '{part.get('type')}' are not available in this version. "
                "Send 'text' and 'image_url'.",
                param=f"{place}.type",
            )
    checked = Fields({}).clean("messages", "\n".join(texts))
    return Message(role=role, text=checked, images=tuple(images))


def _part_text(param: str, part: Mapping[str, Any]) -> str:
    text = part.get("text")
    if not isinstance(text, str):
        raise mistyped(f"{param}.text", "a string", text)
    return text


def _part_images(param: str, part: Mapping[str, Any]) -> list[Upload]:
    value = part.get("image_url") or part.get("image") or part.get("url")
    if isinstance(value, dict):
        value = value.get("url")
    if not isinstance(value, str) or not value.strip():
        raise mistyped(f"{param}.image_url", "a URL or a data URI", value)
    upload = parse_reference(f"{param}.image_url", value)
    return [upload] if upload else []


def _parse_choices(fields: Fields) -> int:
    choices = fields.whole("n")
    if choices is None:
        return 1
    if not 1 <= choices <= _MAX_CHOICES:
        raise unsupported("n", choices, f"whole numbers from 1 to {_MAX_CHOICES}")
    return choices


def _parse_progress(fields: Fields) -> ProgressChannel | None:
    match fields.text("progress"):
        case None:
            return None
        case "content":
            return "content"
        case "reasoning":
            return "reasoning"
        case "none":
            return "none"
        case other:
            raise unsupported("progress", other, "'content', 'reasoning' and 'none'")


def _parse_freedom(fields: Fields) -> float:
    """`temperature`, 0 to 2, as an engine's freedom. Clients fill it with anything."""
    value = fields.value("temperature")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    # Bounded before the division: JSON knows whole numbers that no float can hold.
    return min(max(value, 0.0), _MAX_TEMPERATURE) / _MAX_TEMPERATURE


def _wants_usage(options: Any) -> bool:
    return isinstance(options, dict) and options.get("include_usage") is True


def _refuse_forced_tools(values: Mapping[str, Any]) -> None:
    """A film is no function call, so a client that insists on one must hear it."""
    choice = values.get("tool_choice")
    forced = choice == "required" or (
        isinstance(choice, dict)
        and (choice.get("type") in _FORCED_TOOLS or bool(choice.get("function")))
    )
    if forced:
        raise InvalidRequest(
            "This model makes films and can't be made to call a function. Leave 'tool_choice' out "
            "or send 'auto' or 'none'.",
            param="tool_choice",
        )
    if isinstance(values.get("function_call"), dict):
        raise InvalidRequest(
            "This model makes films and can't be made to call a function. Leave 'function_call' "
            "out.",
            param="function_call",
        )


def _take_style(text: str, capabilities: Capabilities) -> tuple[str, str | None]:
    """The prompt without a known style in braces, and that style."""
    for spelled in _STYLE_IN_BRACES.finditer(text):
        style = spelled.group(1).lower()
        if style in capabilities.styles:
            return (text[: spelled.start()] + text[spelled.end() :]).strip(), style
    return text, None


def _hinted_size(prompt: str) -> Size | None:
    hint = _SHAPE_IN_TEXT.search(prompt)
    if hint is None:
        return None
    return Size(1280, 720) if hint.group(1) == "16:9" else Size(720, 1280)
