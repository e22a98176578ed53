"""`/v1/chat/completions`, watched while the film is made."""

from __future__ import annotations

import asyncio
import json
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest

from matinee.core.errors import Cancelled, EngineError, ModerationBlocked
from matinee.core.size import Size
from matinee.web.context import DialectSettings
from tests.exchanges import Exchange, a_json_scope, an_exchange, json_bytes
from tests.houses import House, a_house

PATH = "/v1/chat/completions"


def a_body(prompt: str = "a cat", **values: Any) -> dict[str, Any]:
    return {"model": "sora-2", "messages": [{"role": "user", "content": prompt}], **values}


def streaming(house: House, **values: Any) -> AbstractAsyncContextManager[Exchange]:
    body = json_bytes(a_body(stream=True, **values))
    return an_exchange(house.site, a_json_scope(PATH, accept="application/json"), body)


async def replied(house: House, *outcomes: str, **values: Any) -> httpx.Response:
    """The reply to a request that waits, whose films end as `outcomes` say."""
    async with house.client() as client:
        waiting = asyncio.create_task(client.post(PATH, json=a_body(**values)))
        films = [await house.delivered.get() for _ in outcomes]
        for film, outcome in zip(films, outcomes, strict=True):
            if outcome == "made":
                await house.complete(film)
            else:
                await house.fail(film, EngineError("It broke."))
        return await waiting


async def test_a_film_is_told_of_from_its_id_to_its_link(house: House) -> None:
    async with streaming(house) as exchange:
        status, headers = await exchange.head()
        film = await house.delivered.get()
        first = await exchange.event()
        assert first["choices"][0]["delta"] == {"role": "assistant", "content": ""}
        assert await exchange.content() == f"> ID: `task_{film}`\n\n"
        assert await exchange.content() == "> 排队中 Queued\n\n"
        await house.start(film)
        assert await exchange.content() == "> 生成中 Generating\n\n"
        await house.progress(film, 36)
        assert await exchange.content() == "> 🏃 Video Generation Progress 进度：36%\n\n"
        done = await house.complete(film)
        url = f"http://localhost:8642/f/{done.access_token}/task_{film}.mp4"
        result = await exchange.content()
        last = await exchange.event()
        assert [await exchange.piece() for _ in range(2)] == [b"data: [DONE]\n\n", b""]
    assert (status, headers["x-task-id"]) == (200, f"task_{film}")
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert f"[点击这里]({url})" in result
    assert f'<br>\n\n<video src="{url}" controls="controls">\n{url}\n</video>\n\n' in result
    assert last["choices"][0] == {"index": 0, "delta": {}, "finish_reason": "stop"}
    assert (last["id"], last["created"]) == (first["id"], first["created"])


async def test_a_failure_is_text_then_an_error_then_done(house: House) -> None:
    async with streaming(house, stream_options={"include_usage": True}) as exchange:
        await exchange.head()
        film = await house.delivered.get()
        for _ in range(3):
            await exchange.event()
        await house.fail(film, ModerationBlocked("The prompt was refused."))
        said = await exchange.content()
        error = await exchange.event()
        assert await exchange.piece() == b"data: [DONE]\n\n"
    assert said == (
        "> ❌ 生成失败 Generation failed: The prompt was refused. (moderation_blocked)\n\n"
    )
    assert error == {
        "error": {
            "message": "The prompt was refused.",
            "type": "invalid_request_error",
            "param": None,
            "code": "moderation_blocked",
        }
    }


async def test_a_deleted_film_is_a_cancelled_one(house: House) -> None:
    async with streaming(house) as exchange, house.client() as client:
        await exchange.head()
        film = await house.delivered.get()
        for _ in range(3):
            await exchange.event()
        await client.delete(f"/v1/videos/{film}")
        assert "(cancelled)" in await exchange.content()
        assert (await exchange.event())["error"]["code"] == "cancelled"


async def test_a_server_that_stops_says_where_the_film_will_be(house: House) -> None:
    async with streaming(house) as exchange:
        await exchange.head()
        film = await house.delivered.get()
        for _ in range(3):
            await exchange.event()
        house.announcements.close()
        assert f"GET /v1/videos/task_{film}" in await exchange.content()
        assert (await exchange.event())["error"]["code"] == "service_unavailable"


async def test_a_client_that_leaves_takes_nothing_with_it(house: House) -> None:
    async with streaming(house) as exchange:
        await exchange.head()
        film = await house.delivered.get()
        exchange.leave()
        await exchange.over()
    assert (await house.complete(film)).job.progress == 100


async def test_usage_comes_last_and_only_if_asked_for(house: House) -> None:
    async with streaming(house, stream_options={"include_usage": True}) as exchange:
        await exchange.head()
        film = await house.delivered.get()
        assert (await exchange.event())["usage"] is None
        await house.complete(film)
        while (event := await exchange.event())["choices"]:
            pass
        assert await exchange.piece() == b"data: [DONE]\n\n"
    usage = event["usage"]
    assert usage["prompt_tokens"] == 2
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


@pytest.mark.parametrize(
    ("progress", "key", "value"),
    [("reasoning", "reasoning_content", "> 排队中 Queued\n\n"), ("none", "content", "")],
)
async def test_progress_may_go_elsewhere(house: House, progress: str, key: str, value: str) -> None:
    async with streaming(house, progress=progress) as exchange:
        await exchange.head()
        for _ in range(2):
            await exchange.event()
        delta = (await exchange.event())["choices"][0]["delta"]
    assert delta == {key: value}


async def test_several_films_are_several_choices(house: House) -> None:
    async with streaming(house, n=2, seed=7) as exchange:
        _, headers = await exchange.head()
        films = [await house.delivered.get() for _ in range(2)]
        indexes = [(await exchange.event())["choices"][0]["index"] for _ in range(4)]
        for film in reversed(films):
            await house.complete(film)
        ends = []
        while not (piece := await exchange.piece()).startswith(b"data: [DONE]"):
            choice = json.loads(piece.removeprefix(b"data: "))["choices"][0]
            if choice["finish_reason"] == "stop":
                ends.append(choice["index"])
    assert indexes == [0, 0, 1, 1]
    assert sorted(ends) == [0, 1]
    assert headers["x-task-id"] == f"task_{films[0]},task_{films[1]}"
    assert [(await house.video(film)).spec.seed for film in films] == [7, 8]


async def test_a_request_that_waits_gets_one_reply_with_the_film(house: House) -> None:
    reply = await replied(house, "made")
    body = reply.json()
    message = body["choices"][0]["message"]
    assert (reply.status_code, body["object"]) == (200, "chat.completion")
    assert message["role"] == "assistant"
    assert body["video_url"] in message["content"]
    assert message["content"].startswith(f"> ID: `{body['task_id']}`\n\n> 生成完成 ✅")
    assert body["choices"][0]["finish_reason"] == "stop"
    assert body["usage"]["total_tokens"] > 0
    assert reply.headers["x-task-id"] == body["task_id"]


async def test_a_request_that_waited_for_nothing_gets_an_error_nobody_repeats(
    house: House,
) -> None:
    reply = await replied(house, "failed")
    assert reply.status_code == 422
    assert reply.json()["error"]["message"] == "It broke."


async def test_one_film_of_two_is_better_than_none(house: House) -> None:
    reply = await replied(house, "failed", "made", n=2)
    first, second = [choice["message"]["content"] for choice in reply.json()["choices"]]
    assert reply.status_code == 200
    assert "❌" in first
    assert "✅" in second


async def test_a_cancelled_wait_leaves_the_film_alone(house: House) -> None:
    scope, body = a_json_scope(PATH), json_bytes(a_body())
    async with an_exchange(house.site, scope, body) as exchange:
        film = await house.delivered.get()
        exchange.leave()
        await exchange.over()
        assert exchange.sent.empty()
    assert not (await house.video(film)).job.state.is_final


@pytest.mark.parametrize(
    ("values", "size", "seconds"),
    [
        ({}, Size(720, 1280), 10),
        ({"model": "sora_video2-landscape-15s"}, Size(1280, 720), 15),
        ({"model": "sora-2-landscape-15s", "duration": "8"}, Size(1280, 720), 8),
        ({"model": "sora-2-landscape", "orientation": "portrait"}, Size(720, 1280), 10),
        ({"prompt": "a cat 16:9"}, Size(1280, 720), 10),
        ({"prompt": "a cat 16:9", "model": "sora-2-portrait"}, Size(720, 1280), 10),
    ],
)
async def test_what_is_said_outright_goes_before_name_before_hint(
    house: House, values: dict[str, Any], size: Size, seconds: int
) -> None:
    async with streaming(house, **values) as exchange:
        await exchange.head()
        spec = (await house.video(await house.delivered.get())).spec
    assert (spec.size, spec.seconds) == (size, seconds)
    assert spec.model == values.get("model", "sora-2")


@pytest.mark.parametrize(
    ("values", "param"),
    [
        ({"prompt": " "}, "messages"),
        ({"duration": 99}, "duration"),
        ({"n": 9}, "n"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"model": "gpt-7"}, "model"),
        ({"messages": []}, "messages"),
        ({"image": "https://nowhere/"}, "image"),
    ],
)
async def test_what_can_not_be_made_is_an_http_error_before_the_stream(
    client: httpx.AsyncClient, house: House, values: dict[str, Any], param: str
) -> None:
    reply = await client.post(PATH, json=a_body(stream=True, **values))
    assert reply.status_code in (400, 404)
    assert reply.json()["error"]["param"] == param
    assert house.is_idle


@pytest.mark.parametrize("stream", [True, False])
async def test_housekeeping_is_answered_without_a_film(
    client: httpx.AsyncClient, house: House, stream: bool
) -> None:
    body = {**a_body("hi", stream=stream), "max_tokens": 16}
    reply = await client.post(PATH, json=body)
    assert "This model makes films" in reply.text
    assert reply.text.endswith("data: [DONE]\n\n") is stream
    assert house.is_idle


async def test_films_that_do_not_all_fit_are_not_begun(tmp_path: Path) -> None:
    async with a_house(tmp_path, max_unfinished=1) as house, house.client() as client:
        reply = await client.post(PATH, json=a_body(n=2))
        assert reply.status_code == 429
        assert (await client.get("/v1/videos")).json()["data"] == []


async def test_a_silent_stream_still_carries_data(tmp_path: Path) -> None:
    settings = DialectSettings(version="0.1.0", silence_s=0.001)
    async with a_house(tmp_path, settings) as house, streaming(house) as exchange:
        await exchange.head()
        for _ in range(3):
            await exchange.event()
        assert await exchange.content() == ""
        assert await exchange.content() == ""


async def test_the_operator_may_turn_the_video_block_and_the_filter_off(tmp_path: Path) -> None:
    settings = DialectSettings(version="0.1.0", chat_video_tag=False, chat_auxiliary_filter=False)
    async with a_house(tmp_path, settings) as house:
        reply = await replied(house, "made", prompt="hi", max_tokens=16)
    content = reply.json()["choices"][0]["message"]["content"]
    assert "[点击这里](" in content
    assert "<video" not in content


async def test_an_idempotency_key_joins_a_repeat_to_its_film(house: House) -> None:
    headers = {"idempotency_key": "k1"}
    bodies = json_bytes(a_body(stream=True))
    async with an_exchange(house.site, a_json_scope(PATH, **headers), bodies) as first:
        _, first_headers = await first.head()
        film = await house.delivered.get()
        async with an_exchange(house.site, a_json_scope(PATH, **headers), bodies) as second:
            _, second_headers = await second.head()
    assert first_headers["x-task-id"] == second_headers["x-task-id"] == f"task_{film}"
    assert house.is_idle


async def test_a_film_that_ended_before_it_was_watched_is_told_of_whole(house: House) -> None:
    headers = {"idempotency_key": "k1"}
    body = json_bytes(a_body(stream=True))
    async with an_exchange(house.site, a_json_scope(PATH, **headers), body) as first:
        await first.head()
        await house.fail(await house.delivered.get(), Cancelled("The video was cancelled."))
    async with an_exchange(house.site, a_json_scope(PATH, **headers), body) as second:
        await second.head()
        said = [await second.content() for _ in range(3)]
    assert said[-1].startswith("> ❌ 生成失败")
