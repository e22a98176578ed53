"""From rows to values and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from matinee.store.rows import micros, moment, values_of_video, video_of
from matinee.store.tables import videos
from tests.samples import a_video, a_whole_video

ZONES = st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours)))


@given(st.datetimes(timezones=ZONES).filter(lambda when: 1 < when.year < 9999))
def test_a_moment_survives_to_the_microsecond_in_every_zone(when: datetime) -> None:
    assert moment(micros(when)) == when
    assert moment(micros(when)).tzinfo is UTC


def test_a_later_moment_is_a_larger_number() -> None:
    early = datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    assert micros(early) == -1
    assert micros(early + timedelta(microseconds=1)) == 0


def test_a_video_has_a_value_for_every_column_and_no_other() -> None:
    assert set(values_of_video(a_video())) == {column.name for column in videos.columns}


def test_a_video_comes_back_from_its_row() -> None:
    for video in (a_video(), a_whole_video()):
        values = values_of_video(video)
        assert video_of([values[column.name] for column in videos.columns]) == video


def test_a_spec_stored_by_the_first_version_is_still_read() -> None:
    values = values_of_video(a_video())
    values["spec"] = (
        '{"model":"sora-2","prompt":"A cat.","size":{"width_px":1280,"height_px":720},'
        '"seconds":4,"seed":7,"fps":24,"style":"comic","references":[{"blob_key":"k",'
        '"media_type":"image/png","width_px":1,"height_px":2}],"freedom":0.5,"private":true,'
        '"watermark":null}'
    )
    values["assets"] = (
        '[{"variant":"video","blob_key":"k","size_bytes":1,"sha256":"ab","width_px":1,'
        '"height_px":2,"seconds":4.0}]'
    )
    video = video_of([values[column.name] for column in videos.columns])
    assert video.spec.prompt == "A cat."
    assert video.spec.references[0].height_px == 2
    assert video.assets[0].seconds == 4.0
