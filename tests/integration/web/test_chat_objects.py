"""Chat replies in other forms: one JSON object, English lines, and the place in the queue."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from matinee.core.errors import EngineError
from matinee.web.context import DialectSettings
from tests.exchanges import a_json_scope, an_exchange, json_bytes
from tests.houses import House, a_house

PATH = "/v1/chat/completions"
JSON: dict[str, Any] = {"response_format": {"type": "json_object"}}


def a_body(**values: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": "a cat"}]
    return {"model": "sora-2", "messages": messages, "seed": 7, **values}


async def test_a_film_is_one_json_object(house: House) -> None:
    async with house.client() as client:
        waiting = asyncio.create_task(client.post(PATH, json=a_body(**JSON, style="comic")))
        film = await house.delivered.get()
        done = await house.complete(film)
        reply = (await waiting).json()
    base = f"http://localhost:8642/f/{done.access_token}/task_{film}"
    assert json.loads(reply["choices"][0]["message"]["content"]) == {
        "object": "video",
        "id": f"task_{film}",
        "video_id": f"video_{film}",
        "status": "completed",
        "progress": 100,
        "model": "sora-2",
        "size": "720x1280",
        "width": 720,
        "height": 1280,
        "seconds": 10,
        "fps": 24,
        "seed": 7,
        "style": "comic",
        "created_at": int(done.created_at.timestamp()),
        "completed_at": int(done.created_at.timestamp()),
        "video_url": f"{base}.mp4",
        "thumbnail_url": f"{base}.webp",
    }
    assert reply["video_url"] == f"{base}.mp4"


async def test_a_film_that_failed_is_an_object_with_its_problem(house: House) -> None:
    body = json_bytes(a_body(**JSON, stream=True, progress="none"))
    async with an_exchange(house.site, a_json_scope(PATH), body) as exchange:
        await exchange.head()
        film = await house.delivered.get()
        assert [await exchange.content() for _ in range(3)] == ["", "", ""]
        await house.fail(film, EngineError("It broke."))
        told = json.loads(await exchange.content())
        assert (await exchange.event())["error"]["code"] == "engine_error"
    assert (told["status"], told["video_url"]) == ("failed", None)
    assert told["error"] == {"message": "It broke.", "code": "engine_error"}


async def test_the_object_says_why_a_film_is_a_new_one(house: House) -> None:
    turns = [
        {"role": "assistant", "content": "> ID: `task_01kav3m5n70000000000009999`"},
        {"role": "user", "content": "make it snow"},
    ]
    async with house.client() as client:
        body = a_body(**JSON, messages=turns)
        waiting = asyncio.create_task(client.post(PATH, json=body))
        await house.complete(await house.delivered.get())
        told = json.loads((await waiting).json()["choices"][0]["message"]["content"])
    assert told["note"] == "the earlier one is gone"


async def test_a_reply_that_waits_says_it_too_and_nothing_else_of_the_work(house: House) -> None:
    turns = [
        {"role": "assistant", "content": "> ID: `task_01kav3m5n70000000000009999`"},
        {"role": "user", "content": "make it snow"},
    ]
    async with house.client() as client:
        waiting = asyncio.create_task(client.post(PATH, json=a_body(messages=turns)))
        film = await house.delivered.get()
        await house.complete(film)
        content = (await waiting).json()["choices"][0]["message"]["content"]
    lines = content.split("\n\n")
    assert lines[:2] == [
        f"> ID: `task_{film}`",
        "> 生成新视频 A new film: the earlier one is gone",
    ]
    assert lines[2].startswith("> 生成完成 ✅")


async def test_the_queue_is_told_with_how_many_are_ahead(house: House) -> None:
    async with house.client() as client:
        ahead = [
            (await client.post("/v1/videos", json={"prompt": "a cat"})).json()["id"]
            for _ in range(2)
        ]
    body = json_bytes(a_body(stream=True))
    async with an_exchange(house.site, a_json_scope(PATH), body) as exchange:
        await exchange.head()
        for _ in range(2):
            await exchange.event()
        assert await exchange.content() == "> 排队中 Queued (2 ahead)\n\n"
    assert len(ahead) == 2


async def test_the_place_in_the_queue_is_told_again_when_it_changes(tmp_path: Path) -> None:
    settings = DialectSettings(version="0.1.0", silence_s=0.001, chat_language="en")
    async with a_house(tmp_path, settings) as house:
        async with house.client() as client:
            await client.post("/v1/videos", json={"prompt": "a cat"})
        first = await house.delivered.get()
        body = json_bytes(a_body(stream=True))
        async with an_exchange(house.site, a_json_scope(PATH), body) as exchange:
            await exchange.head()
            for _ in range(2):
                await exchange.event()
            assert await exchange.content() == "> Queued (1 ahead)\n\n"
            await house.start(first)
            while not (said := await exchange.content()):
                pass
            assert said == "> Queued\n\n"


async def test_housekeeping_in_json_makes_no_film(house: House) -> None:
    text = "Please generate a four to five word title summarizing our conversation"
    async with house.client() as client:
        reply = await client.post(
            PATH, json=a_body(**JSON, messages=[{"role": "user", "content": text}])
        )
    assert json.loads(reply.json()["choices"][0]["message"]["content"]) == {"title": "Film"}
    assert house.is_idle
