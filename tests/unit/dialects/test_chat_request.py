"""What a chat request says of a film, and what it may hold besides."""

from __future__ import annotations

from typing import Any

import pytest

from matinee.core.errors import (
    InvalidRequest,
    InvalidType,
    MissingParameter,
    ModelNotFound,
    UnsupportedParameter,
)
from matinee.core.size import Size
from matinee.core.wish import Orientation, Upload, VideoWish, WishDefaults
from tests.unit.dialects.chats import JSON_VALUES, chat, film


def test_a_text_is_the_prompt_and_the_defaults_are_those_of_the_format() -> None:
    wish, defaults = film()
    assert wish == VideoWish(prompt="a cat", model="sora-2")
    assert defaults == WishDefaults(model="sora-2", size=Size(720, 1280), seconds=10)


def test_parts_of_text_are_lines_of_the_prompt() -> None:
    parts = [{"type": "text", "text": "a cat"}, {"type": "text", "text": "on a stage"}]
    assert film(parts)[0].prompt == "a cat\non a stage"


@pytest.mark.parametrize("image", [{"url": "https://e.org/a.png"}, "https://e.org/a.png"])
def test_an_image_may_be_an_object_or_a_bare_text(image: object) -> None:
    parts = [{"type": "text", "text": "a cat"}, {"type": "image_url", "image_url": image}]
    assert film(parts)[0].references == (
        Upload(param="messages[0].content[1].image_url", url="https://e.org/a.png"),
    )


def test_images_of_the_message_come_before_those_of_the_fields() -> None:
    parts = [{"type": "image_url", "image_url": "u1"}, {"type": "text", "text": "a cat"}]
    assert [each.url for each in film(parts, images=["u2"])[0].references] == ["u1", "u2"]


def test_the_last_user_message_is_the_prompt() -> None:
    messages = [
        {"role": "system", "content": "You are helpful."},
        {"role": "user", "content": "a dog"},
        {"role": "assistant", "content": "> ID: …"},
        {"role": "user", "content": "a cat"},
        {"role": "assistant", "content": None},
    ]
    assert film(messages=messages)[0].prompt == "a cat"


def test_a_known_style_in_braces_is_taken_out_of_the_prompt() -> None:
    wish, _ = film("a {Anime} cat {on} a stage")
    assert (wish.style, wish.prompt) == ("anime", "a  cat {on} a stage")


def test_a_style_in_a_field_wins_and_an_unknown_one_is_passed_over() -> None:
    assert film("a {anime} cat", style="comic")[0].style == "comic"
    assert film("a {anime} cat", style="unheard-of")[0].style == "anime"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("a cat, 16:9", Size(1280, 720)),
        ("9:16 a cat", Size(720, 1280)),
        ("at 16:90 o'clock", Size(720, 1280)),
    ],
)
def test_a_shape_in_the_text_is_the_weakest_hint(text: str, size: Size) -> None:
    assert film(text)[1].size == size


def test_fields_win_over_query_parameters() -> None:
    query = {"duration": "15", "orientation": "landscape"}
    wish, _ = film(query=query, seconds=8)
    assert (wish.seconds, wish.orientation) == (8, Orientation.LANDSCAPE)


def test_query_parameters_are_read_where_the_body_is_silent() -> None:
    assert film(query={"watermark": "true", "seed": "7"})[0].seed == 7


@pytest.mark.parametrize("value", JSON_VALUES)
@pytest.mark.parametrize(
    "name",
    [
        "temperature",
        "top_p",
        "stop",
        "max_tokens",
        "presence_penalty",
        "frequency_penalty",
        "logit_bias",
        "user",
        "response_format",
        "tools",
        "stream_options",
        "max_completion_tokens",
        "logprobs",
        "top_logprobs",
        "metadata",
        "store",
        "service_tier",
        "parallel_tool_calls",
        "reasoning_effort",
        "unheard_of",
    ],
)
def test_what_a_film_has_no_use_for_may_hold_anything(name: str, value: object) -> None:
    values: dict[str, Any] = {name: value}
    assert film(**values)[0].prompt == "a cat"


@pytest.mark.parametrize(
    "choice", [None, "auto", "none", {}, {"type": "auto"}, {"type": "allowed_tools"}, ""]
)
def test_a_tool_choice_that_forces_nothing_is_taken(choice: object) -> None:
    assert film(tool_choice=choice, tools=["a"])[0].prompt == "a cat"


@pytest.mark.parametrize(
    "choice",
    [
        "required",
        {"type": "function", "function": {"name": "f"}},
        {"type": "custom"},
        {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": []}},
    ],
)
def test_a_forced_function_call_is_refused_by_its_name(choice: object) -> None:
    with pytest.raises(InvalidRequest) as seen:
        chat(tool_choice=choice)
    assert seen.value.param == "tool_choice"


@pytest.mark.parametrize(("n", "choices"), [(None, 1), (1, 1), ("4", 4)])
def test_n_is_the_number_of_films(n: object, choices: int) -> None:
    assert chat(n=n).choices == choices


@pytest.mark.parametrize("n", [0, 5, -1, 1.5, "many", []])
def test_any_other_n_is_refused_by_its_name(n: object) -> None:
    if n == []:
        assert chat(n=n).choices == 1
        return
    with pytest.raises(InvalidRequest) as seen:
        chat(n=n)
    assert seen.value.param == "n"


@pytest.mark.parametrize(
    ("values", "freedom"),
    [
        ({}, 0),
        ({"temperature": 0}, 0),
        ({"temperature": 1}, 0.5),
        ({"temperature": 2.0}, 1),
        ({"temperature": 99}, 1),
        ({"temperature": -1}, 0),
        ({"temperature": 10**400}, 1),
        ({"temperature": "hot", "top_p": True}, 0),
        ({"top_p": 1}, 0.5),
        ({"top_p": 0.1}, 0.05),
        ({"top_p": 0}, 0),
        ({"temperature": 2, "top_p": 0.5}, 0.5),
        ({"temperature": 2, "top_p": -7}, 0),
    ],
)
def test_freedom_is_the_temperature_times_top_p(values: dict[str, Any], freedom: float) -> None:
    assert film(**values)[0].freedom == freedom


@pytest.mark.parametrize(
    ("response_format", "wants_object"),
    [
        (None, False),
        ({"type": "text"}, False),
        ({"type": []}, False),
        ({"type": "json_object"}, True),
        ({"type": "json_schema", "json_schema": {"name": "film", "schema": {}}}, True),
        ("json_object", True),
    ],
)
def test_json_is_given_if_it_is_asked_for(response_format: object, wants_object: bool) -> None:
    assert chat(response_format=response_format).wants_object is wants_object


@pytest.mark.parametrize(("remix", "follows"), [(None, True), (False, False), ("yes", True)])
def test_whether_the_conversation_goes_on_with_its_film_may_be_said(
    remix: object, follows: bool
) -> None:
    assert chat(remix=remix).follows is follows


@pytest.mark.parametrize("field", ["seed", "seen"])
def test_the_seed_of_the_page_s_misprint_counts(field: str) -> None:
    values: dict[str, Any] = {field: 417}
    assert film(**values)[0].seed == 417


def test_the_channel_of_progress_may_be_chosen() -> None:
    assert chat(progress="reasoning").progress == "reasoning"
    with pytest.raises(InvalidRequest, match="'none'"):
        chat(progress="loud")


@pytest.mark.parametrize(
    ("messages", "param"),
    [
        ("a cat", "messages"),
        (["a cat"], "messages[0]"),
        ([{"content": "a cat"}], "messages[0].role"),
        ([{"role": "user", "content": 7}], "messages[0].content"),
        ([{"role": "user", "content": [7]}], "messages[0].content"),
        (
            [{"role": "user", "content": [{"type": "text", "text": 7}]}],
            "messages[0].content.text",
        ),
    ],
)
def test_messages_of_the_wrong_type_name_the_place(messages: object, param: str) -> None:
    with pytest.raises(InvalidType) as seen:
        chat(messages=messages)
    assert seen.value.param == param


@pytest.mark.parametrize("messages", [None, [], [{"role": "system", "content": "x"}]])
def test_a_request_without_words_of_a_user_misses_its_messages(messages: object) -> None:
    with pytest.raises(MissingParameter) as seen:
        film(messages=messages)
    assert seen.value.param == "messages"


def test_a_part_that_no_film_is_made_of_is_refused() -> None:
    with pytest.raises(UnsupportedParameter, match="'input_audio'"):
        film([{"type": "input_audio", "input_audio": {}}, {"type": "text", "text": "a cat"}])


def test_an_unknown_model_names_those_there_are() -> None:
    with pytest.raises(ModelNotFound, match="'sora-2', 'sora-2-pro'"):
        film(model="gpt-7")
