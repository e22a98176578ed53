"""What a film file is: its facts by looking, its soundness by decoding all of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

from av.audio.stream import AudioStream

from matinee.core.errors import MediaInvalid
from matinee.media.film_file import FilmFile, open_film


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFacts:
    """What a film file holds. `seconds` and `frames` are the picture track's."""

    width_px: int
    height_px: int
    fps: float
    frames: int
    seconds: float
    video_codec: str
    """Such as `h264`."""

    audio_codec: str | None
    """Such as `aac`; None for a silent film."""

    size_bytes: int


async def probe(path: Path) -> VideoFacts:
    """Read the facts of the film at `path` from its index, without decoding it.

    Raises MediaInvalid if it is no film that can be read.
    """
    return await asyncio.to_thread(_probe, path)


async def verify(path: Path) -> VideoFacts:
    """Decode the whole film at `path`, pictures and sound, and return its facts.

    Raises MediaInvalid if anything in it can't be decoded or is missing. Takes about a second of
    processor time for ten seconds of 1280x720.
    """
    return await asyncio.to_thread(_verify, path)


def _probe(path: Path) -> VideoFacts:
    with open_film(path) as film:
        facts = _facts(film, path)
        if facts.frames > 0:
            return facts
        # Matroska keeps no count; packets are counted without decoding them.
        frames = sum(1 for packet in film.container.demux(film.pictures) if packet.size > 0)
        if frames == 0:
            raise MediaInvalid("The film holds no frames.")
        return replace(facts, frames=frames)


def _facts(film: FilmFile, path: Path) -> VideoFacts:
    if film.fps <= 0 or film.seconds <= 0:
        raise MediaInvalid("The film has no length or no frame rate.")
    context = film.pictures.codec_context
    sounds = film.container.streams.audio
    return VideoFacts(
        width_px=context.width,
        height_px=context.height,
        fps=float(film.fps),
        frames=film.pictures.frames,
        seconds=film.seconds,
        video_codec=context.name,
        audio_codec=sounds[0].codec_context.name if sounds else None,
        size_bytes=path.stat().st_size,
    )


def _verify(path: Path) -> VideoFacts:
    promised = _probe(path)
    with open_film(path) as film:
        film.pictures.codec_context.options = {"err_detect": "explode"}
        frames = 0
        for frame in film.frames():
            if frame.is_corrupt:
                raise MediaInvalid(f"Frame {frames} of the film is broken.")
            frames += 1
    if frames != promised.frames:
        raise MediaInvalid(f"The film promises {promised.frames} frames and holds {frames}.")
    with open_film(path) as film:
        for sound in film.container.streams.audio[:1]:
            _verify_sound(film, sound, promised.seconds)
    return promised


def _verify_sound(film: FilmFile, sound: AudioStream, seconds: float) -> None:
    heard = sum(frame.samples / frame.sample_rate for frame in film.container.decode(sound))
    # A codec's blocks rarely end with the last picture; half a second is a missing piece.
    if heard < seconds - 0.5:
        raise MediaInvalid(f"The film's sound ends after {heard:.1f} of {seconds:.1f} seconds.")
