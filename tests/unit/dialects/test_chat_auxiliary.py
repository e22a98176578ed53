"""Housekeeping of chat programs starts no films, and wishes of people do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from matinee.dialects.chat.auxiliary import GREETING, AuxiliaryFilter
from tests.unit.dialects.chats import chat

FILTER = AuxiliaryFilter.load(["Name this talk"])

NEXTCHAT_TITLE = (
    "Please generate a four to five word title summarizing our conversation without any lead-in, "
    "punctuation, quotation marks, periods, symbols, bold text, or additional text."
)
NEXTCHAT_TITLE_ZH = "使用四到五个字直接返回这句话的简要主题，不要解释、不要标点"
NEXTCHAT_SUMMARY = "Summarize the discussion briefly in 200 words or less to use as a prompt"
LOBE_TITLE = "You are a professional conversation summarizer. Generate a concise title"
LOBE_JSON_TITLE = f'{LOBE_TITLE}\n- Return one JSON object with a single "title" string'
LOBE_TITLE_ZH = "你是一名擅长会话的助理，你需要将用户的会话总结为 10 个字以内的标题"
LOBE_HISTORY = "You're good at extracting key takeaways from conversations and summarizing them."
CHERRY_TITLE = "Summarize the given session as a 10-word title using user language"
CHERRY_TITLE_ZH = "总结给出的会话，将其总结为语言为 中文 的 10 字内标题"
LIBRE_TITLE = "Provide a concise, 5-word-or-less title for the conversation, using title case."
LIBRE_STRUCTURED = (
    "Analyze this conversation and provide:\n1. The detected language of the conversation\n"
    "2. A concise title in the detected language (5 words or less)\n\nUser: a paper boat\nAI: ok"
)

Turns = list[tuple[str, str]]


def answer(*turns: tuple[str, str], **values: Any) -> str | None:
    messages = [{"role": role, "content": text} for role, text in turns]
    return FILTER.answer(chat(messages=messages, **values))


def a_schema(*keys: str) -> dict[str, Any]:
    """A `response_format` as programs write it that want JSON with those keys."""
    properties = {key: {"type": "string"} for key in keys}
    return {
        "type": "json_schema",
        "json_schema": {"name": "x", "schema": {"type": "object", "properties": properties}},
    }


def a_task(output: str) -> tuple[str, str]:
    """A request as Open WebUI writes it."""
    history = (
        '<chat_history>\nUSER: A paper boat at dusk, "title"\nASSISTANT: > ID\n</chat_history>'
    )
    text = f"### Task:\nGenerate.\n### Output:\n{output}\n### Chat History:\n{history}"
    return "user", text


@pytest.mark.parametrize("instruction", [NEXTCHAT_TITLE, NEXTCHAT_TITLE_ZH, "Name this talk!"])
def test_a_title_is_cut_from_what_was_asked_first(instruction: str) -> None:
    talk = ("user", "A paper boat crosses a puddle at dusk, slowly"), ("user", instruction)
    assert answer(*talk) == "A paper boat crosses a puddle at dusk"


@pytest.mark.parametrize(
    ("system", "user"),
    [
        (LOBE_TITLE, "user: a paper boat\nassistant: > ID"),
        (LOBE_TITLE, "<conversation>\n<user>\na paper boat\n</user>\n</conversation>"),
        (LOBE_TITLE_ZH, "user: a paper boat\nassistant: > ID\n\n请总结上述对话为10个字以内的标题"),
        (CHERRY_TITLE, '[{"role":"user","mainText":"a paper boat"}]'),
        (CHERRY_TITLE_ZH, '[{"role":"user","mainText":"a paper boat"}] /no_think'),
        (CHERRY_TITLE, "a paper boat"),
    ],
)
def test_a_title_asked_for_by_the_system_message_is_given(system: str, user: str) -> None:
    assert answer(("system", system), ("user", user)) == "a paper boat"


def test_a_title_and_its_conversation_may_be_one_message() -> None:
    text = f"{LIBRE_TITLE}\n\nConversation:\nUser: a paper boat\nAI: > ID"
    assert answer(("user", text)) == "a paper boat"


@pytest.mark.parametrize(
    ("turns", "response_format", "told"),
    [
        ([("system", LOBE_JSON_TITLE), ("user", "user: a boat")], None, {"title": "a boat"}),
        (
            [("user", LIBRE_STRUCTURED)],
            a_schema("language", "title"),
            {"title": "a paper boat", "language": "English"},
        ),
        (
            [("user", LIBRE_STRUCTURED)],
            {"type": "json_object"},
            {"title": "a paper boat"},
        ),
        (
            [("system", "Summarize the conversation for future reference."), ("user", "a boat")],
            a_schema("description", "summary"),
            {
                "description": "A film was made of: a boat.",
                "summary": "A film was made of: a boat.",
            },
        ),
        (
            [
                ("system", "You are a sidecar that extracts 0-4 quick-reply suggestions from it."),
                ("user", "Last assistant message"),
            ],
            a_schema("chips"),
            {"chips": []},
        ),
    ],
)
def test_json_is_answered_with_the_keys_that_are_asked_for(
    turns: Turns, response_format: object, told: object
) -> None:
    answered = answer(*turns, response_format=response_format)
    assert answered is not None
    assert json.loads(answered) == told


@pytest.mark.parametrize(
    "turns",
    [
        [("user", "a paper boat"), ("system", NEXTCHAT_SUMMARY)],
        [("system", LOBE_HISTORY), ("user", "<chat_history><user>a paper boat</user>")],
    ],
)
def test_a_summary_is_short(turns: Turns) -> None:
    assert answer(*turns) == "A film was made of: a paper boat."


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ('JSON format: { "title": "…" }', {"title": 'A paper boat at dusk, "title'}),
        ('JSON format: { "tags": ["…"] }', {"tags": ["Film"]}),
        ('JSON format: { "follow_ups": ["…"] }', {"follow_ups": []}),
        ('JSON format: { "queries": ["…"] }', {"queries": []}),
        ('JSON format: { "text": "…" }', {"text": ""}),
        ('JSON format: { "prompt": "…" }', {"prompt": 'A paper boat at dusk, "title'}),
    ],
)
def test_a_task_is_answered_in_the_json_that_it_shows(output: str, told: object) -> None:
    answered = answer(a_task(output))
    assert answered is not None
    assert json.loads(answered) == told


def test_a_task_without_json_is_answered_with_a_title() -> None:
    assert answer(a_task("Only the title.")) == 'A paper boat at dusk, "title'


def test_a_mood_is_an_emoji() -> None:
    asked = "Your task is to reflect the speaker's likely facial expression through a fitting emoji"
    assert answer(("user", asked)) == "🎬"


@pytest.mark.parametrize("word", ["hi", "Hello!", "test", "ping", "你好"])
@pytest.mark.parametrize("limit", ["max_tokens", "max_completion_tokens"])
def test_a_test_of_the_connection_is_greeted(word: str, limit: str) -> None:
    limits: dict[str, Any] = {limit: 16}
    assert answer(("user", word), **limits) == GREETING


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
        ("a film about a summarizer of conversations", None),
        ("an assistant shows a ### task: on a whiteboard", None),
    ],
)
def test_a_person_s_wish_is_no_housekeeping(text: str, max_tokens: object) -> None:
    assert answer(("user", text), max_tokens=max_tokens) is None


def test_what_an_assistant_said_is_no_housekeeping() -> None:
    turns = ("user", "a boat"), ("assistant", NEXTCHAT_TITLE), ("user", "at night")
    assert answer(*turns) is None


def test_a_long_word_is_cut_and_no_words_are_a_film() -> None:
    assert answer(("user", "雪" * 60), ("user", NEXTCHAT_TITLE)) == "雪" * 40
    assert answer(("user", "…?!"), ("user", NEXTCHAT_TITLE)) == "…"
    assert answer(("user", NEXTCHAT_TITLE)) == "Film"


@pytest.mark.parametrize("listed", ["[", "[7]", "[]", '[{"mainText": 7}]', "[" * 5000])
def test_a_broken_list_of_turns_is_read_as_text(listed: str) -> None:
    assert answer(("system", CHERRY_TITLE), ("user", listed)) is not None


def test_a_blank_text_of_the_operator_is_no_prompt() -> None:
    assert AuxiliaryFilter.load(["", "  "]).answer(chat("a cat")) is None
