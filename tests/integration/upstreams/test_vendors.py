"""Films by Veo, fal and Replicate: whole exchanges as their references have them, over sockets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matinee.core.errors import ModerationBlocked, SubmissionUnknown
from matinee.engines import fal, replicate, veo
from matinee.engines.fal import FalOptions
from matinee.engines.replicate import ReplicateOptions
from matinee.engines.veo import VeoOptions
from matinee.ports.engine import Checkpoint, Intent, Report, Submission, Withdrawn
from tests.integration.upstreams.scripts import FETCHED, cut, made, told
from tests.integration.upstreams.servers import Answer, Asked, Behave, upstream
from tests.orders import a_setup

FAST: dict[str, Any] = {"api_key": "secret-key", "poll_s": 0.01, "outage_s": 5.0}
VEO = "veo-3.1-fast-generate-preview"
OPERATION = f"models/{VEO}/operations/iv1bx2o8z7"
KLING = "fal-ai/kling-video/v1.6/pro/text-to-video"
REQUEST = "fal-ai/kling-video/requests/764cabcf"
SEEDANCE = "bytedance/seedance-1-lite"


async def test_an_operation_is_looked_at_and_its_film_fetched_with_the_key(tmp_path: Path) -> None:
    looks = iter([{"name": OPERATION}, {"name": OPERATION, "done": False}])

    def script(asked: Asked) -> Answer:
        if ":download" in asked.target:
            return Answer.of({}, 302, location=f"{server.url}/moved")
        if asked.target == "/moved":
            return FETCHED
        video = {"uri": f"{server.url}/v1beta/files/3f8k2:download?alt=media"}
        made_of = {"generateVideoResponse": {"generatedSamples": [{"video": video}]}}
        return Answer.of(next(looks, {"name": OPERATION, "done": True, "response": made_of}))

    async with upstream(script) as server:
        engine = veo.make(a_setup(VeoOptions(base_url=server.url, **FAST)))
        reports = await made(engine, tmp_path, VEO)
    assert told(reports) == [Intent(submit_key="video-1"), Checkpoint(upstream_id=OPERATION)]
    assert server.lines() == [
        f"POST /v1beta/models/{VEO}:predictLongRunning",
        f"GET /v1beta/{OPERATION}",
        f"GET /v1beta/{OPERATION}",
        "GET /v1beta/files/3f8k2:download?alt=media",
        "GET /moved",
    ]
    keys = [each.headers.get("x-goog-api-key") for each in server.asked]
    assert keys == ["secret-key"] * 4 + [None]


async def test_a_film_that_google_withheld_is_refused_and_free_for_others(tmp_path: Path) -> None:
    reasons = {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": ["It shows a celebrity."]}
    done = {"name": OPERATION, "done": True, "response": {"generateVideoResponse": reasons}}
    reports: list[Report] = []
    async with upstream(lambda asked: Answer.of(done)) as server:
        engine = veo.make(a_setup(VeoOptions(base_url=server.url, **FAST)))
        with pytest.raises(ModerationBlocked, match="celebrity"):
            await made(engine, tmp_path, VEO, reports=reports)
    assert reports[-1] == Withdrawn()


async def test_an_order_that_broke_off_is_never_sent_to_a_vendor_again(tmp_path: Path) -> None:
    async with upstream(lambda asked: cut(Answer.of({}))) as server:
        engines = [
            (veo.make(a_setup(VeoOptions(base_url=server.url, **FAST))), VEO),
            (fal.make(a_setup(FalOptions(base_url=server.url, **FAST))), KLING),
            (replicate.make(a_setup(ReplicateOptions(base_url=server.url, **FAST))), SEEDANCE),
        ]
        for engine, model in engines:
            with pytest.raises(SubmissionUnknown):
                await made(engine, tmp_path, model)
    assert len(server.lines()) == 3


def a_queue(url: str, statuses: Iterator[dict[str, Any]], response: Answer) -> Behave:
    """A script of fal's: a request, its statuses, its response."""
    place = f"{url}/{REQUEST}"
    links = {
        "request_id": "764cabcf",
        "response_url": place,
        "status_url": f"{place}/status",
        "cancel_url": f"{place}/cancel",
    }

    def answer(asked: Asked) -> Answer:
        if asked.method == "POST":
            return Answer.of({"status": "IN_QUEUE", "queue_position": 0, **links})
        if asked.target.endswith("/status"):
            return Answer.of({**links, **next(statuses)})
        return FETCHED if asked.target.endswith(".mp4") else response

    return answer


async def test_a_request_is_followed_through_fal_s_queue(tmp_path: Path) -> None:
    statuses = iter([{"status": "IN_QUEUE"}, {"status": "IN_PROGRESS"}, {"status": "COMPLETED"}])

    def script(asked: Asked) -> Answer:
        response = Answer.of({"video": {"url": f"{server.url}/files/a.mp4"}})
        return a_queue(server.url, statuses, response)(asked)

    async with upstream(script) as server:
        engine = fal.make(a_setup(FalOptions(base_url=server.url, **FAST)))
        reports = await made(engine, tmp_path, KLING)
    assert told(reports) == [Intent(submit_key="video-1"), Checkpoint(upstream_id=REQUEST)]
    assert server.lines() == [
        f"POST /{KLING}",
        *[f"GET /{REQUEST}/status"] * 3,
        f"GET /{REQUEST}",
        "GET /files/a.mp4",
    ]
    assert server.asked[0].headers["authorization"] == "Key secret-key"


async def test_a_response_of_fal_s_that_is_a_refusal_is_the_film_s_end(tmp_path: Path) -> None:
    detail = [{"loc": ["body", "prompt"], "msg": "Refused.", "type": "content_policy_violation"}]

    def script(asked: Asked) -> Answer:
        response = Answer.of({"detail": detail}, 422)
        return a_queue(server.url, iter([{"status": "COMPLETED"}]), response)(asked)

    reports: list[Report] = []
    async with upstream(script) as server:
        engine = fal.make(a_setup(FalOptions(base_url=server.url, **FAST)))
        with pytest.raises(ModerationBlocked, match="Refused"):
            await made(engine, tmp_path, KLING, reports=reports)
    assert reports[-1] == Withdrawn()


async def test_a_request_of_fal_s_can_be_cancelled() -> None:
    cancelled = Answer.of({"status": "CANCELLATION_REQUESTED"}, 202)
    async with upstream(lambda asked: cancelled) as server:
        engine = fal.make(a_setup(FalOptions(base_url=server.url, **FAST)))
        await engine.abandon(Submission(submit_key="video-1", upstream_id=REQUEST), KLING)
        await engine.close()
    assert server.lines() == [f"PUT /{REQUEST}/cancel"]


async def test_a_prediction_is_looked_at_until_its_output_is_there(tmp_path: Path) -> None:
    looks = iter(["starting", "starting", "processing"])

    def script(asked: Asked) -> Answer:
        if asked.target == "/out.mp4":
            return FETCHED
        status = next(looks, "succeeded")
        output = f"{server.url}/out.mp4" if status == "succeeded" else None
        prediction = {"id": "gm3q", "status": status, "output": output, "error": None}
        return Answer.of(prediction, 201 if asked.method == "POST" else 200)

    async with upstream(script) as server:
        engine = replicate.make(a_setup(ReplicateOptions(base_url=server.url, **FAST)))
        reports = await made(engine, tmp_path, SEEDANCE)
        await engine.abandon(Submission(submit_key="video-1", upstream_id="gm3q"), SEEDANCE)
        await engine.close()
    assert told(reports) == [Intent(submit_key="video-1"), Checkpoint(upstream_id="gm3q")]
    assert server.lines() == [
        f"POST /v1/models/{SEEDANCE}/predictions",
        *["GET /v1/predictions/gm3q"] * 3,
        "GET /out.mp4",
        "POST /v1/predictions/gm3q/cancel",
    ]
    assert server.asked[0].headers["authorization"] == "Bearer secret-key"
