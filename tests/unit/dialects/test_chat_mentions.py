"""Films that a text tells of, and what is left of the text."""

from __future__ import annotations

import time

import pytest

from matinee.core.errors import InvalidRequest
from matinee.dialects.chat.mentions import find_mentions, refuse_foreign, take_mentions
from tests.samples import a_video_id

ID = a_video_id(7)
LINK = f"https://films.example.org/f/3q9Zt0c1/task_{ID}.mp4"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"task_{ID} make it snow", "make it snow"),
        (f"make it snow in video_{ID}.", "make it snow in ."),
        (f"make `task_{ID}` snowy", "make snowy"),
        (f"> ID: `task_{ID}`\n\nmake it snow", "make it snow"),
        (f"sora-2-pro:task_{ID} make it snow", "make it snow"),
        (f"TASK_{ID.upper()} make it snow", "make it snow"),
        (f"make it snow: {LINK}", "make it snow:"),
        (f"make it snow ({LINK})", "make it snow"),
        (f"[点击这里]({LINK}) make it snow", "make it snow"),
        (f"<{LINK}> make it snow", "make it snow"),
        (f"https://x.org/v1/videos/video_{ID}/content?variant=video make it snow", "make it snow"),
        (f"让它下雪，{LINK}，谢谢", "让它下雪， ，谢谢"),
        (f"chatcmpl-{ID} make it snow", "make it snow"),
    ],
)
def test_an_id_or_a_link_is_found_and_taken_out(text: str, left: str) -> None:
    assert take_mentions(text) == (left, [ID])


def test_a_film_told_of_twice_is_one() -> None:
    assert take_mentions(f"task_{ID} and {LINK}: make it snow") == ("and : make it snow", [ID])


def test_two_films_are_two_in_their_order() -> None:
    other = a_video_id(8)
    _, found = take_mentions(f"mix task_{other} with task_{ID}")
    assert found == [other, ID]


@pytest.mark.parametrize(
    "text",
    [
        "a task_force lands",
        "task_01kav3m5n7",
        f"mytask_{ID}",
        f"task_{ID}0",
        f"{ID}",
        "an untouched   text\n\n with blanks ",
        "https://example.org/a.mp4",
    ],
)
def test_a_text_without_a_film_stays_as_it_is(text: str) -> None:
    assert take_mentions(text) == (text, [])


@pytest.mark.parametrize(
    "text",
    [
        "s_" + "0123456789abcdef" * 2,
        "https://sora.chatgpt.com/p/s_" + "0123456789abcdef" * 2,
        "make it longer: gen_01k7zxq2v5f8s9a3b4c5d6e7f8",
        "https://sora.chatgpt.com/explore/xyz",
    ],
)
def test_a_film_of_another_service_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="another service"):
        refuse_foreign(text, "messages")


@pytest.mark.parametrize("text", ["gen_z dances", "s_curve", "classes_" + "0" * 32])
def test_usual_words_are_not(text: str) -> None:
    refuse_foreign(text, "messages")


def test_a_very_long_text_is_read_quickly() -> None:
    assert find_mentions("task_" * 200_000 + "a" * 200_000) == []
    assert find_mentions("`" + "x" * 500_000 + f" task_{ID}")[0].video_id == ID


@pytest.mark.parametrize("between", [".", ":", "/"])
def test_a_text_full_of_films_is_read_quickly(between: str) -> None:
    began_s = time.process_time()
    assert len(find_mentions(f"task_{ID}{between}" * 30_000)) == 30_000
    assert time.process_time() - began_s < 2
