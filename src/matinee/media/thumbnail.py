"""A film's thumbnail: one frame that shows what it is about."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import cv2
from av.video.frame import VideoFrame
from PIL import Image

from matinee.core.errors import MediaInvalid
from matinee.media.film_file import FilmFile, open_film
from matinee.media.picture import Picture, Rgb, small_rgb

THUMBNAIL_PX = 640
QUALITY = 82
LOOKED_AT = (0.3, 0.1, 0.5, 0.7, 0.9)
"""Where in the film is looked for a good frame; the earlier in this list wins a draw."""

SKETCH_PX = 64
TOO_DARK, TOO_BRIGHT = 24, 232


async def make_thumbnail(film: Path) -> Picture:
    """A WebP of one keyframe of the film, its longer side at most 640 pixels.

    Of five keyframes the one with the most contrast is taken, so that it is neither black nor
    blank if any other is there. Raises MediaInvalid if the film can't be decoded.
    """
    return await asyncio.to_thread(_make_thumbnail, film)


def _make_thumbnail(path: Path) -> Picture:
    with open_film(path) as film:
        candidates = [small_rgb(frame, THUMBNAIL_PX) for frame in _keyframes(film)]
    if not candidates:
        raise MediaInvalid("The film holds no frame that can be decoded.")
    chosen = max(candidates, key=_interest)
    file = BytesIO()
    Image.fromarray(chosen).save(file, "WEBP", quality=QUALITY)
    height_px, width_px = chosen.shape[:2]
    return Picture(
        data=file.getvalue(), media_type="image/webp", width_px=width_px, height_px=height_px
    )


def _keyframes(film: FilmFile) -> Iterator[VideoFrame]:
    film.pictures.codec_context.skip_frame = "NONKEY"
    seen: set[int | None] = set()
    for share in LOOKED_AT:
        film.seek(share * film.seconds)
        frame = next(film.frames(), None)
        if frame is not None and frame.pts not in seen:
            seen.add(frame.pts)
            yield frame


def _interest(picture: Rgb) -> float:
    sketch = cv2.resize(picture, (SKETCH_PX, SKETCH_PX), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(sketch, cv2.COLOR_RGB2GRAY)
    contrast = float(grey.std())
    return contrast if TOO_DARK < grey.mean() < TOO_BRIGHT else contrast / 4
