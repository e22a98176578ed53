"""The five pages that the formats come from: what they show works as it is written there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from matinee.core.size import Size
from matinee.core.video import Video
from tests.contract import seeds
from tests.fakes import a_png
from tests.houses import FILM, House, a_house

CHAT = "/v1/chat/completions"
JSON = {"content-type": "application/json", "accept": "application/json"}

PAGE_002: list[dict[str, Any]] = [
    {"temperature": 0.8},
    {"temperature": 0.2, "top_p": 0.1},
    {"n": 1},
    {"stop": ["a", "b", "c", "d"]},
    {"stop": None},
    {"max_tokens": 1000},
    {"presence_penalty": -2.0, "frequency_penalty": 2.0},
    {"logit_bias": {"50256": -100}},
    {"logit_bias": None},
    {"user": "user-1234"},
    {"response_format": {"type": "json_object"}},
    {"seed": 7},
    {"seen": 7},
    {"tools": [{"type": "function", "function": {"name": "my_function"}}], "tool_choice": "auto"},
    {"tools": ["text"], "tool_choice": {}},
    {"tool_choice": "none"},
]
"""What the third page's parameters may hold, from its descriptions."""

PAGE_004 = {
    "model": "sora-2",
    "prompt": "A calico cat playing a piano on stage",
    "seconds": "4",
    "size": "720x1280",
    "watermark": "false",
    "private": "false",
    "style": "anime",
}
"""The examples beside the fifth page's fields."""


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A server without engines."""
    async with a_house(tmp_path) as house:
        yield house


async def made(
    house: House, method: str, path: str, **request: Any
) -> tuple[httpx.Response, Video]:
    """The reply to a chat request whose film is made meanwhile, and that film."""
    async with house.client() as client:
        waiting = asyncio.create_task(client.request(method, path, **request))
        video_id = await house.delivered.get()
        await house.complete(video_id)
        return await waiting, await house.video(video_id)


def last_content(reply: httpx.Response) -> str:
    """The text of a stream's last delta that has one."""
    events = [
        line.removeprefix("data: ") for line in reply.text.splitlines() if line[:5] == "data:"
    ]
    assert events[-1] == "[DONE]"
    chunks = [json.loads(event) for event in events[:-1]]
    contents: list[str] = [chunk["choices"][0]["delta"].get("content", "") for chunk in chunks]
    return next(content for content in reversed(contents) if content)


def assert_streamed(reply: httpx.Response, video: Video) -> None:
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert f"/f/{video.access_token}/task_{video.id}.mp4" in last_content(reply)


async def test_the_first_page_s_example_streams_a_film(house: House) -> None:
    body = seeds.chat_example()
    assert body["max_tokens"] == 1000
    headers = {**JSON, "x-forwarded-host": "localhost:5173"}
    reply, video = await made(house, "POST", CHAT, json=body, headers=headers)
    assert_streamed(reply, video)
    assert video.spec.prompt.startswith("an astronaut golden retriever named Sora levitates")
    assert video.spec.prompt.endswith("shimmers off the fur.")


async def test_the_same_without_a_stream_is_one_completion(house: House) -> None:
    body = seeds.chat_example() | {"stream": False}
    reply, video = await made(house, "POST", CHAT, json=body, headers=JSON)
    completion = reply.json()
    assert {"id", "object", "created", "choices", "usage"} <= completion.keys()
    assert completion["object"] == "chat.completion"
    assert completion["choices"][0].keys() == {"index", "message", "finish_reason"}
    assert completion["choices"][0]["message"].keys() == {"role", "content"}
    assert completion["usage"].keys() == {"prompt_tokens", "completion_tokens", "total_tokens"}
    assert completion["task_id"] == f"task_{video.id}"


async def test_the_second_page_s_json_streams_the_same_film(house: House) -> None:
    reply, video = await made(house, "POST", CHAT, content=seeds.chat_json(), headers=JSON)
    assert_streamed(reply, video)
    assert video.spec.prompt == seeds.chat_example()["messages"][0]["content"]


async def test_the_second_page_s_curl_line_streams_the_same_film(house: House) -> None:
    curl, _, method, url, *rest = seeds.chat_curl()
    options = list(zip(rest[::2], rest[1::2], strict=True))
    headers = dict(value.split(": ") for flag, value in options if flag == "-H")
    (body,) = [value for flag, value in options if flag == "-d"]
    assert (curl, url) == ("curl", f"http://v98store.com{CHAT}")
    reply, video = await made(house, method, CHAT, content=body, headers=headers)
    assert_streamed(reply, video)
    assert "the dog's eyes" in video.spec.prompt


@pytest.mark.parametrize("parameters", PAGE_002)
async def test_every_parameter_of_the_third_page_is_taken(
    house: House, parameters: dict[str, Any]
) -> None:
    body = {
        "model": "sora-2",
        "messages": [{"role": "user", "content": "a paper boat"}],
        "stream": True,
    }
    reply, video = await made(house, "POST", CHAT, json=body | parameters)
    assert_streamed(reply, video)
    if parameters.keys() & {"seed", "seen"}:
        assert video.spec.seed == 7


async def test_the_fourth_page_s_example_is_polled_until_its_film_is_there(house: House) -> None:
    async with house.client() as client:
        created = (await client.post("/v1/video/create", json=seeds.unified_example())).json()
        assert {"id", "object", "created", "choices", "usage"} <= created.keys()
        assert (created["status"], created["id"][:16]) == ("pending", "sora-2-pro:task_")
        assert created["status_update_time"] > 10**12
        await house.start(created["task_id"])
        polled = (await client.get("/v1/video/query", params={"id": created["id"]})).json()
        assert (polled["status"], polled["video_url"]) == ("processing", None)
        await house.complete(created["task_id"])
        polled = (await client.get("/v1/video/query", params={"id": created["id"]})).json()
        film = await client.get(polled["video_url"])
    spec = (await house.video(created["task_id"])).spec
    assert polled["status"] == "completed"
    assert film.content == FILM
    assert (spec.size, spec.seconds, spec.prompt) == (Size(1080, 1920), 15, "make animate")
    assert (spec.private, spec.watermark) == (True, False)


@pytest.mark.parametrize("has_image", [True, False])
async def test_the_fifth_page_s_fields_make_a_video(house: House, has_image: bool) -> None:
    image = ("fuji_copy.jpg", a_png(), "image/jpeg")
    # A file field that was left empty is how a form without an image is still multipart.
    files = {"input_reference": image if has_image else ("", b"", "application/octet-stream")}
    async with house.client() as client:
        created = (await client.post("/v1/videos", data=PAGE_004, files=files)).json()
        await house.complete(created["id"])
        retrieved = (await client.get(f"/v1/videos/{created['id']}")).json()
        film = await client.get(f"/v1/videos/{created['id']}/content")
        listed = (await client.get("/v1/videos")).json()
        deleted = (await client.delete(f"/v1/videos/{created['id']}")).json()
    assert {"id", "object", "model", "status", "progress", "created_at", "seconds", "size"} <= (
        created.keys()
    )
    assert (created["status"], created["seconds"], created["size"]) == ("queued", "4", "720x1280")
    assert retrieved["status"] == "completed"
    assert film.content == FILM
    assert [video["id"] for video in listed["data"]] == [created["id"]]
    assert deleted["deleted"] is True


@pytest.mark.parametrize("style", ["thanksgiving", "comic", "news", "selfie", "nostalgic", "anime"])
async def test_every_style_of_the_fifth_page_is_taken(house: House, style: str) -> None:
    async with house.client() as client:
        reply = await client.post("/v1/videos", data=PAGE_004 | {"style": style})
    assert (await house.video(reply.json()["id"])).spec.style == style
