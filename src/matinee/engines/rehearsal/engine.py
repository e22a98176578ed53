"""Rehearsal engines that make a film: a film leader as long and as large as was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

from matinee.core.video import VideoSpec
from matinee.engines.rehearsal.capabilities import SLOW_FILM_S
from matinee.engines.rehearsal.leader import Leader
from matinee.media.encode import Encoder, FilmFormat
from matinee.ports.engine import Progress, Report, Workspace
from matinee.ports.engine_kind import EngineSetup

Pause = Callable[[float], Awaitable[None]]

_CRF = 23
_THREADS = 2
_MADE_BY = {"comment": "model: rehearsal"}


def instant(setup: EngineSetup) -> LeaderEngine:
    """The engine that hurries."""
    del setup
    return LeaderEngine(takes_s=0.0)


def slow(setup: EngineSetup) -> LeaderEngine:
    """The engine that takes its time."""
    del setup
    return LeaderEngine(takes_s=SLOW_FILM_S)


class LeaderEngine:
    """Makes leaders, each in `takes_s` and as long as encoding takes; progress is frames done."""

    def __init__(self, *, takes_s: float, pause: Pause = asyncio.sleep) -> None:
        self._takes_s = takes_s
        self._pause = pause

    async def generate(self, spec: VideoSpec, space: Workspace) -> AsyncGenerator[Report, None]:
        """Make the film; the same spec gives the same bytes."""
        leader = Leader(size=spec.size, seconds=spec.seconds, fps=spec.fps, seed=spec.seed)
        film_format = FilmFormat(
            width_px=spec.size.width_px,
            height_px=spec.size.height_px,
            fps=spec.fps,
            crf=_CRF,
            threads=_THREADS,
        )
        async with Encoder(space.film, film_format, metadata=_MADE_BY) as encoder:
            await encoder.write_sound(leader.sound())
            for number in range(leader.frames):
                await encoder.write(leader.picture(number))
                if self._takes_s:
                    await self._pause(self._takes_s / leader.frames)
                yield Progress(done=number + 1, total=leader.frames)
            await encoder.finish()

    async def close(self) -> None:
        """Nothing keeps running."""
