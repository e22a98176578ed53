"""Shots become jobs that are together exactly as long as the film."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matinee.core.size import Size
from matinee.engines.animatic.camera import Frame
from matinee.engines.animatic.film_wish import FilmWish, Materials
from matinee.engines.animatic.jobs import drawn_frame, frames_of_shots, list_jobs
from matinee.engines.animatic.shots import (
    Body,
    Look,
    Music,
    Setting,
    Shot,
    ShotList,
    Subject,
    TimeOfDay,
)
from matinee.engines.animatic.studio import Job
from tests.unit.engines.animatic.specs import a_spec


def a_list(*shots: Shot) -> ShotList:
    return ShotList(shots=shots, look=Look.PLAIN, music=Music.PIANO, seed=1)


def a_shot(
    seconds: float = 2.0,
    setting: Setting = Setting.SEA,
    time_of_day: TimeOfDay = TimeOfDay.DAY,
) -> Shot:
    return Shot(seconds=seconds, text="", setting=setting, time_of_day=time_of_day)


@pytest.mark.parametrize("lengths", [[8.0], [3.33, 3.33, 3.34], [0.01, 4.99], [2.51, 2.52, 2.53]])
@pytest.mark.parametrize("frames", [96, 191, 30])
def test_no_frame_is_lost_at_cuts(lengths: list[float], frames: int) -> None:
    counts = frames_of_shots(a_list(*map(a_shot, lengths)), frames)
    assert sum(counts) == frames
    for count, seconds in zip(counts, lengths, strict=True):
        assert count == pytest.approx(frames * seconds / sum(lengths), abs=1)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (Size(1280, 720), Frame(width_px=1280, height_px=720)),
        (Size(720, 1280), Frame(width_px=720, height_px=1280)),
        (Size(1792, 1024), Frame(width_px=1268, height_px=724)),
        (Size(1080, 1920), Frame(width_px=720, height_px=1280)),
    ],
    ids=str,
)
def test_a_large_film_is_drawn_smaller(size: Size, expected: Frame) -> None:
    assert drawn_frame(size, 1280 * 720) == expected


def test_the_picture_fades_where_the_place_or_the_hour_changes() -> None:
    shots = a_list(
        a_shot(),
        a_shot(),
        a_shot(setting=Setting.SKY),
        a_shot(setting=Setting.SKY, time_of_day=TimeOfDay.NIGHT),
    )
    wish = FilmWish(spec=a_spec(seconds=8, fps=24))
    fades = [(job.fades_in, job.fades_out) for job in list_jobs(shots, wish, Materials())]
    assert fades == [(False, False), (False, True), (True, True), (True, False)]


def test_a_shot_of_the_first_picture_gets_it_in_its_drawn_size() -> None:
    wish = FilmWish(spec=a_spec(seconds=4, size=Size(64, 48)), drawn_pixels=32 * 24)
    materials = Materials(first=np.full((48, 64, 3), 9, np.uint8))
    shots = a_list(replace(a_shot(), is_picture=True), a_shot())
    first, second = list_jobs(shots, wish, materials)
    assert first.order.picture is not None
    assert first.order.picture.shape == (24, 32, 3)
    assert second.order.picture is None


def test_a_shot_that_goes_on_begins_where_it_was_left() -> None:
    wish = FilmWish(spec=a_spec(seconds=4))
    shots = a_list(replace(a_shot(4.0), lead_s=7.5, pace_s=7.5))
    (job,) = list_jobs(shots, wish, Materials())
    assert [job.moment(index) for index in (0, 4)] == [7.5, 8.0]


def test_a_character_without_a_picture_has_a_stand_in() -> None:
    mossy = Subject(noun="Mossy", glyph="role:Mossy", body=Body.CUTOUT)
    card = np.zeros((8, 6, 4), np.uint8)
    wish = FilmWish(spec=a_spec(seconds=4))
    shots = a_list(replace(a_shot(4.0), subjects=(mossy,)))
    (with_card,) = list_jobs(shots, wish, Materials(cards={"role:Mossy": card, "role:X": card}))
    (without,) = list_jobs(shots, wish, Materials())
    assert list(with_card.order.cards) == ["role:Mossy"]
    assert without.order.shot.subjects[0].body is Body.WHOLE


def test_a_fade_is_darkest_beside_the_cut() -> None:
    job = Job(order=None, frames=20, fps=24, fades_in=True, fades_out=True)
    lights = [job.brightness(index) for index in range(20)]
    assert lights == lights[::-1]
    assert lights[:6] == pytest.approx([1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6, 1])
