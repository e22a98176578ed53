"""Uploaded films are told by their bytes, looked into within limits, and never trusted."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from matinee.core.errors import MediaInvalid, ServiceUnavailable, TooLarge
from matinee.media.film_inspection import FilmLimits, inspect_film, take_poster
from tests.scarcity import no_descriptors
from tests.unit.media.films import make_film


def coded(path: Path, *, container: str, codec: str) -> Path:
    """A second of grey film."""
    frames = (np.full((48, 64, 3), 90 + number, np.uint8) for number in range(24))
    return write_frames(path, frames, container=container, codec=codec)


def write_frames(
    path: Path, frames: Iterable[NDArray[np.uint8]], *, container: str, codec: str
) -> Path:
    """A silent film of RGB frames."""
    with av.open(str(path), "w", format=container) as output:
        pictures: Any = output.add_stream(codec, rate=24)
        for number, frame in enumerate(frames):
            if number == 0:
                pictures.height, pictures.width = frame.shape[:2]
                pictures.pix_fmt = "yuv420p"
            output.mux(pictures.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        output.mux(pictures.encode())
    return path


def with_a_light() -> Iterator[NDArray[np.uint8]]:
    """Four seconds of darkness with something to see in the third."""
    for number in range(96):
        frame = np.zeros((176, 320, 3), np.uint8)
        if 48 <= number < 72:
            frame[:, ::32] = 255
            frame[60:120, 80:240] = (200, 40, 40)
        yield frame


def rewrite(film: Path, change: Callable[[bytes], bytes]) -> None:
    """Damage the film."""
    film.write_bytes(change(film.read_bytes()))


@pytest.fixture
async def film(tmp_path: Path) -> Path:
    """Three seconds of 320x180."""
    await make_film(tmp_path / "film.mp4", frames=72, width_px=320, height_px=176)
    return tmp_path / "film.mp4"


async def test_a_film_is_told_by_its_bytes(film: Path) -> None:
    facts = await inspect_film(film)
    assert (facts.media_type, facts.width_px, facts.height_px) == ("video/mp4", 320, 176)
    assert facts.seconds == pytest.approx(3, abs=0.05)
    assert facts.fps == pytest.approx(24, abs=0.1)
    assert facts.has_sound


@pytest.mark.parametrize(
    ("container", "codec", "media_type"),
    [("webm", "libvpx-vp9", "video/webm"), ("mp4", "mpeg4", "video/mp4")],
)
async def test_other_usual_films_are_taken_too(
    tmp_path: Path, container: str, codec: str, media_type: str
) -> None:
    facts = await inspect_film(coded(tmp_path / "film", container=container, codec=codec))
    assert (facts.media_type, facts.width_px, facts.has_sound) == (media_type, 64, False)
    assert facts.seconds == pytest.approx(1, abs=0.05)


async def test_unusual_codecs_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(MediaInvalid, match="'mpeg2video' are not taken"):
        await inspect_film(coded(tmp_path / "film", container="mov", codec="mpeg2video"))


def cut(data: bytes, share: float) -> bytes:
    return data[: int(len(data) * share)]


def with_noise(data: bytes) -> bytes:
    """The film with other bytes for pictures."""
    start = data.index(b"mdat") + 8
    return data[:start] + np.random.default_rng(3).bytes(len(data) - start)


def with_scratches(data: bytes, seed: int) -> bytes:
    """The film with forty bytes of index or pictures replaced."""
    random, start = np.random.default_rng(seed), data.index(b"moov")
    damaged = np.frombuffer(data, np.uint8).copy()
    damaged[start + random.integers(0, len(data) - start, 40)] = random.integers(0, 256, 40)
    return damaged.tobytes()


def with_duration(data: bytes, seconds: int) -> bytes:
    """The film with another length written into its headers."""
    at = data.index(b"mvhd") + 4
    timescale = struct.unpack(">I", data[at + 12 : at + 16])[0]
    claimed = struct.pack(">I", min(2**32 - 1, timescale * seconds))
    return data[: at + 16] + claimed + data[at + 20 :]


def picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (64, 64)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("share", [0.001, 0.02, 0.3, 0.6, 0.9])
async def test_a_truncated_film_is_refused_by_the_name_of_its_field(
    film: Path, share: float
) -> None:
    rewrite(film, lambda data: cut(data, share))
    with pytest.raises(MediaInvalid) as refused:
        await inspect_film(film, param="video")
    assert refused.value.param == "video"


async def test_a_film_full_of_noise_is_refused(film: Path) -> None:
    rewrite(film, with_noise)
    with pytest.raises(MediaInvalid):
        await inspect_film(film)


async def test_no_damage_to_a_film_costs_more_than_its_limits(film: Path) -> None:
    for seed in range(12):
        damaged = film.with_name(f"damaged-{seed}")
        shutil.copyfile(film, damaged)
        rewrite(damaged, partial(with_scratches, seed=seed))
        began_s = time.monotonic()
        with contextlib.suppress(MediaInvalid):
            await inspect_film(damaged)
        assert time.monotonic() - began_s < 5


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 5000,
        b"<html>" * 999,
        picture(),
        b"RIFF\0\0\0\0AVI LIST",
        b"#EXTM3U\nfile:///etc",
    ],
    ids=["empty", "zeros", "page", "picture", "avi", "playlist"],
)
async def test_what_is_no_film_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "film"
    path.write_bytes(data)
    with pytest.raises(MediaInvalid):
        await inspect_film(path)


async def test_a_claimed_length_is_not_believed(film: Path) -> None:
    rewrite(film, lambda data: with_duration(data, 400_000))
    began_s = time.monotonic()
    try:
        facts = await inspect_film(film)
    except MediaInvalid:
        pass
    else:
        assert facts.seconds < 4
    assert time.monotonic() - began_s < 5


async def test_a_film_of_huge_frames_is_refused_with_the_limit(film: Path) -> None:
    with pytest.raises(MediaInvalid, match="320x176 pixels"):
        await inspect_film(film, limits=FilmLimits(max_pixels=1000))


async def test_a_film_that_takes_too_long_is_stopped(film: Path) -> None:
    with pytest.raises(MediaInvalid, match="unreasonably long"):
        await inspect_film(film, limits=FilmLimits(cpu_s=0.01))


async def test_a_film_that_takes_too_much_memory_is_refused(film: Path) -> None:
    with pytest.raises(MediaInvalid):
        await inspect_film(film, limits=FilmLimits(memory_bytes=60_000_000))


async def test_too_many_bytes_are_refused_unseen(film: Path) -> None:
    with pytest.raises(TooLarge) as refused:
        await inspect_film(film, param="video", limits=FilmLimits(max_bytes=10))
    assert refused.value.param == "video"


async def test_a_poster_is_neither_black_nor_outside_its_span(tmp_path: Path) -> None:
    path = write_frames(tmp_path / "film.mp4", with_a_light(), container="mp4", codec="h264")
    whole = await take_poster(path)
    dark = await take_poster(path, start_s=0, end_s=1)
    assert (whole.width_px, whole.height_px) == (320, 176)
    assert np.asarray(Image.open(BytesIO(whole.data)).convert("L")).max() > 150
    assert np.asarray(Image.open(BytesIO(dark.data)).convert("L")).max() < 30


async def test_a_span_behind_the_end_is_refused(film: Path) -> None:
    with pytest.raises(MediaInvalid, match="3 s long"):
        await take_poster(film, start_s=7, end_s=9, param="timestamps")


async def test_a_film_that_no_process_can_look_at_is_not_blamed(film: Path) -> None:
    with no_descriptors(), pytest.raises(ServiceUnavailable, match="Too many open files"):
        await inspect_film(film)


async def test_the_child_ends_with_whoever_asked(film: Path) -> None:
    asking = asyncio.ensure_future(inspect_film(film))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
