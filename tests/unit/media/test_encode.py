"""Films are written as promised: exact size, frames, colours and sound, whole or not at all."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from matinee.core.errors import EngineError, MediaInvalid, ServiceUnavailable
from matinee.media.encode import Encoder, FilmFormat
from matinee.media.probe import probe, verify
from tests.unit.media.films import SOUND_RATE, make_film, moving_picture, tone

SMALL = FilmFormat(width_px=160, height_px=96)
OFFICIAL = [(720, 1280), (1280, 720), (1024, 1792), (1792, 1024), (1080, 1920), (1920, 1080)]


def heard(film: Path) -> np.ndarray:
    with av.open(film) as container:
        blocks = [frame.to_ndarray() for frame in container.decode(audio=0)]
    return np.concatenate(blocks, axis=1).T


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def shown(film: Path) -> list[np.ndarray]:
    with av.open(film) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


async def test_every_frame_comes_out_in_order_as_it_went_in(tmp_path: Path) -> None:
    await make_film(tmp_path / "film.mp4", frames=30)
    frames = shown(tmp_path / "film.mp4")
    originals = [moving_picture(number, 160, 96).astype(int) for number in range(30)]
    nearest = [
        int(np.argmin([np.abs(frame - original).mean() for original in originals]))
        for frame in frames
    ]
    assert nearest == list(range(30))


async def test_facts_are_what_a_probe_and_a_full_decode_find(tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    facts = await make_film(out, frames=37)
    assert facts == await probe(out) == await verify(out)
    assert (facts.frames, facts.seconds) == (37, 37 / 24)
    assert facts.size_bytes == out.stat().st_size


async def test_full_hd_is_1080_lines_and_not_the_1088_that_are_coded(tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    facts = await make_film(out, frames=3, width_px=1920, height_px=1080)
    assert (facts.width_px, facts.height_px) == (1920, 1080)
    assert [frame.shape for frame in shown(out)] == [(1080, 1920, 3)] * 3
    last_lines = shown(out)[0][-4:].astype(int) - moving_picture(0, 1920, 1080)[-4:]
    assert np.abs(last_lines).mean() < 8


async def test_the_index_stands_in_front_of_the_media(tmp_path: Path) -> None:
    await make_film(tmp_path / "film.mp4")
    data = (tmp_path / "film.mp4").read_bytes()
    assert data[4:8] == b"ftyp"
    assert 0 < data.index(b"moov") < data.index(b"mdat")


async def test_colours_are_tagged_as_they_were_converted(tmp_path: Path) -> None:
    await make_film(tmp_path / "film.mp4")
    with av.open(tmp_path / "film.mp4") as container:
        context = container.streams.video[0].codec_context
        tags = context.colorspace, context.color_primaries, context.color_trc, context.color_range
    assert tags == (6, 1, 1, 1)


async def test_planes_and_rgb_of_one_picture_give_one_film(tmp_path: Path) -> None:
    for name, convert in (("rgb", False), ("planes", True)):
        async with Encoder(tmp_path / name, SMALL, has_sound=False) as encoder:
            for number in range(5):
                picture = moving_picture(number, 160, 96)
                planes = cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420).astype(np.uint8)
                await encoder.write(planes if convert else picture)
            await encoder.finish()
    assert (tmp_path / "rgb").read_bytes() == (tmp_path / "planes").read_bytes()


async def test_what_broke_a_film_off_is_said_though_nothing_can_be_removed(tmp_path: Path) -> None:
    async def break_off() -> None:
        async with Encoder(tmp_path / "film.mp4", SMALL) as encoder:
            await encoder.write(moving_picture(0, 160, 96))
            part = tmp_path / ".film.mp4.part"
            part.unlink()
            part.mkdir()  # which is not removed as a file is
            raise ServiceUnavailable("The disk is read-only.")

    with pytest.raises(ServiceUnavailable):
        await break_off()


@pytest.mark.parametrize("size", OFFICIAL, ids=str)
async def test_the_same_frames_give_the_same_bytes(tmp_path: Path, size: tuple[int, int]) -> None:
    pictures = [moving_picture(number, *size) for number in range(14)]
    hashes = set()
    for attempt in range(3):
        # What lies in freed memory must not matter: it did, in x264's macroblock tree.
        np.random.default_rng(attempt).integers(0, 255, 30_000_000, np.uint8)
        out = tmp_path / f"{attempt}.mp4"
        film_format = FilmFormat(width_px=size[0], height_px=size[1])
        async with Encoder(out, film_format) as encoder:
            for picture in pictures:
                await encoder.write(picture)
            await encoder.write_sound(tone(14 / 24))
            await encoder.finish()
        hashes.add(sha256(out.read_bytes()).hexdigest())
    assert len(hashes) == 1


async def test_sound_is_cut_and_filled_to_the_length_of_the_film(tmp_path: Path) -> None:
    for name, seconds in (("short", 0.5), ("long", 9.0)):
        async with Encoder(tmp_path / name, SMALL) as encoder:
            await encoder.write_sound(tone(seconds))
            for number in range(48):
                await encoder.write(moving_picture(number, 160, 96))
            await encoder.finish()
        samples = heard(tmp_path / name)
        assert abs(len(samples) - 2 * SOUND_RATE) <= 1024
        loud_at_end = float(np.abs(samples[-20_000:-4_000]).max()) > 0.1
        assert loud_at_end == (name == "long")


@pytest.mark.parametrize("sound_first", [True, False])
async def test_sound_lies_beside_its_pictures_however_late_it_comes(
    tmp_path: Path, sound_first: bool
) -> None:
    out = tmp_path / "film.mp4"
    async with Encoder(out, SMALL) as encoder:
        if sound_first:
            await encoder.write_sound(tone(20))
        for number in range(20 * 24):
            await encoder.write(moving_picture(number, 160, 96))
        if not sound_first:
            await encoder.write_sound(tone(20))
        await encoder.finish()
    with av.open(out) as container:
        sound = container.streams.audio[0]
        packets = sorted(
            (packet for packet in container.demux() if packet.size), key=lambda each: each.pos or 0
        )
        times = [float((each.dts or 0) * each.time_base) for each in packets]
        kinds = {each.stream.index == sound.index for each in packets[:60]}
    assert kinds == {True, False}
    assert max(earlier - later for earlier, later in pairwise(times)) < 1


async def test_a_silent_film_has_no_sound_track(tmp_path: Path) -> None:
    async with Encoder(tmp_path / "film.mp4", SMALL, has_sound=False) as encoder:
        await encoder.write(moving_picture(0, 160, 96))
        facts = await encoder.finish()
    assert facts.audio_codec is None
    assert await verify(tmp_path / "film.mp4") == facts


async def test_title_and_comment_are_stored(tmp_path: Path) -> None:
    told = {"title": "A cat’s piano", "comment": "model: animatic"}
    async with Encoder(tmp_path / "film.mp4", SMALL, metadata=told) as encoder:
        await encoder.write(moving_picture(0, 160, 96))
        await encoder.finish()
    with av.open(tmp_path / "film.mp4") as container:
        assert told.items() <= container.metadata.items()


@pytest.mark.parametrize(
    "frame",
    [
        np.zeros((96, 162, 3), np.uint8),
        np.zeros((96, 160, 3), np.float32),
        np.zeros((96, 160), np.uint8),
    ],
)
async def test_a_frame_of_another_shape_ends_the_film_and_leaves_nothing(
    tmp_path: Path, frame: np.ndarray
) -> None:
    async def write() -> None:
        async with Encoder(tmp_path / "film.mp4", SMALL) as encoder:
            await encoder.write(moving_picture(0, 160, 96))
            await encoder.write(frame)

    with pytest.raises(MediaInvalid, match="160x96"):
        await write()
    assert files_in(tmp_path) == []


async def test_no_frame_is_no_film(tmp_path: Path) -> None:
    with pytest.raises(MediaInvalid, match="at least one frame"):
        async with Encoder(tmp_path / "film.mp4", SMALL) as encoder:
            await encoder.finish()
    assert files_in(tmp_path) == []


async def test_odd_sides_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaInvalid, match="even"):
        Encoder(tmp_path / "film.mp4", FilmFormat(width_px=161, height_px=96))


async def test_leaving_early_leaves_the_older_film_as_it_was(tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    out.write_bytes(b"older")
    async with Encoder(out, SMALL) as encoder:
        await encoder.write(moving_picture(0, 160, 96))
    assert out.read_bytes() == b"older"
    assert files_in(tmp_path) == [out]


async def test_cancelling_waits_until_the_frame_is_no_longer_read(tmp_path: Path) -> None:
    started = asyncio.Event()

    async def write_for_ever() -> None:
        async with Encoder(tmp_path / "film.mp4", SMALL) as encoder:
            while True:
                await encoder.write(moving_picture(0, 160, 96))
                started.set()

    writing = asyncio.create_task(write_for_ever())
    await started.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert files_in(tmp_path) == []


async def test_a_folder_that_is_not_there_is_an_engine_error(tmp_path: Path) -> None:
    with pytest.raises(EngineError):
        async with Encoder(tmp_path / "nowhere" / "film.mp4", SMALL):
            raise AssertionError("opened")
