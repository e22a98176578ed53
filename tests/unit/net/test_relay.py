"""What relays tell of a film, in every spelling that occurs."""

from __future__ import annotations

from typing import Any

import pytest

from matinee.core.errors import (
    EngineError,
    EngineUnavailable,
    MatineeError,
    ModerationBlocked,
    OutOfMemory,
)
from matinee.core.size import Size
from matinee.net.relay import failure, percent_of, read_relay, reason_of, refusal, shape_of
from matinee.net.wire import Failed, Outcome, Ready, Unknown, Waiting
from tests.orders import a_reply

URL = "https://v.example.org/f/a.mp4"
LINKS: list[dict[str, Any]] = [
    {"video_url": URL},
    {"url": URL},
    {"result_url": URL},
    {"output_url": URL},
    {"detail": {"url": URL}},
    {"detail": {"video_url": URL}},
    {"metadata": {"url": URL}},
    {"output": {"video_url": URL}},
    {"result": {"video_url": URL}},
    {"data": [{"url": URL}]},
    {"data": {"output": URL}},
    {"task_result": {"videos": [{"url": URL}]}},
    {"upsample_video_url": URL},
]
REASONS: list[dict[str, Any]] = [
    {"error": {"message": "no lens", "code": "x"}},
    {"error": "no lens"},
    {"error_message": "no lens"},
    {"fail_reason": "no lens"},
    {"detail": {"error": "no lens"}},
    {"detail": {"pending_info": {"failure_reason": "no lens"}}},
]


def outcome_of(body: dict[str, Any], status: int = 200) -> Outcome:
    return read_relay(a_reply({"id": "sora-2:task_1", **body}, status)).outcome


def error_of(body: dict[str, Any], status: int = 200) -> MatineeError:
    outcome = outcome_of(body, status)
    assert isinstance(outcome, Failed)
    return outcome.error


@pytest.mark.parametrize("word", ["pending", "queued", "submitted", "NOT_START", "Pending"])
def test_words_of_waiting_are_a_film_that_waits(word: str) -> None:
    assert outcome_of({"status": word}) == Waiting(is_queued=True)


@pytest.mark.parametrize(
    "word",
    ["processing", "in_progress", "IN_PROGRESS", "generating", "video_generating", "unheard_of"],
)
def test_words_of_work_and_words_that_nobody_knows_are_a_film_in_work(word: str) -> None:
    assert outcome_of({"status": word}) == Waiting()


@pytest.mark.parametrize("word", ["video_generation_completed", "video_upsampling_completed"])
def test_a_word_that_only_sounds_like_the_end_is_not_the_end(word: str) -> None:
    assert outcome_of({"status": word, "video_url": URL}) == Waiting()


@pytest.mark.parametrize("word", ["completed", "success", "SUCCESS", "succeeded"])
@pytest.mark.parametrize("link", LINKS)
def test_a_finished_film_is_found_wherever_its_link_stands(word: str, link: dict[str, Any]) -> None:
    outcome = outcome_of({"status": word, **link})
    assert isinstance(outcome, Ready)
    assert outcome.call is not None
    assert outcome.call.path == URL
    assert outcome.call.is_link


def test_a_film_that_is_finished_without_a_link_is_waited_for() -> None:
    assert outcome_of({"status": "completed", "video_url": None}) == Waiting()


@pytest.mark.parametrize(
    "word", ["failed", "FAILURE", "error", "cancelled", "expired", "video_generation_failed"]
)
@pytest.mark.parametrize("reason", REASONS)
def test_a_failure_is_told_wherever_its_reason_stands(word: str, reason: dict[str, Any]) -> None:
    error = error_of({"status": word, **reason})
    assert type(error) is EngineError
    assert str(error) == "no lens"


def test_a_failure_without_a_reason_says_so() -> None:
    assert str(error_of({"status": "failed"})) == "The upstream failed and did not say why."


@pytest.mark.parametrize(
    "reason",
    [
        {"error": {"message": "no", "code": "moderation_blocked"}},
        {"error": "The prompt violates our content policy."},
        {"fail_reason": "提示词审核不通过"},
        {"detail": {"pending_info": {"moderation_result": {"code": "sora_content_policy"}}}},
    ],
)
def test_a_refusal_by_moderation_is_known_as_one(reason: dict[str, Any]) -> None:
    assert isinstance(error_of({"status": "failed", **reason}), ModerationBlocked)


@pytest.mark.parametrize(
    ("told", "percent"),
    [
        ({"progress": 36}, 36),
        ({"progress": "36%"}, 36),
        ({"progress": "36.7%"}, 36),
        ({"progress": 36.7}, 36),
        ({"detail": {"pending_info": {"progress_pct": 0.36}}}, 36),
        ({"progress": 0, "detail": {"pending_info": {"progress_pct": 1}}}, 100),
        ({"progress": "soon"}, None),
        ({"progress": True}, None),
        ({"progress": 140}, None),
    ],
)
def test_progress_is_a_number_or_a_text(told: dict[str, Any], percent: int | None) -> None:
    assert outcome_of({"status": "processing", **told}) == Waiting(progress=percent)


@pytest.mark.parametrize(
    "body",
    [
        {"id": "sora-2:task_1", "status": "pending"},
        {"task_id": "sora-2:task_1", "status": "pending"},
        {"code": "success", "data": {"task_id": "sora-2:task_1", "status": "NOT_START"}},
        {"code": "success", "data": "sora-2:task_1"},
        {"task_id": "sora-2:task_1"},
    ],
)
def test_the_id_is_found_in_every_envelope(body: dict[str, Any]) -> None:
    standing = read_relay(a_reply(body))
    assert standing.upstream_id == "sora-2:task_1"
    assert isinstance(standing.outcome, Waiting)


def test_an_id_may_be_a_number() -> None:
    assert read_relay(a_reply({"id": 42, "status": "queued"})).upstream_id == "42"


def test_an_id_that_nobody_knows_is_unknown() -> None:
    reply = a_reply({"error": {"message": "Task not found"}}, 404)
    assert read_relay(reply).outcome == Unknown()


@pytest.mark.parametrize("body", [None, [], "x", {}, {"data": {}}, {"hello": 1}])
def test_an_answer_that_tells_of_no_film_is_nonsense(body: Any) -> None:
    with pytest.raises(EngineError, match="tells of no film"):
        read_relay(a_reply(body))


def test_a_full_queue_may_be_tried_again() -> None:
    error = refusal({"error": {"message": "queue full", "code": "queue_full"}}, 429)
    assert isinstance(error, EngineUnavailable)
    assert "queue full" in str(error)


def test_the_words_about_a_key_are_not_repeated() -> None:
    error = refusal({"error": {"message": "Incorrect API key: sk-secret"}}, 401)
    assert "sk-" not in str(error)
    assert not error.retryable


def test_a_field_at_fault_is_named() -> None:
    body = {"detail": [{"loc": ["body", "duration"], "msg": "must be 5 or 10"}]}
    assert reason_of(body, "") == "must be 5 or 10 (body.duration)"


def test_a_long_reason_is_cut() -> None:
    assert len(reason_of({"error": "x" * 5000}, "")) == 301


def test_too_little_memory_is_known_as_that() -> None:
    assert isinstance(failure("CUDA out of memory. Tried to allocate 2 GiB"), OutOfMemory)


def test_a_percentage_is_read_as_it_is_written() -> None:
    written = [7, 7.9, "7", "7%", " 7.9 % ", "x", None, True, -1, "777"]
    assert [percent_of(each) for each in written] == [7, 7, 7, 7, 7, None, None, None, None, 100]


@pytest.mark.parametrize(
    ("size", "shape"),
    [
        (Size(1280, 720), "16:9"),
        (Size(720, 1280), "9:16"),
        (Size(1792, 1024), "16:9"),
        (Size(512, 512), "1:1"),
        (Size(832, 480), "16:9"),
    ],
)
def test_a_size_has_the_nearest_usual_shape(size: Size, shape: str) -> None:
    assert shape_of(size) == shape
