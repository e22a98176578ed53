"""Housekeeping that chat programs ask of the selected model: titles, tags, summaries, greetings.

Each would start a film. They are recognised by the texts that the programs ship, listed in
`auxiliary.toml`, and answered with a few words. Sources: the prompt templates of NextChat, Open
WebUI, LobeHub, LibreChat and Cherry Studio, and the channel test of new-api.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

import msgspec

from matinee.dialects.chat.messages import Message
from matinee.dialects.chat.request import ChatRequest

GREETING = "This model makes films. Describe one, and it will be made."
_MAX_GREETING_TOKENS = 64
_MAX_TITLE_CHARACTERS = 40
_FALLBACK_TITLE = "Film"
_EMOJI = "🎬"
_LIST = "auxiliary.toml"
_GREETINGS = frozenset({"hi", "hello", "hey", "test", "ping", "你好"})
_TOKEN_LIMITS = ("max_tokens", "max_completion_tokens")

_HISTORY = re.compile(r"<chat_history>(.*?)(?:</chat_history>|\Z)", re.DOTALL)
_TAGGED = re.compile(r"<user>(.*?)(?:</user>|\Z)", re.DOTALL)
_SPOKEN = re.compile(r"^[ \t]*(?:user|human)[ \t]*:[ \t]*(\S.*)$", re.IGNORECASE | re.MULTILINE)


class Prompt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text by which a request for housekeeping is known, and what is asked for."""

    program: str
    answer: Literal["task", "title", "summary", "follow_up", "emoji"]
    begins: str = ""
    marks: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    def is_in(self, text: str, *, is_last: bool) -> bool:
        """Whether `text`, in lower case, is this prompt."""
        return (
            (not self.begins or (is_last and text.startswith(self.begins)))
            and all(mark in text for mark in self.marks)
            and not any(mark in text for mark in self.unless)
        )


@dataclass(frozen=True, slots=True)
class AuxiliaryFilter:
    """Recognises housekeeping and answers it."""

    prompts: tuple[Prompt, ...]

    @classmethod
    def load(cls, further: Sequence[str] = ()) -> AuxiliaryFilter:
        """The filter of the prompts in the package, and of `further` ones that ask for a title."""
        listed = tomllib.loads(files(__package__).joinpath(_LIST).read_text(encoding="utf-8"))
        prompts = msgspec.convert(listed["prompt"], tuple[Prompt, ...])
        own = (
            Prompt(program="the operator's", answer="title", marks=(text.strip().lower(),))
            for text in further
            if text.strip()
        )
        return cls((*prompts, *own))

    def answer(self, chat: ChatRequest) -> str | None:
        """The answer to a housekeeping request; None if `chat` asks for a film."""
        last = chat.messages[-1]
        asking = [each for each in chat.messages if each is last or _is_system(each)]
        for message in asking:
            text = message.text.strip().lower()
            for prompt in self.prompts:
                if prompt.is_in(text, is_last=message is last):
                    return _answer(prompt, message, chat)
        return GREETING if _is_greeting(chat) else None


def _answer(prompt: Prompt, asking: Message, chat: ChatRequest) -> str:
    """What the program waits for, as JSON with the keys that it names if it names any."""
    title = _title(_subject(asking, chat.messages))
    summary = f"A film was made of: {title}."
    known: dict[str, object] = {
        "title": title,
        "follow_ups": [],
        "chips": [],
        "queries": [],
        "tags": ["Film"],
        "text": "",
        "prompt": title,
        "language": "English",
        "description": summary,
        "summary": summary,
    }
    keys = _wanted_keys(asking.text, chat, known)
    if keys:
        return msgspec.json.encode({key: known[key] for key in keys}).decode()
    if prompt.answer == "summary":
        return summary
    if prompt.answer == "follow_up":
        return "[]"
    return _EMOJI if prompt.answer == "emoji" else title


def _wanted_keys(text: str, chat: ChatRequest, known: Mapping[str, object]) -> list[str]:
    """The keys of the JSON that is asked for, by a schema or by a pattern in the text."""
    schema = _schema_of(chat.fields.value("response_format"))
    if schema:
        return [key for key in known if key in schema]
    instruction = _HISTORY.sub("", text)
    shown = [key for key in known if f'"{key}"' in instruction]
    if shown:
        return shown[:1]
    return ["title"] if chat.wants_object else []


def _schema_of(response_format: Any) -> Mapping[str, Any]:
    """The properties that a JSON schema names."""
    found = response_format
    for key in ("json_schema", "schema", "properties"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _subject(asking: Message, messages: Sequence[Message]) -> str:
    """What the conversation began with, wherever the program put it."""
    for text in (asking.text, messages[-1].text):
        history = _HISTORY.search(text)
        inner = history.group(1) if history else text
        found = _TAGGED.search(inner) or _SPOKEN.search(inner)
        if found or history:
            return found.group(1) if found else inner
    listed = _first_listed(messages[-1].text)
    if listed:
        return listed
    return next((each.text for each in messages if each.role == "user" and each != asking), "")


def _first_listed(text: str) -> str:
    """The first text of a conversation that is written as a JSON list."""
    if not text.lstrip().startswith("["):
        return ""
    try:
        turns = msgspec.json.decode(text.partition(" /no_think")[0])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    first = turns[0] if isinstance(turns, list) and turns else None
    found = (first.get("mainText") or first.get("content")) if isinstance(first, dict) else None
    return found if isinstance(found, str) else ""


def _title(text: str) -> str:
    """The first words of `text`, few enough for a title."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    words = " ".join(line.split())
    if len(words) > _MAX_TITLE_CHARACTERS:
        cut = words[: _MAX_TITLE_CHARACTERS + 1]
        words = cut.rpartition(" ")[0] or cut[:_MAX_TITLE_CHARACTERS]
    return words.strip(" .,;:!?\"'") or _FALLBACK_TITLE


def _is_greeting(chat: ChatRequest) -> bool:
    """A test of the connection: a person who greets sets no limit on the answer."""
    limits = [chat.fields.value(name) for name in _TOKEN_LIMITS]
    limit = next((each for each in limits if each is not None), None)
    if isinstance(limit, bool) or not isinstance(limit, int):
        return False
    word = chat.messages[-1].text.strip().lower().strip(".!?。！？")
    return word in _GREETINGS and limit <= _MAX_GREETING_TOKENS


def _is_system(message: Message) -> bool:
    return message.role in ("system", "developer")
