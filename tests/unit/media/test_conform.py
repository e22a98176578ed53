"""A film from elsewhere becomes what was asked for, and one of ours stays as it is."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from matinee.core.errors import MediaInvalid
from matinee.media.conform import conform
from matinee.media.finish import WantedFilm
from matinee.media.probe import verify
from tests.unit.media.films import make_film, moving_picture

WANTED = WantedFilm(width_px=160, height_px=96, seconds=1)


def foreign_film(out: Path, codec: str, *, frames: int = 24, pix_fmt: str = "yuv420p") -> None:
    """A silent film as another program might write it: its index is at the end."""
    with av.open(str(out), "w", format="matroska" if out.suffix == ".mkv" else "mp4") as container:
        stream = container.add_stream(codec, rate=24)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 160, 96, pix_fmt
        for number in range(frames):
            picture = VideoFrame.from_ndarray(moving_picture(number, 160, 96), format="rgb24")
            picture.pts, picture.time_base = number, Fraction(1, 24)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


def is_alone(film: Path) -> bool:
    return list(film.parent.iterdir()) == [film]


def index_is_in_front(film: Path) -> bool:
    data = film.read_bytes()
    return data.index(b"moov") < data.index(b"mdat")


async def test_a_film_of_ours_is_not_touched(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    await make_film(film, frames=24)
    before = film.read_bytes()
    assert await conform(film, WANTED) is False
    assert film.read_bytes() == before


async def test_pictures_of_another_size_are_cut_to_what_was_asked(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    await make_film(film, frames=24, width_px=192, height_px=108)
    assert await conform(film, WANTED)
    facts = await verify(film)
    assert (facts.width_px, facts.height_px, facts.frames) == (160, 96, 24)
    assert facts.audio_codec == "aac"


async def test_a_film_that_is_too_long_is_cut(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    await make_film(film, frames=41)
    assert await conform(film, WANTED)
    assert (await verify(film)).frames == 24


async def test_a_film_that_is_too_short_stays_as_it_is(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    await make_film(film, frames=12)
    assert await conform(film, WANTED) is False


async def test_its_own_frame_rate_stays(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    await make_film(film, frames=16, fps=16, width_px=192)
    assert await conform(film, WANTED)
    facts = await verify(film)
    assert (facts.fps, facts.frames) == (16.0, 16)


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt"),
    [
        ("film.mkv", "libx264", "yuv420p"),
        ("film.mp4", "mpeg4", "yuv420p"),
        ("film.mp4", "libx264", "yuv444p"),
    ],
)
async def test_what_some_players_do_not_play_is_encoded_anew(
    tmp_path: Path, name: str, codec: str, pix_fmt: str
) -> None:
    film = tmp_path / name
    foreign_film(film, codec, pix_fmt=pix_fmt)
    assert await conform(film, WANTED)
    facts = await verify(film)
    assert (facts.video_codec, facts.frames, facts.audio_codec) == ("h264", 24, None)
    assert index_is_in_front(film)
    assert is_alone(film)


async def test_an_index_at_the_end_is_brought_to_the_front_without_a_loss(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    foreign_film(film, "libx264")
    before = (await verify(film)).frames
    assert not index_is_in_front(film)
    assert await conform(film, WANTED)
    assert index_is_in_front(film)
    assert (await verify(film)).frames == before
    assert is_alone(film)


async def test_what_is_no_film_is_refused(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(100))
    with pytest.raises(MediaInvalid):
        await conform(film, WANTED)
