"""Whatever JSON stands in a chat request: it is a film, or an error that says which field."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.core.errors import InvalidRequest, ModelNotFound
from matinee.core.ids import VideoId
from matinee.dialects.chat.auxiliary import AuxiliaryFilter
from matinee.dialects.chat.film import parse_film
from matinee.dialects.chat.mentions import find_mentions, take_mentions
from matinee.dialects.chat.request import ChatDefaults, parse_chat
from tests.samples import a_video_id
from tests.unit.dialects.chats import able_routes

ROUTES = able_routes()
FILTER = AuxiliaryFilter.load()
ID = a_video_id(7)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [
        *("model", "n", "stream", "progress", "remix", "response_format", "tool_choice", "video"),
        *("temperature", "top_p", "seed", "size", "seconds", "style", "storyboard", "images"),
        *("remix_target_id", "characters", "max_tokens", "stream_options", "video_url"),
    ]
)
PARTS = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "image_url", "video_url", "input_image", "file"])},
    optional=dict.fromkeys(("text", "image_url", "video_url", "url", "file_id"), JSON),
)
MESSAGES = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "system", "robot"])},
    optional={"content": JSON | st.lists(PARTS | JSON, max_size=3)},
)


def blamed(body: dict[str, Any]) -> str | None:
    """The field that an error names, `nothing` without an error, None if it names none."""
    try:
        chat = parse_chat(body, {}, ChatDefaults(model="sora-2"))
        if FILTER.answer(chat) is None:
            parse_film(chat, ROUTES)
    except (InvalidRequest, ModelNotFound) as error:
        return error.param
    return "nothing"


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(FIELDS, JSON, max_size=3))
def test_a_field_may_hold_anything(values: dict[str, Any]) -> None:
    assert blamed({"messages": [{"role": "user", "content": "a cat"}], **values})


@settings(max_examples=300, deadline=None)
@given(st.lists(MESSAGES | JSON, max_size=3) | JSON)
def test_messages_may_be_anything(messages: Any) -> None:
    assert blamed({"messages": messages})


@given(
    st.lists(st.sampled_from([f"task_{ID}", "`", "(", ")", "[x]", "> ID: ", "\n", " ", "é:", "/"]))
)
def test_no_film_is_left_in_a_text_that_they_were_taken_from(pieces: list[str]) -> None:
    text = "".join(pieces)
    left, found = take_mentions(text)
    assert found == list(dict.fromkeys(each.video_id for each in find_mentions(text)))
    assert not found or f" task_{ID} " not in f" {left} "
    assert set(found) <= {VideoId(ID)}


@settings(deadline=None)
@given(st.text(alphabet="task_vide0123-:/.hp`()[] \n", max_size=200))
def test_any_text_is_looked_through(text: str) -> None:
    for mention in find_mentions(text):
        assert 0 <= mention.start < mention.end <= len(text)
