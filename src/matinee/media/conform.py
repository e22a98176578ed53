"""A film as it is handed out: an MP4 that every player plays, as large and as long as was asked.

Engines of ours make it so; a film from another server is looked at and, only if need be, repaired.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av

from matinee.core.errors import MediaInvalid
from matinee.media.decode import FilmReader, FilmShape
from matinee.media.encode import Encoder, FilmFormat
from matinee.media.film_file import open_film, refusing
from matinee.media.finish import WantedFilm
from matinee.media.mp4 import SOUND_RATE
from matinee.media.probe import probe

logger = logging.getLogger(__name__)

_CRF = 18
"""What was encoded once already is to lose as little as can be."""

_THREADS = 2
_MOST_FPS = 60
_ROUNDING_FRAMES = 1.5
_HEADER_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What a film is."""

    width_px: int
    height_px: int
    fps: Fraction
    frames: int
    is_playable: bool
    """Whether its tracks are such as every player plays."""

    has_sound: bool
    is_upright: bool
    comment: str

    @property
    def seconds(self) -> float:
        return float(self.frames / self.fps)


async def conform(film: Path, wanted: WantedFilm) -> bool:
    """Make the film at `film` what is wanted, in its place; whether anything was to be done.

    Its frame rate stays. Pictures of another shape are cut in the middle, nothing is stretched. A
    film that is too long is cut; one that is too short stays so, and the log says it.
    Raises MediaInvalid if it can't be decoded, StorageFull.
    """
    found = _look(film, (await probe(film)).frames)
    fits = (found.width_px, found.height_px) == (wanted.width_px, wanted.height_px)
    frames = _frames(found, wanted)
    if fits and found.is_playable and found.is_upright and frames == found.frames:
        if _begins_with_index(film):
            return False
        _move_index(film)
        return True
    fps = min(_MOST_FPS, max(1, round(found.fps)))
    frames = max(1, round(frames / found.fps * fps))
    await _rewrite(film, found, wanted, fps=fps, frames=frames)
    return True


def _look(film: Path, frames: int) -> _Found:
    with open_film(film) as opened:
        pictures = opened.pictures
        context = pictures.codec_context
        sounds = opened.container.streams.audio
        first = next(opened.frames(), None)
        if first is None or opened.fps <= 0:
            raise MediaInvalid("The film holds no frames, or has no frame rate.")
        return _Found(
            width_px=context.width,
            height_px=context.height,
            fps=opened.fps,
            frames=frames,
            is_playable=(
                opened.container.format.name.startswith("mov")
                and context.name == "h264"
                and context.pix_fmt in ("yuv420p", "yuvj420p")
                and all(each.codec_context.name in ("aac", "mp3") for each in sounds)
            ),
            has_sound=bool(sounds),
            is_upright=first.rotation == 0,
            comment=opened.container.metadata.get("comment", ""),
        )


def _frames(found: _Found, wanted: WantedFilm) -> int:
    """How many frames it is to have, at its own rate."""
    asked = round(wanted.seconds * found.fps)
    if found.frames > asked + _ROUNDING_FRAMES:
        return asked
    if found.frames < asked - _ROUNDING_FRAMES:
        logger.warning(
            "a film is shorter than it was asked for",
            extra={"seconds": found.seconds, "asked": wanted.seconds},
        )
    return found.frames


async def _rewrite(film: Path, found: _Found, wanted: WantedFilm, *, fps: int, frames: int) -> None:
    """Decode and encode it again; the old one stays until the new one is complete."""
    shape = FilmShape(width_px=wanted.width_px, height_px=wanted.height_px, fps=fps)
    film_format = FilmFormat(
        width_px=wanted.width_px, height_px=wanted.height_px, fps=fps, crf=_CRF, threads=_THREADS
    )
    metadata = {"comment": found.comment} if found.comment else {}
    async with (
        FilmReader(film, shape) as reader,
        Encoder(film, film_format, has_sound=found.has_sound, metadata=metadata) as encoder,
    ):
        heard = 0
        number = 0
        async for picture in reader.frames(frames):
            number += 1
            await encoder.write(picture)
            due = round(number * SOUND_RATE / fps)
            if found.has_sound:
                await encoder.write_sound(await reader.sound(due - heard))
            heard = due
        await encoder.finish()


def _begins_with_index(film: Path) -> bool:
    """Whether a player can begin before it has the whole file. Source: ISO/IEC 14496-12."""
    with film.open("rb") as file:
        while (box := _next_box(file)) is not None:
            if box in (b"moov", b"mdat"):
                return box == b"moov"
    return True


def _next_box(file: BinaryIO) -> bytes | None:
    """The kind of the box that begins here; the file stands behind it afterwards."""
    begin = file.tell()
    header = file.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES:
        return None
    size, kind = int.from_bytes(header[:4], "big"), header[4:]
    if size == 1:
        size = int.from_bytes(file.read(8), "big")
    if size < _HEADER_BYTES:
        # Zero: to the end of the file.
        return kind if kind in (b"moov", b"mdat") else None
    file.seek(begin + size)
    return kind


def _move_index(film: Path) -> None:
    """Write it again with the index in front, its tracks untouched."""
    part = film.with_name(f".{film.name}.index")
    with open_film(film) as opened, refusing():
        output = av.open(
            f"file:{part.absolute()}", "w", format="mp4", options={"movflags": "+faststart"}
        )
        with output:
            output.metadata.update(opened.container.metadata)
            tracks = [opened.pictures, *opened.container.streams.audio[:1]]
            copies = {track.index: output.add_stream_from_template(track) for track in tracks}
            for packet in opened.container.demux(*tracks):
                if packet.dts is not None:
                    packet.stream = copies[packet.stream.index]
                    output.mux(packet)
    part.replace(film)
