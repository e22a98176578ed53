"""What a style means to an engine that has its look, and to one that has not."""

from __future__ import annotations

from typing import Any

import pytest

from matinee.core.route import Capabilities, Route
from matinee.core.size import Size
from matinee.core.video import Scene
from matinee.core.wish import VideoWish
from matinee.policy.styles import dress, parse_styles
from matinee.settings import load_styles

STYLES = parse_styles(
    {
        "anime": {"look": "anime", "suffix": "As anime."},
        "retro": {"look": "nostalgic", "suffix": "As an old film."},
        "golden": {"prefix": "At sunset:", "suffix": "Long shadows."},
    }
)


def a_route(*looks: str) -> Route:
    able = Capabilities(sizes=(Size(720, 1280),), min_seconds=4, max_seconds=25, styles=looks)
    return STYLES.offered(Route.to("m", "e", able))


def dressed(route: Route, style: str | None, prompt: str = "A cat.") -> tuple[str | None, str]:
    wish = dress(VideoWish(prompt=prompt, style=style), route.targets[0])
    return wish.style, wish.prompt


def test_every_style_is_on_offer_whatever_the_engine() -> None:
    assert a_route("plain", "anime").capabilities.styles == ("plain", "anime", "retro", "golden")


@pytest.mark.parametrize(
    ("style", "seen"),
    [
        ("anime", ("anime", "A cat.")),
        ("retro", ("nostalgic", "A cat.")),
        ("golden", (None, "At sunset:\nA cat.\nLong shadows.")),
        (None, (None, "A cat.")),
    ],
)
def test_an_engine_with_looks_takes_the_look(style: str, seen: tuple[str | None, str]) -> None:
    assert dressed(a_route("anime", "nostalgic"), style) == seen


def test_an_engine_without_the_look_takes_the_words() -> None:
    assert dressed(a_route(), "anime") == (None, "A cat.\nAs anime.")


def test_a_look_of_the_engine_s_own_needs_no_entry() -> None:
    assert dressed(a_route("plain"), "plain") == ("plain", "A cat.")


def test_the_words_stand_around_the_scenes_where_there_is_no_prompt() -> None:
    wish = VideoWish(prompt="", style="anime", storyboard=(Scene(prompt="it wakes"),))
    assert dress(wish, a_route().targets[0]).prompt == "it wakes\nAs anime."


@pytest.mark.parametrize(
    ("tables", "text"),
    [
        ({"Anime!": {"look": "x"}}, "small letters"),
        ({"anime": "x"}, "must be a table"),
        ({"anime": {"words": "x"}}, "'anime.words' is unknown"),
        ({"anime": {"suffix": 7}}, "must be a text"),
        ({"anime": {}}, "says nothing"),
    ],
)
def test_a_table_that_makes_no_sense_says_where(tables: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        parse_styles(tables)


def test_the_styles_of_both_sources_come_with_matinee() -> None:
    """Relay-dialects, section 3.2: those of the vendor's page and those of sora2api."""
    page = {"thanksgiving", "comic", "news", "selfie", "nostalgic", "anime"}
    sora2api = {"festive", "kakalaka", "handheld", "golden", "retro"}
    assert set(load_styles(None).by_name) == page | sora2api
