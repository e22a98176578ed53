"""What clients search for in a chat reply, by family: the stream's text answers all of them.

The patterns are written after descriptions of how chat programs and scripts read such streams
(relay-dialects, the tables of what programs extract and of what chat programs play).
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from matinee.core.ids import VideoId
from tests.exchanges import a_json_scope, an_exchange, json_bytes
from tests.houses import House, a_house

PROMPT = "A film about an error: 失败, 错误 and ❌ at https://wrong.example/a.mp4"


class Told:
    """A finished stream: its deltas, and the URL that a client must find."""

    def __init__(self, raw: bytes, video_id: VideoId, url: str) -> None:
        self.raw = raw
        self.video_id = video_id
        self.url = url
        events = [line[6:] for line in raw.decode().split("\n") if line.startswith("data: {")]
        deltas = [json.loads(event)["choices"][0]["delta"] for event in events]
        self.deltas = [delta["content"] for delta in deltas if "content" in delta]
        self.text = "".join(self.deltas)

    def found(self, pattern: str) -> list[str]:
        """What the pattern's group finds in the whole text and, alone, in one single delta."""
        whole = re.findall(pattern, self.text)
        alone = [match for delta in self.deltas for match in re.findall(pattern, delta)]
        assert whole == alone, "a pattern matches over two chunks"
        return whole


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A server without engines."""
    async with a_house(tmp_path) as house:
        yield house


@pytest.fixture
async def told(house: House) -> Told:
    """The stream of a film that was waiting, at 36 %, and done."""
    body = {"model": "sora-2", "stream": True, "messages": [{"role": "user", "content": PROMPT}]}
    scope = a_json_scope("/v1/chat/completions")
    async with an_exchange(house.site, scope, json_bytes(body)) as exchange:
        await exchange.head()
        video_id = await house.delivered.get()
        raw = b"".join([await exchange.piece() for _ in range(3)])
        await house.start(video_id)
        raw += await exchange.piece()
        await house.progress(video_id, 36)
        raw += await exchange.piece()
        video = await house.complete(video_id)
        while piece := await exchange.piece():
            raw += piece
    url = f"http://localhost:8642/f/{video.access_token}/task_{video_id}.mp4"
    return Told(raw, video_id, url)


def test_the_id_stands_in_backticks(told: Told) -> None:
    assert told.found(r"ID:\s*`(task_[a-zA-Z0-9]+)`") == [f"task_{told.video_id}"]


@pytest.mark.parametrize("words", ["排队中", "生成中", "生成完成 ✅"])
def test_each_state_begins_a_line(told: Told, words: str) -> None:
    assert len(told.found(rf"(?m)^> {words}")) == 1


@pytest.mark.parametrize(
    "pattern",
    [
        r"进度：([\d.]+)%",
        r"当?前?进度[：:]\s*(\d+)",
        r"(?i)progress\D*?(\d+)\s*%",
        r"Video Generation Progress\D*(\d+)%",
        r"(\d+)%",
    ],
)
def test_the_percentage_is_found_by_every_family(told: Told, pattern: str) -> None:
    assert told.found(pattern) == ["36"]


def test_success_is_a_mark_and_four_words(told: Told) -> None:
    assert "✅" in told.deltas[-1]
    assert "视频生成成功" in told.deltas[-1]


@pytest.mark.parametrize("word", ["❌", "错误", "失败", "error"])
def test_no_word_of_failure_stands_in_a_success(told: Told, word: str) -> None:
    assert word not in told.text


@pytest.mark.parametrize(
    "pattern",
    [
        r"\[点击这里\]\(([^)]+)\)",
        r"\]\((https?://[^)\s]+\.(?:mp4|webm|ogv|mpeg|avi|3gp))\)",
        r"src=['\"]([^'\"]+)['\"]",
        r"<video[^>]*>([^<]*)</video>",
    ],
)
def test_the_link_is_found_by_every_family(told: Told, pattern: str) -> None:
    assert told.found(pattern) == [told.url]


def test_the_first_url_that_ends_in_mp4_is_the_film_s(told: Told) -> None:
    first = re.search(r"https?://\S+\.mp4", told.text)
    assert first is not None
    assert first.group() == told.url


def test_no_other_url_stands_in_the_text(told: Told) -> None:
    assert set(re.findall(r"https?://[^\s)\"'<>]+", told.text)) == {told.url}


def test_the_link_has_no_query(told: Told) -> None:
    assert not {"?", "&", "#"} & set(told.url)


def test_the_block_stands_between_empty_lines_and_is_one_whole(told: Told) -> None:
    block = next(part for part in told.text.split("\n\n") if part.startswith("<div>"))
    assert "\n" not in block
    opened: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            opened.append(tag)
            assert tag != "video" or dict(attrs) == {"src": told.url, "controls": None}

    Reader().feed(block)
    assert opened == ["div", "video"]


def test_the_stream_is_read_line_by_line_and_ends_as_promised(told: Told) -> None:
    lines = [line for line in told.raw.decode().split("\n") if line]
    assert all(line.startswith(("data: ", ":")) for line in lines)
    assert lines[-1] == "data: [DONE]"


def test_the_first_delta_has_the_role_and_an_empty_content(told: Told) -> None:
    assert b'"delta":{"role":"assistant","content":""}' in told.raw.split(b"\n")[0]
