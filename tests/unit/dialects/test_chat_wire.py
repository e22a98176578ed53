"""The chat format's JSON, byte by byte."""

from __future__ import annotations

import json

from matinee.dialects.chat.wire import Delta, conversation_of, estimate_usage, fingerprint
from tests.samples import a_video, a_video_id

HEAD = (
    '{"id":"chatcmpl-%s","object":"chat.completion.chunk","created":1795253401,"model":"sora-2",'
    '"system_fingerprint":"%s",'
)


def head() -> str:
    return HEAD % (a_video_id(), fingerprint("0.1.0", "animatic", "sora-2"))


def test_a_chunk_is_one_event_with_no_key_too_many() -> None:
    talk = conversation_of(a_video(), version="0.1.0", wants_usage=False)
    assert talk.chunk(0, Delta(role="assistant", content="")).decode() == (
        f"data: {head()}"
        '"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}\n\n'
    )
    assert talk.chunk(1, Delta(), "stop").decode() == (
        f'data: {head()}"choices":[{{"index":1,"delta":{{}},"finish_reason":"stop"}}]}}\n\n'
    )


def test_usage_comes_in_a_chunk_of_its_own_and_is_null_before() -> None:
    talk = conversation_of(a_video(), version="0.1.0", wants_usage=True)
    assert talk.chunk(0, Delta(content="a")).endswith(b'"finish_reason":null}],"usage":null}\n\n')
    assert talk.usage_chunk(estimate_usage("abcde", "雪雪")).endswith(
        b'"choices":[],"usage":{"prompt_tokens":2,"completion_tokens":2,"total_tokens":4}}\n\n'
    )


def test_a_line_break_never_breaks_an_event() -> None:
    talk = conversation_of(a_video(), version="0.1.0", wants_usage=False)
    event = talk.chunk(0, Delta(content="a\n\nb\r\u2028"))
    assert event.count(b"\n") == 2
    content = json.loads(event[len("data: ") :])["choices"][0]["delta"]["content"]
    assert content == "a\n\nb\r\u2028"


def test_the_fingerprint_changes_with_what_makes_the_film() -> None:
    assert fingerprint("1", "animatic", "sora-2") == fingerprint("1", "animatic", "sora-2")
    assert fingerprint("1", "animatic", "sora-2") != fingerprint("2", "animatic", "sora-2")
    assert fingerprint("1", "animatic", "sora-2") != fingerprint("1", "diffusers", "sora-2")
