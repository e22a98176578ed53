"""Housekeeping that chat programs ask of the selected model: titles, tags, summaries, greetings.

Each would start a film. They are recognised by the texts that the programs ship, and answered with
a few words. Sources: the prompt templates of NextChat, Open WebUI, LobeHub, LibreChat and Cherry
Studio, and the channel test of new-api.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from matinee.dialects.chat.request import Message

GREETING = "This model makes films. Describe one, and it will be made."
_MAX_GREETING_TOKENS = 64
_MAX_TITLE_CHARACTERS = 40
_FALLBACK_TITLE = "Film"

_TASK = "### task:"
_RETRIEVAL = "respond to the user query"
"""How Open WebUI wraps a person's own words when it adds documents to them."""

_TITLE_MARKS = (
    "please generate a four to five word title",
    "使用四到五个字直接返回这句话的简要主题",
    "you are a professional conversation summarizer",
    "你是一名擅长会话的助理，你需要将用户的会话总结为",
    "provide a concise, 5-word-or-less title for the conversation",
    "you are an assistant skilled in conversation. you need to summarize the user's conversation "
    "into a title",
    "总结给出的会话，将其总结为",
)
_SUMMARY_MARKS = (
    "summarize the discussion briefly in 200 words or less",
    "summarize our discussion briefly in 200 words or less",
    "简要总结一下对话内容，用作后续的上下文提示",
    "简要总结一下你和用户的对话，用作后续的上下文提示",
)
_GREETINGS = frozenset({"hi", "hello", "hey", "test", "ping", "你好"})
_JSON_ANSWERS: tuple[tuple[str, object], ...] = (
    ("follow_ups", []),
    ("queries", []),
    ("tags", ["Film"]),
    ("text", ""),
)
"""Keys that Open WebUI's templates ask for, and what a film server has to say to them."""

_HISTORY = re.compile(r"<chat_history>(.*?)(?:</chat_history>|$)", re.DOTALL)
_SPEAKER = re.compile(r"^\s*(?:user|human)\s*:\s*", re.IGNORECASE)


def answer_auxiliary(messages: Sequence[Message], max_tokens: object) -> str | None:
    """The answer to a housekeeping request; None if `messages` ask for a film."""
    last = messages[-1].text.strip()
    instructions = [last.lower(), *(each.text.lower() for each in messages if _is_system(each))]
    if instructions[0].startswith(_TASK) and _RETRIEVAL not in instructions[0]:
        return _answer_task(last)
    if _holds(instructions, _TITLE_MARKS):
        return _title(_first_words(messages))
    if _holds(instructions, _SUMMARY_MARKS):
        return f"A film was made of: {_title(_first_words(messages))}."
    if _is_greeting(messages, max_tokens):
        return GREETING
    return None


def _answer_task(text: str) -> str:
    """The answer to a template of Open WebUI, in JSON if it shows the key that it wants."""
    history = _HISTORY.search(text)
    title = _title(history.group(1) if history else "")
    if '"title"' in text:
        return msgspec.json.encode({"title": title}).decode()
    for key, value in _JSON_ANSWERS:
        if f'"{key}"' in text:
            return msgspec.json.encode({key: value}).decode()
    return title


def _title(text: str) -> str:
    """The first words of `text`, few enough for a title."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    words = " ".join(_SPEAKER.sub("", line).split())
    if len(words) > _MAX_TITLE_CHARACTERS:
        cut = words[: _MAX_TITLE_CHARACTERS + 1]
        words = cut.rpartition(" ")[0] or cut[:_MAX_TITLE_CHARACTERS]
    return words.strip(" .,;:!?\"'") or _FALLBACK_TITLE


def _first_words(messages: Sequence[Message]) -> str:
    return next((each.text for each in messages if each.role == "user"), "")


def _is_greeting(messages: Sequence[Message], max_tokens: object) -> bool:
    """A test of the connection: a person who greets sets no limit on the answer."""
    if isinstance(max_tokens, bool) or not isinstance(max_tokens, int):
        return False
    word = messages[-1].text.strip().lower().strip(".!?。！？")
    return word in _GREETINGS and max_tokens <= _MAX_GREETING_TOKENS


def _is_system(message: Message) -> bool:
    return message.role in ("system", "developer")


def _holds(texts: Sequence[str], marks: Sequence[str]) -> bool:
    return any(mark in text for text in texts for mark in marks)
