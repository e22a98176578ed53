"""Creates that an SDK repeats because their reply got lost."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

from httpx import AsyncClient

from matinee.store.sql import Database
from tests.databases import LateDatabase
from tests.houses import House, a_house
from tests.integration.web.reconnecting import served

BODY = {"prompt": "A paper boat.", "model": "sora-2"}


async def create(client: AsyncClient, count: int | None, body: dict[str, str] = BODY) -> str:
    headers = {} if count is None else {"x-stainless-retry-count": str(count)}
    reply = await client.post("/v1/videos", json=body, headers=headers)
    assert reply.status_code == 200, reply.text
    return str(reply.json()["id"])


async def test_a_repeat_is_joined_to_the_first(house: House) -> None:
    async with house.client() as client:
        first = await create(client, 0)
        assert await create(client, 1) == first
        assert await create(client, 2) == first


async def test_a_first_request_that_rows_held_up_is_joined_to_its_repeat(tmp_path: Path) -> None:
    late: list[LateDatabase] = []

    def seen_late(database: Database) -> LateDatabase:
        late.append(LateDatabase(database))
        return late[-1]

    async with a_house(tmp_path, seen_through=seen_late) as house, house.client() as client:
        (database,) = late
        database.is_late = True
        first = asyncio.create_task(create(client, 0))
        await database.has_read.wait()
        database.is_late = False
        house.clock.move(1)
        repeat = await create(client, 1)
        house.clock.move(1)
        database.may_answer.set()
        assert await first == repeat


async def test_a_first_request_read_after_its_client_has_left_makes_nothing(house: House) -> None:
    body = json.dumps(BODY).encode()
    head = (
        "POST /v1/videos HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nX-Stainless-Retry-Count: 0\r\n\r\n"
    )
    async with served(house) as port, AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        await create(client, 1)
        house.clock.move(1)
        # While the server reads nothing, as nothing here is waited for.
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(head.encode() + body)
        await create(client, 0, {**BODY, "prompt": "Another one."})
        videos = (await client.get("/v1/videos")).json()["data"]
    assert len(videos) == 2


async def test_a_second_first_request_is_a_second_film(house: House) -> None:
    async with house.client() as client:
        assert await create(client, 0) != await create(client, 0)
        assert await create(client, None) != await create(client, None)


async def test_repeats_of_two_equal_requests_find_one_each(house: House) -> None:
    async with house.client() as client:
        made = {await create(client, 0), await create(client, 0)}
        assert {await create(client, 1), await create(client, 1)} == made


async def test_other_words_are_another_request(house: House) -> None:
    async with house.client() as client:
        first = await create(client, 0)
        assert await create(client, 1, {**BODY, "prompt": "A kite."}) != first


async def test_a_repeat_long_afterwards_is_a_new_request(house: House) -> None:
    async with house.client() as client:
        first = await create(client, 0)
        house.clock.move(16 * 60)
        assert await create(client, 1) != first


async def test_a_repeat_after_a_refusal_makes_the_film(house: House) -> None:
    async with house.client() as client:
        refused = await client.post(
            "/v1/videos",
            json={**BODY, "seconds": "99"},
            headers={"x-stainless-retry-count": "0"},
        )
        assert refused.status_code == 400
        assert await create(client, 1)


async def test_a_deleted_film_answers_no_repeat(house: House) -> None:
    async with house.client() as client:
        first = await create(client, 0)
        await client.delete(f"/v1/videos/{first}")
        assert await create(client, 1) != first


async def test_a_hundred_copies_of_a_hundred_requests_are_a_hundred_films(house: House) -> None:
    async with house.client() as client:
        asked = [{**BODY, "prompt": f"Boat {number}."} for number in range(100)]
        sent = [create(client, count, body) for count in range(100) for body in asked]
        made = await asyncio.gather(*sent)
    assert len(set(made)) == 100
