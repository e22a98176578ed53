"""A video that nobody wants any more is not made, and what was made stays."""

from __future__ import annotations

import asyncio

import httpx

from matinee.core.errors import Cancelled, LeaseLost
from matinee.core.event import EventKind
from matinee.core.ids import parse_video_id
from matinee.core.job import JobState, intend, requeue
from matinee.ports.store import Transaction
from tests.houses import House


async def a_video(client: httpx.AsyncClient) -> str:
    """The id of a video that waits."""
    reply = await client.post("/v1/videos", json={"prompt": "a cat"})
    spelled_id: str = reply.raise_for_status().json()["id"]
    return spelled_id


async def test_a_waiting_video_is_cancelled_at_once(
    house: House, client: httpx.AsyncClient
) -> None:
    video_id = await a_video(client)
    reply = await client.post(f"/v1/videos/{video_id}/cancel")
    assert reply.status_code == 200
    assert reply.json()["status"] == "failed"
    assert reply.json()["error"] == {"code": "cancelled", "message": "The video was cancelled."}
    assert reply.json() == (await client.get(f"/v1/videos/{video_id}")).json()
    events = await house.store.events((await house.video(video_id)).id)
    assert [each.kind for each in events] == [EventKind.ACCEPTED, EventKind.FAILED]


async def test_a_running_video_is_cancelled_when_its_attempt_has_stopped(
    house: House, client: httpx.AsyncClient
) -> None:
    video_id = await a_video(client)
    started = await house.start(video_id)
    with house.announcements.watch(started.id) as changes:
        reply = await client.post(f"/v1/videos/{video_id}/cancel")
        told = await anext(changes)
    assert reply.json()["status"] == "in_progress"
    assert told is not None
    assert not told.is_wanted
    await house.fail(video_id, Cancelled("The video was cancelled."))
    assert (await client.get(f"/v1/videos/{video_id}")).json()["error"]["code"] == "cancelled"


async def test_to_cancel_again_changes_nothing(house: House, client: httpx.AsyncClient) -> None:
    waiting, running = await a_video(client), await a_video(client)
    await house.start(running)
    for video_id in (waiting, running):
        first = (await client.post(f"/v1/videos/{video_id}/cancel")).json()
        row = await house.video(video_id)
        house.clock.move(60)
        assert (await client.post(f"/v1/videos/{video_id}/cancel")).json() == first
        assert await house.video(video_id) == row


async def test_a_completed_video_stays_completed(house: House, client: httpx.AsyncClient) -> None:
    video_id = await a_video(client)
    await house.complete(video_id)
    reply = await client.post(f"/v1/videos/{video_id}/cancel")
    assert (reply.status_code, reply.json()["status"]) == (200, "completed")
    assert (await client.get(f"/v1/videos/{video_id}/content")).status_code == 200


async def test_an_unknown_video_can_not_be_cancelled(client: httpx.AsyncClient) -> None:
    unknown = "video_01kav3m5n70000000000000009"
    reply = await client.post(f"/v1/videos/{unknown}/cancel")
    assert reply.status_code == 404
    assert reply.json()["error"]["code"] == "video_not_found"


async def test_of_cancel_and_completion_one_wins(house: House, client: httpx.AsyncClient) -> None:
    for _ in range(10):
        video_id = await a_video(client)
        cancelled, completed = await asyncio.gather(
            client.post(f"/v1/videos/{video_id}/cancel"),
            house.complete(video_id),
            return_exceptions=True,
        )
        assert isinstance(cancelled, httpx.Response), cancelled
        job = (await house.video(video_id)).job
        events = await house.store.events(job.video_id)
        assert len([each for each in events if each.kind.is_final]) == 1
        if isinstance(completed, LeaseLost):
            assert job.state is JobState.FAILED
        else:
            assert job.state is JobState.COMPLETED


async def test_what_an_upstream_was_asked_to_make_is_called_off(
    house: House, client: httpx.AsyncClient
) -> None:
    cancelled, deleted = [await a_submitted_video(house, client) for _ in range(2)]
    await client.post(f"/v1/videos/{cancelled}/cancel")
    await client.delete(f"/v1/videos/{deleted}")
    called_off = await house.store.crew.abandoned(["animatic"], house.clock.now(), 10)
    assert {each.video_id for each in called_off} == {
        parse_video_id(each) for each in (cancelled, deleted)
    }


async def a_submitted_video(house: House, client: httpx.AsyncClient) -> str:
    """The id of a video that waits to be taken up again, and that an upstream may be making."""
    spelled_id = await a_video(client)
    running = await house.start(spelled_id)

    def work(transaction: Transaction) -> None:
        submitted = intend(running.job, running.job.attempt, "key")
        transaction.save_job(running.job, submitted)
        waiting, _ = requeue(submitted, house.clock.now(), "stopped")
        transaction.save_job(submitted, waiting)

    await house.store.write(work)
    return spelled_id
