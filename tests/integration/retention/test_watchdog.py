"""No video stays unfinished for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx

from matinee.core.job import JobState, checkpoint, intend, request_cancel
from matinee.core.video import Video
from matinee.ports.store import Transaction
from matinee.services.watchdog import Watchdog
from tests.houses import House

DAY = timedelta(days=1)


def watchdog(house: House) -> Watchdog:
    return Watchdog(house.ports, longest=DAY)


async def accepted(client: httpx.AsyncClient) -> str:
    video_id: str = (await client.post("/v1/videos", json={"prompt": "a fox"})).json()["id"]
    return video_id


async def submitted(house: House, spelled_id: str) -> Video:
    """The video in progress, and ordered of an upstream."""
    video = await house.start(spelled_id)

    def work(transaction: Transaction) -> None:
        intended = intend(video.job, 1, "key")
        transaction.save_job(video.job, checkpoint(intended, 1, "up-1"))

    await house.store.write(work)
    return await house.video(spelled_id)


async def test_a_video_that_waits_for_too_long_fails_and_says_why(
    house: House, client: httpx.AsyncClient
) -> None:
    spelled_id = await accepted(client)
    house.clock.move(DAY.total_seconds())
    assert await watchdog(house).sweep() == 0
    house.clock.move(1)
    assert await watchdog(house).sweep() == 1
    shown: dict[str, Any] = (await client.get(f"/v1/videos/{spelled_id}")).json()
    assert (shown["status"], shown["error"]["code"]) == ("failed", "timed_out")
    assert "within 24 hours" in shown["error"]["message"]
    assert "still waited for the engine 'animatic'" in shown["error"]["message"]
    video = await house.video(spelled_id)
    assert [event.kind for event in await house.store.events(video.id)] == ["accepted", "failed"]
    assert await watchdog(house).sweep() == 0


async def test_a_running_attempt_is_told_and_its_upstream_too(
    house: House, client: httpx.AsyncClient
) -> None:
    video = await submitted(house, await accepted(client))
    house.clock.move(DAY.total_seconds() + 1)
    with house.announcements.watch(video.id) as changes:
        assert await watchdog(house).sweep() == 1
        change = await anext(changes)
    assert change is not None
    assert (change.state, change.is_wanted) == (JobState.FAILED, False)
    (abandoned,) = await house.store.crew.abandoned(["animatic"], house.clock.now() + DAY, 10)
    assert (abandoned.video_id, abandoned.submission.upstream_id) == (video.id, "up-1")


async def test_who_had_cancelled_it_is_told_that(house: House, client: httpx.AsyncClient) -> None:
    spelled_id = await accepted(client)
    video = await house.start(spelled_id)

    wished, _ = request_cancel(video.job, house.clock.now())
    await house.store.write(lambda each: each.save_job(video.job, wished))
    house.clock.move(DAY.total_seconds() + 1)
    await watchdog(house).sweep()
    failure = (await house.video(spelled_id)).job.failure
    assert failure is not None
    assert failure.code == "cancelled"


async def test_what_is_finished_is_left_alone(house: House, client: httpx.AsyncClient) -> None:
    video = await house.complete(await accepted(client))
    house.clock.move(100 * DAY.total_seconds())
    assert await watchdog(house).sweep() == 0
    assert (await house.video(video.id)).job.state is JobState.COMPLETED
