"""An engine in a process of its own: a crash of it loses nothing, and ending it cancels for sure.

The two sides speak JSON, one message a line: requests on the child's standard input, replies on
its standard output.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import msgspec

from matinee.core.errors import (
    EngineCrashed,
    EngineError,
    EngineUnavailable,
    MediaInvalid,
    ModerationBlocked,
    StorageFull,
)
from matinee.core.route import Capabilities
from matinee.core.video import VideoSpec
from matinee.ports.engine import Checkpoint, Progress, Workspace

logger = logging.getLogger(__name__)

_ERRORS = {
    error.code: error
    for error in (
        EngineError,
        EngineUnavailable,
        EngineCrashed,
        MediaInvalid,
        ModerationBlocked,
        StorageFull,
    )
}
_LINE_BYTES = 4 * 1024 * 1024


class GenerateRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What the child is asked: one film at a time."""

    spec: VideoSpec
    folder: str
    references: tuple[str, ...] = ()
    source: str | None = None
    posters: tuple[str, ...] = ()
    resume: str | None = None

    @property
    def space(self) -> Workspace:
        """The workspace that the request names."""
        return Workspace(
            folder=Path(self.folder),
            references=tuple(Path(each) for each in self.references),
            source=Path(self.source) if self.source else None,
            posters=tuple(Path(each) for each in self.posters),
            resume=Checkpoint(upstream_id=self.resume) if self.resume else None,
        )


class ProgressReply(msgspec.Struct, frozen=True, tag="progress"):
    """So much is done."""

    done: int
    total: int


class CheckpointReply(msgspec.Struct, frozen=True, tag="checkpoint"):
    """The upstream's id."""

    upstream_id: str


class DoneReply(msgspec.Struct, frozen=True, tag="done"):
    """The film lies where it should."""


class ErrorReply(msgspec.Struct, frozen=True, tag="error"):
    """The film could not be made; the child is well and takes the next request."""

    code: str
    message: str


Reply = ProgressReply | CheckpointReply | DoneReply | ErrorReply
_replies = msgspec.json.Decoder[Reply](ProgressReply | CheckpointReply | DoneReply | ErrorReply)


class ChildEngine:
    """Speaks for an engine that lives in a child process, started when it is first needed.

    The child stays for the next film and is ended when `idle_s` seconds passed without one. One
    that says nothing for `silence_s` while it makes a film hangs, and is ended too.
    """

    def __init__(
        self,
        name: str,
        capabilities: Capabilities,
        command: Sequence[str],
        *,
        idle_s: float = 300,
        silence_s: float = 600,
    ) -> None:
        self._name = name
        self._capabilities = capabilities
        self._command = tuple(command)
        self._idle_s = idle_s
        self._silence_s = silence_s
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def name(self) -> str:
        """The name that routes use."""
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        """What it can make."""
        return self._capabilities

    @property
    def process_id(self) -> int | None:
        """The child's process, while there is one."""
        return self._process.pid if self._process else None

    async def generate(
        self, spec: VideoSpec, space: Workspace
    ) -> AsyncGenerator[Progress | Checkpoint, None]:
        """Make the film in the child; closing the iterator early ends the child."""
        async with self._turn:
            process = await self._running()
            at_rest = False
            try:
                await _send(process, spec, space)
                async for reply in _read(process, self._silence_s):
                    match reply:
                        case ProgressReply(done=done, total=total):
                            yield Progress(done=done, total=total)
                        case CheckpointReply(upstream_id=upstream_id):
                            yield Checkpoint(upstream_id=upstream_id)
                        case DoneReply():
                            at_rest = True
                            return
                        case ErrorReply(code=code, message=message):
                            at_rest = True
                            raise _ERRORS.get(code, EngineError)(message)
            finally:
                if at_rest:
                    self._end_when_idle()
                else:
                    await self._end()

    async def close(self) -> None:
        """End the child."""
        await self._end()
        if self._ending:
            await asyncio.gather(*self._ending)

    async def _running(self) -> Process:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        if self._process is None or self._process.returncode is not None:
            try:
                self._process = await asyncio.create_subprocess_exec(
                    *self._command,
                    stdin=PIPE,
                    stdout=PIPE,
                    limit=_LINE_BYTES,
                    # A group of its own: Ctrl-C reaches the server alone, and ending the child
                    # ends the processes that it started too.
                    start_new_session=True,
                )
            except OSError as error:
                raise EngineUnavailable(
                    f"The engine {self._name} could not be started: {error.strerror}."
                ) from error
        return self._process

    def _end_when_idle(self) -> None:
        def end() -> None:
            task = asyncio.ensure_future(self._end())
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

        self._idle = asyncio.get_running_loop().call_later(self._idle_s, end)

    async def _end(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _send(process: Process, spec: VideoSpec, space: Workspace) -> None:
    request = GenerateRequest(
        spec=spec,
        folder=str(space.folder),
        references=tuple(str(path) for path in space.references),
        source=str(space.source) if space.source else None,
        posters=tuple(str(path) for path in space.posters),
        resume=space.resume.upstream_id if space.resume else None,
    )
    assert process.stdin is not None  # noqa: S101  # it was started with a pipe
    process.stdin.write(msgspec.json.encode(request) + b"\n")
    try:
        await process.stdin.drain()
    except ConnectionError as error:
        raise EngineCrashed("The engine's process ended before it took the film.") from error


async def _read(process: Process, silence_s: float) -> AsyncGenerator[Reply, None]:
    assert process.stdout is not None  # noqa: S101  # it was started with a pipe
    while line := await _next_line(process.stdout, silence_s):
        yield _replies.decode(line)
    status = await process.wait()
    how = f"by signal {-status}" if status < 0 else f"with status {status}"
    raise EngineCrashed(f"The engine's process ended {how} in the middle of the film.")


async def _next_line(replies: asyncio.StreamReader, silence_s: float) -> bytes:
    try:
        async with asyncio.timeout(silence_s):
            return await replies.readline()
    except TimeoutError as error:
        raise EngineCrashed(
            f"The engine's process hung: it said nothing for {silence_s:g} s."
        ) from error
