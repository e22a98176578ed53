"""Whatever an upstream answers, it is read or called nonsense; nothing breaks on it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.core.errors import EngineError
from matinee.engines import chat, fal, lightx2v, localai, replicate, veo
from matinee.engines.chat import ChatReader
from matinee.net.relay import read_relay
from matinee.net.wire import Reply, Standing, Waiting
from tests.orders import a_reply

READERS = {
    "unified": read_relay,
    "chat": chat.read,
    "lightx2v": lightx2v.read,
    "localai": localai.read,
    "veo": veo.read,
    "fal": fal.read,
    "replicate": replicate.read,
}
NAMES = st.sampled_from(
    [
        *("id", "task_id", "name", "status", "task_status", "state", "progress", "detail", "data"),
        *("error", "message", "code", "type", "video_url", "video", "url", "output", "choices"),
        *("delta", "content", "reasoning_content", "finish_reason", "done", "response", "loc"),
        *("generateVideoResponse", "generatedSamples", "raiMediaFilteredReasons", "uri", "msg"),
        *("raiMediaFilteredCount", "status_url", "response_url", "pending_info", "progress_pct"),
        *("b64_json", "text", "fail_reason"),
    ]
)
WORDS = st.sampled_from(
    [
        *("", "completed", "COMPLETED", "succeeded", "failed", "IN_QUEUE", "processing", "36%"),
        *("https://v.example/a.mp4", "/f/a.mp4", "task_01kav3m5n7", "❌", "```", "%%", "\ud800"),
    ]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS
BODIES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=25,
)
STATUSES = st.sampled_from([200, 201, 202, 400, 401, 404, 410, 422, 429, 503])


@pytest.mark.parametrize("kind", list(READERS))
@given(body=BODIES, status=STATUSES)
def test_any_reply_is_read_or_called_nonsense(kind: str, body: Any, status: int) -> None:
    read: Callable[[Reply], Standing] = READERS[kind]
    try:
        standing = read(a_reply(body, status))
    except EngineError:
        return
    assert standing.upstream_id is None or standing.upstream_id.strip()


def test_an_answer_letter_by_letter_is_not_searched_anew_for_each() -> None:
    reader, event = ChatReader(), '{"choices": [{"delta": {"content": "进"}}]}'
    began_s = time.process_time()
    for _ in range(20_000):
        reader.take(event)
    assert time.process_time() - began_s < 5


def test_an_event_that_is_nested_without_end_is_passed_over() -> None:
    assert ChatReader().take("[" * 100_000) == Standing(outcome=Waiting())


@given(events=st.lists(st.dictionaries(NAMES, BODIES, max_size=4), max_size=5))
def test_any_stream_is_read_or_called_nonsense(events: list[dict[str, Any]]) -> None:
    reader = ChatReader()
    for event in events:
        try:
            data = msgspec.json.encode(event).decode()
        except UnicodeEncodeError:
            continue
        reader.take(data)
    reader.end()
