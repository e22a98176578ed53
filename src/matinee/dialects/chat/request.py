"""A chat request around its film: how it is to be answered, and the fields that only chats have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from matinee.core.errors import InvalidRequest
from matinee.dialects.chat.messages import Message, parse_messages
from matinee.web.fields import Fields, unsupported
from matinee.web.wishes import FILM_FIELDS, parse_model

ProgressChannel = Literal["content", "reasoning", "none"]

SOURCE_FIELD = "video"
"""Our name of the field that brings the film to be changed."""

_CHAT_FIELDS: Mapping[str, tuple[str, ...]] = {
    **FILM_FIELDS,
    SOURCE_FIELD: ("video", "video_url", "videos"),
}
_MAX_CHOICES = 4
IDLE_CHAT_FIELDS = frozenset(
    {
        *("messages", "stream", "stream_options", "n", "progress", "remix", "tools", "functions"),
        *("tool_choice", "function_call", "parallel_tool_calls", "stop", "max_tokens"),
        *("max_completion_tokens", "presence_penalty", "frequency_penalty", "logit_bias"),
        *("logprobs", "top_logprobs", "store", "service_tier", "reasoning_effort", "modalities"),
        *("prediction", "verbosity", "safety_identifier", "prompt_cache_key", "top_k", "min_p"),
    }
)
"""What chats hold besides a film's fields: read elsewhere, or of no use to a film."""

_FORCED_TOOLS = frozenset({"function", "custom"})
_OBJECT_FORMATS = frozenset({"json_object", "json_schema"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """A chat request, read but not yet understood as a wish."""

    fields: Fields
    messages: tuple[Message, ...]
    model: str
    is_stream: bool
    wants_usage: bool
    wants_object: bool
    """Whether each message is to be one JSON object."""

    choices: int
    progress: ProgressChannel
    follows: bool
    """Whether a film that the conversation tells of is changed rather than a new one made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDefaults:
    """What a request gets that is silent about it."""

    model: str
    progress: ProgressChannel = "content"
    follows: bool = True


def parse_chat(
    values: Mapping[str, Any], query: Mapping[str, str], defaults: ChatDefaults
) -> ChatRequest:
    """Read a body and query parameters. What a film has no use for may hold anything.

    Raises an InvalidRequest that names the field.
    """
    fields = Fields(values, query=query, aliases=_CHAT_FIELDS)
    _refuse_forced_tools(values)
    follows = fields.flag("remix")
    return ChatRequest(
        fields=fields,
        messages=parse_messages(values.get("messages")),
        model=parse_model(fields) or defaults.model,
        is_stream=fields.flag("stream") or False,
        wants_usage=_wants_usage(values.get("stream_options")),
        wants_object=_wants_object(values.get("response_format")),
        choices=_parse_choices(fields),
        progress=_parse_progress(fields) or defaults.progress,
        follows=defaults.follows if follows is None else follows,
    )


def parse_freedom(fields: Fields) -> float:
    """How freely a film departs from the plain reading, 0 to 1: `temperature` times `top_p`.

    `temperature` counts from 0 to 2 and is 1 if only `top_p` is named; without both the reading is
    plain. Clients fill them with anything: what is no number is passed over.
    """
    temperature = _number(fields.value("temperature"))
    top_p = _number(fields.value("top_p"))
    if temperature is None and top_p is None:
        return 0.0
    # Bounded before the arithmetic: JSON knows whole numbers that no float can hold.
    heat = 1.0 if temperature is None else min(max(temperature, 0), 2)
    share = 1.0 if top_p is None else min(max(top_p, 0), 1)
    return heat / 2 * share


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


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


def _wants_usage(options: Any) -> bool:
    return isinstance(options, dict) and options.get("include_usage") is True


def _wants_object(response_format: Any) -> bool:
    if isinstance(response_format, dict):
        response_format = response_format.get("type")
    return isinstance(response_format, str) and response_format in _OBJECT_FORMATS


def _refuse_forced_tools(values: Mapping[str, Any]) -> None:
    """A film is no function call, so a client that insists on one must hear it."""
    choice = values.get("tool_choice")
    if choice == "required" or (isinstance(choice, dict) and _forces(choice)):
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


def _forces(choice: Mapping[str, Any]) -> bool:
    kind = choice.get("type")
    if kind == "allowed_tools":
        allowed = choice.get("allowed_tools")
        mode = allowed.get("mode") if isinstance(allowed, dict) else choice.get("mode")
        return mode == "required"
    return (isinstance(kind, str) and kind in _FORCED_TOOLS) or bool(choice.get("function"))
