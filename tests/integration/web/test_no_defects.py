"""Whatever a client sends, the answer is never a defect, and always in the envelope."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx
import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

# The house is only read from: every example refuses or accepts on its own.
fuzzed = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

numbers = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    ["1280x720", "16:9", "large", "true", "10s", "data:image/png;base64,", "http://[", "{", "[]"]
)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
film_fields = st.sampled_from(
    [
        *("prompt", "model", "size", "seconds", "duration", "seed", "seen", "style", "watermark"),
        *("private", "orientation", "aspect_ratio", "input_reference", "images", "image"),
        *("image_url", "resolution", "id", "task_id"),
    ]
)
sibling_fields = film_fields | st.sampled_from(
    [
        *("storyboard", "shots", "callback_url", "remix_target_id", "hd", "width", "height", "n"),
        *("metadata", "response_format", "frame_images", "input_references", "previous_job_id"),
    ]
)
chat_fields = film_fields | st.sampled_from(
    [
        *("messages", "stream_options", "n", "tools", "tool_choice", "function_call"),
        *("max_tokens", "max_completion_tokens", "progress", "stop", "temperature"),
    ]
)
parts = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "image_url", "input_image", "x"]) | values},
    optional={"text": values, "image_url": values, "url": values},
)
messages = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "system", "assistant"]) | values},
        optional={"content": values | st.lists(parts, max_size=3)},
    ),
    max_size=3,
)


def assert_no_defect(reply: httpx.Response) -> None:
    assert reply.status_code < 500, reply.text
    if reply.status_code >= 400:
        assert reply.json()["error"].keys() == {"message", "type", "param", "code"}


@fuzzed
@given(
    path=st.sampled_from(["/v1/videos", "/v1/video/create", "/v1/video/query"]),
    body=st.dictionaries(film_fields, values, max_size=6),
    prompt=st.none() | texts,
)
async def test_no_json_is_a_defect(
    client: httpx.AsyncClient, path: str, body: dict[str, Any], prompt: str | None
) -> None:
    sent = msgspec.json.encode(body if prompt is None else {"prompt": prompt} | body)
    headers = {"content-type": "application/json"}
    assert_no_defect(await client.post(path, content=sent, headers=headers))


@fuzzed
@given(
    path=st.sampled_from(["/v1/video/generations", "/v2/videos/generations", "/api/v1/videos"]),
    body=st.dictionaries(sibling_fields, values, max_size=6),
)
async def test_no_sibling_has_a_defect(
    client: httpx.AsyncClient, path: str, body: dict[str, Any]
) -> None:
    sent = msgspec.json.encode({"prompt": "a cat"} | body)
    headers = {"content-type": "application/json"}
    reply = await client.post(path, content=sent, headers=headers)
    assert reply.status_code < 500, reply.text
    if reply.status_code >= 400:
        assert reply.json()["error"]["message"]


@fuzzed
@given(body=st.dictionaries(chat_fields, values, max_size=5), talk=messages | values)
async def test_no_chat_is_a_defect(
    client: httpx.AsyncClient, body: dict[str, Any], talk: Any
) -> None:
    # A reply would wait for its film, and nobody makes one here: none may be this long.
    never = {"model": "sora-2", "seconds": None, "duration": 99}
    sent = msgspec.json.encode({"messages": talk} | body | never)
    reply = await client.post("/v1/chat/completions", content=sent)
    assert_no_defect(reply)


@fuzzed
@given(
    fields=st.lists(st.tuples(film_fields | st.text("ab[]", max_size=6), texts), max_size=6),
    file=st.none() | st.binary(max_size=40),
)
async def test_no_form_is_a_defect(
    client: httpx.AsyncClient, fields: list[tuple[str, str]], file: bytes | None
) -> None:
    parts: list[tuple[str, Any]] = [(name or "x", (None, value)) for name, value in fields]
    if file is not None:
        parts.append(("input_reference", ("a.png", file)))
    assert_no_defect(await client.post("/v1/videos", files=parts or [("x", (None, "y"))]))


@fuzzed
@given(
    path=st.text(st.characters(codec="utf-8"), max_size=30),
    prefix=st.sampled_from(["/", "/v1/videos/", "/f/", "/f/a/", "/v1/video/query/", "/v1/models/"]),
    query=st.dictionaries(st.sampled_from(["id", "limit", "after", "order", "variant"]), texts),
    method=st.sampled_from(["GET", "HEAD", "DELETE", "POST", "PUT", "OPTIONS", "PATCH"]),
)
async def test_no_path_is_a_defect(
    client: httpx.AsyncClient, path: str, prefix: str, query: dict[str, str], method: str
) -> None:
    reply = await client.request(method, prefix + quote(path), params=query)
    assert reply.status_code < 500, reply.text


@fuzzed
@given(body=st.binary(max_size=200), kind=st.sampled_from(["json", "form", "multipart", "none"]))
async def test_no_bytes_are_a_defect(client: httpx.AsyncClient, body: bytes, kind: str) -> None:
    kinds = {
        "json": "application/json",
        "form": "application/x-www-form-urlencoded",
        "multipart": "multipart/form-data; boundary=b",
        "none": "",
    }
    reply = await client.post("/v1/videos", content=body, headers={"content-type": kinds[kind]})
    assert_no_defect(reply)
