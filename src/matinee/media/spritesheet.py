"""A film's spritesheet: 25 frames on one picture, for scrubbing and at a glance."""

from __future__ import annotations

import asyncio
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from matinee.core.errors import MediaInvalid
from matinee.media.film_file import FilmFile, open_film
from matinee.media.picture import Picture, Rgb, small_rgb

COLUMNS = ROWS = 5
CELL_PX = 256
QUALITY = 82
FEW_FRAMES = 8 * COLUMNS * ROWS
"""Up to this many frames a film is decoded whole; in a longer one the frames that no other needs
(bidirectional ones, two of three) are skipped, which moves a cell by two frames at most."""


async def make_spritesheet(film: Path) -> Picture:
    """A JPEG of 5x5 frames spread evenly over the film, in reading order.

    Each cell's longer side is at most 256 pixels. A film of fewer than 25 frames repeats some.
    Raises MediaInvalid if the film can't be decoded.
    """
    return await asyncio.to_thread(_make_spritesheet, film)


def _make_spritesheet(path: Path) -> Picture:
    with open_film(path) as film:
        cells = _cells(film)
    if not cells:
        raise MediaInvalid("The film holds no frame that can be decoded.")
    # A broken timing ends the film early: its last frame fills what is left.
    cells += [cells[-1]] * (COLUMNS * ROWS - len(cells))
    rows = [np.hstack(cells[start : start + COLUMNS]) for start in range(0, len(cells), COLUMNS)]
    sheet = np.vstack(rows)
    file = BytesIO()
    Image.fromarray(sheet).save(file, "JPEG", quality=QUALITY)
    height_px, width_px = sheet.shape[:2]
    return Picture(
        data=file.getvalue(), media_type="image/jpeg", width_px=width_px, height_px=height_px
    )


def _cells(film: FilmFile) -> list[Rgb]:
    """One small picture for each of the 25 moments: the first frame at or after it."""
    if film.pictures.frames > FEW_FRAMES:
        film.pictures.codec_context.skip_frame = "BIDIR"
    count = COLUMNS * ROWS
    moments = [(number + 0.5) / count * film.seconds for number in range(count)]
    first_s: float | None = None
    cells: list[Rgb] = []
    latest: Rgb | None = None
    for frame in film.frames():
        first_s = frame.time if first_s is None else first_s
        shown_s = (frame.time or 0.0) - (first_s or 0.0)
        due = [moment for moment in moments[len(cells) :] if moment <= shown_s]
        if due:
            latest = small_rgb(frame, CELL_PX)
            cells.extend([latest] * len(due))
        if len(cells) == count:
            break
    return cells
