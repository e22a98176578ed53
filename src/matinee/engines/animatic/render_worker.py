"""A render process of the farm: builds scenes, draws frames into shared memory.

Started with the number of an inherited socket. It ends when the other end of that socket closes,
whatever it is doing: a farm that is killed leaves nobody behind.
"""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import select
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import assert_never, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from matinee.engines.animatic.channel import (
    BeginFilm,
    BuildScene,
    Channel,
    DrawFrame,
    EndFilm,
    FilmEnded,
    ForgetScene,
    FrameDrawn,
    Hello,
    OpenScene,
    SceneBuilt,
    Task,
    WorkFailed,
)
from matinee.engines.animatic.post import BLACK_Y, GREY_UV, chroma
from matinee.engines.animatic.shared_memory import map_ring, pack, unpack
from matinee.engines.animatic.studio import Planes, Studio

NICENESS = 5
"""The server's answers and the encoder go before pictures."""


class RenderWorker:
    """Does what the farm says, one task at a time."""

    def __init__(self, channel: Channel, studio: Studio[object, object]) -> None:
        self._channel = channel
        self._studio = studio
        self._scenes: dict[int, object] = {}
        self._ring: NDArray[np.uint8] | None = None

    def do(self, task: Task, descriptor: int | None) -> None:
        """Carry out `task`; `descriptor` is the memory that came along."""
        match task:
            case BeginFilm(shape):
                self._ring = map_ring(_given(descriptor), shape)
            case BuildScene(shot, layout):
                self._build(shot, unpack(_given(descriptor), layout))
            case OpenScene(shot, layout):
                self._scenes[shot] = unpack(_given(descriptor), layout)
            case DrawFrame():
                self._draw(task)
            case ForgetScene(shot):
                self._scenes.pop(shot, None)
                _release_memory()
            case EndFilm():
                self._scenes.clear()
                self._ring = None
                _release_memory()
                self._channel.send(FilmEnded())
            case Hello():
                raise ValueError("Hello is said once.")
            case _:
                assert_never(task)

    def _build(self, shot: int, order: object) -> None:
        descriptor, layout = pack(self._studio.build(order))
        try:
            # The first copy is garbage already: this process draws from the shared one too.
            _release_memory()
            self._scenes[shot] = unpack(descriptor, layout)
            self._channel.send(SceneBuilt(shot, layout), descriptor)
        finally:
            os.close(descriptor)

    def _draw(self, task: DrawFrame) -> None:
        if self._ring is None:
            raise ValueError("A film begins before its frames.")
        slot = self._ring[task.slot]
        planes = self._studio.render(self._scenes[task.shot], task.t)
        if planes.shape == slot.shape:
            np.copyto(slot, planes)
        else:
            _enlarge(planes, slot)
        if task.brightness < 1:
            _dim(slot, task.brightness)
        self._channel.send(FrameDrawn(task.number))


def main() -> None:
    """Serve the farm at the other end of the inherited socket until it closes."""
    connection = socket.socket(fileno=int(sys.argv[1]))
    threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
    # Ctrl-C in a terminal reaches us too; ending is the farm's affair.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    cv2.setNumThreads(1)
    channel = Channel(connection)
    with _Reporting(channel):
        tasks = _tasks(channel)
        worker = RenderWorker(channel, _studio(next(tasks)[0]))
        for task, descriptor in tasks:
            worker.do(task, descriptor)
            if descriptor is not None:
                os.close(descriptor)


def _tasks(channel: Channel) -> Iterator[tuple[Task, int | None]]:
    while True:
        for message, descriptor in channel.receive():
            yield cast(Task, message), descriptor


def _studio(hello: Task) -> Studio[object, object]:
    if not isinstance(hello, Hello):
        raise TypeError("The first message is Hello.")
    sys.path[:] = hello.module_paths
    studio: Studio[object, object] = pickle.loads(hello.studio)  # noqa: S301 - our own processes
    return studio


def _end_with(connection: socket.socket) -> None:
    """End this process as soon as the other end of `connection` is closed."""
    poll = select.poll()
    poll.register(connection, 0)
    poll.poll()
    os._exit(0)


class _Reporting:
    """Tells the farm what went wrong, before the process ends of it."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        # EOFError: the farm closed its end, which is how it ends us.
        if error is not None and not isinstance(error, EOFError):
            self._channel.send(WorkFailed("".join(traceback.format_exception(error))))
        return True


def _release_memory() -> None:
    """Give what is no longer used back to the system: building a scene takes 100 MB for a while."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    # Only the GNU library keeps so much, and has this call.
    if trim is not None:
        trim(0)


def _given(descriptor: int | None) -> int:
    if descriptor is None:
        raise ValueError("This message needs a descriptor.")
    return descriptor


def _enlarge(planes: Planes, slot: Planes) -> None:
    """Fill `slot` with a draft of another size."""
    height_px = slot.shape[0] * 2 // 3
    draft_height_px = planes.shape[0] * 2 // 3
    parts = (planes[:draft_height_px], *chroma(planes))
    wholes = (slot[:height_px], *chroma(slot))
    for part, whole in zip(parts, wholes, strict=True):
        cv2.resize(part, (whole.shape[1], whole.shape[0]), whole, interpolation=cv2.INTER_CUBIC)


def _dim(planes: Planes, brightness: float) -> None:
    height_px = planes.shape[0] * 2 // 3
    for part, dark in ((planes[:height_px], BLACK_Y), (planes[height_px:], GREY_UV)):
        cv2.convertScaleAbs(part, part, brightness, dark * (1 - brightness))


if __name__ == "__main__":
    main()
