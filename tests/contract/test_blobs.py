"""What every blob store does."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from matinee.blobs.local import LocalBlobs
from matinee.blobs.objects import ObjectBlobs
from matinee.core.errors import NotFound
from matinee.ports.blobs import Blobs
from matinee.system import SystemClock
from tests.objects import the_object_store

DATA = bytes(range(256)) * 4096
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(params=["local", "objects"])
async def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """An empty blob store."""
    if request.param == "local":
        return LocalBlobs(tmp_path / "blobs")
    return ObjectBlobs(the_object_store().bucket(tmp_path.name), SystemClock())


async def read(blobs: Blobs, key: str, start: int = 0, length: int = len(DATA)) -> bytes:
    return b"".join([piece async for piece in blobs.open(key, start, length)])


async def test_bytes_come_back_as_they_were_put(blobs: Blobs) -> None:
    assert await blobs.put_bytes("videos/01k/reference-0", DATA) == SHA256
    assert await read(blobs, "videos/01k/reference-0") == DATA


async def test_a_file_comes_back_as_it_was_put(blobs: Blobs, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(DATA)
    assert await blobs.put("videos/01k/3/video.mp4", film) == SHA256
    assert await read(blobs, "videos/01k/3/video.mp4") == DATA


async def test_an_empty_blob_is_a_blob(blobs: Blobs) -> None:
    await blobs.put_bytes("empty", b"")
    assert await read(blobs, "empty", 0, 0) == b""


@pytest.mark.parametrize(
    ("start", "length"),
    [(0, 1), (1, 0), (7, 300_000), (len(DATA) - 1, 1), (262_143, 2), (0, len(DATA))],
)
async def test_a_range_is_those_very_bytes(blobs: Blobs, start: int, length: int) -> None:
    await blobs.put_bytes("film", DATA)
    assert await read(blobs, "film", start, length) == DATA[start : start + length]


async def test_a_blob_put_again_is_the_newer_one(blobs: Blobs) -> None:
    await blobs.put_bytes("film", b"older and longer")
    await blobs.put_bytes("film", b"newer")
    assert await read(blobs, "film") == b"newer"


async def test_a_blob_is_fetched_as_a_file_of_its_own(blobs: Blobs, tmp_path: Path) -> None:
    await blobs.put_bytes("film", DATA)
    await blobs.fetch("film", tmp_path / "copy")
    (tmp_path / "copy").write_bytes(b"changed")
    assert await read(blobs, "film") == DATA


async def test_a_blob_that_is_not_there_is_not_found(blobs: Blobs, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        await read(blobs, "videos/none")
    with pytest.raises(NotFound):
        await blobs.fetch("videos/none", tmp_path / "copy")
    assert blobs.local_path("videos/none") is None


async def test_deleting_a_folder_takes_all_in_it_and_nothing_else(blobs: Blobs) -> None:
    for key in ("videos/01k/a", "videos/01k/3/b", "videos/01kz/c", "videos/02k"):
        await blobs.put_bytes(key, b"x")
    await blobs.delete_under("videos/01k")
    for key in ("videos/01k/a", "videos/01k/3/b"):
        with pytest.raises(NotFound):
            await read(blobs, key)
    assert await read(blobs, "videos/01kz/c") == b"x"
    assert await read(blobs, "videos/02k") == b"x"


async def test_deleting_what_is_not_there_is_no_error(blobs: Blobs) -> None:
    await blobs.delete_under("videos/none")


async def test_a_blob_can_be_put_where_a_folder_was_deleted(blobs: Blobs) -> None:
    await blobs.put_bytes("videos/01k/a", b"x")
    await blobs.delete_under("videos/01k")
    await blobs.put_bytes("videos/01k/a", b"y")
    assert await read(blobs, "videos/01k/a") == b"y"


async def test_a_reader_goes_on_while_its_blob_is_deleted(blobs: Blobs) -> None:
    await blobs.put_bytes("videos/01k/film", DATA)
    pieces = blobs.open("videos/01k/film", 0, len(DATA))
    begun = await anext(pieces)
    await blobs.delete_under("videos/01k")
    assert begun + b"".join([piece async for piece in pieces]) == DATA


async def test_blobs_put_at_once_do_not_mix(blobs: Blobs) -> None:
    keys = [f"videos/{number}/film" for number in range(40)]
    await asyncio.gather(*(blobs.put_bytes(key, key.encode() * 999) for key in keys))
    for key in keys:
        assert await read(blobs, key) == key.encode() * 999


@pytest.mark.parametrize(
    "key",
    [
        *("", "/", "a/", "/etc/passwd", "..", "../a", "a/../b", "a/..", "./a", "a//b", "a/./b"),
        *(".unfinished", "a/.hidden", "a b", "a\nb", "a\n", "ä", "a\\b", "a\x00b", "~/a"),
        *(pytest.param("n" * 256, id="long"), pytest.param(f"{'a/' * 2000}a", id="deep")),
    ],
)
async def test_a_key_that_could_lead_elsewhere_or_is_too_long_is_refused(
    blobs: Blobs, key: str
) -> None:
    with pytest.raises(ValueError, match="no key"):
        await blobs.put_bytes(key, b"x")
    with pytest.raises(ValueError, match="no key"):
        await blobs.delete_under(key)
    with pytest.raises(ValueError, match="no key"):
        blobs.local_path(key)


async def test_blobs_are_listed_folder_by_folder_with_their_size_and_age(blobs: Blobs) -> None:
    keys = [f"videos/{number}/{name}" for number in range(3) for name in ("1/film", "source")]
    for key in (*keys, "videos-of-others/1", "files/1"):
        await blobs.put_bytes(key, key.encode())
    found = [facts async for facts in blobs.list_under("videos")]
    assert sorted(facts.key for facts in found) == keys
    folders = [facts.key.split("/")[1] for facts in found]
    assert folders == [each for number in dict.fromkeys(folders) for each in (number, number)]
    assert all(facts.size_bytes == len(facts.key) for facts in found)
    assert all(abs(datetime.now(UTC) - facts.stored_at) < timedelta(minutes=5) for facts in found)
    assert [facts async for facts in blobs.list_under("characters")] == []


async def test_one_blob_is_deleted_and_its_neighbours_stay(blobs: Blobs) -> None:
    await blobs.put_bytes("videos/1/a", DATA)
    await blobs.put_bytes("videos/1/ab", DATA)
    for _ in range(2):
        await blobs.delete("videos/1/a")
    assert [facts.key async for facts in blobs.list_under("videos/1")] == ["videos/1/ab"]
