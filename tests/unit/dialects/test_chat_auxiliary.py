"""Housekeeping of chat programs starts no films, and wishes of people do."""

from __future__ import annotations

import json

import pytest

from matinee.dialects.chat.auxiliary import GREETING, answer_auxiliary
from matinee.dialects.chat.request import Message

NEXTCHAT_TITLE = (
    "Please generate a four to five word title summarizing our conversation without any lead-in, "
    "punctuation, quotation marks, periods, symbols, bold text, or additional text."
)
NEXTCHAT_TITLE_ZH = "使用四到五个字直接返回这句话的简要主题，不要解释、不要标点"
NEXTCHAT_SUMMARY = "Summarize the discussion briefly in 200 words or less to use as a prompt"
LOBE_TITLE = "You are a professional conversation summarizer. Generate a concise title"


def say(*turns: tuple[str, str]) -> list[Message]:
    return [Message(role=role, text=text) for role, text in turns]


def a_task(output: str) -> list[Message]:
    """A request as Open WebUI writes it."""
    history = "<chat_history>\nUSER: A paper boat at dusk\nASSISTANT: > ID\n</chat_history>"
    return say(
        ("user", f"### Task:\nGenerate.\n### Output:\n{output}\n### Chat History:\n{history}")
    )


@pytest.mark.parametrize("instruction", [NEXTCHAT_TITLE, NEXTCHAT_TITLE_ZH])
def test_a_title_is_cut_from_what_was_asked_first(instruction: str) -> None:
    talk = say(("user", "A paper boat crosses a puddle at dusk, slowly"), ("user", instruction))
    assert answer_auxiliary(talk, None) == "A paper boat crosses a puddle at dusk"


def test_a_title_asked_for_by_the_system_message_is_given() -> None:
    talk = say(("system", LOBE_TITLE), ("user", "user: a paper boat\nassistant: > ID"))
    assert answer_auxiliary(talk, None) == "a paper boat"


def test_a_summary_is_short() -> None:
    talk = say(("user", "a paper boat"), ("system", NEXTCHAT_SUMMARY))
    assert answer_auxiliary(talk, None) == "A film was made of: a paper boat."


@pytest.mark.parametrize(
    ("output", "answer"),
    [
        ('JSON format: { "title": "…" }', {"title": "A paper boat at dusk"}),
        ('JSON format: { "tags": ["…"] }', {"tags": ["Film"]}),
        ('JSON format: { "follow_ups": ["…"] }', {"follow_ups": []}),
        ('JSON format: { "queries": ["…"] }', {"queries": []}),
        ('JSON format: { "text": "…" }', {"text": ""}),
    ],
)
def test_a_task_is_answered_in_the_json_that_it_shows(output: str, answer: object) -> None:
    answered = answer_auxiliary(a_task(output), None)
    assert answered is not None
    assert json.loads(answered) == answer


def test_a_task_without_json_is_answered_with_a_title() -> None:
    assert answer_auxiliary(a_task("Only the title."), None) == "A paper boat at dusk"


@pytest.mark.parametrize("word", ["hi", "Hello!", "test", "ping", "你好"])
def test_a_test_of_the_connection_is_greeted(word: str) -> None:
    assert answer_auxiliary(say(("user", word)), 16) == GREETING


@pytest.mark.parametrize(
    ("text", "max_tokens"),
    [
        ("hi", None),
        ("hi", 1000),
        ("hi", "16"),
        ("hi", True),
        ("a ping pong match", 16),
        ("generate a title sequence for a film about tasks", None),
        ("### Task:\nRespond to the user query using the context.\n<context>…</context>", None),
    ],
)
def test_a_person_s_wish_is_no_housekeeping(text: str, max_tokens: object) -> None:
    assert answer_auxiliary(say(("user", text)), max_tokens) is None


def test_a_long_word_is_cut_and_no_words_are_a_film() -> None:
    assert answer_auxiliary(say(("user", "雪" * 60), ("user", NEXTCHAT_TITLE)), None) == "雪" * 40
    assert answer_auxiliary(say(("user", "…?!"), ("user", NEXTCHAT_TITLE)), None) == "…"
    assert answer_auxiliary(say(("user", NEXTCHAT_TITLE)), None) is not None
