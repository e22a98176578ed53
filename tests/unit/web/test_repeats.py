"""How requests are recognised when they come again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.requests import Request

from matinee.core.errors import InvalidRequest
from matinee.web.body import Body
from matinee.web.forms import FilePart
from matinee.web.repeats import parse_asked
from tests.exchanges import a_scope

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def key_of(values: dict[str, Any], key: str = "k1", path: str = "/v1/videos") -> str:
    request = Request(a_scope("POST", path, idempotency_key=key))
    asked = parse_asked(request, Body(values=values), NOW)
    assert asked.request_key is not None
    return asked.request_key.digest


def test_the_digest_of_a_request_is_that_of_its_values() -> None:
    file = FilePart(name="a", media_type="x/y", data=b"1")
    assert key_of({"a": 1, "f": file}) == key_of({"f": file, "a": 1})
    assert key_of({"a": 1}) != key_of({"a": 2})
    assert key_of({"f": file}) != key_of({"f": FilePart(name="a", media_type="x/y", data=b"2")})
    assert key_of({"a": 1}) != key_of({"a": 1}, path="/v1/video/create")


def test_no_idempotency_key_is_no_key() -> None:
    asked = parse_asked(Request(a_scope("POST", "/v1/videos")), Body(values={}), NOW)
    assert not asked.is_repeatable


@pytest.mark.parametrize("key", ["x" * 256, "a\x01b", "ü"])
def test_a_strange_idempotency_key_is_refused(key: str) -> None:
    with pytest.raises(InvalidRequest, match="printable"):
        key_of({}, key=key)


@pytest.mark.parametrize(("count", "is_repeat"), [("0", False), ("1", True), ("2", True)])
def test_an_sdk_says_whether_it_repeats(count: str, is_repeat: bool) -> None:
    request = Request(a_scope("POST", "/v1/videos", x_stainless_retry_count=count))
    asked = parse_asked(request, Body(values={"prompt": "a"}), NOW)
    assert asked.question is not None
    assert asked.question.is_repeat is is_repeat


@pytest.mark.parametrize("count", ["²", "9" * 5000, "-1", "1, 2", ""])
def test_a_strange_count_is_passed_over(count: str) -> None:
    request = Request(a_scope("POST", "/v1/videos", x_stainless_retry_count=count))
    assert not parse_asked(request, Body(values={}), NOW).is_repeatable
    by_words = parse_asked(request, Body(values={}), NOW, by_words=True).question
    assert by_words is not None
    assert not by_words.is_repeat
