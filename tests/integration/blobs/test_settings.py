"""Where blobs lie, as the settings have it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from matinee.blobs.local import LocalBlobs
from matinee.blobs.objects import ObjectBlobs
from matinee.core.errors import SettingsInvalid
from matinee.data_folder import DataFolder
from matinee.foundations import open_blobs
from matinee.settings import Settings
from tests.objects import ObjectStore


async def test_films_lie_in_the_data_folder_unless_the_settings_say_otherwise(
    tmp_path: Path,
) -> None:
    blobs = await open_blobs(Settings(), DataFolder(tmp_path))
    await blobs.put_bytes("film", b"film")
    assert isinstance(blobs, LocalBlobs)
    assert (tmp_path / "blobs" / "film").read_bytes() == b"film"


async def test_films_lie_in_the_folder_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    settings = Settings(blob_store=str(tmp_path / "shared"))
    blobs = await open_blobs(settings, DataFolder(tmp_path / "data"))
    await blobs.put_bytes("film", b"film")
    assert (tmp_path / "shared" / "film").read_bytes() == b"film"


async def test_films_lie_in_the_bucket_that_is_named(
    object_store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in object_store.environment(tmp_path.name).items():
        monkeypatch.setenv(variable, value)
    settings = Settings(blob_store=f"s3://films/{tmp_path.name}", blob_endpoint=object_store.url)
    blobs = await open_blobs(settings, DataFolder(tmp_path))
    assert isinstance(blobs, ObjectBlobs)
    await blobs.put_bytes("film", b"film")
    assert [piece async for piece in blobs.open("film", 0, 4)] == [b"film"]


async def test_servers_with_one_database_may_share_a_data_folder(tmp_path: Path) -> None:
    settings = Settings(database="postgresql://nobody@127.0.0.1:9/nowhere")
    first = await open_blobs(settings, DataFolder(tmp_path))
    written = tmp_path / "blobs" / ".unfinished" / "0"
    written.parent.mkdir(parents=True)
    written.write_bytes(b"half of what a third one writes")
    second = await open_blobs(settings, DataFolder(tmp_path))
    await second.sweep()
    assert written.exists()
    pairs = [
        (blobs, f"{name}/{n}") for n in range(60) for blobs, name in ((first, "a"), (second, "b"))
    ]
    await asyncio.gather(*(blobs.put_bytes(key, key.encode()) for blobs, key in pairs))
    assert all((tmp_path / "blobs" / key).read_bytes() == key.encode() for _, key in pairs)


@pytest.mark.parametrize(
    ("settings", "param"),
    [
        (Settings(blob_store="/nowhere/at/all"), "blob_store"),
        (Settings(blob_store="gs://films"), "blob_store"),
        (Settings(blob_store="s3://films", blob_endpoint="http://127.0.0.1:1"), "blob_store"),
        (Settings(blob_endpoint="http://127.0.0.1:1"), "blob_endpoint"),
    ],
)
async def test_a_place_that_can_not_be_used_is_told_at_the_start(
    settings: Settings, param: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    with pytest.raises(SettingsInvalid) as raised:
        await open_blobs(settings, DataFolder(tmp_path))
    assert raised.value.param == param
