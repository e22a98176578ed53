"""A disk without room: nothing new is taken, and all the rest goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from matinee.core.errors import StorageFull
from tests.fakes import a_film
from tests.houses import House, a_house

ROOM_ENDS = "The disk has 1 MiB left."


class NarrowRoom:
    """Enough until it is said that it ends."""

    def __init__(self) -> None:
        self.ends = False

    def check(self) -> None:
        """Raise StorageFull if it has ended."""
        if self.ends:
            raise StorageFull(ROOM_ENDS)


@pytest.fixture
def room() -> NarrowRoom:
    """Enough of it at first."""
    return NarrowRoom()


@pytest.fixture
async def house(tmp_path: Path, room: NarrowRoom) -> AsyncIterator[House]:
    """A house whose room may end."""
    async with a_house(tmp_path, room=room) as house:
        yield house


async def create(client: httpx.AsyncClient, key: str = "k") -> httpx.Response:
    body = {"prompt": "a fox"}
    return await client.post("/v1/videos", json=body, headers={"idempotency-key": key})


def refused(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["error"]["code"]


async def test_without_room_whatever_is_new_is_refused(
    room: NarrowRoom, client: httpx.AsyncClient
) -> None:
    room.ends = True
    film = {"file": ("a.mp4", a_film(), "video/mp4")}
    small = await client.post("/v1/files", data={"purpose": "vision"}, files=film)
    large = {"file": ("a.mp4", a_film() + bytes(3_000_000), "video/mp4")}
    spooled = await client.post("/v1/files", data={"purpose": "vision"}, files=large)
    character = await client.post(
        "/v1/videos/characters", data={"name": "Mossy"}, files={"video": film["file"]}
    )
    chat = await client.post(
        "/v1/chat/completions",
        json={"model": "sora-2", "messages": [{"role": "user", "content": "a fox"}]},
    )
    for reply in (await create(client), small, spooled, character, chat):
        assert refused(reply) == (507, "storage_full"), reply.text


async def test_what_is_there_is_read_finished_and_deleted_all_the_same(
    room: NarrowRoom, house: House, client: httpx.AsyncClient
) -> None:
    first, second = [(await create(client, key)).json()["id"] for key in ("a", "b")]
    room.ends = True
    await house.complete(first)
    again = await create(client, "a")
    assert (again.status_code, again.json()["id"]) == (200, first)
    assert (await client.get("/v1/videos")).status_code == 200
    assert (await client.get(f"/v1/videos/{first}/content")).status_code == 200
    assert (await client.delete(f"/v1/videos/{second}")).status_code == 200


async def test_with_room_again_it_goes_on_by_itself(
    room: NarrowRoom, client: httpx.AsyncClient
) -> None:
    room.ends = True
    assert (await create(client)).status_code == 507
    room.ends = False
    assert (await create(client)).status_code == 200
