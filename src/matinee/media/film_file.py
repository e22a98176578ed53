"""Opening a film that may have come from anywhere: few formats, local files only, bounded size."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from matinee.core.errors import MediaInvalid

LONGEST_SIDE_PX = 8192
MOST_THREADS = 4


@dataclass(frozen=True, slots=True)
class FilmFile:
    """An open film: its container and the picture track in it."""

    container: InputContainer
    pictures: VideoStream

    @property
    def fps(self) -> Fraction:
        """Frames per second of the picture track."""
        # Absent where a file has no usable timing.
        return self.pictures.average_rate or self.pictures.guessed_rate or Fraction(0)

    @property
    def seconds(self) -> float:
        """The length of the picture track."""
        if self.pictures.duration is not None and self.pictures.time_base is not None:
            return float(self.pictures.duration * self.pictures.time_base)
        return float((self.container.duration or 0) / av.time_base)

    def seek(self, seconds: float) -> None:
        """Go to the last keyframe at or before `seconds`."""
        time_base = self.pictures.time_base or Fraction(1, av.time_base)
        start = self.pictures.start_time or 0
        self.container.seek(start + int(seconds / time_base), stream=self.pictures)

    def frames(self) -> Iterator[VideoFrame]:
        """The decoded frames from here on, in the order of showing."""
        return self.container.decode(self.pictures)


@contextmanager
def open_film(path: Path) -> Iterator[FilmFile]:
    """Open the film at `path` for decoding; blocking.

    MP4, MOV, Matroska and WebM are read, told by their first bytes; a file can't make the library
    open other files or addresses. Raises MediaInvalid, also for what goes wrong while it is open.
    """
    with (
        refusing(),
        av.open(
            # The prefix keeps a file name such as `http:x` from being taken for an address.
            f"file:{path.absolute()}",
            format=_demuxer(path),
            options={"protocol_whitelist": "file"},
            metadata_errors="ignore",
        ) as container,
    ):
        yield FilmFile(container, _picture_track(container))


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what the video library says of a broken file into MediaInvalid."""
    try:
        yield
    except av.FFmpegError as error:
        raise MediaInvalid("The film is broken and can't be decoded.") from error


def _demuxer(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(12)
    if start[4:8] in {b"ftyp", b"moov", b"wide", b"mdat", b"free", b"skip"}:
        return "mov"
    if start[:4] == b"\x1a\x45\xdf\xa3":
        return "matroska"
    raise MediaInvalid("The file is no film in MP4, MOV, WebM or Matroska format.")


def _picture_track(container: InputContainer) -> VideoStream:
    if not container.streams.video:
        raise MediaInvalid("The file holds no pictures.")
    pictures = container.streams.video[0]
    context = pictures.codec_context
    if not (0 < context.width <= LONGEST_SIDE_PX and 0 < context.height <= LONGEST_SIDE_PX):
        raise MediaInvalid(
            f"The film's frames are {context.width}x{context.height} pixels; "
            f"at most {LONGEST_SIDE_PX} are read on a side."
        )
    pictures.thread_type = "AUTO"
    context.thread_count = min(os.cpu_count() or 1, MOST_THREADS)
    return pictures
