"""Progress is even in time, and learns from the films before."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from matinee.core.size import Size
from matinee.engines.diffusers.phases import FILE_NAME, PhaseHistory, PhaseMeter
from matinee.engines.diffusers.workload import FilmWork, arithmetic_seconds
from tests.unit.engines.diffusers.known_models import TI2V_5B

FILM = FilmWork(model=TI2V_5B, size=Size(1280, 704), frames=100, steps=50)
TOOK = {"loading": 20.0, "text": 1.0, "denoise": 80.0, "decode": 4.0, "encode": 1.0, "store": 0.5}


def test_before_the_first_film_arithmetic_is_all_there_is(tmp_path: Path) -> None:
    assert PhaseHistory(tmp_path / FILE_NAME).expected(FILM) == arithmetic_seconds(FILM)


def test_the_next_film_is_expected_to_take_as_long_as_the_last(tmp_path: Path) -> None:
    PhaseHistory(tmp_path / FILE_NAME).remember(FILM, TOOK)
    assert PhaseHistory(tmp_path / FILE_NAME).expected(FILM) == pytest.approx(TOOK)


def test_a_longer_film_takes_longer_by_its_frames_and_steps() -> None:
    history = PhaseHistory(None)
    history.remember(FILM, TOOK)
    longer = FilmWork(
        model=TI2V_5B, size=FILM.size, frames=300, steps=150, segments=3, is_loaded=True
    )
    assert history.expected(longer) == pytest.approx(
        {"loading": 0, "text": 3, "denoise": 240, "decode": 12, "encode": 3, "store": 0.5}
    )


def test_newer_films_count_for_more_than_older_ones() -> None:
    history = PhaseHistory(None)
    for seconds in (10.0, 10.0, 40.0):
        history.remember(FILM, {"denoise": seconds})
    assert history.expected(FILM)["denoise"] == pytest.approx(25)


def test_films_of_another_kind_tell_nothing(tmp_path: Path) -> None:
    history = PhaseHistory(tmp_path / FILE_NAME)
    history.remember(FILM, TOOK)
    small = FilmWork(model=TI2V_5B, size=Size(832, 480), frames=100, steps=50)
    assert history.expected(small) == arithmetic_seconds(small)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"a": {"text": "long"}}'])
def test_a_broken_history_is_begun_anew(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / FILE_NAME
    file.write_bytes(content)
    history = PhaseHistory(file)
    with caplog.at_level(logging.WARNING):
        assert history.expected(FILM) == arithmetic_seconds(FILM)
    assert "phase history not readable" in caplog.text
    history.remember(FILM, TOOK)
    assert PhaseHistory(file).expected(FILM) == pytest.approx(TOOK)


def test_a_history_that_cannot_be_written_is_told_and_kept_in_mind(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    history = PhaseHistory(tmp_path / "state" / FILE_NAME)
    history.remember(FILM, TOOK)
    assert "phase history not written" in caplog.text


def test_nothing_but_the_history_is_left_in_its_folder(tmp_path: Path) -> None:
    PhaseHistory(tmp_path / "state" / FILE_NAME).remember(FILM, TOOK)
    assert [file.name for file in (tmp_path / "state").iterdir()] == [FILE_NAME]


def test_progress_is_the_share_of_the_expected_time() -> None:
    meter = PhaseMeter({"text": 1.0, "denoise": 8.0, "decode": 1.0}, ticking())
    assert meter.advance("text", 1, 1).done == 1000
    halfway = meter.advance("denoise", 25, 50)
    assert (halfway.done, halfway.total, halfway.phase) == (5000, 10_000, "denoise")
    meter.advance("denoise", 50, 50)
    assert meter.advance("decode", 1, 1).done == 10_000


def test_progress_never_falls_when_a_phase_is_counted_anew() -> None:
    meter = PhaseMeter({"denoise": 10.0}, ticking())
    meter.advance("denoise", 40, 50)
    assert meter.advance("denoise", 1, 50).done == 8000
    assert meter.advance("denoise", 90, 50).done == 10_000


def test_a_phase_that_nobody_expected_weighs_nothing() -> None:
    meter = PhaseMeter({"denoise": 10.0}, ticking())
    report = meter.advance("upscale", 1, 2)
    assert (report.done, report.phase) == (0, "upscale")


def test_the_time_between_two_reports_counts_for_the_later_one() -> None:
    meter = PhaseMeter({"text": 1.0, "denoise": 9.0}, ticking(0, 2, 5, 6))
    meter.advance("text", 1, 1)
    meter.advance("denoise", 1, 2)
    meter.advance("denoise", 2, 2)
    assert meter.took == {"text": 2, "denoise": 4}


def ticking(*moments: float) -> Callable[[], float]:
    """A clock that shows these moments one after another, or stands still."""
    left = iter(moments)
    return lambda: next(left, 0.0)
