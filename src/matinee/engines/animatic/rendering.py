"""One film on its way through the farm."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Sequence
from typing import Generic, TypeVar

from matinee.core.errors import EngineCrashed, EngineError
from matinee.engines.animatic.channel import (
    Answer,
    BeginFilm,
    BuildScene,
    DrawFrame,
    ForgetScene,
    FrameDrawn,
    OpenScene,
    SceneBuilt,
    WorkFailed,
)
from matinee.engines.animatic.render_process import RenderProcess
from matinee.engines.animatic.schedule import Due, Schedule
from matinee.engines.animatic.shared_memory import Layout, create_block, map_ring, pack
from matinee.engines.animatic.studio import Job, Planes

logger = logging.getLogger(__name__)

OrderT = TypeVar("OrderT")

SLOTS = 8
TASKS_AHEAD = 2
"""Tasks given to a process at a time, so that it need not wait for the next."""


class ShotFailed(EngineError):
    """A shot could not be built or drawn. Another attempt would end in the same way."""


class Rendering(Generic[OrderT]):
    """Gives out the tasks of a film as they fall due, and collects its frames."""

    def __init__(
        self, jobs: Sequence[Job[OrderT]], processes: Sequence[RenderProcess], size: tuple[int, int]
    ) -> None:
        """`size` is the film's width and height in pixels."""
        self._jobs = jobs
        self._processes = processes
        self._schedule = Schedule([job.frames for job in jobs], SLOTS)
        self._blocks: dict[int, tuple[int, Layout]] = {}
        self._changed = asyncio.Event()
        self._failure: EngineError | None = None
        self._shape = (SLOTS, size[1] * 3 // 2, size[0])

    @property
    def frames(self) -> int:
        """The number of frames of the film."""
        return self._schedule.frames

    def begin(self) -> None:
        """Give every process the ring, and the first tasks."""
        ring = create_block(self._shape[0] * self._shape[1] * self._shape[2])
        try:
            self._ring = map_ring(ring, self._shape)
            for process in self._processes:
                process.tell(BeginFilm(self._shape), ring)
        except OSError as error:
            self._fail(_crashed(), error)
        finally:
            os.close(ring)
        self._give_out()

    async def frame(self, number: int) -> Planes:
        """Frame `number`, as it lies in the ring. Raises an EngineError if it can't be had."""
        while self._failure is None and not self._schedule.is_drawn(number):
            self._changed.clear()
            await self._changed.wait()
        if self._failure is not None:
            raise self._failure
        slot: Planes = self._ring[number % SLOTS]
        return slot

    def take(self, number: int) -> None:
        """Frame `number` was used; its place may be drawn over."""
        self._schedule.take(number)
        self._give_out()

    def heard(self, process: RenderProcess, answer: Answer, descriptor: int | None) -> None:
        """Take in what a process says."""
        match answer:
            case SceneBuilt(shot, layout) if descriptor is not None:
                process.load -= TASKS_AHEAD
                process.scenes.add(shot)
                self._blocks[shot] = (descriptor, layout)
                self._schedule.built(shot)
            case FrameDrawn(number):
                process.load -= 1
                finished = self._schedule.drawn(number)
                if finished is not None:
                    self._forget(finished)
            case WorkFailed(traceback):
                logger.error("A shot failed.", extra={"worker_traceback": traceback})
                self._fail(ShotFailed("A shot of the film could not be drawn."))
            case SceneBuilt():
                raise ValueError("A scene comes with the descriptor of its memory.")
        self._changed.set()
        self._give_out()

    def lost(self) -> None:
        """A process is gone."""
        self._fail(_crashed())

    def end(self) -> None:
        """Let every process forget the film."""
        self._fail(EngineError("The film has ended."))
        for process in self._processes:
            process.end_film()
        for descriptor, _ in self._blocks.values():
            os.close(descriptor)
        self._blocks.clear()

    def _give_out(self) -> None:
        if self._failure is not None:
            return
        try:
            self._give_out_builds()
            self._give_out_frames()
        except OSError as error:
            self._fail(_crashed(), error)

    def _give_out_builds(self) -> None:
        while (shot := self._schedule.shot_to_build()) is not None:
            process = self._least_loaded()
            # A lone process draws what it can before it makes everybody wait for the next shot.
            lone = len(self._processes) == 1 and self._schedule.frame_to_draw() is not None
            if process is None or lone:
                return
            descriptor, layout = pack(self._jobs[shot].order)
            try:
                process.tell(BuildScene(shot, layout), descriptor)
            finally:
                os.close(descriptor)
            process.load += TASKS_AHEAD
            self._schedule.building()

    def _give_out_frames(self) -> None:
        while (due := self._schedule.frame_to_draw()) is not None:
            process = self._least_loaded()
            if process is None:
                return
            self._give_frame(process, due)
            process.load += 1
            self._schedule.drawing()

    def _give_frame(self, process: RenderProcess, due: Due) -> None:
        if due.shot not in process.scenes:
            descriptor, layout = self._blocks[due.shot]
            process.tell(OpenScene(due.shot, layout), descriptor)
            process.scenes.add(due.shot)
        job = self._jobs[due.shot]
        process.tell(
            DrawFrame(
                number=due.number,
                shot=due.shot,
                slot=due.number % SLOTS,
                t=job.moment(due.index),
                brightness=job.brightness(due.index),
            )
        )

    def _least_loaded(self) -> RenderProcess | None:
        process = min(self._processes, key=lambda process: process.load)
        return process if process.load < TASKS_AHEAD else None

    def _forget(self, shot: int) -> None:
        descriptor, _ = self._blocks.pop(shot)
        os.close(descriptor)
        for process in self._processes:
            if shot in process.scenes:
                # A process that is gone is found by reading from it.
                with contextlib.suppress(OSError):
                    process.tell(ForgetScene(shot))

    def _fail(self, failure: EngineError, cause: BaseException | None = None) -> None:
        """The first failure counts."""
        if self._failure is None:
            failure.__cause__ = cause
            self._failure = failure
        self._changed.set()


def _crashed() -> EngineCrashed:
    return EngineCrashed("A render process ended in the middle of its work.")
