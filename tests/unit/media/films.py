"""Small films and pictures for the tests of this folder."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from matinee.media.encode import Encoder, FilmFormat
from matinee.media.probe import VideoFacts

SOUND_RATE = 48_000


def moving_picture(number: int, width_px: int, height_px: int) -> NDArray[np.uint8]:
    """RGB with soft texture that moves sideways, and a bright square that tells frames apart."""
    random = np.random.default_rng(5)
    coarse = random.integers(0, 200, (height_px // 8, width_px // 8, 3), np.uint8)
    texture = cv2.resize(coarse, (width_px, height_px), interpolation=cv2.INTER_CUBIC)
    picture = np.roll(texture, number * 3, axis=1)
    left = number * 4 % (width_px - 16)
    picture[:16, left : left + 16] = 255
    return np.ascontiguousarray(picture, dtype=np.uint8)


def tone(seconds: float, loudness: float = 0.3) -> NDArray[np.float32]:
    """A stereo tone of 440 Hz."""
    time_s = np.arange(round(seconds * SOUND_RATE)) / SOUND_RATE
    wave = loudness * np.sin(2 * np.pi * 440 * time_s)
    return np.stack([wave, wave], axis=1).astype(np.float32)


async def make_film(
    out: Path, *, frames: int = 30, width_px: int = 160, height_px: int = 96, fps: int = 24
) -> VideoFacts:
    """A film with sound at `out`."""
    film_format = FilmFormat(width_px=width_px, height_px=height_px, fps=fps)
    async with Encoder(out, film_format) as encoder:
        for number in range(frames):
            await encoder.write(moving_picture(number, width_px, height_px))
        await encoder.write_sound(tone(frames / fps))
        return await encoder.finish()


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    """The picture as the bytes of a file."""
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def gradient(width_px: int, height_px: int) -> Image.Image:
    """Red grows to the right, green downwards."""
    red, green = np.meshgrid(np.linspace(0, 255, width_px), np.linspace(0, 255, height_px))
    return Image.fromarray(np.stack([red, green, red * 0], axis=-1).astype(np.uint8))
