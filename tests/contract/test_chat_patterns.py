"""What clients search for in a chat reply, by family: the stream's text answers all of them.

The patterns are written after descriptions of how chat programs and scripts read such streams
(relay-dialects, the tables of what programs extract and of what chat programs play). Where the
operator has chosen English lines, those remain that need no Chinese.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from matinee.core.ids import VideoId
from matinee.web.context import DialectSettings
from tests.exchanges import Exchange, a_json_scope, an_exchange, json_bytes
from tests.houses import House, a_house

PROMPT = "A film about an error: 失败, 错误 and ❌ at https://wrong.example/a.mp4"
ASKED = {"role": "user", "content": PROMPT}
BODY: dict[str, Any] = {"model": "sora-2", "stream": True, "messages": [ASKED]}
FAILURES = ["❌", "错误", "失败", "error"]
PERCENTS = [
    r"(?i)progress\D*?(\d+)\s*%",
    r"Video Generation Progress\D*(\d+)%",
    r"(\d+)%",
]
LINKS = [
    r"\]\((https?://[^)\s]+\.(?:mp4|webm|ogv|mpeg|avi|3gp))\)",
    r"src=['\"]([^'\"]+)['\"]",
    r"<video[^>]*>\s*([^<\s]*)\s*</video>",
]


class Told:
    """A finished stream: its deltas, and the URL that a client must find."""

    def __init__(self, raw: bytes, video_id: VideoId, url: str) -> None:
        self.raw = raw
        self.video_id = video_id
        self.url = url
        events = [line[6:] for line in raw.decode().split("\n") if line.startswith("data: {")]
        deltas = [json.loads(event)["choices"][0]["delta"] for event in events]
        self.deltas = [delta["content"] for delta in deltas if "content" in delta]
        self.remarks = [each["reasoning_content"] for each in deltas if "reasoning_content" in each]
        self.text = "".join(self.deltas)

    def found(self, pattern: str) -> list[str]:
        """What the pattern's group finds in the whole text and, alone, in one single delta."""
        whole = re.findall(pattern, self.text)
        alone = [match for delta in self.deltas for match in re.findall(pattern, delta)]
        assert whole == alone, "a pattern matches over two chunks"
        return whole


def asking(house: House, body: dict[str, Any]) -> Any:
    return an_exchange(house.site, a_json_scope("/v1/chat/completions"), json_bytes(body))


async def a_told_film(house: House, body: dict[str, Any]) -> Told:
    """The stream of a film that was waiting, at 36 %, and done."""
    async with asking(house, body) as exchange:
        await exchange.head()
        video_id = await house.delivered.get()
        raw = await pieces_until(exchange, b"Queued")
        await house.start(video_id)
        raw += await exchange.piece()
        await house.progress(video_id, 36)
        raw += await exchange.piece()
        return await made_and_told(house, exchange, video_id, raw)


async def pieces_until(exchange: Exchange, words: bytes) -> bytes:
    raw = b""
    while words not in raw:
        raw += await exchange.piece()
    return raw


async def made_and_told(
    house: House, exchange: Exchange, video_id: VideoId, raw: bytes = b""
) -> Told:
    """The rest of the stream, whose film is finished now."""
    video = await house.complete(video_id)
    while piece := await exchange.piece():
        raw += piece
    url = f"http://localhost:8642/f/{video.access_token}/task_{video_id}.mp4"
    return Told(raw, video_id, url)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A server without engines."""
    async with a_house(tmp_path) as house:
        yield house


@pytest.fixture
async def told(house: House) -> Told:
    """A stream as it is by default."""
    return await a_told_film(house, BODY)


@pytest.fixture
async def in_english(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Told]:
    """The same where the operator has chosen English lines."""
    settings = DialectSettings(version="0.1.0", chat_language="en")
    async with a_house(tmp_path_factory.mktemp("english"), settings) as house:
        yield await a_told_film(house, BODY)


def test_the_id_stands_in_backticks(told: Told, in_english: Told) -> None:
    for each in (told, in_english):
        assert each.found(r"ID:\s*`(task_[a-zA-Z0-9]+)`") == [f"task_{each.video_id}"]


@pytest.mark.parametrize("words", ["排队中", "生成中", "生成完成 ✅"])
def test_each_state_begins_a_line(told: Told, words: str) -> None:
    assert len(told.found(rf"(?m)^> {words}")) == 1


@pytest.mark.parametrize("words", ["Queued", "Generating", "✅ Video ready"])
def test_each_state_begins_a_line_in_english(in_english: Told, words: str) -> None:
    assert len(in_english.found(rf"(?m)^> {words}")) == 1


@pytest.mark.parametrize("pattern", [r"进度：([\d.]+)%", r"当?前?进度[：:]\s*(\d+)", *PERCENTS])
def test_the_percentage_is_found_by_every_family(told: Told, pattern: str) -> None:
    assert told.found(pattern) == ["36"]


@pytest.mark.parametrize("pattern", PERCENTS)
def test_the_percentage_is_found_in_english(in_english: Told, pattern: str) -> None:
    assert in_english.found(pattern) == ["36"]


def test_success_is_a_mark_and_four_words(told: Told) -> None:
    assert "✅" in told.deltas[-1]
    assert "视频生成成功" in told.deltas[-1]


@pytest.mark.parametrize("word", FAILURES)
def test_no_word_of_failure_stands_in_a_success(told: Told, in_english: Told, word: str) -> None:
    assert word not in told.text
    assert word not in in_english.text


@pytest.mark.parametrize("pattern", [r"\[点击这里\]\(([^)]+)\)", *LINKS])
def test_the_link_is_found_by_every_family(told: Told, pattern: str) -> None:
    assert told.found(pattern) == [told.url]


@pytest.mark.parametrize("pattern", [r"\[click here\]\(([^)]+)\)", *LINKS])
def test_the_link_is_found_in_english(in_english: Told, pattern: str) -> None:
    assert in_english.found(pattern) == [in_english.url]


def test_the_first_url_that_ends_in_mp4_is_the_film_s(told: Told) -> None:
    first = re.search(r"https?://\S+\.mp4", told.text)
    assert first is not None
    assert first.group() == told.url


def test_no_other_url_stands_in_the_text(told: Told) -> None:
    assert set(re.findall(r"https?://[^\s)\"'<>]+", told.text)) == {told.url}


def test_the_link_has_no_query(told: Told) -> None:
    assert not {"?", "&", "#"} & set(told.url)


def test_the_block_stands_on_three_lines_between_empty_ones(told: Told) -> None:
    block = next(part for part in told.text.split("\n\n") if part.startswith("<video"))
    assert block.split("\n")[1:] == [told.url, "</video>"]
    opened: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            opened.append(tag)
            assert tag != "video" or dict(attrs) == {"src": told.url, "controls": "controls"}

    Reader().feed(told.text)
    assert opened == ["br", "video"]


def test_the_stream_is_read_line_by_line_and_ends_as_promised(told: Told) -> None:
    lines = [line for line in told.raw.decode().split("\n") if line]
    assert all(line.startswith(("data: ", ":")) for line in lines)
    assert lines[-1] == "data: [DONE]"


def test_the_first_delta_has_the_role_and_an_empty_content(told: Told) -> None:
    assert b'"delta":{"role":"assistant","content":""}' in told.raw.split(b"\n")[0]


async def test_a_film_that_comes_out_of_another_shows_the_same_patterns(
    house: House, told: Told
) -> None:
    earlier = {"role": "assistant", "content": told.text}
    messages = [ASKED, earlier, {"role": "user", "content": "make it snow"}]
    changed = await a_told_film(house, {**BODY, "messages": messages})
    assert (await house.video(changed.video_id)).remixed_from == told.video_id
    assert changed.found(r"(task_[a-z0-9]{26})`") == [f"task_{changed.video_id}"]
    assert changed.found(r"(\d+)%") == ["36"]
    assert changed.found(r"\[点击这里\]\(([^)]+)\)") == [changed.url]
    assert not any(word in changed.text for word in FAILURES)


async def test_a_new_film_in_a_conversation_shows_the_same_patterns(house: House) -> None:
    earlier = {"role": "assistant", "content": "> ID: `task_01kav3m5n70000000000009999`"}
    messages = [earlier, {"role": "user", "content": "make it snow"}]
    made = await a_told_film(house, {**BODY, "messages": messages})
    assert "A new film" in made.text
    assert made.found(r"ID:\s*`(task_[a-zA-Z0-9]+)`") == [f"task_{made.video_id}"]
    assert made.found(r"(\d+)%") == ["36"]
    assert not any(word in made.text for word in FAILURES)


async def test_an_answer_that_goes_on_after_a_cut_shows_the_same_patterns(house: House) -> None:
    async with asking(house, BODY) as exchange:
        await exchange.head()
        video_id = await house.delivered.get()
    await house.start(video_id)
    await house.progress(video_id, 36)
    async with asking(house, BODY) as exchange:
        await exchange.head()
        raw = await pieces_until(exchange, b"36%")
        told = await made_and_told(house, exchange, video_id, raw)
    assert told.found(r"ID:\s*`(task_[a-zA-Z0-9]+)`") == [f"task_{video_id}"]
    assert told.found(r"(\d+)%") == ["36"]
    assert told.found(r"\[点击这里\]\(([^)]+)\)") == [told.url]


async def test_in_json_the_content_is_one_object_and_nothing_else(house: House) -> None:
    told = await a_told_film(house, {**BODY, "response_format": {"type": "json_object"}})
    film = json.loads(told.text)
    assert film["id"] == f"task_{told.video_id}"
    assert film["video_url"] == told.url
    assert [delta for delta in told.deltas if delta] == [told.text]
    assert any("36%" in remark for remark in told.remarks)
    assert not any(word in told.text for word in FAILURES)
