"""The other end of `child.py`: runs inside the child process and lets an engine make films."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from asyncio import Future
from collections.abc import Callable
from contextlib import aclosing
from typing import BinaryIO

from matinee.core.errors import EngineError, MatineeError
from matinee.media.niceness import be_nice
from matinee.ports.engine import (
    Checkpoint,
    FilmMaker,
    Intent,
    Progress,
    Report,
    Withdrawn,
)
from matinee.ports.engine_kind import EngineSetup
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
    SetupRequest,
    WithdrawnReply,
    decode_request,
    encode,
)

logger = logging.getLogger(__name__)

Load = Callable[[str, EngineSetup], FilmMaker]
"""Makes the film maker of a kind, given by its name."""


async def host(load: Load) -> None:
    """Serve requests from standard input with the engine that the first one describes.

    When the parent dies the input closes, and work in progress is given up at once.
    """
    be_nice()
    replies = _take_standard_output()
    requests = await _standard_input()
    first = await requests.readline()
    if not first:
        return
    setup = decode_request(first)
    assert isinstance(setup, SetupRequest)  # noqa: S101  # the parent begins so
    maker = load(setup.kind, setup.setup)
    next_line = asyncio.ensure_future(requests.readline())
    try:
        while line := await next_line:
            request = decode_request(line)
            next_line = asyncio.ensure_future(requests.readline())
            # A wish to cancel that crossed the film's end comes when there is nothing to cancel.
            if isinstance(request, GenerateRequest):
                film = asyncio.ensure_future(_make(maker, request, replies))
                if await _is_interrupted(film, next_line):
                    next_line = asyncio.ensure_future(requests.readline())
    finally:
        await maker.close()


async def _is_interrupted(film: Future[None], next_line: Future[bytes]) -> bool:
    """Wait for the end of `film`; whether `next_line` brought the wish to cancel it."""
    both: set[Future[None] | Future[bytes]] = {film, next_line}
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    line = next_line.result() if next_line.done() else None
    is_cancelled = bool(line) and isinstance(decode_request(line or b""), CancelRequest)
    if line == b"" or is_cancelled:
        film.cancel()
    await asyncio.gather(film, return_exceptions=True)
    return is_cancelled


async def _make(maker: FilmMaker, request: GenerateRequest, replies: BinaryIO) -> None:
    try:
        async with aclosing(maker.generate(request.spec, request.space)) as reports:
            async for report in reports:
                _reply(replies, _reply_of(report))
        _reply(replies, DoneReply())
    except asyncio.CancelledError:
        _reply(replies, CancelledReply())
        raise
    except MatineeError as error:
        _reply(replies, ErrorReply(error.code, str(error)))
    except Exception:  # a defect of the engine is its video's end, never the server's
        logger.exception("engine failed")
        _reply(replies, ErrorReply(EngineError.code, "The engine failed; the log says why."))


def _reply_of(report: Report) -> Reply:
    match report:
        case Progress(done=done, total=total, phase=phase):
            return ProgressReply(done, total, phase)
        case Intent(submit_key=submit_key):
            return IntentReply(submit_key)
        case Checkpoint(upstream_id=upstream_id):
            return CheckpointReply(upstream_id)
        case Withdrawn():
            return WithdrawnReply()


def _reply(replies: BinaryIO, reply: Reply) -> None:
    try:
        replies.write(encode(reply))
        replies.flush()
    except BrokenPipeError:
        # The parent is gone: standard input says so too, and ends the process.
        logger.info("nobody reads what the engine says")


def _take_standard_output() -> BinaryIO:
    """Keep standard output for replies; what libraries print goes to standard error."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return replies


async def _standard_input() -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=LINE_BYTES)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader
