"""Chats that go on after a film: it is changed, or the reply says why there is a new one."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from matinee.core.errors import EngineError
from matinee.core.video import Relation, Video
from matinee.web.context import DialectSettings
from tests.exchanges import Exchange, a_json_scope, an_exchange, json_bytes
from tests.houses import House, a_house

PATH = "/v1/chat/completions"
Turn = dict[str, Any]


def a_turn(film: str, words: str = "> ID: `task_{film}`") -> list[Turn]:
    """What was said of an earlier film."""
    return [
        {"role": "user", "content": "a cat"},
        {"role": "assistant", "content": words.format(film=film)},
    ]


def going_on(
    house: House, turns: list[Turn], content: Any = "make it snow", **values: Any
) -> AbstractAsyncContextManager[Exchange]:
    """The next request of a conversation."""
    messages = [*turns, {"role": "user", "content": content}]
    body = {"model": "sora-2", "stream": True, "messages": messages, **values}
    return an_exchange(house.site, a_json_scope(PATH), json_bytes(body))


async def a_film(house: House, prompt: str = "a cat") -> Video:
    """A finished film."""
    async with house.client() as client:
        await client.post("/v1/videos", json={"prompt": prompt, "seconds": "8"})
    return await house.complete(await house.delivered.get())


async def made(exchange: Exchange, house: House) -> tuple[Video, str]:
    """The film that the request makes, and the line after its id."""
    status, _ = await exchange.head()
    assert status == 200, await exchange.piece()
    film = await house.video(await house.delivered.get())
    for _ in range(2):
        await exchange.event()
    return film, await exchange.content()


@pytest.mark.parametrize(
    "words",
    [
        "> ID: `task_{film}`\n\n> 生成完成 ✅",
        "[点击这里](https://films.example.org/f/token/task_{film}.mp4)",
        '{{"id": "task_{film}", "status": "completed"}}',
    ],
)
async def test_the_film_that_the_assistant_told_of_is_changed(house: House, words: str) -> None:
    earlier = await a_film(house)
    async with going_on(house, a_turn(earlier.id, words)) as exchange:
        film, line = await made(exchange, house)
    assert (film.remixed_from, film.spec.prompt) == (earlier.id, "make it snow")
    assert film.spec.source is not None
    assert film.spec.source.relation is Relation.REMIX
    assert line == "> 在上一个视频的基础上修改 Changing the earlier film\n\n"


async def test_the_newest_film_is_meant(house: House) -> None:
    first, second = await a_film(house), await a_film(house, "a dog")
    async with going_on(house, a_turn(first.id) + a_turn(second.id)) as exchange:
        film, _ = await made(exchange, house)
    assert film.remixed_from == second.id


async def test_a_failure_between_is_passed_over(house: House) -> None:
    first, second = await a_film(house), "01kav3m5n70000000000009999"
    async with going_on(house, a_turn(first.id) + a_turn(second)) as exchange:
        film, _ = await made(exchange, house)
    assert film.remixed_from == first.id


async def test_a_film_that_is_gone_is_no_source_and_the_reply_says_so(house: House) -> None:
    async with going_on(house, a_turn("01kav3m5n70000000000009999")) as exchange:
        film, line = await made(exchange, house)
    assert (film.remixed_from, film.spec.prompt) == (None, "make it snow")
    assert line == "> 生成新视频 A new film: the earlier one is gone\n\n"


async def test_nor_is_one_that_failed_or_is_not_finished(house: House) -> None:
    async with house.client() as client:
        await client.post("/v1/videos", json={"prompt": "a cat"})
    earlier = await house.delivered.get()
    async with going_on(house, a_turn(earlier)) as exchange:
        _, line = await made(exchange, house)
    assert "the earlier one is still being made" in line
    await house.fail(earlier, EngineError("It broke."))
    async with going_on(house, a_turn(earlier), "make it rain") as exchange:
        _, line = await made(exchange, house)
    assert "the earlier one was not made" in line


async def test_nor_is_one_whose_files_are_gone(house: House) -> None:
    earlier = await a_film(house)
    await house.expire(earlier.id)
    async with going_on(house, a_turn(earlier.id)) as exchange:
        _, line = await made(exchange, house)
    assert "the earlier one is not kept any more" in line


async def test_nor_is_another_account_s(house: House) -> None:
    alice, bob = [await house.access.create_key(name) for name in ("alice", "bob")]
    async with house.client(authorization=f"Bearer {alice.secret}") as client:
        await client.post("/v1/videos", json={"prompt": "a cat"})
    earlier = await house.complete(await house.delivered.get())
    scope = a_json_scope(PATH, authorization=f"Bearer {bob.secret}")
    messages = [*a_turn(earlier.id), {"role": "user", "content": "make it snow"}]
    body = json_bytes({"model": "sora-2", "stream": True, "messages": messages})
    async with an_exchange(house.site, scope, body) as exchange:
        film, line = await made(exchange, house)
    assert film.remixed_from is None
    assert "the earlier one is gone" in line


async def test_a_new_image_begins_a_new_film(house: House) -> None:
    earlier = await a_film(house)
    house.pages.by_url["https://e.org/a.png"] = b"\x89PNG\r\n\x1a\n" + bytes(24)
    content = [
        {"type": "text", "text": "make it snow"},
        {"type": "image_url", "image_url": "https://e.org/a.png"},
    ]
    async with going_on(house, a_turn(earlier.id), content) as exchange:
        film, line = await made(exchange, house)
    assert film.remixed_from is None
    assert "your message brings an image" in line


async def test_a_request_may_say_that_it_begins_anew(house: House) -> None:
    earlier = await a_film(house)
    async with going_on(house, a_turn(earlier.id), remix=False) as exchange:
        film, line = await made(exchange, house)
    assert film.remixed_from is None
    assert "Queued" in line


async def test_the_operator_may_turn_it_off(tmp_path: Any) -> None:
    settings = DialectSettings(version="0.1.0", chat_remix=False)
    async with a_house(tmp_path, settings) as house:
        earlier = await a_film(house)
        async with going_on(house, a_turn(earlier.id)) as exchange:
            film, _ = await made(exchange, house)
        async with going_on(house, a_turn(earlier.id), remix=True) as exchange:
            again, _ = await made(exchange, house)
    assert (film.remixed_from, again.remixed_from) == (None, earlier.id)


async def test_a_pasted_link_names_the_film(house: House) -> None:
    earlier = await a_film(house)
    link = f"http://localhost:8642/f/{earlier.access_token}/task_{earlier.id}.mp4"
    async with going_on(house, [], f"{link} make it snow") as exchange:
        film, _ = await made(exchange, house)
    assert (film.remixed_from, film.spec.prompt) == (earlier.id, "make it snow")


async def test_our_own_link_in_a_part_is_not_fetched(house: House) -> None:
    earlier = await a_film(house)
    link = f"http://localhost:8642/f/{earlier.access_token}/task_{earlier.id}.mp4"
    content = [
        {"type": "video_url", "video_url": {"url": link}},
        {"type": "text", "text": "make it snow"},
    ]
    async with going_on(house, [], content) as exchange:
        film, _ = await made(exchange, house)
    assert film.remixed_from == earlier.id


@pytest.mark.parametrize(
    ("content", "values", "status", "param"),
    [
        ("task_01kav3m5n70000000000009999 in snow", {}, 404, "messages"),
        ("in snow", {"remix_target_id": "task_01kav3m5n70000000000009999"}, 404, "remix_target_id"),
        ("in snow s_" + "0f" * 16, {}, 400, "messages"),
        (
            [{"type": "video_url", "video_url": "https://nowhere.example/task.mp4"}, "in snow"],
            {},
            400,
            "messages[0].content[0].video_url",
        ),
    ],
)
async def test_a_film_that_is_named_and_not_there_is_an_error(
    house: House, content: Any, values: dict[str, Any], status: int, param: str
) -> None:
    async with house.client() as client:
        messages = [{"role": "user", "content": content}]
        reply = await client.post(PATH, json={"messages": messages, **values})
    assert (reply.status_code, reply.json()["error"]["param"]) == (status, param)
    assert house.is_idle


async def test_several_remixes_of_one_film_differ(house: House) -> None:
    earlier = await a_film(house)
    async with going_on(house, a_turn(earlier.id), n=2) as exchange:
        await exchange.head()
        films = [await house.video(await house.delivered.get()) for _ in range(2)]
    assert {film.remixed_from for film in films} == {earlier.id}
    assert films[0].spec.seed != films[1].spec.seed
