"""Chat answers that were cut off, and are told again when the same request comes again."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from matinee.core.errors import EngineError
from matinee.core.ids import VideoId
from matinee.web.context import DialectSettings
from tests.exchanges import Exchange, a_json_scope, an_exchange, json_bytes
from tests.houses import House, a_house

PATH = "/v1/chat/completions"


def asking(
    house: House, headers: dict[str, str] | None = None, **values: Any
) -> AbstractAsyncContextManager[Exchange]:
    """A request for a film, streamed unless `values` say otherwise."""
    messages = [{"role": "user", "content": "a cat"}]
    body = {"model": "sora-2", "stream": True, "messages": messages, **values}
    return an_exchange(house.site, a_json_scope(PATH, **(headers or {})), json_bytes(body))


async def ids_told(exchange: Exchange) -> str:
    """The films that the reply is about."""
    _, headers = await exchange.head()
    return headers["x-task-id"]


async def cut_off(house: House, **values: Any) -> VideoId:
    """A request whose client leaves before its film is made."""
    async with asking(house, **values) as exchange:
        film = await house.delivered.get()
        exchange.leave()
        await exchange.over()
    return film


async def told_to_its_end(exchange: Exchange) -> str:
    """The rest of a stream, whose client stays to its end."""
    told = b""
    while piece := await exchange.piece():
        told += piece
    await exchange.over()
    return told.decode()


async def test_a_film_is_told_of_again_from_where_it_stands(house: House) -> None:
    film = await cut_off(house)
    await house.start(film)
    await house.progress(film, 40)
    async with asking(house) as exchange:
        assert await ids_told(exchange) == f"task_{film}"
        await exchange.event()
        said = [await exchange.content() for _ in range(3)]
    assert said[0] == f"> ID: `task_{film}`\n\n"
    assert said[1] == "> 生成中 Generating\n\n"
    assert "40%" in said[2]
    assert house.is_idle


async def test_a_request_that_waits_is_resumed_too(house: House) -> None:
    film = await cut_off(house, stream=False)
    done = await house.complete(film)
    async with asking(house, stream=False) as exchange:
        assert await ids_told(exchange) == f"task_{film}"
        assert done.access_token.encode() in await exchange.piece()
    assert house.is_idle


async def test_an_answer_that_was_delivered_is_not_given_again(house: House) -> None:
    async with asking(house) as exchange:
        film = await house.delivered.get()
        await exchange.head()
        await house.complete(film)
        assert (await told_to_its_end(exchange)).endswith("data: [DONE]\n\n")
    async with asking(house) as exchange:
        assert await ids_told(exchange) != f"task_{film}"


async def test_nor_one_that_waited_for_it(house: House) -> None:
    async with asking(house, stream=False) as exchange:
        film = await house.delivered.get()
        await house.complete(film)
        await exchange.over()
    async with asking(house, stream=False) as exchange:
        assert await house.delivered.get() != film


async def test_nor_a_failure_that_was_told(house: House) -> None:
    async with asking(house) as exchange:
        film = await house.delivered.get()
        await exchange.head()
        await house.fail(film, EngineError("It broke."))
        await told_to_its_end(exchange)
    async with asking(house) as exchange:
        assert await ids_told(exchange) != f"task_{film}"


async def test_a_failure_that_nobody_heard_is_told(house: House) -> None:
    film = await cut_off(house)
    await house.fail(film, EngineError("It broke."))
    async with asking(house) as exchange:
        assert await ids_told(exchange) == f"task_{film}"
        assert "❌" in await told_to_its_end(exchange)
    async with asking(house) as exchange:
        assert await ids_told(exchange) != f"task_{film}"


async def test_while_the_first_is_being_told_the_same_request_is_another_film(
    house: House,
) -> None:
    async with asking(house) as first, asking(house) as second:
        assert await ids_told(first) != await ids_told(second)


async def test_equal_requests_at_the_same_moment_are_films_of_their_own(house: House) -> None:
    async with AsyncExitStack() as stack:
        sent = [await stack.enter_async_context(asking(house)) for _ in range(8)]
        made = {await ids_told(exchange) for exchange in sent}
    assert len(made) == 8


async def test_a_repeat_that_is_quicker_than_the_news_of_the_cut_waits_for_it(
    tmp_path: Path,
) -> None:
    settings = DialectSettings(version="0.1.0", departure_s=30.0)
    async with a_house(tmp_path, settings) as house, asking(house) as first:
        made = await ids_told(first)
        async with asking(house) as second:
            first.leave()
            assert await ids_told(second) == made


async def test_two_that_were_cut_off_are_resumed_one_each(house: House) -> None:
    async with asking(house) as first, asking(house) as second:
        made = {await ids_told(first), await ids_told(second)}
    async with asking(house) as first, asking(house) as second:
        assert {await ids_told(first), await ids_told(second)} == made


async def test_an_answer_may_be_cut_off_twice(house: House) -> None:
    film = await cut_off(house)
    for _ in range(2):
        async with asking(house) as exchange:
            assert await ids_told(exchange) == f"task_{film}"
            exchange.leave()
            await exchange.over()
    assert house.delivered.empty()


@pytest.mark.parametrize(("minutes", "is_same"), [(9, True), (11, False)])
async def test_a_finished_film_is_told_of_again_for_ten_minutes(
    house: House, minutes: int, is_same: bool
) -> None:
    film = await cut_off(house)
    await house.complete(film)
    house.clock.move(minutes * 60)
    async with asking(house) as exchange:
        assert (await ids_told(exchange) == f"task_{film}") is is_same


async def test_a_film_that_takes_hours_is_resumed_all_the_same(house: House) -> None:
    film = await cut_off(house)
    house.clock.move(3 * 3600)
    async with asking(house) as exchange:
        assert await ids_told(exchange) == f"task_{film}"


async def test_other_words_are_another_film(house: House) -> None:
    film = await cut_off(house)
    async with asking(house, seed=7) as exchange:
        assert await ids_told(exchange) != f"task_{film}"


async def test_another_account_s_same_words_are_another_film(house: House) -> None:
    keys = [await house.access.create_key(name) for name in ("alice", "bob")]
    told = []
    for key in keys:
        headers = {"authorization": f"Bearer {key.secret}"}
        async with asking(house, headers) as exchange:
            told.append(await ids_told(exchange))
    assert told[0] != told[1]


async def test_several_films_are_resumed_together(house: House) -> None:
    async with asking(house, n=3) as exchange:
        made = await ids_told(exchange)
    async with asking(house, n=3) as exchange:
        assert await ids_told(exchange) == made
    assert made.count("task_") == house.delivered.qsize() == 3


async def test_of_several_films_only_those_that_are_missing_are_made(house: House) -> None:
    async with asking(house, n=2) as exchange:
        made = (await ids_told(exchange)).split(",")
    async with house.client() as client:
        await client.delete(f"/v1/videos/{made[0]}")
    async with asking(house, n=2) as exchange:
        again = (await ids_told(exchange)).split(",")
    assert again[0] == made[1]
    assert again[1] not in made
    async with asking(house, n=2) as exchange:
        assert (await ids_told(exchange)).split(",") == again


async def test_a_deleted_film_is_made_anew(house: House) -> None:
    film = await cut_off(house)
    async with house.client() as client:
        await client.delete(f"/v1/videos/{film}")
    async with asking(house) as exchange:
        assert await ids_told(exchange) != f"task_{film}"


async def test_an_sdk_s_repeat_is_joined_in_any_case(house: House) -> None:
    async with asking(house, {"x_stainless_retry_count": "0"}) as first:
        made = await ids_told(first)
        async with asking(house, {"x_stainless_retry_count": "1"}) as second:
            assert await ids_told(second) == made
    async with asking(house, {"x_stainless_retry_count": "0"}, n=2) as first:
        made = await ids_told(first)
        async with asking(house, {"x_stainless_retry_count": "1"}, n=2) as second:
            assert await ids_told(second) == made


async def test_a_server_that_stops_has_delivered_nothing(house: House) -> None:
    async with asking(house) as exchange:
        film = await house.delivered.get()
        await exchange.head()
        house.announcements.close()
        assert "send the same request again" in await told_to_its_end(exchange)
    async with asking(house) as exchange:
        assert await ids_told(exchange) == f"task_{film}"
