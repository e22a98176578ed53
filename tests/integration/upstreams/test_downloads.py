"""Fetching a finished film: whole, from where it may be fetched, and without the key elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from matinee.core.errors import EngineError, EngineUnavailable, ServiceUnavailable, StorageFull
from matinee.ports.engine import Withdrawn
from tests.integration.upstreams.servers import (
    FILM,
    HANG_UP,
    Answer,
    Asked,
    Behave,
    Videos,
    a_space,
    an_engine,
    make,
    upstream,
)

DONE = ({"status": "completed", "progress": 100},)
CUT = 70_000


def serving_film(content: Callable[[Asked], Answer]) -> Behave:
    """A server whose films are done at once, and fetched as `content` says."""
    videos = Videos(steps=DONE)

    def behave(asked: Asked) -> Answer:
        return content(asked) if asked.target.endswith("/content") else videos(asked)

    return behave


def range_of(asked: Asked) -> int | None:
    text = asked.headers.get("range")
    return int(text.removeprefix("bytes=").removesuffix("-")) if text else None


def rest(start: int, **headers: str) -> Answer:
    """The film from `start` on."""
    last = len(FILM) - 1
    named = {"content-type": "video/mp4", "content-range": f"bytes {start}-{last}/{last + 1}"}
    return Answer(status=206, body=FILM[start:], headers={**named, **headers})


async def test_a_cut_download_goes_on_where_it_was(tmp_path: Path) -> None:
    def content(asked: Asked) -> Answer:
        start = range_of(asked)
        if start is None:
            return Answer(body=FILM, headers={"etag": '"film"'}, cut_at=CUT)
        assert asked.headers["if-range"] == '"film"'
        return rest(start)

    async with upstream(serving_film(content)) as server:
        made = await make(an_engine("openai", server.url), a_space(tmp_path))
    assert made.error is None
    assert (tmp_path / "film.mp4").read_bytes() == FILM
    assert [range_of(each) for each in server.of("GET", "content")] == [None, CUT]


@pytest.mark.parametrize("tag", ["", 'W/"weak"'])
async def test_a_film_that_can_not_be_known_again_is_fetched_anew(tag: str, tmp_path: Path) -> None:
    cuts = [CUT, CUT]

    def content(asked: Asked) -> Answer:
        assert range_of(asked) is None
        return Answer(body=FILM, headers={"etag": tag}, cut_at=cuts.pop() if cuts else None)

    async with upstream(serving_film(content)) as server:
        made = await make(an_engine("openai", server.url), a_space(tmp_path))
    assert made.error is None
    assert (tmp_path / "film.mp4").read_bytes() == FILM


async def test_another_part_than_was_asked_for_is_not_kept(tmp_path: Path) -> None:
    def content(asked: Asked) -> Answer:
        if range_of(asked) is not None:
            return rest(CUT - 1)
        is_first = len(server.of("GET", "content")) == 1
        return Answer(body=FILM, headers={"etag": '"a"'}, cut_at=CUT if is_first else None)

    async with upstream(serving_film(content)) as server:
        made = await make(an_engine("openai", server.url), a_space(tmp_path))
    assert made.error is None
    assert (tmp_path / "film.mp4").read_bytes() == FILM


async def test_a_film_that_is_not_there_yet_is_asked_for_again(tmp_path: Path) -> None:
    early = [
        Answer.of({"detail": "Generation is still in-progress"}, 404),
        Answer.of({"message": "Video is not ready"}, 400),
        Answer.of({"detail": "sorry"}),
        Answer(body=b""),
        HANG_UP,
    ]

    def content(asked: Asked) -> Answer:
        return early.pop(0) if early else Answer(body=FILM)

    async with upstream(serving_film(content)) as server:
        made = await make(an_engine("openai", server.url), a_space(tmp_path))
    assert made.error is None
    assert (tmp_path / "film.mp4").read_bytes() == FILM


async def test_a_film_that_never_comes_ends_the_attempt_and_keeps_the_order(
    tmp_path: Path,
) -> None:
    gone = Answer.of({"detail": "gone"}, 404)
    async with upstream(serving_film(lambda _: gone)) as server:
        engine = an_engine("openai", server.url, outage_s=0.1)
        made = await make(engine, a_space(tmp_path))
    assert isinstance(made.error, EngineUnavailable)
    assert Withdrawn() not in made.reports
    assert not (tmp_path / "film.mp4").exists()


async def test_a_film_over_the_limit_is_not_taken(tmp_path: Path) -> None:
    big = Answer(body=bytes(2 * 1024 * 1024))
    async with upstream(serving_film(lambda _: big)) as server:
        engine = an_engine("openai", server.url, max_film_mb=1)
        made = await make(engine, a_space(tmp_path))
    assert type(made.error) is EngineError
    assert "max_film_mb" in str(made.error)
    assert not (tmp_path / "film.mp4").exists()


async def test_a_film_that_the_disk_has_no_room_for_stays_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "film.mp4.part").symlink_to("/dev/full")
    async with upstream(Videos(steps=DONE)) as server:
        made = await make(an_engine("openai", server.url), a_space(tmp_path))
    assert isinstance(made.error, StorageFull)
    assert Withdrawn() not in made.reports


async def test_a_film_that_can_not_be_written_for_now_stays_where_it_is(tmp_path: Path) -> None:
    async with upstream(Videos(steps=DONE)) as server:
        made = await make(an_engine("openai", server.url), a_space(tmp_path / "gone"))
    assert isinstance(made.error, ServiceUnavailable)
    assert Withdrawn() not in made.reports


async def test_a_redirect_is_followed_without_the_key(tmp_path: Path) -> None:
    async with upstream(lambda _: Answer(body=FILM)) as bucket:
        moved = Answer(status=302, headers={"location": f"{bucket.url}/films/1.mp4?signed=1"})
        async with upstream(serving_film(lambda _: moved)) as server:
            allowed = [f"127.0.0.1:{bucket.port}"]
            engine = an_engine("openai", server.url, api_key="k", download_allow=allowed)
            made = await make(engine, a_space(tmp_path))
    assert made.error is None
    assert "authorization" in server.of("GET", "content")[0].headers
    assert bucket.lines() == ["GET /films/1.mp4?signed=1"]
    assert "authorization" not in bucket.asked[0].headers


async def test_a_redirect_on_the_same_host_goes_without_the_key_too(tmp_path: Path) -> None:
    videos = Videos(steps=DONE)

    def behave(asked: Asked) -> Answer:
        if asked.target == "/films/1.mp4":
            return Answer(body=FILM)
        if asked.target.endswith("/content"):
            return Answer(status=307, headers={"location": "/films/1.mp4"})
        return videos(asked)

    async with upstream(behave) as server:
        made = await make(an_engine("openai", server.url, api_key="k"), a_space(tmp_path))
    assert made.error is None
    assert "authorization" not in server.asked[-1].headers


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{port}/film",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "http://user:pass@films.example/a",
        "",
    ],
)
async def test_a_redirect_to_a_forbidden_place_is_refused(location: str, tmp_path: Path) -> None:
    async with upstream(lambda _: Answer(body=b"secret")) as inner:
        target = location.format(port=inner.port)
        moved = Answer(status=302, headers={"location": target})
        async with upstream(serving_film(lambda _: moved)) as server:
            made = await make(an_engine("openai", server.url), a_space(tmp_path))
    assert type(made.error) is EngineError
    assert inner.asked == []


async def test_redirects_without_end_are_left(tmp_path: Path) -> None:
    around = Answer(status=302, headers={"location": "/v1/videos/video_1/content"})
    async with upstream(serving_film(lambda _: around)) as server:
        made = await make(an_engine("openai", server.url), a_space(tmp_path))
    assert "without end" in str(made.error)
    assert len(server.of("GET", "content")) == 6
