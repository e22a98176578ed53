"""What dead processes left in the folders where this machine works."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from matinee.core.errors import ServiceUnavailable
from matinee.core.ids import parse_video_id
from matinee.ports.clock import Clock
from matinee.ports.store import Store

_YOUNG = timedelta(hours=1)
_UPLOAD_LASTS = timedelta(hours=6)
"""Longer than any request may take to send its body and be answered."""


class Leftovers:
    """Clears the work folder, with the uploads in it, beside processes that use it."""

    def __init__(self, store: Store, clock: Clock, *, work: Path, uploads: Path) -> None:
        self._store = store
        self._clock = clock
        self._work = work
        self._uploads = uploads

    async def sweep(self) -> None:
        """Remove what no attempt and no request that may still run has made.

        Raises ServiceUnavailable if the folders can't be read or written to.
        """
        try:
            await self._sweep()
        except OSError as error:
            raise ServiceUnavailable(f"The work folder can't be cleared: {error}") from error

    async def _sweep(self) -> None:
        now = self._clock.now()
        for folder in await asyncio.to_thread(_older, self._work, now - _YOUNG):
            if folder != self._uploads and not await self._is_in_use(folder.name):
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        for file in await asyncio.to_thread(_older, self._uploads, now - _UPLOAD_LASTS):
            await asyncio.to_thread(file.unlink, missing_ok=True)

    async def _is_in_use(self, name: str) -> bool:
        """Whether the attempt whose folder has that name runs; what is no attempt's stays."""
        spelled_id, _, attempt = name.partition("-")
        video_id = parse_video_id(spelled_id)
        if video_id is None or not attempt.isdecimal():
            return True
        video = await self._store.video(video_id)
        if video is None or video.job.state.is_final:
            return False
        return video.job.attempt == int(attempt)


def _older(folder: Path, before: datetime) -> list[Path]:
    found: list[Path] = []
    # Who works here removes what it made at any moment, the folder too.
    with contextlib.suppress(FileNotFoundError):
        for path in folder.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_ctime < before.timestamp():
                    found.append(path)
    return found
