"""One MP4 file being written, in blocking calls from one thread at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import cv2
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from matinee.core.errors import EngineError, MediaInvalid
from matinee.durability import sync
from matinee.media.disk import disk_trouble
from matinee.media.probe import VideoFacts

SOUND_RATE = 48_000
SOUND_BITS_PER_S = 160_000
SOUND_BLOCK = 1024
"""Samples in one AAC frame."""

# ITU-T H.273: OpenCV converts to YUV with the BT.601 matrix; an untagged film of this size would
# be shown with BT.709's and change its hues. Primaries and transfer are those of sRGB monitors.
MATRIX_BT601, PRIMARIES_BT709, TRANSFER_BT709, RANGE_LIMITED = 6, 1, 1, 1

LOOKAHEAD_FRAMES = 10
MACROBLOCK_PX = 16
AVX512_MACROBLOCKS = 8
CRF_WITHOUT_MBTREE = 2
"""Added without the macroblock tree, to end at a like quality (still 0.5 dB more) and size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmFormat:
    """How a film is to be encoded (H.264, yuv420p; AAC)."""

    width_px: int
    height_px: int
    """Both sides are even."""

    fps: int = 24
    crf: int = 21
    """x264's quality: lower is better and larger."""

    keyframe_s: float = 2.0
    """Seconds between frames that a player can jump to."""

    threads: int = 1
    """Threads of the picture encoder. Another number may give other bytes."""


class Mp4Writer:
    """Writes to a hidden file beside `out` and moves it there when it is complete."""

    def __init__(
        self, out: Path, film_format: FilmFormat, *, has_sound: bool, metadata: Mapping[str, str]
    ) -> None:
        self._out = out
        self._part = out.with_name(f".{out.name}.part")
        self._format = film_format
        self._has_sound = has_sound
        self._metadata = metadata
        self._frames = 0
        self._samples = 0
        self._waiting: NDArray[np.float32] = np.zeros((0, 2), np.float32)
        self._container: OutputContainer | None = None

    def open(self) -> None:
        """Create the hidden file."""
        with _translated():
            # The library opens it only with the first frame; a bad folder is to be known now.
            self._part.touch()
            container = av.open(
                f"file:{self._part.absolute()}",
                "w",
                format="mp4",
                # Without a limit, sound that comes late still lies beside its pictures.
                options={"movflags": "+faststart", "max_interleave_delta": "0"},
            )
            self._container = container
            container.metadata.update(self._metadata)
            self._pictures = _add_pictures(container, self._format)
            self._sound = _add_sound(container) if self._has_sound else None

    def write(self, frame: NDArray[np.uint8]) -> None:
        """Encode a frame, and the sound that belongs beside it as far as it has come."""
        picture = VideoFrame.from_ndarray(self._planes(frame), format="yuv420p")
        picture.pts = self._frames
        picture.time_base = Fraction(1, self._format.fps)
        with _translated():
            self._opened.mux(self._pictures.encode(picture))
            self._frames += 1
            self._encode_sound(self._samples_of_film())

    def write_sound(self, samples: NDArray[np.float32]) -> None:
        """Keep sound until its pictures come, and encode what is due."""
        if self._sound is None:
            raise MediaInvalid("This film was opened without sound.")
        if samples.ndim != 2 or samples.shape[1] != 2 or samples.dtype != np.float32:
            raise MediaInvalid(
                f"Sound must be float32 of shape (samples, 2), not {samples.dtype} {samples.shape}."
            )
        self._waiting = np.concatenate([self._waiting, samples])
        with _translated():
            self._encode_sound(self._samples_of_film())

    def finish(self) -> VideoFacts:
        """Complete the hidden file, make it durable and move it to `out`."""
        if self._frames == 0:
            raise MediaInvalid("A film needs at least one frame.")
        with _translated():
            if self._sound is not None:
                self._end_sound(self._sound)
            self._opened.mux(self._pictures.encode(None))
            self._opened.close()
            self._container = None
            self._publish()
        return VideoFacts(
            width_px=self._format.width_px,
            height_px=self._format.height_px,
            fps=float(self._format.fps),
            frames=self._frames,
            seconds=self._frames / self._format.fps,
            video_codec="h264",
            audio_codec="aac" if self._has_sound else None,
            size_bytes=self._out.stat().st_size,
        )

    def discard(self) -> None:
        """Remove what is unfinished; nothing to do after `finish`."""
        if self._container is not None:
            # A file broken off has no end that could be written.
            with contextlib.suppress(av.FFmpegError):
                self._container.close()
            self._container = None
        # A disk that takes no film may let none be removed: the work folder is cleared anyway, and
        # why the film is broken off must not be hidden by this.
        with contextlib.suppress(OSError):
            self._part.unlink(missing_ok=True)

    def _publish(self) -> None:
        sync(self._part)
        self._part.replace(self._out)
        try:
            sync(self._out.parent)
        except OSError:
            self._out.unlink()
            raise

    @property
    def _opened(self) -> OutputContainer:
        if self._container is None:
            raise MediaInvalid("The film is not open for writing.")
        return self._container

    def _planes(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        width_px, height_px = self._format.width_px, self._format.height_px
        if frame.dtype == np.uint8:
            if frame.shape == (height_px * 3 // 2, width_px):
                return np.ascontiguousarray(frame)
            if frame.shape == (height_px, width_px, 3):
                return cast(NDArray[np.uint8], cv2.cvtColor(frame, cv2.COLOR_RGB2YUV_I420))
        raise MediaInvalid(
            f"A frame of this film is uint8 and {width_px}x{height_px}, as I420 or RGB, "
            f"not {frame.dtype} of shape {frame.shape}."
        )

    def _samples_of_film(self) -> int:
        return round(self._frames * SOUND_RATE / self._format.fps)

    def _encode_sound(self, due: int) -> None:
        """Encode whole blocks of the waiting sound, up to sample `due` of the film."""
        sound = self._sound
        if sound is None:
            return
        while len(self._waiting) >= SOUND_BLOCK and self._samples + SOUND_BLOCK <= due:
            self._encode_block(sound, SOUND_BLOCK)

    def _encode_block(self, sound: AudioStream, samples: int) -> None:
        block, self._waiting = self._waiting[:samples], self._waiting[samples:]
        frame = AudioFrame.from_ndarray(
            np.ascontiguousarray(block.T), format="fltp", layout="stereo"
        )
        frame.sample_rate = SOUND_RATE
        frame.time_base = Fraction(1, SOUND_RATE)
        frame.pts = self._samples
        self._opened.mux(sound.encode(frame))
        self._samples += samples

    def _end_sound(self, sound: AudioStream) -> None:
        left = self._samples_of_film() - self._samples
        silence = np.zeros((max(0, left - len(self._waiting)), 2), np.float32)
        self._waiting = np.concatenate([self._waiting, silence])[:left]
        while len(self._waiting):
            self._encode_block(sound, min(SOUND_BLOCK, len(self._waiting)))
        self._opened.mux(sound.encode(None))


def _add_pictures(container: OutputContainer, film_format: FilmFormat) -> VideoStream:
    keyint = max(1, round(film_format.keyframe_s * film_format.fps))
    mbtree = _mbtree_repeats(film_format.width_px)
    crf = film_format.crf if mbtree else film_format.crf + CRF_WITHOUT_MBTREE
    pictures = container.add_stream(
        "libx264",
        rate=film_format.fps,
        options={
            "preset": "superfast",
            "crf": str(crf),
            "x264-params": f"rc-lookahead={LOOKAHEAD_FRAMES}:mbtree={mbtree:d}:keyint={keyint}",
        },
    )
    # A height that is no multiple of 16 is coded larger and cropped by the stream's own flags.
    pictures.width = film_format.width_px
    pictures.height = film_format.height_px
    pictures.pix_fmt = "yuv420p"
    context = pictures.codec_context
    context.time_base = Fraction(1, film_format.fps)
    context.thread_count = film_format.threads
    context.colorspace = MATRIX_BT601
    context.color_primaries = PRIMARIES_BT709
    context.color_trc = TRANSFER_BT709
    context.color_range = RANGE_LIMITED
    return pictures


def _mbtree_repeats(width_px: int) -> bool:
    """Whether x264's macroblock tree gives the same bytes each time at this width.

    Its AVX-512 code (`mbtree_propagate_list_internal`) takes eight macroblocks at a time and reads
    what happens to lie behind the row when the width is no multiple of eight of them. Without the
    tree a film of like quality is about a sixth larger.
    """
    macroblocks = -(-width_px // MACROBLOCK_PX)
    return macroblocks % AVX512_MACROBLOCKS == 0


def _add_sound(container: OutputContainer) -> AudioStream:
    sound = container.add_stream("aac", rate=SOUND_RATE, layout="stereo")
    sound.bit_rate = SOUND_BITS_PER_S
    return sound


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (av.FFmpegError, OSError) as error:
        trouble = disk_trouble(error.errno, error.strerror)
        if trouble is not None:
            raise trouble from error
        raise EngineError("The film could not be encoded.") from error
