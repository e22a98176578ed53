"""Any part of a film, from either store, is that part of its bytes.

`RANGES=20000` asks for as many as PROMISES R11 names.
"""

from __future__ import annotations

import os
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from matinee.blobs.local import LocalBlobs
from matinee.blobs.objects import ObjectBlobs
from matinee.ports.blobs import Blobs
from matinee.system import SystemClock
from matinee.web.files import FileReply
from tests.objects import the_object_store

FILM = random.Random(11).randbytes(700_001)  # noqa: S311
SIZE = len(FILM)
ASKED = int(os.environ.get("RANGES", "150"))


@dataclass(frozen=True, slots=True)
class Film:
    """What a reply needs to know of the film."""

    blob_key: str = "videos/01k/1/video.mp4"
    size_bytes: int = SIZE
    media_type: str = "video/mp4"
    entity_tag: str = "tag"


ASSET = Film()


@pytest.fixture(params=["local", "objects"])
async def client(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server that has nothing but the film."""
    blobs: Blobs = LocalBlobs(tmp_path / "blobs")
    if request.param == "objects":
        blobs = ObjectBlobs(the_object_store().bucket(tmp_path.name), SystemClock())
    await blobs.put_bytes(ASSET.blob_key, FILM)
    reply = FileReply(blobs=blobs, asset=ASSET, name="film.mp4")
    transport = httpx.ASGITransport(reply)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest.mark.timeout(60 + ASKED // 20)
async def test_any_range_is_that_slice(client: httpx.AsyncClient) -> None:
    chance = random.Random(ASKED)  # noqa: S311
    for _ in range(ASKED):
        asked, wanted = a_range(chance)
        reply = await client.get("/", headers={"range": f"bytes={asked}"})
        first = wanted.start
        assert (reply.status_code, reply.content) == (206, FILM[wanted]), asked
        assert reply.headers["content-range"] == f"bytes {first}-{wanted.stop - 1}/{SIZE}", asked
        assert reply.headers["content-length"] == str(wanted.stop - first), asked


def a_range(chance: random.Random) -> tuple[str, slice]:
    """A range as a client writes it, and the slice that it means."""
    first = chance.choice((0, SIZE - 1, chance.randrange(SIZE)))
    length = chance.choice((1, 2, chance.randrange(1, 5000), chance.randrange(1, SIZE + 1)))
    match chance.randrange(3):
        case 0:
            return f"{first}-", slice(first, SIZE)
        case 1:
            return f"-{length}", slice(SIZE - min(length, SIZE), SIZE)
        case _:
            return f"{first}-{first + length - 1}", slice(first, min(first + length, SIZE))


async def test_a_part_of_what_changed_meanwhile_is_the_whole(client: httpx.AsyncClient) -> None:
    same = await client.get("/", headers={"range": "bytes=5-9", "if-range": '"tag"'})
    other = await client.get("/", headers={"range": "bytes=5-9", "if-range": '"other"'})
    assert (same.status_code, same.content) == (206, FILM[5:10])
    assert (other.status_code, other.content) == (200, FILM)


async def test_a_head_has_the_length_and_no_bytes(client: httpx.AsyncClient) -> None:
    reply = await client.head("/", headers={"range": "bytes=5-9"})
    assert (reply.status_code, reply.content) == (200, b"")
    assert (reply.headers["content-length"], reply.headers["accept-ranges"]) == (str(SIZE), "bytes")


async def test_a_range_behind_the_end_says_how_long_the_film_is(client: httpx.AsyncClient) -> None:
    reply = await client.get("/", headers={"range": f"bytes={SIZE}-"})
    assert (reply.status_code, reply.headers["content-range"]) == (416, f"bytes */{SIZE}")
