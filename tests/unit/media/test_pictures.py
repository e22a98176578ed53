"""Thumbnails and spritesheets show the film."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from matinee.core.errors import MediaInvalid
from matinee.media.encode import Encoder, FilmFormat
from matinee.media.spritesheet import make_spritesheet
from matinee.media.thumbnail import make_thumbnail
from tests.unit.media.films import make_film, moving_picture


async def brightening_film(out: Path, *, frames: int, size: tuple[int, int]) -> None:
    """A film whose frame n has the brightness of its share of the film."""
    film_format = FilmFormat(width_px=size[0], height_px=size[1])
    async with Encoder(out, film_format, has_sound=False) as encoder:
        for number in range(frames):
            value = round(250 * number / frames)
            await encoder.write(np.full((size[1], size[0], 3), value, np.uint8))
        await encoder.finish()


@pytest.mark.parametrize(
    ("size", "expected"), [((1280, 720), (640, 360)), ((720, 1280), (360, 640))]
)
async def test_a_thumbnail_is_a_webp_of_the_films_shape(
    tmp_path: Path, size: tuple[int, int], expected: tuple[int, int]
) -> None:
    await make_film(tmp_path / "film.mp4", frames=4, width_px=size[0], height_px=size[1])
    thumbnail = await make_thumbnail(tmp_path / "film.mp4")
    picture = Image.open(BytesIO(thumbnail.data))
    assert picture.format == "WEBP"
    assert picture.size == (thumbnail.width_px, thumbnail.height_px) == expected


async def test_a_thumbnail_is_not_black_when_the_film_is_not(tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    film_format = FilmFormat(width_px=160, height_px=96, keyframe_s=0.25)
    async with Encoder(out, film_format, has_sound=False) as encoder:
        for number in range(60):
            lit = 24 <= number < 36
            picture = moving_picture(number, 160, 96)
            await encoder.write(picture if lit else np.zeros_like(picture))
        await encoder.finish()
    thumbnail = await make_thumbnail(out)
    assert np.asarray(Image.open(BytesIO(thumbnail.data))).mean() > 50


@pytest.mark.parametrize("frames", [24, 96, 600])
async def test_a_spritesheet_spreads_25_frames_over_the_film(tmp_path: Path, frames: int) -> None:
    await brightening_film(tmp_path / "film.mp4", frames=frames, size=(160, 96))
    sheet = await make_spritesheet(tmp_path / "film.mp4")
    picture = Image.open(BytesIO(sheet.data))
    pixels = np.asarray(picture.convert("L"))
    cells = [
        pixels[row * 96 : (row + 1) * 96, column * 160 : (column + 1) * 160].mean()
        for row in range(5)
        for column in range(5)
    ]
    expected = [250 * (number + 0.5) / 25 for number in range(25)]
    assert picture.format == "JPEG"
    assert picture.size == (sheet.width_px, sheet.height_px) == (800, 480)
    assert np.abs(np.subtract(cells, expected)).max() < 12


async def test_a_cell_is_at_most_256_pixels_long(tmp_path: Path) -> None:
    await make_film(tmp_path / "film.mp4", frames=3, width_px=720, height_px=1280)
    sheet = await make_spritesheet(tmp_path / "film.mp4")
    assert (sheet.width_px, sheet.height_px) == (5 * 144, 5 * 256)


@pytest.mark.parametrize("make", [make_thumbnail, make_spritesheet])
async def test_no_film_has_no_pictures(tmp_path: Path, make: object) -> None:
    (tmp_path / "film.mp4").write_bytes(b"no film at all")
    with pytest.raises(MediaInvalid):
        await make(tmp_path / "film.mp4")  # type: ignore[operator]
