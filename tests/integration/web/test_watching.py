"""Whoever watches a video is told how it is, each change, and surely its end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from matinee.core.errors import EngineError
from matinee.core.ids import KeyId
from matinee.ports.events import Change
from tests.houses import House, a_house
from tests.integration.web.streams import RETRY, SOON, a_video, watching


async def test_a_video_is_watched_from_how_it_is_to_its_end(
    house: House, client: httpx.AsyncClient
) -> None:
    video_id = await a_video(client)
    async with watching(house, f"/v1/videos/{video_id}/events") as stream:
        assert await stream.next() == RETRY
        queued = await stream.told()
        await house.start(video_id)
        started = await stream.told()
        await house.progress(video_id, 40)
        halfway = await stream.told()
        await house.complete(video_id)
        completed = await stream.told()
        assert await stream.next() == ""
        await stream.exchange.over()
    named = [each.name for each in (queued, started, halfway, completed)]
    assert named == ["video.queued", "video.in_progress", "video.progress", "video.completed"]
    shape = {"id": video_id, "object": "video"}
    assert queued.data == shape | {"status": "queued", "progress": 0}
    assert started.data == shape | {"status": "in_progress", "progress": 0}
    assert halfway.data == shape | {"status": "in_progress", "progress": 40}
    assert completed.data == (await client.get(f"/v1/videos/{video_id}")).json()
    assert halfway.id is None
    assert [queued.id, started.id, completed.id] == [1, 2, 3]


async def test_who_comes_later_is_told_how_it_is_by_then(
    house: House, client: httpx.AsyncClient
) -> None:
    video_id = await a_video(client)
    await house.start(video_id)
    path = f"/v1/videos/{video_id}/events"
    async with watching(house, path) as first:
        assert (await first.told()).data["progress"] == 0
        await house.progress(video_id, 30)
        assert (await first.told()).data["progress"] == 30
        async with watching(house, path) as second:
            told = await second.told()
    assert (told.name, told.id, told.data["progress"]) == ("video.in_progress", 2, 30)


async def test_progress_never_falls_whatever_is_announced(
    house: House, client: httpx.AsyncClient
) -> None:
    video_id = await a_video(client)
    await house.start(video_id)
    async with watching(house, f"/v1/videos/{video_id}/events") as stream:
        await stream.told()
        video = await house.progress(video_id, 50)
        assert (await stream.told()).data["progress"] == 50
        for progress in (20, 50, 51):
            change = Change(
                video_id=video.id,
                account_id=video.account_id,
                state=video.job.state,
                progress=progress,
            )
            house.announcements.publish(change)
        assert (await stream.told()).data["progress"] == 51


async def test_a_gap_in_the_news_is_filled_from_the_store(
    house: House, client: httpx.AsyncClient
) -> None:
    video_id = await a_video(client)
    async with watching(house, f"/v1/videos/{video_id}/events") as stream:
        await stream.told()
        await house.start(video_id)
        await stream.told()
        house.announcements.publish_gap()
        await house.fail(video_id, EngineError("It broke."))
        failed = await stream.told()
    assert failed.name == "video.failed"
    assert failed.data["error"] == {"code": "engine_error", "message": "It broke."}


async def test_a_final_video_is_one_event_and_then_none_for_who_had_it(
    house: House, client: httpx.AsyncClient
) -> None:
    video_id = await a_video(client)
    await house.complete(video_id)
    path = f"/v1/videos/{video_id}/events"
    for last in ({}, {"last_event_id": "1"}):
        async with watching(house, path, **last) as stream:
            told = await stream.told()
            assert await stream.next() == ""
    assert told.name == "video.completed"
    reply = await client.get(path, headers={"Last-Event-ID": str(told.id)})
    assert (reply.status_code, reply.content) == (204, b"")


async def test_a_deleted_video_says_so_and_is_unknown_afterwards(
    house: House, client: httpx.AsyncClient
) -> None:
    video_id = await a_video(client)
    path = f"/v1/videos/{video_id}/events"
    async with watching(house, path) as stream:
        await stream.told()
        await client.delete(f"/v1/videos/{video_id}")
        told = await stream.told()
        assert await stream.next() == ""
    assert (told.name, told.id) == ("video.deleted", 2)
    assert told.data == {"id": video_id, "object": "video.deleted", "deleted": True}
    assert (await client.get(path)).status_code == 404


async def test_silence_is_filled_with_heartbeats(tmp_path: Path) -> None:
    async with a_house(tmp_path, stream_rules=SOON) as house, house.client() as client:
        path = f"/v1/videos/{await a_video(client)}/events"
        async with watching(house, path) as stream:
            await stream.told()
            assert [await stream.next() for _ in range(2)] == [": keepalive"] * 2


async def test_a_stream_ends_soon_after_its_key_was_revoked(tmp_path: Path) -> None:
    async with a_house(tmp_path, stream_rules=SOON) as house:
        key = await house.access.create_key("alice")
        async with house.client(**{"api-key": key.secret}) as client:
            video_id = await a_video(client)
        for path in (f"/v1/videos/{video_id}/events", "/v1/videos/events"):
            async with watching(house, path, api_key=key.secret) as stream:
                assert await stream.next() == RETRY
                await house.access.revoke_key(KeyId(key.key.id))
                while await stream.next():
                    pass
                await stream.exchange.over()
            key = await house.access.create_key("alice")


@pytest.mark.parametrize("path", ["/v1/videos/{id}/events", "/v1/videos/events"])
async def test_a_server_that_stops_ends_streams_and_says_when_to_come_back(
    house: House, client: httpx.AsyncClient, path: str
) -> None:
    video_id = await a_video(client)
    async with watching(house, path.format(id=video_id)) as stream:
        house.announcements.close()
        said = []
        while text := await stream.next():
            said.append(text.split("\n")[0])
        await stream.exchange.over()
    assert said[-1] == RETRY


@pytest.mark.parametrize("path", ["/v1/videos/{id}/events", "/v1/videos/events"])
async def test_who_leaves_is_forgotten(house: House, client: httpx.AsyncClient, path: str) -> None:
    video_id = await a_video(client)
    async with watching(house, path.format(id=video_id)) as stream:
        stream.exchange.leave()
        await stream.exchange.over()
    tasks = {task.get_name() for task in asyncio.all_tasks()}
    async with watching(house, path.format(id=video_id)):
        pass
    assert {task.get_name() for task in asyncio.all_tasks()} <= tasks


@pytest.mark.parametrize("wrong", ["x", "-1", "1.5", "9" * 40, "1 2"])
async def test_a_wrong_last_event_id_is_refused(client: httpx.AsyncClient, wrong: str) -> None:
    reply = await client.get("/v1/videos/events", headers={"Last-Event-ID": wrong})
    assert reply.status_code == 400
    assert reply.json()["error"]["param"] == "Last-Event-ID"


async def test_head_is_answered_without_a_stream(client: httpx.AsyncClient) -> None:
    for path in ("/v1/videos/events", f"/v1/videos/{await a_video(client)}/events"):
        reply = await client.head(path)
        assert (reply.status_code, reply.content) == (200, b"")


async def test_all_videos_of_an_account_are_one_stream_in_the_order_of_events(
    house: House, client: httpx.AsyncClient
) -> None:
    before = await a_video(client)
    async with watching(house, "/v1/videos/events") as stream:
        assert await stream.next() == RETRY
        first = await a_video(client)
        told = [await stream.told()]
        await house.start(first)
        told.append(await stream.told())
        await house.progress(first, 20)
        told.append(await stream.told())
        await house.complete(before)
        told += [await stream.told(), await stream.told()]
        await client.delete(f"/v1/videos/{first}")
        told.append(await stream.told())
    assert [(each.name, each.data["id"]) for each in told] == [
        ("video.queued", first),
        ("video.in_progress", first),
        ("video.progress", first),
        ("video.in_progress", before),
        ("video.completed", before),
        ("video.deleted", first),
    ]
    numbers = [each.id for each in told if each.id is not None]
    assert numbers == sorted(set(numbers))


async def test_who_comes_back_is_told_what_it_missed_and_nothing_twice(
    house: House, client: httpx.AsyncClient
) -> None:
    async with watching(house, "/v1/videos/events") as stream:
        first = await a_video(client)
        last = await stream.told()
    await house.complete(first)
    second = await a_video(client)
    async with watching(house, "/v1/videos/events", last_event_id=str(last.id)) as stream:
        told = [await stream.told(), await stream.told()]
        await house.start(second)
        told.append(await stream.told())
    assert [(each.name, each.data["id"]) for each in told] == [
        ("video.completed", first),
        ("video.queued", second),
        ("video.in_progress", second),
    ]


async def test_a_long_absence_is_made_up_for_page_by_page(
    house: House, client: httpx.AsyncClient
) -> None:
    ids = [await a_video(client) for _ in range(55)]
    for video_id in ids:
        await house.fail(video_id, EngineError("It broke."))
    async with watching(house, "/v1/videos/events", last_event_id="0") as stream:
        told = [await stream.told() for _ in ids]
    assert [each.data["id"] for each in told] == ids
    assert {each.name for each in told} == {"video.failed"}


async def test_an_account_hears_nothing_of_another_one(house: House) -> None:
    alice, bob = [(await house.access.create_key(name)).secret for name in ("alice", "bob")]
    async with watching(house, "/v1/videos/events", api_key=alice) as stream, house.client() as any:
        theirs = await a_video(any, **{"api-key": bob})
        await house.complete(theirs)
        own = await a_video(any, **{"api-key": alice})
        assert (await stream.told()).data["id"] == own


async def test_a_wait_is_over_with_the_video(house: House, client: httpx.AsyncClient) -> None:
    video_id = await a_video(client)
    waiting = asyncio.create_task(client.get(f"/v1/videos/{video_id}?wait=60"))
    while not house.videos.feeds.are_open:
        await house.store.ping()
    await house.complete(video_id)
    assert (await waiting).json()["status"] == "completed"
    assert (await client.get(f"/v1/videos/{video_id}?wait=60")).json()["progress"] == 100


async def test_a_wait_is_over_with_its_time(house: House, client: httpx.AsyncClient) -> None:
    video_id = (await house.video(await a_video(client))).id
    await house.videos.feeds.until_over(video_id, 0.01)
    assert not house.videos.feeds.are_open


@pytest.mark.parametrize("wrong", ["0", "61", "-1", "x", "1.5"])
async def test_a_wrong_wait_is_refused(client: httpx.AsyncClient, wrong: str) -> None:
    reply = await client.get(f"/v1/videos/{await a_video(client)}?wait={wrong}")
    assert reply.status_code == 400
    assert reply.json()["error"]["param"] == "wait"
