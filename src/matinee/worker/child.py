"""An engine in a process of its own: its crash loses nothing, and ending it cancels for sure."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from matinee.core.errors import (
    EngineCrashed,
    EngineError,
    EngineUnavailable,
    MediaInvalid,
    ModerationBlocked,
    OutOfMemory,
    ServiceUnavailable,
    StorageFull,
    SubmissionUnknown,
    UnsupportedParameter,
)
from matinee.core.video import VideoSpec
from matinee.ports.engine import (
    Checkpoint,
    Intent,
    Progress,
    Report,
    Submission,
    Withdrawn,
    Workspace,
)
from matinee.worker.child_wire import (
    LINE_BYTES,
    CancelledReply,
    CancelRequest,
    CheckpointReply,
    DoneReply,
    ErrorReply,
    GenerateRequest,
    IntentReply,
    ProgressReply,
    Reply,
    Request,
    SetupRequest,
    WithdrawnReply,
    decode_reply,
    encode,
)

logger = logging.getLogger(__name__)

_ERRORS = {
    error.code: error
    for error in (
        EngineError,
        EngineUnavailable,
        EngineCrashed,
        MediaInvalid,
        ModerationBlocked,
        OutOfMemory,
        ServiceUnavailable,
        StorageFull,
        SubmissionUnknown,
        UnsupportedParameter,
    )
}
_ENDED_EARLY = "The engine's process ended before it took the film."


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildLimits:
    """How long a child is left alone.

    One stays `idle_s` for the next film, is ended when it says nothing for `silence_s` while it
    makes one, and has `grace_s` to give a film up if it can do so and stay; 0 if it can't.
    """

    idle_s: float = 300
    silence_s: float = 600
    grace_s: float = 0


class ChildEngine:
    """Speaks for an engine that lives in a child process, started when it is first needed.

    A child has one model: for a film of another one it is ended, and another child is started.
    """

    def __init__(
        self,
        setup: SetupRequest,
        command: Sequence[str],
        limits: ChildLimits = ChildLimits(),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """`setup` is what every child is told first, with the model of its first film.

        `environment` is all that it sees of variables; None: those of this process.
        """
        self._setup = setup
        self._command = tuple(command)
        self._limits = limits
        self._environment = environment
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def name(self) -> str:
        """The name under which it is configured."""
        return self._setup.name

    @property
    def process_id(self) -> int | None:
        """The child's process, while there is one."""
        return self._process.pid if self._process else None

    @property
    def model(self) -> str:
        """The model of the child that runs, or else of the last one."""
        return self._setup.model

    async def generate(self, spec: VideoSpec, space: Workspace) -> AsyncGenerator[Report, None]:
        """Make the film in the child; closing the iterator early stops or ends the child."""
        async with self._turn:
            process = await self._running(space.model)
            at_rest = False
            try:
                await _send(process, GenerateRequest.of(spec, space))
                async for reply in _read(process, self._limits.silence_s):
                    at_rest = isinstance(reply, DoneReply | ErrorReply | CancelledReply)
                    if at_rest:
                        _raise(reply)
                        return
                    yield _report(reply)
            finally:
                if at_rest or await self._stopped(process):
                    self._end_when_idle()
                else:
                    await self._end()

    async def abandon(self, submission: Submission, model: str) -> None:
        """Nothing can be told to an upstream from here: what was submitted runs on."""
        logger.warning("a submission was left to run", extra={"engine": self.name, "model": model})

    async def check(self) -> None:
        """A child is started when it is needed."""

    async def close(self) -> None:
        """End the child."""
        await self._end()
        if self._ending:
            await asyncio.gather(*self._ending)

    async def _running(self, model: str) -> Process:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        if self._process is not None and self._setup.model != model:
            # Only the end of its process surely gives back all the memory that a model took.
            await self._end()
        if self._process is None or self._process.returncode is not None:
            self._setup = msgspec.structs.replace(self._setup, model=model)
            self._process = await self._start()
            _write(self._process, encode(self._setup))
        return self._process

    async def _start(self) -> Process:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=PIPE,
                stdout=PIPE,
                limit=LINE_BYTES,
                env=self._environment,
                # A group of its own: Ctrl-C reaches the server alone, and ending the child
                # ends the processes that it started too.
                start_new_session=True,
            )
        except OSError as error:
            raise EngineUnavailable(
                f"The engine {self.name} could not be started: {error.strerror}."
            ) from error
        return process

    async def _stopped(self, process: Process) -> bool:
        """Whether the child gave up its film when asked to, within its time."""
        if self._limits.grace_s <= 0 or process.returncode is not None:
            return False
        try:
            async with asyncio.timeout(self._limits.grace_s):
                await _send(process, CancelRequest())
                async for reply in _read(process, self._limits.grace_s):
                    if isinstance(reply, DoneReply | ErrorReply | CancelledReply):
                        return True
        except (TimeoutError, EngineCrashed):
            logger.info("a child did not stop in time", extra={"engine": self.name})
        return False

    def _end_when_idle(self) -> None:
        def end() -> None:
            task = asyncio.ensure_future(self._end())
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

        self._idle = asyncio.get_running_loop().call_later(self._limits.idle_s, end)

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


def _report(reply: Reply) -> Report:
    match reply:
        case ProgressReply(done=done, total=total, phase=phase):
            return Progress(done=done, total=total, phase=phase)
        case IntentReply(submit_key=submit_key):
            return Intent(submit_key=submit_key)
        case CheckpointReply(upstream_id=upstream_id):
            return Checkpoint(upstream_id=upstream_id)
        case WithdrawnReply():
            return Withdrawn()
        case DoneReply() | CancelledReply() | ErrorReply():
            raise ValueError("the last reply reports nothing")


def _raise(reply: Reply) -> None:
    match reply:
        case ErrorReply(code=code, message=message):
            raise _ERRORS.get(code, EngineError)(message)
        case CancelledReply():
            raise EngineCrashed("The engine gave the film up although nobody asked it to.")
        case _:
            return


async def _send(process: Process, request: Request) -> None:
    stdin = _write(process, encode(request))
    try:
        await stdin.drain()
    except ConnectionError as error:
        raise EngineCrashed(_ENDED_EARLY) from error


def _write(process: Process, line: bytes) -> asyncio.StreamWriter:
    assert process.stdin is not None  # noqa: S101  # it was started with a pipe
    try:
        process.stdin.write(line)
    except RuntimeError as error:
        # What uvloop says of a pipe that the child's end has closed; asyncio takes it silently.
        raise EngineCrashed(_ENDED_EARLY) from error
    return process.stdin


async def _read(process: Process, silence_s: float) -> AsyncGenerator[Reply, None]:
    assert process.stdout is not None  # noqa: S101  # it was started with a pipe
    while line := await _next_line(process.stdout, silence_s):
        yield decode_reply(line)
    status = await process.wait()
    how = f"by signal {-status}" if status < 0 else f"with status {status}"
    raise EngineCrashed(f"The engine's process ended {how} in the middle of the film.")


async def _next_line(replies: asyncio.StreamReader, silence_s: float) -> bytes:
    try:
        async with asyncio.timeout(silence_s):
            return await replies.readline()
    except TimeoutError as error:
        raise EngineCrashed(
            f"The engine's process hung: it said nothing for {silence_s:g} s, the setting "
            "'engine_silence_s'."
        ) from error
