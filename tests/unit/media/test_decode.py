"""A film is read in the size and rate of a new one, its pictures and its sound side by side."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from matinee.core.errors import MediaInvalid
from matinee.media.decode import FilmReader, FilmShape
from matinee.media.encode import Encoder, FilmFormat
from tests.unit.media.films import SOUND_RATE, make_film, tone

OWN = FilmShape(width_px=160, height_px=96, fps=24)


async def frames_of(path: Path, shape: FilmShape, count: int) -> list[NDArray[np.uint8]]:
    async with FilmReader(path, shape) as reader:
        return [frame async for frame in reader.frames(count)]


async def test_our_own_frames_come_as_they_are(tmp_path: Path) -> None:
    await make_film(tmp_path / "film.mp4", frames=30)
    frames = await frames_of(tmp_path / "film.mp4", OWN, 30)
    with av.open(tmp_path / "film.mp4") as container:
        stored = [frame.to_ndarray() for frame in container.decode(video=0)]
    assert all(np.array_equal(a, b) for a, b in zip(frames, stored, strict=True))


@pytest.mark.parametrize("fps", [12, 24, 48, 10])
async def test_another_rate_shows_each_frame_at_its_time(tmp_path: Path, fps: int) -> None:
    await make_film(tmp_path / "film.mp4", frames=24)
    own = await frames_of(tmp_path / "film.mp4", OWN, 24)
    shape = FilmShape(width_px=160, height_px=96, fps=fps)
    frames = await frames_of(tmp_path / "film.mp4", shape, fps)
    numbers = [
        int(np.argmin([np.abs(frame.astype(int) - each).mean() for each in own]))
        for frame in frames
    ]
    assert numbers == [int(24 * number / fps + 0.25 * 24 / fps) for number in range(fps)]


async def test_another_size_is_cut_from_the_middle(tmp_path: Path) -> None:
    await make_film(tmp_path / "film.mp4", frames=3)
    shape = FilmShape(width_px=48, height_px=96, fps=24)
    frames = await frames_of(tmp_path / "film.mp4", shape, 3)
    assert {frame.shape for frame in frames} == {(96, 48, 3)}


async def test_a_short_film_repeats_its_last_frame(tmp_path: Path) -> None:
    await make_film(tmp_path / "film.mp4", frames=5)
    frames = await frames_of(tmp_path / "film.mp4", OWN, 8)
    assert [np.array_equal(frame, frames[4]) for frame in frames[3:]] == [False, *[True] * 4]


async def test_sound_comes_in_pieces_of_any_length_and_ends_in_silence(tmp_path: Path) -> None:
    await make_film(tmp_path / "film.mp4", frames=48)
    async with FilmReader(tmp_path / "film.mp4", OWN) as reader:
        assert reader.has_sound
        pieces = [await reader.sound(length) for length in (1, 7000, 50_000, 60_000)]
    sound = np.concatenate(pieces)
    expected = tone(2.0)
    assert [len(piece) for piece in pieces] == [1, 7000, 50_000, 60_000]
    assert np.abs(sound[: 2 * SOUND_RATE] - expected).max() < 0.05
    assert np.abs(sound[2 * SOUND_RATE + 1024 :]).max() < 0.01


async def test_pictures_and_sound_are_read_side_by_side(tmp_path: Path) -> None:
    await make_film(tmp_path / "film.mp4", frames=24)
    levels = []
    async with FilmReader(tmp_path / "film.mp4", OWN) as reader:
        async for _ in reader.frames(24):
            levels.append(float(np.abs(await reader.sound(2000)).max()))
    assert min(levels) > 0.25


async def test_a_silent_film_is_silence(tmp_path: Path) -> None:
    film_format = FilmFormat(width_px=160, height_px=96)
    async with Encoder(tmp_path / "film.mp4", film_format, has_sound=False) as encoder:
        await encoder.write(np.zeros((96, 160, 3), np.uint8))
        await encoder.finish()
    async with FilmReader(tmp_path / "film.mp4", OWN) as reader:
        assert not reader.has_sound
        assert not (await reader.sound(100)).any()


async def test_what_the_maker_wrote_is_told(tmp_path: Path) -> None:
    film_format = FilmFormat(width_px=160, height_px=96)
    metadata = {"comment": "model: animatic"}
    async with Encoder(tmp_path / "film.mp4", film_format, metadata=metadata) as encoder:
        await encoder.write(np.zeros((96, 160, 3), np.uint8))
        await encoder.finish()
    async with FilmReader(tmp_path / "film.mp4", OWN) as reader:
        assert reader.comment == "model: animatic"


@pytest.mark.parametrize("data", [b"", b"no film", b"\0\0\0\x18ftypmp42" + bytes(300)])
async def test_what_is_no_film_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "film.mp4").write_bytes(data)
    with pytest.raises(MediaInvalid):
        await frames_of(tmp_path / "film.mp4", OWN, 1)


async def test_a_film_broken_in_the_middle_is_refused_or_repeats(tmp_path: Path) -> None:
    await make_film(tmp_path / "film.mp4", frames=48)
    data = bytearray((tmp_path / "film.mp4").read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4000] = bytes(4000)
    (tmp_path / "film.mp4").write_bytes(data)
    try:
        frames = await frames_of(tmp_path / "film.mp4", OWN, 48)
    except MediaInvalid:
        return
    assert len(frames) == 48
