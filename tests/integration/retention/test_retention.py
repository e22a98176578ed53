"""Films and rows whose time is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx

from matinee.core.errors import EngineError
from matinee.core.ids import AccountId, VideoId
from matinee.core.video import Video
from matinee.core.wish import Upload
from matinee.services.files import Files, FileWish
from matinee.services.retention import KeptFor, Retention
from tests.houses import House

KEPT = KeptFor(events=timedelta(days=30), videos=timedelta(days=7))


async def a_film(house: House, client: httpx.AsyncClient, *, hours: float | None = 1) -> Video:
    """A completed video whose files are to go so many hours from now."""
    reply = await client.post("/v1/videos", json={"prompt": "a fox"})
    video = await house.complete(reply.json()["id"])
    end = None if hours is None else house.clock.now() + timedelta(hours=hours)
    ending = replace(video, expires_at=end)
    await house.store.write(lambda each: each.save_assets(ending))
    return ending


async def test_a_film_is_removed_when_its_time_is_over_and_says_so(
    house: House, client: httpx.AsyncClient
) -> None:
    video = await a_film(house, client)
    retention = Retention(house.ports, KEPT)
    assert await retention.expire() == 0
    house.clock.move(3600)
    assert await retention.expire() == 1
    content = await client.get(f"/v1/videos/{video.id}/content")
    shown = (await client.get(f"/v1/videos/{video.id}")).json()
    assert (content.status_code, content.json()["error"]["code"]) == (410, "video_expired")
    assert video.expires_at is not None
    assert (shown["status"], shown["expires_at"]) == (
        "completed",
        int(video.expires_at.timestamp()),
    )
    assert house.blob_files == set()
    assert await retention.expire() == 0


async def test_a_film_without_an_end_stays(house: House, client: httpx.AsyncClient) -> None:
    video = await a_film(house, client, hours=None)
    house.clock.move(10 * 365 * 86400)
    assert await Retention(house.ports, KEPT).expire() == 0
    assert (await client.get(f"/v1/videos/{video.id}/content")).status_code == 200


async def test_a_video_whose_files_are_gone_is_forgotten_with_a_last_event(
    house: House, client: httpx.AsyncClient
) -> None:
    video = await a_film(house, client)
    failed = await house.fail(await accepted(client), EngineError("It broke."))
    kept = await a_film(house, client, hours=None)
    retention = Retention(house.ports, KEPT)
    house.clock.move(3600)
    await retention.expire()
    assert await retention.forget_videos() == 2
    listed = (await client.get("/v1/videos")).json()["data"]
    assert [each["id"] for each in listed] == [f"video_{kept.id}"]
    last = (await house.store.events(video.id))[-1]
    assert (last.kind, last.reason) == ("deleted", "retention")
    assert (await house.store.events(failed.id))[-1].kind == "deleted"


async def test_videos_are_never_forgotten_unless_it_is_said(
    house: House, client: httpx.AsyncClient
) -> None:
    await house.fail(await accepted(client), EngineError("It broke."))
    house.clock.move(100 * 365 * 86400)
    assert await Retention(house.ports, KeptFor(events=KEPT.events)).forget_videos() == 0


async def test_an_idempotency_key_is_forgotten_after_a_day(
    house: House, client: httpx.AsyncClient
) -> None:
    headers = {"idempotency-key": "k"}
    first = (await client.post("/v1/videos", json={"prompt": "a"}, headers=headers)).json()["id"]
    retention = Retention(house.ports, KEPT)
    house.clock.move(86_399)
    assert await retention.forget_requests() == 0
    again = (await client.post("/v1/videos", json={"prompt": "a"}, headers=headers)).json()["id"]
    house.clock.move(2)
    assert await retention.forget_requests() == 1
    other = (await client.post("/v1/videos", json={"prompt": "b"}, headers=headers)).json()["id"]
    assert first == again != other


async def test_old_events_are_forgotten_once_they_were_told(
    house: House, client: httpx.AsyncClient
) -> None:
    video = await a_film(house, client)
    await house.store.write(lambda each: each.webhooks.move_cursor(100))
    house.clock.move(31 * 86400)
    (*older, newest) = await house.store.events(video.id)
    assert await Retention(house.ports, KEPT).forget_events() == len(older)
    assert await house.store.events(video.id) == [newest]


async def accepted(client: httpx.AsyncClient) -> VideoId:
    reply = await client.post("/v1/videos", json={"prompt": "a fox"})
    return VideoId(reply.json()["id"].removeprefix("video_"))


async def test_a_file_stays_as_long_as_its_client_says_and_no_longer_than_the_operator(
    house: House,
) -> None:
    files = Files(house.ports, max_bytes=100, retention=timedelta(hours=2))
    now = house.clock.now()
    ends = [
        (await files.create(AccountId("local"), a_wish(expires_after=after))).expires_at
        for after in (None, timedelta(hours=1), timedelta(hours=3))
    ]
    assert ends == [now + timedelta(hours=hours) for hours in (2, 1, 2)]


def a_wish(**changes: Any) -> FileWish:
    upload = Upload(param="file", data=b"abc")
    return FileWish(upload=upload, name="a", purpose="vision", media_type="text/plain", **changes)
