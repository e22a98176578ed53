"""The chat result by the rules of three chat programs, in every language that it is told in.

`make test-clients ONLY=markdown` asks the programs' own packages.
"""

from __future__ import annotations

import re
from typing import get_args

import pytest

from matinee.dialects.chat.narration import Language, Lines

URL = "https://v.example.org/f/3q9Zt0c1/task_01k.mp4"


@pytest.fixture(params=get_args(Language))
def text(request: pytest.FixtureRequest) -> str:
    """The result of a chat."""
    return Lines(request.param).result(URL, video_tag=True)


@pytest.fixture
def block(text: str) -> str:
    """The part of it that is HTML."""
    return next(part for part in text.split("\n\n") if part.startswith("<"))


def test_open_webui_finds_the_url_between_the_tags(block: str) -> None:
    # open-webui 0.12.4, HTMLToken; a browser drops the line ends around a URL.
    found = re.search(r"<video[^>]*>([\s\S]*?)</video>", block)
    assert found is not None
    assert found.group(1).strip() == URL


def test_cherry_studio_finds_a_tag_that_makes_it_read_html(text: str) -> None:
    # Cherry Studio 1.x, Markdown.tsx: the tags that it allows and that may stand in such a text.
    assert re.search(r"<(p|div|span|b|i|strong|em|br|hr|details|summary)", text, re.IGNORECASE)


def test_lobehub_finds_one_video_tag_alone_with_all_its_attributes(block: str) -> None:
    # @lobehub/ui 5.51.2, remarkVideo.
    found = re.fullmatch(r"<video([^>]*?)>(.*?)</video>", block, re.DOTALL)
    assert found is not None
    attributes = dict(re.findall(r"(\w+)=[\"']([^\"']*)[\"']", found.group(1)))
    assert attributes.keys() == {"src", "controls"}
    assert attributes["src"] == URL


def test_the_block_is_html_for_every_markdown_reader(text: str, block: str) -> None:
    # CommonMark, HTML block type 7: a complete tag alone on its line, after a blank line.
    first = block.splitlines()[0]
    assert re.fullmatch(r"<video( [a-z]+=\"[^\"]*\")*>", first)
    assert f"\n\n{block}\n\n" in text
