"""The chat format as an upstream's: what is asked, and how an answer is read as it comes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from matinee.core.errors import EngineError, EngineUnavailable, ModerationBlocked
from matinee.core.size import Size
from matinee.engines.chat import ChatOptions, ChatReader, read, wire_of
from matinee.net.wire import Failed, Ready, Standing, Unknown, Waiting
from tests.orders import IMAGE, IMAGE_BASE64, a_reply, an_order

URL = "https://v.example.org/f/a.mp4"
TASK = "task_01kav3m5n7p9q1r3s5t7v9w1x3"
BASE = "https://relay.example"


def chunk(finish: str | None = None, **delta: Any) -> str:
    return json.dumps({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})


def standing_after(*events: str) -> Standing:
    reader = ChatReader()
    standings = [reader.take(event) for event in events]
    return standings[-1]


def link_of(standing: Standing) -> str:
    assert isinstance(standing.outcome, Ready)
    assert standing.outcome.call is not None
    return standing.outcome.call.path


def test_a_film_is_asked_for_in_words_and_its_facts_beside_them() -> None:
    call = wire_of(ChatOptions(base_url=BASE)).submit(an_order(watermark=False, style="anime"))
    assert call.path == "/v1/chat/completions"
    assert call.headers == {"idempotency-key": "video-1"}
    assert call.json == {
        "model": "sora-2",
        "messages": [{"role": "user", "content": "a fox"}],
        "stream": True,
        "size": "1280x720",
        "orientation": "landscape",
        "seconds": "4",
        "seed": 7,
        "private": False,
        "watermark": False,
        "style": "anime",
    }


def test_a_server_that_refuses_unknown_fields_gets_the_facts_in_the_model_s_name() -> None:
    wire = wire_of(ChatOptions(base_url=BASE, film_fields=False, stream=False))
    order = an_order("sora_video2-{orientation}-{seconds}s", size=Size(720, 1280), seconds=15)
    assert wire.submit(order).json == {
        "model": "sora_video2-portrait-15s",
        "messages": [{"role": "user", "content": "a fox"}],
        "stream": False,
    }


def test_a_wish_for_a_clean_film_is_never_told_where_it_may_mean_a_mark() -> None:
    order = an_order(watermark=True)
    assert "watermark" not in wire_of(ChatOptions(base_url=BASE)).submit(order).json
    matinee = wire_of(ChatOptions(base_url=BASE, is_matinee=True))
    assert matinee.submit(order).json["watermark"] is True


def test_a_matinee_is_asked_for_progress_and_for_a_film_of_its_own() -> None:
    fields = wire_of(ChatOptions(base_url=BASE, is_matinee=True)).submit(an_order()).json
    assert (fields["progress"], fields["remix"]) == ("content", False)


def test_images_stand_beside_the_words() -> None:
    call = wire_of(ChatOptions(base_url=BASE)).submit(an_order(images=(IMAGE,)))
    assert call.json["messages"][0]["content"] == [
        {"type": "text", "text": "a fox"},
        {
            "type": "image_url",
            "image_url": {"url": f"data:image/png;base64,{IMAGE_BASE64}"},
        },
    ]


def test_an_answer_that_is_no_stream_may_take_as_long_as_the_film() -> None:
    options = ChatOptions(base_url=BASE, stream=False, timeout_s=1800)
    assert wire_of(options).submit_timeout_s == 1800


def test_only_a_matinee_takes_the_same_request_for_the_same_film() -> None:
    assert wire_of(ChatOptions(base_url=BASE, is_matinee=True)).is_idempotent
    assert not wire_of(ChatOptions(base_url=BASE)).is_idempotent


def test_a_stream_of_the_first_family_is_read() -> None:
    events = [
        chunk(role="assistant", content=""),
        chunk(content='```json\n{"prompt": "99% 失败 https://x.example/b.mp4"}\n```\n'),
        chunk(content=f"> ID: `{TASK}`\n"),
        chunk(content="> 排队中"),
        chunk(content="."),
        chunk(content="\n> 🏃 进度 "),
        chunk(content="36.."),
        chunk(content="44.."),
    ]
    assert standing_after(*events[:5]) == Standing(
        outcome=Waiting(is_queued=True), upstream_id=TASK
    )
    assert standing_after(*events) == Standing(outcome=Waiting(progress=44), upstream_id=TASK)
    end = chunk(content=f"\n> 生成完成 ✅\n![t](https://v.example.org/t.webp)\n[在线播放▶️]({URL})")
    assert link_of(standing_after(*events, end, chunk("stop"), "[DONE]")) == URL


def test_a_stream_of_the_second_family_is_read() -> None:
    events = [
        chunk(role="assistant"),
        chunk(content="⌛️ 任务正在队列中，请耐心等待...\n\n"),
        chunk(content="> 🏃 进度：36.0%\n\n"),
    ]
    assert standing_after(*events).outcome == Waiting(progress=36)
    end = chunk("stop", content=f"> ✅ 视频生成成功，[点击这里]({URL}) 查看视频~~~\n")
    assert link_of(standing_after(*events, end, "[DONE]")) == URL


def test_a_stream_of_the_third_family_is_read() -> None:
    events = [
        chunk(role="assistant", content=None, reasoning_content="**Video Generation Begins**\n"),
        chunk(content=None, reasoning_content="**Video Generation Progress**: 36% (running)\n"),
    ]
    assert standing_after(*events).outcome == Waiting(progress=36)
    end = chunk("STOP", content=f"```html\n<video src='{URL}' controls></video>\n```")
    assert link_of(standing_after(*events, end, "[DONE]")) == URL


def test_thoughts_may_be_an_object() -> None:
    assert standing_after(chunk(reasoning_content={"stage": "36% (running)"})).outcome == Waiting(
        progress=36
    )


def test_the_end_of_the_text_is_waited_for_although_the_link_is_there() -> None:
    reader = ChatReader()
    assert isinstance(reader.take(chunk(content=f"[点击这里]({URL})")).outcome, Waiting)
    assert link_of(reader.end()) == URL


def test_a_stream_that_was_cut_leaves_the_film_where_it_was() -> None:
    reader = ChatReader()
    reader.take(chunk(content=f"> ID: `{TASK}`\n> 进度 36.."))
    assert reader.end() == Standing(outcome=Waiting(progress=36), upstream_id=TASK)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"message": "no lens", "code": "engine_error"}, EngineError),
        ({"message": "refused", "code": "moderation_blocked"}, ModerationBlocked),
        ({"message": "later", "code": "rate_limit_exceeded"}, EngineUnavailable),
        ("content policy violation", ModerationBlocked),
    ],
)
def test_an_error_ends_the_stream_with_what_it_says(error: Any, kind: type[Exception]) -> None:
    outcome = standing_after(chunk(content="> ❌ 生成失败"), json.dumps({"error": error})).outcome
    assert isinstance(outcome, Failed)
    assert type(outcome.error) is kind


def test_a_failure_that_is_only_told_in_the_text_is_one() -> None:
    outcome = standing_after(chunk("stop", content="> 生成中\n> ❌ 内容违规\n"), "[DONE]").outcome
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, ModerationBlocked)


def test_an_answer_that_ends_without_a_film_is_a_failure() -> None:
    outcome = standing_after(chunk("stop", content="Video models are available."), "[DONE]").outcome
    assert isinstance(outcome, Failed)
    assert "without a film" in str(outcome.error)


def test_what_is_no_json_is_passed_over() -> None:
    assert standing_after("ping", "[]", chunk(content="36%")).outcome == Waiting(progress=36)


def test_an_answer_without_an_end_is_given_up() -> None:
    reader = ChatReader()
    with pytest.raises(EngineError, match="does not end"):
        reader.take(chunk(content="." * 300_000))


def test_an_answer_in_one_piece_is_read_as_a_stream_is() -> None:
    message = {"role": "assistant", "content": f"> ✅ [点击这里]({URL})"}
    body = {"choices": [{"message": message, "finish_reason": "stop"}], "task_id": TASK}
    standing = read(a_reply(body))
    assert (link_of(standing), standing.upstream_id) == (URL, TASK)


def test_a_content_in_parts_is_read() -> None:
    parts = [{"type": "text", "text": f"<video>{URL}</video>"}]
    body = {"choices": [{"message": {"content": parts}, "finish_reason": "stop"}]}
    assert link_of(read(a_reply(body))) == URL


def test_a_film_whose_stream_was_cut_is_asked_for_by_the_unified_query() -> None:
    wire = wire_of(ChatOptions(base_url=BASE))
    assert wire.poll == "/v1/video/query?id={id}"
    body = {"id": TASK, "status": "completed", "video_url": URL, "choices": []}
    assert link_of(wire.read(a_reply(body))) == URL
    assert wire.read(a_reply({"error": {"message": "?"}}, 404)).outcome == Unknown()


def test_an_id_is_of_no_use_where_nothing_can_be_asked() -> None:
    follow = wire_of(ChatOptions(base_url=BASE, query="")).follow
    assert follow is not None
    assert follow().take(chunk(content=f"> ID: `{TASK}`\n")).upstream_id is None
