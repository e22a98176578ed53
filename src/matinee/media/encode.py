"""Writing a film: frames and sound in, an MP4 file out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matinee.core.errors import MediaInvalid
from matinee.media.mp4 import FilmFormat, Mp4Writer
from matinee.media.probe import VideoFacts

__all__ = ["Encoder", "FilmFormat"]

Result = TypeVar("Result")


class Encoder:
    """Writes one film: `async with Encoder(...)`, `write` each frame, `finish`.

    The film appears at `out`, complete and durable, when `finish` returns. If the block is left
    without it, nothing is left at `out`. The same frames and sound give the same bytes on the same
    kind of processor.
    """

    def __init__(
        self,
        out: Path,
        film_format: FilmFormat,
        *,
        has_sound: bool = True,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        """`metadata` is stored in the file: `title`, `comment` and the other names MP4 knows."""
        if film_format.width_px % 2 or film_format.height_px % 2:
            raise MediaInvalid("A film's width and height must be even.")
        self._writer = Mp4Writer(
            out, film_format, has_sound=has_sound, metadata=dict(metadata or {})
        )
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="encoder")

    async def __aenter__(self) -> Encoder:
        await self._in_thread(self._writer.open)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self._in_thread(self._writer.discard)
        finally:
            self._thread.shutdown(wait=False)

    async def write(self, frame: NDArray[np.uint8]) -> None:
        """Encode the next frame. It is copied: the array may be reused once this returns.

        uint8, either I420 with shape (height_px * 3 / 2, width_px), converted with the BT.601
        matrix, or RGB with shape (height_px, width_px, 3). Raises MediaInvalid for other frames,
        StorageFull if the disk is.
        """
        await self._in_thread(lambda: self._writer.write(frame))

    async def write_sound(self, samples: NDArray[np.float32]) -> None:
        """Append sound: float32, shape (samples, 2), -1 to 1, at 48 kHz.

        It may come before, between or after the frames, and is interleaved with them. What is
        missing at the end of the film is silence; what is too long is cut.
        """
        await self._in_thread(lambda: self._writer.write_sound(samples))

    async def finish(self) -> VideoFacts:
        """Complete the file and return its facts. Raises MediaInvalid if no frame came."""
        return await self._in_thread(self._writer.finish)

    async def _in_thread(self, call: Callable[[], Result]) -> Result:
        work = asyncio.get_running_loop().run_in_executor(self._thread, call)
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            # The thread may be reading the caller's frame: it must not be reused before.
            await asyncio.wait([work])
            raise
