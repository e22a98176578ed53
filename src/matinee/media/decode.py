"""Reading a film for a new one: its frames in another size and rate, its sound, a piece at a time.

Nothing of it is held but the frame and the sound at hand, however long the film is.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TypeVar, cast

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from matinee.core.errors import MediaInvalid
from matinee.media.film_file import FilmFile, open_film, refusing
from matinee.media.fitting import fitted
from matinee.media.mp4 import MATRIX_BT601, RANGE_LIMITED, SOUND_RATE

Result = TypeVar("Result")
Pixels = NDArray[np.uint8]
Sound = NDArray[np.float32]

EARLY = Fraction(1, 4)
"""A frame counts from this share of a frame before its own time on: times are rounded."""

NO_SOUND: Sound = np.zeros((0, 2), np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmShape:
    """How the frames of a film are wanted."""

    width_px: int
    height_px: int
    fps: int


class FilmReader:
    """Reads the film at a path: `async with FilmReader(path, shape) as reader`.

    `frames` and `sound` go forward side by side, once each. All decoding is done in one thread.
    Raises MediaInvalid for what can't be decoded.
    """

    def __init__(self, path: Path, shape: FilmShape) -> None:
        self._path = path
        self._shape = shape
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="decoder")
        self._open = ExitStack()
        self._pictures: FilmFile | None = None
        self._sound: _SoundTrack | None = None

    async def __aenter__(self) -> FilmReader:
        try:
            await self._in_thread(self._begin)
        except BaseException:
            self._thread.shutdown(wait=False)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self._in_thread(self._open.close)
        finally:
            self._thread.shutdown(wait=False)

    @property
    def has_sound(self) -> bool:
        """Whether the film has a sound track."""
        return self._sound is not None

    @property
    def comment(self) -> str:
        """What the film's maker wrote into it; empty if nothing."""
        return (
            "" if self._pictures is None else self._pictures.container.metadata.get("comment", "")
        )

    async def frames(self, count: int) -> AsyncGenerator[Pixels, None]:
        """`count` frames from the film's start on, in the shape that is wanted.

        I420 if the film's own frames are just so (BT.601, as this package writes them), else RGB,
        upright, cut to the shape in the middle. A film that is shorter repeats its last frame.
        Each is an array of its own.
        """
        decoded = self._decoded(count)
        for _ in range(count):
            yield await self._in_thread(lambda: next(decoded))

    async def sound(self, samples: int) -> Sound:
        """The next `samples` of the sound: float32, (samples, 2), 48 kHz; silence after its end."""
        track = self._sound
        if track is None:
            return np.zeros((samples, 2), np.float32)
        return await self._in_thread(lambda: track.read(samples))

    def _begin(self) -> None:
        self._pictures = self._open.enter_context(open_film(self._path))
        if self._pictures.container.streams.audio:
            self._sound = _SoundTrack(self._open.enter_context(open_film(self._path)))

    def _decoded(self, count: int) -> Iterator[Pixels]:
        """The frame that is on show at each moment of the new film."""
        film = self._pictures
        if film is None:
            raise ValueError("The reader is not open.")
        source = _timed(film)
        showing = next(source, None)
        if showing is None:
            raise MediaInvalid("The film holds no frames.")
        coming = next(source, None)
        shown: Pixels | None = None
        for number in range(count):
            moment = Fraction(number, self._shape.fps)
            while coming is not None and coming[0] <= moment + EARLY / self._shape.fps:
                showing, coming = coming, next(source, None)
                shown = None
            if shown is None:
                shown = _shaped(showing[1], self._shape)
            yield shown

    async def _in_thread(self, call: Callable[[], Result]) -> Result:
        def guarded() -> Result:
            with refusing():
                return call()

        work = asyncio.get_running_loop().run_in_executor(self._thread, guarded)
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            # What it reads from must not be closed under its hands.
            await asyncio.wait([work])
            raise


class _SoundTrack:
    """The sound of an open film as stereo at 48 kHz."""

    def __init__(self, film: FilmFile) -> None:
        self._blocks = _resampled(film)
        self._left = NO_SOUND

    def read(self, samples: int) -> Sound:
        """The next `samples`, silence where there are no more."""
        parts, have = [self._left], len(self._left)
        while have < samples:
            block = next(self._blocks, None)
            if block is None:
                parts.append(np.zeros((samples - have, 2), np.float32))
                break
            parts.append(block)
            have += len(block)
        joined = np.concatenate(parts)
        self._left = joined[samples:]
        return joined[:samples]


def _timed(film: FilmFile) -> Iterator[tuple[Fraction, VideoFrame]]:
    """The frames with the times at which they are shown, the first at 0."""
    start: Fraction | None = None
    for number, frame in enumerate(film.frames()):
        if frame.pts is None or frame.time_base is None:
            time = Fraction(number) / (film.fps or 24)
        else:
            time = frame.pts * frame.time_base
        start = time if start is None else start
        yield time - start, frame


def _resampled(film: FilmFile) -> Iterator[Sound]:
    """The sound in blocks, with silence first if it begins after the pictures."""
    resampler = AudioResampler(format="fltp", layout="stereo", rate=SOUND_RATE)
    track = film.container.streams.audio[0]
    first = True
    for frame in film.container.decode(track):
        if first and frame.time is not None and frame.time > 0:
            yield np.zeros((round(frame.time * SOUND_RATE), 2), np.float32)
        first = False
        for piece in resampler.resample(frame):
            yield _samples(piece)
    for piece in resampler.resample(None):
        yield _samples(piece)


def _samples(frame: av.AudioFrame) -> Sound:
    planes = cast(Sound, frame.to_ndarray())
    # Anything else would be an error when it is written again.
    return np.ascontiguousarray(np.nan_to_num(np.clip(planes, -1, 1)).T)


def _shaped(frame: VideoFrame, shape: FilmShape) -> Pixels:
    if _is_ours(frame, shape):
        return np.asarray(frame.to_ndarray(), np.uint8)
    pixels = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
    if frame.rotation % 90 == 0:
        pixels = np.rot90(pixels, frame.rotation // 90)
    return fitted(pixels, shape.width_px, shape.height_px)


def _is_ours(frame: VideoFrame, shape: FilmShape) -> bool:
    """Whether it can be taken as it is."""
    return (
        (frame.width, frame.height) == (shape.width_px, shape.height_px)
        and frame.format.name == "yuv420p"
        and frame.colorspace == MATRIX_BT601
        and frame.color_range == RANGE_LIMITED
        and frame.rotation == 0
    )
