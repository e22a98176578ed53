"""The image that a film begins with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from matinee.core.size import Size
from matinee.engines.diffusers.filming import cut
from matinee.engines.diffusers.openings import frame_image, reference_image, widened


def test_an_image_is_the_films_first_frame_to_the_pixel() -> None:
    image = np.random.default_rng(1).integers(0, 256, (72, 128, 3), np.uint8)
    canvas = widened(image, Size(160, 96))
    assert canvas.shape == (96, 160, 3)
    assert np.array_equal(cut(canvas, Size(128, 72)), image)


def test_its_margin_mirrors_it() -> None:
    image = np.arange(4, dtype=np.uint8).reshape(2, 2, 1).repeat(3, axis=2)
    assert widened(image, Size(4, 2))[0, :, 0].tolist() == [0, 0, 1, 1]


def test_a_frame_of_a_film_serves_as_one_whatever_its_colours_are_stored_as() -> None:
    grey = np.full((96, 64), 128, np.uint8)
    image = frame_image(grey, Size(64, 64))
    assert image.shape == (64, 64, 3)
    assert np.abs(image.astype(int) - 130).max() <= 1


async def test_a_reference_is_cut_to_the_film_and_not_stretched(tmp_path: Path) -> None:
    pixels = np.zeros((100, 200, 3), np.uint8)
    pixels[:, 50:150] = 255
    Image.fromarray(pixels).save(tmp_path / "image.png")
    image = await reference_image(tmp_path / "image.png", Size(64, 64), Size(96, 64))
    assert image.shape == (64, 96, 3)
    assert image.min() > 250
