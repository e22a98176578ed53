"""What administrators see of the engines, and nobody else does."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from matinee.core.attempt import Attempt
from matinee.core.circuit import Circuit, CircuitState
from matinee.core.ids import VideoId, parse_video_id
from matinee.core.job import Failure
from matinee.ports.crew import Worker
from matinee.services.engines import Engines
from tests.houses import ANIMATIC, House
from tests.samples import a_video, a_video_id

PATHS = ["/admin/engines", f"/admin/videos/video_{a_video_id()}/attempts"]


async def add_attempt(
    house: House, video_id: VideoId, number: int, *, took_s: float, outcome: str
) -> None:
    attempt = Attempt(
        video_id=video_id,
        number=number,
        engine="animatic",
        film_seconds=8,
        started_at=house.clock.now(),
        finished_at=house.clock.now() + timedelta(seconds=took_s),
        outcome=outcome,
        message=None if outcome == "completed" else "It broke.",
    )
    await house.store.write(lambda transaction: transaction.attempts.add(attempt))


async def a_waiting_video(client: httpx.AsyncClient) -> tuple[str, VideoId]:
    """A video's id, as it is spelled and as it is."""
    spelled = (await client.post("/v1/videos", json={"prompt": "a cat"})).json()["id"]
    video_id = parse_video_id(spelled)
    assert video_id is not None
    return spelled, video_id


async def test_an_engine_that_nothing_ever_happened_to_is_well(client: httpx.AsyncClient) -> None:
    reply = await client.get("/admin/engines")
    assert reply.status_code == 200
    (engine,) = reply.json()["data"]
    assert (engine["name"], engine["kind"], engine["state"]) == ("animatic", "animatic", "closed")
    assert (engine["is_proven"], engine["speed"], engine["last_errors"]) == (True, None, [])


async def test_an_engine_tells_its_load_its_speed_and_its_last_errors(
    client: httpx.AsyncClient, house: House
) -> None:
    spelled, video_id = await a_waiting_video(client)
    running, _ = await a_waiting_video(client)
    await house.start(running)
    await add_attempt(house, video_id, 1, took_s=4, outcome="completed")
    await add_attempt(house, video_id, 2, took_s=5, outcome="engine_error")
    (engine,) = (await client.get("/admin/engines")).json()["data"]
    assert (engine["queued"], engine["in_progress"], engine["speed"]) == (1, 1, 2.0)
    (error,) = engine["last_errors"]
    assert (error["code"], error["message"], error["video_id"]) == (
        "engine_error",
        "It broke.",
        spelled,
    )


async def test_an_engine_that_is_away_says_since_when_and_why(
    client: httpx.AsyncClient, house: House
) -> None:
    now = house.clock.now()
    circuit = Circuit(
        engine="animatic",
        state=CircuitState.OPEN,
        since=now,
        failures=3,
        last_error=Failure(code="engine_unavailable", message="It is away."),
        last_error_at=now,
        checked_at=now,
    )
    await house.store.write(lambda transaction: transaction.attempts.save_circuit("local", circuit))
    (engine,) = (await client.get("/admin/engines")).json()["data"]
    assert (engine["state"], engine["failures"]) == ("open", 3)
    assert engine["since"] == int(now.timestamp())
    assert engine["last_errors"] == [
        {
            "code": "engine_unavailable",
            "message": "It is away.",
            "at": int(now.timestamp()),
            "video_id": None,
        }
    ]


async def test_videos_that_wait_for_an_engine_nobody_configured_are_told(
    client: httpx.AsyncClient, house: House
) -> None:
    await house.store.write(lambda transaction: transaction.add_video(a_video(engine="gone")))
    _, gone = (await client.get("/admin/engines")).json()["data"]
    assert (gone["name"], gone["kind"], gone["queued"]) == ("gone", "unknown", 1)


async def test_a_worker_is_shown_as_long_as_it_counts_as_alive(house: House) -> None:
    worker = Worker(
        id="rack-1-7",
        host="rack-1",
        process_id=7,
        engines=("animatic",),
        started_at=house.clock.now(),
        seen_at=house.clock.now(),
    )
    await house.store.write(lambda transaction: transaction.crew.note_worker(worker))
    engines = Engines(house.store, house.clock, [ANIMATIC], silence=timedelta(seconds=180))
    house.clock.move(180)
    (engine,) = await engines.list()
    assert [each.worker.id for each in engine.workers] == ["rack-1-7"]
    house.clock.move(1)
    (engine,) = await engines.list()
    assert engine.workers == ()


async def test_a_model_that_waits_and_that_no_worker_makes_is_told(
    client: httpx.AsyncClient, house: House
) -> None:
    worker = Worker(
        id="rack-1-7",
        host="rack-1",
        process_id=7,
        engines=("animatic", "gpu"),
        queues=(("gpu", "slow"),),
        started_at=house.clock.now(),
        seen_at=house.clock.now(),
    )
    await house.store.write(lambda transaction: transaction.crew.note_worker(worker))
    for number, model in enumerate(["slow", "quick", "quick"]):
        video = a_video(number, engine="gpu", model=model)
        await house.store.write(lambda each, video=video: each.add_video(video))  # type: ignore[misc]
    await house.store.write(lambda each: each.add_video(a_video(9, engine="alone", model="m")))
    await a_waiting_video(client)
    animatic, alone, gpu = (await client.get("/admin/engines")).json()["data"]
    assert [each["unserved"] for each in (animatic, alone, gpu)] == [{}, {"m": 1}, {"quick": 2}]
    assert [each["models"] for each in animatic["workers"] + gpu["workers"]] == [[], ["slow"]]


async def test_the_attempts_at_a_video_are_told_in_order(
    client: httpx.AsyncClient, house: House
) -> None:
    spelled, video_id = await a_waiting_video(client)
    await add_attempt(house, video_id, 1, took_s=5, outcome="engine_error")
    await add_attempt(house, video_id, 2, took_s=4, outcome="completed")
    reply = await client.get(f"/admin/videos/{spelled}/attempts")
    data = reply.json()["data"]
    assert [(each["number"], each["outcome"]) for each in data] == [
        (1, "engine_error"),
        (2, "completed"),
    ]
    assert (data[0]["engine"], data[0]["message"]) == ("animatic", "It broke.")


async def test_an_unknown_video_has_no_attempts(client: httpx.AsyncClient) -> None:
    for spelled in (f"video_{a_video_id(404)}", "nonsense"):
        reply = await client.get(f"/admin/videos/{spelled}/attempts")
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "video_not_found")


@pytest.mark.parametrize("path", PATHS)
async def test_a_key_that_is_no_administrators_is_refused(
    client: httpx.AsyncClient, house: House, path: str
) -> None:
    secret = (await house.access.create_key("alice")).secret
    reply = await client.get(path, headers={"api-key": secret})
    assert (reply.status_code, reply.json()["error"]["code"]) == (403, "permission_denied")


@pytest.mark.parametrize("path", PATHS)
async def test_no_key_and_an_unknown_one_are_unauthorised(
    client: httpx.AsyncClient, house: House, path: str
) -> None:
    await house.access.create_key("alice", is_admin=True)
    for headers in ({}, {"api-key": "mk-wrong"}):
        assert (await client.get(path, headers=headers)).status_code == 401


async def test_an_administrator_sees_every_accounts_videos(
    client: httpx.AsyncClient, house: House
) -> None:
    alice = (await house.access.create_key("alice")).secret
    admin = (await house.access.create_key("root", is_admin=True)).secret
    made = await client.post("/v1/videos", json={"prompt": "a cat"}, headers={"api-key": alice})
    path = f"/admin/videos/{made.json()['id']}/attempts"
    assert (await client.get(path, headers={"api-key": admin})).status_code == 200
    assert (await client.get("/admin/engines", headers={"api-key": admin})).status_code == 200


async def test_a_web_page_sees_nothing_of_a_server_without_keys(
    client: httpx.AsyncClient,
) -> None:
    reply = await client.get("/admin/engines", headers={"origin": "https://evil.example"})
    assert reply.status_code == 403
