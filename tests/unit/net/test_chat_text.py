"""What the text of a chat tells of a film, by the three families of servers that write such."""

from __future__ import annotations

import time

import pytest

from matinee.net.chat_text import (
    failure_in,
    id_in,
    is_queued_in,
    link_in,
    percent_in,
    without_echo,
)

URL = "https://v.example.org/f/a.mp4"


@pytest.mark.parametrize(
    "text",
    [
        "> ID: `task_01kav3m5n7p9q1r3`\n\n",
        "ID： `task_01kav3m5n7p9q1r3`",
        "[continue](https://p.example.org/task_01kav3m5n7p9q1r3)",
    ],
)
def test_the_id_is_found(text: str) -> None:
    assert id_in(text) == "task_01kav3m5n7p9q1r3"


def test_an_id_of_another_kind_is_found_in_its_backticks() -> None:
    assert id_in("> ID: `sora-2:0b7d3c1e-77aa-4c1b`") == "sora-2:0b7d3c1e-77aa-4c1b"
    assert id_in("an ID: without backticks") is None


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("> 🏃 进度 36..44..", 44),
        ("> 🏃 进度：36.0%\n\n", 36),
        ("Video Generation Progress: 36% (running)", 36),
        ("> 🏃 Video Generation Progress 进度：36%", 36),
        ("进度：36% … 进度：12%", 36),
        ("done: 100%", 99),
        ("in 1080p, 24 fps", None),
        ("300%", None),
    ],
)
def test_the_highest_percentage_counts(text: str, percent: int | None) -> None:
    assert percent_in(text) == percent


@pytest.mark.parametrize(
    "text", ["> 排队中....", "⌛️ 任务正在队列中，请耐心等待", "> Queued (2 ahead)"]
)
def test_a_film_waits_until_it_is_in_work(text: str) -> None:
    assert is_queued_in(text)
    assert not is_queued_in(text + "\n> 生成中..")


@pytest.mark.parametrize(
    "text",
    [
        f"> ✅ 视频生成成功，[点击这里]({URL}) 查看视频",
        f"[在线播放▶️]({URL})",
        f"```html\n<video src='{URL}' controls></video>\n```",
        f'<video src="{URL}" controls="controls">\n{URL}\n</video>',
        f"<video controls>\n{URL}\n</video>",
        f"Video ready: [click here]({URL})",
        f"Here it is: {URL}",
        f"![thumb](https://v.example.org/t.webp)\n[数据预览](https://a.example/x)\n[▶️ play]({URL})",
    ],
)
def test_the_link_is_found_however_it_is_written(text: str) -> None:
    assert link_in(without_echo(text)) == URL


def test_a_link_may_have_a_query() -> None:
    assert link_in(f"see {URL}?token=a&b=1 now") == f"{URL}?token=a&b=1"


@pytest.mark.parametrize(
    "text",
    [
        "![thumb](https://v.example.org/t.webp)",
        "[数据预览](https://asyncdata.example/task_1)",
        "see https://docs.example.org/help",
    ],
)
def test_pictures_and_other_pages_are_no_film(text: str) -> None:
    assert link_in(text) is None


def test_an_echo_of_the_request_tells_nothing() -> None:
    echo = f'```json\n{{"prompt": "失败 at 50% of {URL}"}}\n```\n> 排队中'
    text = without_echo(echo)
    assert (link_in(text), percent_in(text), failure_in(text)) == (None, None, None)


def test_an_echo_that_has_only_begun_tells_nothing() -> None:
    assert without_echo('> ok\n```json\n{"prompt": "99%') == "> ok\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("> ❌ 生成失败 Generation failed: no lens (x)", "生成失败 Generation failed: no lens (x)"),
        ("We are under heavy load, please try later", "We are under heavy load, please try later"),
        ("> 生成中\n> ❌ 内容违规\n", "内容违规"),
        ("all is well", None),
    ],
)
def test_a_failure_is_the_line_that_tells_of_it(text: str, reason: str | None) -> None:
    assert failure_in(text) == reason


@pytest.mark.parametrize(
    "piece",
    [
        *("[", "[play", "[play](", "[play](http://a ", "<video ", "<video>http://a", "<source "),
        *("http://a", "http://a.mp4?", "```", "```a`", "1.", "ID: `aaaaaaaa", "task_", "error x*"),
    ],
)
def test_a_text_that_was_made_to_be_searched_for_ever_is_searched_at_once(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    began_s = time.process_time()
    for search in (without_echo, id_in, percent_in, is_queued_in, link_in, failure_in):
        search(text)
    assert time.process_time() - began_s < 2
