"""Blobs that no row leads to, and rows whose blobs are gone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from matinee.blobs.local import LocalBlobs
from matinee.core.asset import blob_folder
from matinee.core.errors import EngineError, ServiceUnavailable
from matinee.core.ids import VideoId
from matinee.core.video import Video
from matinee.ports.blobs import BlobFacts
from matinee.services.orphans import Orphans, find_missing
from matinee.services.retention import KeptFor, Retention
from tests.fakes import a_png
from tests.houses import House

HOUR = 3601
KEPT = KeptFor(events=timedelta(days=30))


class Killed(BaseException):
    """The end of the process, which nothing catches."""


class DyingBlobs(LocalBlobs):
    """The process dies before anything is removed."""

    async def delete_under(self, prefix: str) -> None:
        """Die."""
        raise Killed(prefix)


class BlobsListedAhead(LocalBlobs):
    """They are listed before the first is looked at, as a page of an object store's list is."""

    listed: Callable[[], Awaitable[object]]
    """What happens then."""

    async def list_under(self, prefix: str) -> AsyncIterator[BlobFacts]:
        """All of them as they were a while ago."""
        listed = [facts async for facts in super().list_under(prefix)]
        if listed:
            await self.listed()
        for facts in listed:
            yield facts


def orphans(house: House) -> Orphans:
    return Orphans(house.store, house.blobs, house.clock)


async def accepted(client: httpx.AsyncClient, *, with_image: bool = False) -> VideoId:
    files = {"input_reference": ("a.png", a_png(), "image/png")} if with_image else None
    reply = await client.post("/v1/videos", data={"prompt": "a fox"}, files=files)
    assert reply.status_code == 200, reply.text
    return VideoId(reply.json()["id"].removeprefix("video_"))


async def keys(house: House) -> set[str]:
    return {blob.key async for blob in house.blobs.list_under("videos")}


async def missing(house: House) -> list[tuple[str, str]]:
    return [(each.owner, each.blob_key) async for each in find_missing(house.store, house.blobs)]


async def test_what_a_killed_attempt_left_is_removed_after_an_hour(
    house: House, client: httpx.AsyncClient
) -> None:
    video_id = await accepted(client)
    await house.start(video_id)
    await house.fail(video_id, ServiceUnavailable("Killed between rename and commit."))
    await house.blobs.put_bytes(f"{blob_folder(video_id)}/1/video.mp4", b"left")
    video = await house.complete(video_id)
    assert await orphans(house).sweep() == 0
    house.clock.move(HOUR)
    assert await orphans(house).sweep() == 1
    assert await keys(house) == {asset.blob_key for asset in video.assets}
    assert await missing(house) == []


async def test_what_a_running_attempt_writes_is_never_removed(
    house: House, client: httpx.AsyncClient
) -> None:
    video_id = await accepted(client, with_image=True)
    await house.start(video_id)
    key = f"{blob_folder(video_id)}/1/video.mp4"
    await house.blobs.put_bytes(key, b"just written")
    house.clock.move(100 * HOUR)
    assert await orphans(house).sweep() == 0
    assert await keys(house) == {key, f"{blob_folder(video_id)}/reference-0"}


async def test_what_is_stored_while_blobs_are_listed_is_not_removed(
    house: House, client: httpx.AsyncClient
) -> None:
    video_id = await accepted(client)
    await house.start(video_id)
    await house.fail(video_id, ServiceUnavailable("Killed between rename and commit."))
    left = f"{blob_folder(video_id)}/1/video.mp4"
    await house.blobs.put_bytes(left, b"left")
    house.clock.move(HOUR)
    blobs = BlobsListedAhead(house.folder / "blobs")
    blobs.listed = lambda: house.complete(video_id)
    assert await Orphans(house.store, blobs, house.clock).sweep() == 1
    assert left not in await keys(house)
    assert await missing(house) == []


async def test_a_finished_film_keeps_its_images_and_not_its_source(
    house: House, client: httpx.AsyncClient
) -> None:
    first = await house.complete(await accepted(client, with_image=True))
    reply = await client.post(f"/v1/videos/{first.id}/remix", json={"prompt": "at night"})
    remix = await house.complete(reply.json()["id"])
    house.clock.move(HOUR)
    assert f"{blob_folder(remix.id)}/source" in await keys(house)
    await orphans(house).sweep()
    left = {key for key in await keys(house) if remix.id in key}
    assert left == {
        f"{blob_folder(remix.id)}/reference-0",
        *(each.blob_key for each in remix.assets),
    }
    again = await client.post(f"/v1/videos/{remix.id}/remix", json={"prompt": "in snow"})
    assert again.status_code == 200


async def test_of_a_failed_video_nothing_is_kept(house: House, client: httpx.AsyncClient) -> None:
    await accepted(client)
    failed = await accepted(client, with_image=True)
    await house.fail(failed, EngineError("It broke."))
    house.clock.move(HOUR)
    assert await orphans(house).sweep() == 1
    assert await keys(house) == set()


async def test_a_deletion_that_a_kill_broke_off_is_done_in_the_end(
    house: House, client: httpx.AsyncClient
) -> None:
    await accepted(client)
    video = await house.complete(await accepted(client))
    await house.store.write(lambda each: each.delete_video(video.id))
    assert (await client.get(f"/v1/videos/{video.id}")).status_code == 404
    assert len(await keys(house)) == 2
    house.clock.move(HOUR)
    await orphans(house).sweep()
    assert await keys(house) == set()


async def test_the_end_of_a_film_that_a_kill_broke_off_comes_all_the_same(
    house: House, client: httpx.AsyncClient
) -> None:
    video = await house.complete(await accepted(client))
    ending = replace(video, expires_at=house.clock.now())
    await house.store.write(lambda each: each.save_assets(ending))
    dying = replace(house.ports, blobs=DyingBlobs(house.folder / "blobs"))
    with pytest.raises(Killed):
        await Retention(dying, KEPT).expire()
    assert (await client.get(f"/v1/videos/{video.id}/content")).status_code == 410
    house.clock.move(HOUR)
    assert await orphans(house).sweep() == 1
    assert await keys(house) == set()


async def test_files_and_characters_are_compared_too(
    house: House, client: httpx.AsyncClient
) -> None:
    await accepted(client)
    sent = {"file": ("notes.txt", b"abc", "text/plain")}
    await client.post("/v1/files", data={"purpose": "user_data"}, files=sent)
    kept = house.blob_files
    await house.blobs.put_bytes("files/01kf11e0009999999999999999/content", b"left")
    await house.blobs.put_bytes("characters/01kcast0009999999999999999/poster", b"left")
    await house.blobs.put_bytes("videos/of-nobody/readme", b"not ours")
    house.clock.move(HOUR)
    assert await orphans(house).sweep() == 2
    assert house.blob_files == kept | {house.folder / "blobs" / "videos" / "of-nobody" / "readme"}


async def test_nothing_is_removed_that_is_older_than_all_that_the_rows_know(
    house: House, client: httpx.AsyncClient
) -> None:
    await house.blobs.put_bytes("videos/01k00000000000000000000000/1/video.mp4", b"of another")
    house.clock.move(HOUR)
    assert await orphans(house).sweep() == 0
    await accepted(client)
    assert await orphans(house).sweep() == 0
    assert len(await keys(house)) == 1


async def test_a_row_whose_film_is_gone_is_found(house: House, client: httpx.AsyncClient) -> None:
    video: Video = await house.complete(await accepted(client))
    waiting = await accepted(client, with_image=True)
    film = video.assets[0].blob_key
    await house.blobs.delete(film)
    await house.blobs.delete_under(blob_folder(waiting))
    assert await missing(house) == [
        (f"video {video.id}", film),
        (f"video {waiting}", f"{blob_folder(waiting)}/reference-0"),
    ]
