"""What wires may ask of the loop beyond the usual: answers elsewhere, films in answers, marks."""

from __future__ import annotations

import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from matinee.core.errors import EngineError, EngineUnavailable, Watermarked
from matinee.net.guard import Guard
from matinee.net.openai_shape import read_video
from matinee.net.upstream import UpstreamEngine
from matinee.net.upstream_options import UpstreamModel, UpstreamOptions
from matinee.net.wire import Call, Elsewhere, Order, Outcome, Ready, Reply, Standing, Wire
from matinee.ports.engine import Checkpoint, Intent, Withdrawn
from matinee.ports.engine_kind import EngineSetup
from tests.integration.upstreams.servers import (
    FILM,
    HANG_UP,
    SILENCE,
    Answer,
    Asked,
    Videos,
    a_space,
    a_spec,
    make,
    resumed,
    upstream,
)
from tests.unit.net.outside import Names

RESULT = Call(method="GET", path="/v1/results/{id}")
CONTENT = Call(method="GET", path="/v1/videos/{id}/content")


def submit(order: Order) -> Call:
    return Call(method="POST", path="/v1/videos", json={"prompt": order.spec.prompt})


def answering(outcome: Outcome) -> Wire:
    """A wire on which every answer means this."""

    def read(reply: Reply) -> Standing:
        return Standing(outcome=outcome, upstream_id="video_1")

    return Wire(submit=submit, read=read, poll="/v1/videos/{id}")


def an_engine(
    url: str, wire: Wire, guard: Guard | None = None, timeout_s: float = 10
) -> UpstreamEngine:
    options = UpstreamOptions(
        base_url=url,
        poll_s=0.01,
        outage_s=0.2,
        timeout_s=timeout_s,
        models={"wan": UpstreamModel(served_as="acme/wan 2")},
    )
    return UpstreamEngine(EngineSetup(name="up", options=options), wire, guard)


def two_steps(reply: Reply) -> Standing:
    """Done, the first answer says; what came of it is told by another."""
    if reply.body.get("object") == "result":
        return Standing(outcome=Ready(call=CONTENT))
    standing = read_video(reply)
    if isinstance(standing.outcome, Ready):
        return replace(standing, outcome=Elsewhere(call=RESULT))
    return standing


async def test_what_a_film_became_may_be_told_elsewhere(tmp_path: Path) -> None:
    videos = Videos()

    def behave(asked: Asked) -> Answer:
        if "/results/" in asked.target:
            return Answer.of({"object": "result"})
        return videos(asked)

    wire = Wire(submit=submit, read=two_steps, poll="/v1/videos/{id}")
    async with upstream(behave) as server:
        made = await make(an_engine(server.url, wire), a_space(tmp_path))
    assert made.error is None
    assert server.lines()[-2:] == ["GET /v1/results/video_1", "GET /v1/videos/video_1/content"]


async def test_answers_that_lead_in_circles_end_at_the_limit(tmp_path: Path) -> None:
    wire = answering(Elsewhere(call=RESULT))
    async with upstream(lambda _: Answer.of({})) as server:
        made = await make(an_engine(server.url, wire, timeout_s=0.3), a_space(tmp_path))
    assert type(made.error) is EngineError
    assert len(server.asked) < 10


async def test_an_answer_may_be_the_film(tmp_path: Path) -> None:
    wire = replace(answering(Ready(data=FILM)), poll="")
    async with upstream(lambda _: Answer.of({})) as server:
        made = await make(an_engine(server.url, wire), a_space(tmp_path))
    assert made.error is None
    assert (tmp_path / "film.mp4").read_bytes() == FILM
    assert server.lines() == ["POST /v1/videos"]


async def test_a_link_in_the_only_answer_is_tried_more_than_once(tmp_path: Path) -> None:
    stumbles = [HANG_UP, Answer.of({}, 503)]
    wire = replace(answering(Ready(call=Call.link("/films/1.mp4"))), poll="")

    def behave(asked: Asked) -> Answer:
        if asked.method == "POST":
            return Answer.of({})
        return stumbles.pop(0) if stumbles else Answer(body=FILM)

    async with upstream(behave) as server:
        made = await make(an_engine(server.url + "/api/v1", wire), a_space(tmp_path))
    assert made.error is None
    assert server.lines()[-1] == "GET /films/1.mp4"
    assert len(server.of("POST")) == 1


@pytest.mark.parametrize(("watermark", "is_taken"), [(False, False), (True, True), (None, True)])
async def test_a_marked_film_is_only_refused_by_who_asked_for_a_clean_one(
    watermark: bool | None, is_taken: bool, tmp_path: Path
) -> None:
    wire = answering(Ready(data=FILM, is_marked=True))
    async with upstream(lambda _: Answer.of({})) as server:
        spec = a_spec(watermark=watermark)
        made = await make(an_engine(server.url, wire), a_space(tmp_path), spec)
    assert (made.error is None) is is_taken
    if not is_taken:
        assert isinstance(made.error, Watermarked)
        assert made.reports[-1] == Withdrawn()


async def test_an_upstream_whose_only_answer_is_lost_is_not_asked_again(tmp_path: Path) -> None:
    wire = replace(answering(Ready(data=FILM)), poll="", submit_timeout_s=0.2)
    async with upstream(lambda _: SILENCE) as server:
        made = await make(an_engine(server.url, wire), a_space(tmp_path))
    assert made.error is not None
    assert made.error.code == "submission_unknown"
    assert made.reports == [Intent(submit_key="key-2")]


async def test_paths_hold_ids_and_models_in_full(tmp_path: Path) -> None:
    wire = replace(answering(Ready(data=FILM)), poll="/v1/{model}/ops/{id}?full=1")
    async with upstream(lambda _: Answer.of({})) as server:
        space = a_space(tmp_path, resume=resumed("sora-2:task_1/ä b?c#d&e"))
        made = await make(an_engine(server.url, wire), space)
    assert made.error is None
    assert server.lines() == [
        "GET /v1/acme/wan%202/ops/sora-2:task_1/%C3%A4%20b%3Fc%23d%26e?full=1"
    ]


async def test_a_name_without_an_address_took_nothing(tmp_path: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    guard = Guard(allow=["gpu-9.lan:30010"], resolver=Names(gpu_9_lan=()), tls=tls)
    engine = an_engine("http://gpu-9.lan:30010", answering(Ready(data=FILM)), guard)
    made = await make(engine, a_space(tmp_path))
    assert isinstance(made.error, EngineUnavailable)
    assert made.reports == [Intent(submit_key="key-2"), Withdrawn()]


async def test_a_link_to_a_name_of_the_inner_network_is_not_followed(tmp_path: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    wire = answering(Ready(call=Call.link("http://films.lan/1.mp4")))
    async with upstream(lambda _: Answer.of({})) as server:
        allowed = [f"127.0.0.1:{server.port}"]
        guard = Guard(allow=allowed, resolver=Names(films_lan=("127.0.0.1",)), tls=tls)
        made = await make(an_engine(server.url, wire, guard), a_space(tmp_path))
    assert isinstance(made.error, EngineUnavailable)
    assert Checkpoint(upstream_id="video_1") in made.reports
    assert Withdrawn() not in made.reports
    assert not any("films" in line for line in server.lines())
