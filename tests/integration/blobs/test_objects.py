"""What blobs do on an object store that fails, is slow, or is none."""

from __future__ import annotations

import asyncio
import hashlib
import random
from datetime import timedelta
from pathlib import Path

import pytest
from obstore.exceptions import GenericError  # noqa: TID253 - the tests have it installed

from matinee.blobs.objects import Bucket, Keys, ObjectBlobs, Patience
from matinee.blobs.objects.store import translated
from matinee.core.errors import (
    MatineeError,
    NotFound,
    ServiceUnavailable,
    SettingsInvalid,
    StorageFull,
)
from matinee.net.bucket_uploads import BucketUploads
from matinee.system import SystemClock
from tests.cables import Cable
from tests.objects import BUCKET, KEYS, ObjectStore

FILM = random.Random(5).randbytes(12_000_000)  # noqa: S311
SHA256 = hashlib.sha256(FILM).hexdigest()
SOON = Patience(connect_s=1, silence_s=0.7, work_s=1, retry_s=1, tries=1)
LONGEST_S = 8.0


@pytest.fixture
def bucket(object_store: ObjectStore, tmp_path: Path) -> Bucket:
    """The part of the bucket that is this test's."""
    return object_store.bucket(tmp_path.name)


@pytest.fixture
def blobs(bucket: Bucket) -> ObjectBlobs:
    """What is stored, reached directly."""
    return ObjectBlobs(bucket, SystemClock())


@pytest.fixture
def far_blobs(object_store: ObjectStore, cable: Cable, tmp_path: Path) -> ObjectBlobs:
    """The same, reached through the cable."""
    return ObjectBlobs(object_store.bucket(tmp_path.name, url=cable.url), SystemClock())


@pytest.fixture
def hasty_blobs(object_store: ObjectStore, cable: Cable, tmp_path: Path) -> ObjectBlobs:
    """The same, reached through the cable and with little patience."""
    return ObjectBlobs(object_store.bucket(tmp_path.name, url=cable.url), SystemClock(), SOON)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A film that takes two parts."""
    path = tmp_path / "film.mp4"
    path.write_bytes(FILM)
    return path


async def read(blobs: ObjectBlobs, key: str) -> bytes:
    return b"".join([piece async for piece in blobs.open(key, 0, len(FILM))])


async def unfinished(bucket: Bucket) -> int:
    """How many uploads were given up that had been left."""
    uploads = bucket.uploads()
    assert isinstance(uploads, BucketUploads)
    now = SystemClock().now()
    return await uploads.abandon(f"{bucket.prefix}/", now + timedelta(seconds=1), now)


async def test_a_film_in_parts_comes_back_whole_and_its_file_is_gone(
    blobs: ObjectBlobs, bucket: Bucket, film: Path, tmp_path: Path
) -> None:
    assert await blobs.put("film", film) == SHA256
    with pytest.raises(NotFound):
        await blobs.put("again", film)
    await blobs.fetch("film", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == FILM == await read(blobs, "film")
    assert await unfinished(bucket) == 0


async def test_a_film_is_copied_within_the_store(blobs: ObjectBlobs, film: Path) -> None:
    await blobs.put("a/film", film)
    await blobs.copy("a/film", "b/film")
    await blobs.delete_under("a")
    assert await read(blobs, "b/film") == FILM
    with pytest.raises(NotFound):
        await blobs.copy("a/film", "c/film")


async def test_a_store_that_is_away_is_unavailable_for_now() -> None:
    away = ObjectBlobs(Bucket.parse("s3://films", "http://127.0.0.1:1", KEYS), SystemClock(), SOON)
    async with asyncio.timeout(LONGEST_S):
        for attempt in (away.put_bytes("film", b"x"), away.copy("a", "b"), away.delete_under("a")):
            with pytest.raises(ServiceUnavailable):
                await attempt
        with pytest.raises(ServiceUnavailable):
            await read(away, "film")


async def test_a_silent_store_does_not_hang_anyone(
    blobs: ObjectBlobs, hasty_blobs: ObjectBlobs, cable: Cable
) -> None:
    cable.stall()
    async with asyncio.timeout(LONGEST_S):
        with pytest.raises(ServiceUnavailable):
            await hasty_blobs.put_bytes("film", b"x")
        with pytest.raises(ServiceUnavailable):
            await read(hasty_blobs, "film")
    with pytest.raises(NotFound):
        await read(blobs, "film")


async def test_a_store_that_falls_silent_in_the_middle_of_an_upload_keeps_no_half_blob(
    blobs: ObjectBlobs, hasty_blobs: ObjectBlobs, cable: Cable, film: Path, bucket: Bucket
) -> None:
    cable.stall_after(10_000_000)
    async with asyncio.timeout(LONGEST_S):
        with pytest.raises(ServiceUnavailable):
            await hasty_blobs.put("film", film)
    with pytest.raises(NotFound):
        await read(blobs, "film")
    assert await unfinished(bucket) <= 1
    assert await blobs.put("film", film) == SHA256


async def test_an_upload_goes_on_where_the_line_was_cut_for_a_moment(
    blobs: ObjectBlobs, far_blobs: ObjectBlobs, cable: Cable, film: Path
) -> None:
    cable.stall_after(10_000_000)
    upload = asyncio.ensure_future(far_blobs.put("film", film))
    await cable.is_stalled.wait()
    cable.cut()
    cable.mend()
    assert await upload == SHA256
    assert await read(blobs, "film") == FILM


async def test_a_store_that_falls_silent_in_the_middle_of_a_film_ends_the_reading(
    blobs: ObjectBlobs, hasty_blobs: ObjectBlobs, cable: Cable, film: Path
) -> None:
    await blobs.put("film", film)
    cable.stall_answer_after(5_000_000)
    with pytest.raises(ServiceUnavailable):
        await read(hasty_blobs, "film")


@pytest.fixture
async def left_upload(
    object_store: ObjectStore, far_blobs: ObjectBlobs, cable: Cable, film: Path
) -> ObjectStore:
    """The store, with an upload whose process ended in the middle of it."""
    cable.stall_after(10_000_000)
    upload = asyncio.ensure_future(far_blobs.put("film", film))
    await cable.is_stalled.wait()
    upload.cancel()
    await asyncio.wait([upload])
    return object_store


async def test_a_sweep_gives_up_old_uploads_of_its_own_alone(
    blobs: ObjectBlobs,
    left_upload: ObjectStore,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", logger="matinee.blobs")
    await blobs.put_bytes("whole", b"x")
    now = SystemClock().now()
    await blobs.sweep()
    await blobs.sweep(now - timedelta(hours=1))
    neighbour = ObjectBlobs(left_upload.bucket(tmp_path.name[:-1]), SystemClock())
    await neighbour.sweep(now + timedelta(hours=1))
    assert caplog.messages == []
    await blobs.sweep(now + timedelta(hours=1))
    await blobs.sweep(now + timedelta(hours=1))
    assert caplog.messages == ["unfinished uploads given up"]
    assert b"".join([piece async for piece in blobs.open("whole", 0, 1)]) == b"x"


async def test_an_upload_may_take_longer_than_a_store_may_be_silent(
    object_store: ObjectStore, cable: Cable, film: Path, tmp_path: Path
) -> None:
    patience = Patience(silence_s=0.2, work_s=30)
    blobs = ObjectBlobs(object_store.bucket(tmp_path.name, url=cable.url), SystemClock(), patience)
    cable.stall_after(10_000_000)
    upload = asyncio.ensure_future(blobs.put("film", film))
    await cable.is_stalled.wait()
    # The library's timers know no other clock than the machine's.
    await asyncio.wait([upload], timeout=3 * patience.silence_s)
    cable.mend()
    assert await upload == SHA256


async def test_a_reading_goes_on_where_the_line_was_cut_for_a_moment(
    blobs: ObjectBlobs, far_blobs: ObjectBlobs, cable: Cable, film: Path
) -> None:
    await blobs.put("film", film)
    cable.stall_answer_after(5_000_000)
    reading = asyncio.ensure_future(read(far_blobs, "film"))
    await cable.is_stalled.wait()
    cable.cut()
    cable.mend()
    assert await reading == FILM


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("507 Insufficient Storage: <Code>SlowDown</Code>", StorageFull),
        ("400 Bad Request: <Code>QuotaExceeded</Code>", StorageFull),
        ("507 Insufficient Storage: <Code>XMinioStorageFull</Code>", StorageFull),
        ("503 Service Unavailable: <Code>SlowDown</Code>", ServiceUnavailable),
        ("404 Not Found: <Code>NoSuchBucket</Code>", ServiceUnavailable),
    ],
)
def test_what_a_store_refuses_has_an_error_of_ours(said: str, error: type[MatineeError]) -> None:
    with pytest.raises(error) as raised, translated():
        raise GenericError(f"Server returned non-2xx status code: {said}")
    assert "Code" not in str(raised.value)


async def test_a_store_that_can_be_used_passes_its_check_and_keeps_nothing_of_it(
    blobs: ObjectBlobs, object_store: ObjectStore, tmp_path: Path
) -> None:
    await blobs.check("checks/one")
    with pytest.raises(NotFound):
        await read(blobs, "checks/one")


@pytest.mark.parametrize(
    ("name", "keys", "said"),
    [
        ("none-such", KEYS, "no bucket 'none-such'"),
        (BUCKET, Keys(access_key=KEYS.access_key, secret_key="x", region=""), "refuses"),
        (BUCKET, Keys(access_key="stranger", secret_key="x", region=""), "refuses"),
    ],
)
async def test_a_store_that_can_not_be_used_says_why(
    object_store: ObjectStore, name: str, keys: Keys, said: str
) -> None:
    unusable = ObjectBlobs(Bucket.parse(f"s3://{name}", object_store.url, keys), SystemClock())
    with pytest.raises(SettingsInvalid, match=said) as raised:
        await unusable.check("checks/one")
    assert raised.value.param == "blob_store"
    assert keys.secret_key not in str(raised.value).split()


@pytest.mark.parametrize(
    ("url", "endpoint", "keys", "param"),
    [
        ("s3://", None, KEYS, "blob_store"),
        ("s3://Films", None, KEYS, "blob_store"),
        ("s3://films/../other", None, KEYS, "blob_store"),
        ("gs://films", None, KEYS, "blob_store"),
        ("s3://films", "store.example.org", KEYS, "blob_endpoint"),
        ("s3://films", "http://store.example.org/films", KEYS, "blob_endpoint"),
        ("s3://films", "http://store.example.org", None, "blob_store"),
    ],
)
def test_a_bucket_that_is_none_names_the_setting(
    url: str, endpoint: str | None, keys: Keys | None, param: str
) -> None:
    with pytest.raises(SettingsInvalid) as raised:
        Bucket.parse(url, endpoint, keys)
    assert raised.value.param == param


def test_a_bucket_of_amazon_needs_neither_address_nor_keys() -> None:
    bucket = Bucket.parse("s3://films/matinee/", None, None)
    assert (bucket.name, bucket.prefix, bucket.uploads()) == ("films", "matinee", None)


def test_keys_are_not_shown() -> None:
    assert KEYS.secret_key not in repr(Bucket.parse("s3://films", None, KEYS))
