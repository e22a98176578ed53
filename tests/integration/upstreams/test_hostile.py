"""What an upstream may send that no honest one would: it costs its own film at the most."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matinee.core.errors import EngineError, SubmissionUnknown
from matinee.ports.engine import Intent, Withdrawn
from tests.integration.upstreams.servers import (
    FILM,
    KEY,
    Answer,
    Asked,
    Videos,
    a_space,
    an_engine,
    make,
    upstream,
)

SLASHED_KEY = "sk/with+slashes/and-more"


async def test_letters_in_another_code_do_not_hide_the_answer_around_them(tmp_path: Path) -> None:
    videos = Videos()

    def behave(asked: Asked) -> Answer:
        answer = videos(asked)
        if asked.target.endswith("/content"):
            return answer
        body = b"\xef\xbb\xbf" + answer.body[:-1] + ', "note": "违规"}'.encode("gbk")
        return Answer(status=answer.status, body=body, headers=answer.headers)

    async with upstream(behave) as server:
        made = await make(an_engine("openai", server.url), a_space(tmp_path))
    assert made.error is None


@pytest.mark.parametrize(
    "upstream_id", ["A" * 600, "a\nb", "a\x00b", "../../admin", "..", "a\u202eb"]
)
async def test_an_id_that_is_none_is_never_written_down(upstream_id: str, tmp_path: Path) -> None:
    answer = Answer.of({"id": upstream_id, "status": "queued"})
    async with upstream(lambda _: answer) as server:
        made = await make(an_engine("openai", server.url), a_space(tmp_path))
    assert isinstance(made.error, SubmissionUnknown)
    assert made.reports == [Intent(submit_key="key-2")]
    assert len(server.asked) == 1


async def test_a_wish_for_peace_in_the_year_of_never_is_no_wish(tmp_path: Path) -> None:
    videos = Videos()

    def behave(asked: Asked) -> Answer:
        answer = videos(asked)
        never = {"retry-after": f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT"}
        return Answer(status=answer.status, body=answer.body, headers={**answer.headers, **never})

    async with upstream(behave) as server:
        made = await make(an_engine("openai", server.url), a_space(tmp_path))
    assert made.error is None


@pytest.mark.parametrize(
    "spelled",
    [SLASHED_KEY.replace("/", "\\/"), SLASHED_KEY.replace("+", "\\u002B"), SLASHED_KEY],
)
async def test_a_key_is_taken_out_however_json_spells_it(spelled: str, tmp_path: Path) -> None:
    body = f'{{"error": {{"message": "wrong key {spelled}!"}}}}'.encode()
    async with upstream(lambda _: Answer(status=400, body=body)) as server:
        made = await make(an_engine("openai", server.url, api_key=SLASHED_KEY), a_space(tmp_path))
    assert str(made.error) == "wrong key ***!"


async def test_a_key_in_a_stream_s_error_is_taken_out(tmp_path: Path) -> None:
    error = json.dumps({"error": {"message": f"wrong key {KEY}"}})
    body = f"data: {error}\n\ndata: [DONE]\n\n".encode()
    answer = Answer(body=body, headers={"content-type": "text/event-stream"})
    async with upstream(lambda _: answer) as server:
        made = await make(an_engine("chat", server.url, api_key=KEY), a_space(tmp_path))
    assert str(made.error) == "wrong key ***"


async def test_the_words_of_a_failure_are_one_line(tmp_path: Path) -> None:
    words = "\x1b[31mno\n2026-11-21 09:12:00 info    all is well\r\n" * 100
    async with upstream(Videos(steps=({"status": "failed", "error": {"message": words}},))) as up:
        made = await make(an_engine("openai", up.url), a_space(tmp_path))
    assert isinstance(made.error, EngineError)
    assert str(made.error).isprintable()
    assert len(str(made.error)) < 310


async def test_a_film_in_pieces_of_a_byte_arrives_whole(tmp_path: Path) -> None:
    videos = Videos(steps=({"status": "completed"},))
    film = FILM[:20_000]
    pieces = b"".join(b"1\r\n" + film[at : at + 1] + b"\r\n" for at in range(len(film)))

    def behave(asked: Asked) -> Answer:
        if not asked.target.endswith("/content"):
            return videos(asked)
        headers = {"transfer-encoding": "chunked", "content-type": "video/mp4"}
        return Answer(body=pieces + b"0\r\n\r\n", headers=headers)

    async with upstream(behave) as server:
        made = await make(an_engine("openai", server.url), a_space(tmp_path))
    assert made.error is None
    assert (tmp_path / "film.mp4").read_bytes() == film


@pytest.mark.parametrize(("repeats", "is_free"), [(False, False), (True, True)])
async def test_a_late_film_that_can_not_be_stopped_is_not_made_elsewhere_too(
    repeats: bool, is_free: bool, tmp_path: Path
) -> None:
    videos = Videos(steps=({"status": "in_progress"},))

    def behave(asked: Asked) -> Answer:
        return Answer.of({}, 405) if asked.method == "DELETE" else videos(asked)

    async with upstream(behave) as server:
        engine = an_engine("openai", server.url, timeout_s=1.5, repeat_unknown=repeats)
        made = await make(engine, a_space(tmp_path))
    assert "took longer than 1.5 s" in str(made.error)
    assert (Withdrawn() in made.reports) is is_free
