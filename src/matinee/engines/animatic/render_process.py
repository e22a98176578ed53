"""The farm's side of one render process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from matinee.core.errors import EngineCrashed
from matinee.engines.animatic.channel import (
    Answer,
    Channel,
    EndFilm,
    FilmEnded,
    FrameDrawn,
    Hello,
    Message,
    SceneBuilt,
    WorkFailed,
)

WORKER_MODULE = "matinee.engines.animatic.render_worker"
STOP_S = 5.0
SETTLE_S = 5.0
"""For what it is busy with when a film is ended: at most building a scene."""

Heard: TypeAlias = "Callable[[RenderProcess, Answer, int | None], None]"
"""Takes what a process says, and the descriptor that came along, to keep and close."""


@dataclass(slots=True, eq=False)
class RenderProcess:
    """A running process, what it has been given to do, and the scenes it knows."""

    process: asyncio.subprocess.Process
    channel: Channel
    load: int = 0
    scenes: set[int] = field(default_factory=set)
    ending: int = 0
    """Films it was told to end and has not yet."""

    settled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it has ended all films it was told to, or is gone."""

    @property
    def is_gone(self) -> bool:
        """Whether it has closed its end, read or not."""
        if self.channel.socket.fileno() < 0:
            return True
        try:
            return not self.channel.socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except ConnectionError:
            return True

    def tell(self, message: Message, descriptor: int | None = None) -> None:
        """Send a task. Raises OSError if the process is gone."""
        self.channel.send(message, descriptor)

    def end_film(self) -> None:
        """Let it forget the film; what it still says of it is not passed on."""
        self.load = 0
        self.scenes.clear()
        self.ending += 1
        self.settled.clear()
        # A process that is gone is found by reading from it.
        with contextlib.suppress(OSError):
            self.tell(EndFilm())

    def listen(self, heard: Heard, lost: Callable[[RenderProcess], None]) -> None:
        """Call `heard` with what it says from now on, and `lost` when it is gone.

        `lost` hangs up.
        """

        def read() -> None:
            try:
                for message, descriptor in self.channel.receive():
                    self._pass_on(message, descriptor, heard)
            except (EOFError, ConnectionError):
                lost(self)

        asyncio.get_running_loop().add_reader(self.channel.socket, read)

    def hang_up(self) -> None:
        """Close the channel, which ends the process."""
        self.settled.set()
        if self.channel.socket.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self.channel.socket)
            self.channel.close()

    async def settle(self) -> bool:
        """Wait until it is ready for another film; whether it ever will be."""
        try:
            async with asyncio.timeout(SETTLE_S):
                await self.settled.wait()
        except TimeoutError:
            return False
        return not self.is_gone

    async def stop(self) -> None:
        """End the process and wait until it has ended."""
        self.hang_up()
        try:
            async with asyncio.timeout(STOP_S):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()

    def _pass_on(self, message: Message, descriptor: int | None, heard: Heard) -> None:
        if isinstance(message, FilmEnded):
            self.ending -= 1
            if self.ending == 0:
                self.settled.set()
        elif not self.ending and isinstance(message, SceneBuilt | FrameDrawn | WorkFailed):
            heard(self, message, descriptor)
        elif descriptor is not None:
            os.close(descriptor)


async def start_process(hello: Hello) -> RenderProcess:
    """Start a render process; it loads its libraries while we go on.

    Raises EngineCrashed if it is killed before it could be greeted.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            WORKER_MODULE,
            str(theirs.fileno()),
            pass_fds=(theirs.fileno(),),
            stdin=asyncio.subprocess.DEVNULL,
            # Our own standard output may be somebody's protocol.
            stdout=asyncio.subprocess.DEVNULL,
        )
    started = RenderProcess(process, Channel(ours))
    started.settled.set()
    try:
        started.tell(hello)
    except OSError as error:
        started.channel.close()
        await process.wait()
        raise EngineCrashed("A render process ended as soon as it was started.") from error
    return started
