"""The render farm: warm processes that draw a film's frames, handed out in order."""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
from collections.abc import AsyncGenerator, Sequence
from types import TracebackType
from typing import Generic, TypeVar

from matinee.engines.animatic.channel import Answer, Hello, WorkFailed
from matinee.engines.animatic.render_process import RenderProcess, start_process
from matinee.engines.animatic.rendering import Rendering
from matinee.engines.animatic.studio import Job, Planes, Studio

OrderT = TypeVar("OrderT")
SceneT = TypeVar("SceneT")


class Farm(Generic[OrderT, SceneT]):
    """`workers` processes with a studio each: `async with Farm(studio) as farm`.

    They are kept warm between films. One film is rendered at a time; others wait. The frames are
    the same bytes for any number of workers. The processes end with the farm, also when this
    process is killed.
    """

    def __init__(self, studio: Studio[OrderT, SceneT], *, workers: int = 2) -> None:
        self._studio = pickle.dumps(studio, protocol=5)
        self._workers = workers
        self._processes: list[RenderProcess] = []
        self._gone: list[RenderProcess] = []
        self._rendering: Rendering[OrderT] | None = None
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Farm[OrderT, SceneT]:
        await self._start_missing()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the processes, and a film in the making; another film would start them again."""
        if self._rendering is not None:
            self._rendering.lost()
        ending = [*self._processes, *self._gone]
        self._processes, self._gone = [], []
        await asyncio.gather(*(process.stop() for process in ending))

    @property
    def process_ids(self) -> list[int]:
        """The processes that run now."""
        return [process.process.pid for process in self._processes]

    async def frames(
        self, jobs: Sequence[Job[OrderT]], *, width_px: int, height_px: int
    ) -> AsyncGenerator[Planes, None]:
        """The frames of all jobs in order, as I420 of this size; both sides divisible by 4.

        A frame is valid until the next is asked for. Close the iterator to end early. Raises
        ShotFailed if building or drawing does, EngineCrashed if a process ends; a later film
        starts what is missing again.
        """
        async with self._turn:
            await self._start_missing()
            filled = [job for job in jobs if job.frames > 0]
            rendering = Rendering(filled, tuple(self._processes), (width_px, height_px))
            self._rendering = rendering
            try:
                rendering.begin()
                for number in range(rendering.frames):
                    yield await rendering.frame(number)
                    rendering.take(number)
            finally:
                self._rendering = None
                rendering.end()

    async def _start_missing(self) -> None:
        for process in list(self._processes):
            # What made the last film fail may still be about to fail in this one.
            if not await process.settle():
                self._lost(process)
        for process in self._gone:
            await process.stop()
        self._gone = []
        hello = Hello(tuple(sys.path), self._studio)
        while len(self._processes) < self._workers:
            process = await start_process(hello)
            self._processes.append(process)
            process.listen(self._heard, self._lost)

    def _heard(self, process: RenderProcess, answer: Answer, descriptor: int | None) -> None:
        if self._rendering is not None:
            self._rendering.heard(process, answer, descriptor)
            if isinstance(answer, WorkFailed):
                # It is about to end; the next film shall not be given to it.
                self._lost(process)
        elif descriptor is not None:
            os.close(descriptor)

    def _lost(self, process: RenderProcess) -> None:
        if process not in self._processes:
            return
        process.hang_up()
        self._processes.remove(process)
        self._gone.append(process)
        if self._rendering is not None:
            self._rendering.lost()
